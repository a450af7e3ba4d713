using System.Numerics;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>
/// The formulas of the families. The browser's shader holds the same ones under the same names; a change here is a change there.
/// Points are in the camera's space, y upwards; <c>sharpness</c> is the inverse width of a pixel there.
/// </summary>
internal readonly ref struct Forms(ReadOnlySpan<float> network, float sharpness)
{
    private readonly ReadOnlySpan<float> _shape = network.Slice(GenomeNetwork.Shape * 4, GenomeNetwork.ShapeCountMax);
    private readonly ReadOnlySpan<float> _sites = network.Slice(GenomeNetwork.Sites * 4, GenomeNetwork.SiteCountMax * 4);
    private readonly float _sharpness = sharpness;

    /// <summary>The sample of a family at the points (x, y), which stood at (stillX, stillY) before space was bent.</summary>
    public FormSample Of(GenomeFamily family, Lanes x, Lanes y, Lanes stillX, Lanes stillY) => family switch
    {
        GenomeFamily.Ripple => Ripple(x, y),
        GenomeFamily.Rosette => Rosette(x, y),
        GenomeFamily.Ridge => Ridge(x, y, stillX, stillY),
        GenomeFamily.Marble => Marble(x, y),
        GenomeFamily.Glass => Glass(x, y),
        GenomeFamily.Aurora => Aurora(x, y, stillX, stillY),
        GenomeFamily.Orbit => Orbit(x, y),
        GenomeFamily.Silk => Silk(x, y),
        GenomeFamily.Prism => Prism(x, y),
        GenomeFamily.Weave => Weave(x, y),
        GenomeFamily.Nebula => Nebula(x, y, stillX, stillY),
        GenomeFamily.Terrace => Terrace(x, y),
        _ => throw new InvalidOperationException($"The family {family} has no formulas."),
    };

    private static Lanes All(float value) => new(value);

    private Lanes Shape(int index) => new(_shape[index]);

    private (float X, float Y, float Z, float W) Site(int index) =>
        (_sites[index * 4], _sites[(index * 4) + 1], _sites[(index * 4) + 2], _sites[(index * 4) + 3]);

    private FormSample Ripple(Lanes x, Lanes y)
    {
        // A sheet of water seen at an angle: higher up is farther away.
        var far = Lanes.One / (All(1.15f) - Wide.Clamp(y * _shape[0], -0.8f, 0.8f));
        var (u, v) = (x * far, y * far * (1 + _shape[0]));
        var (height, rim) = (Lanes.Zero, Lanes.Zero);
        for (var index = 0; index < 8; index++)
        {
            // A drop's ring, as far out as the drop is old: a packet of waves that is strongest at its radius and flatter the wider it is.
            var site = Site(index);
            var spread = Wide.Length(u - All(site.X), v - All(site.Y)) - All(site.Z);
            var packet = Wide.Bell(spread * _shape[1]) * (1.15f - (site.Z * 0.7f));
            height += Wide.Wave(spread * _shape[2]) * packet;
            rim += Wide.Bell((spread - Shape(3)) * (_shape[1] * 4)) * (1 - (site.Z * 0.8f)) * site.W;
        }

        var swell = Wide.Wave((u * 0.23f) + (v * 0.61f) + Shape(4)) * 0.5f;
        return new FormSample
        {
            Tone = (swell * 0.5f) + (y * Shape(5)) + (height * Shape(6)),
            Tint = swell + y,
            Height = height + (swell * 0.2f),
            Glow = Wide.Clamp(rim, 0, 1),
        };
    }

    private FormSample Rosette(Lanes x, Lanes y)
    {
        var radius = Wide.Length(x, y);
        var angle = Wide.Angle(y, x) * Shape(0);
        var (cosine, sine) = (Wide.Wave(angle + All(0.25f)), Wide.Wave(angle));
        var sample = new FormSample
        {
            Tone = Shape(4) + (radius * 0.25f),
            Tint = radius - Lanes.One,
        };
        var softness = MathF.Min(_sharpness, 160);
        for (var index = 0; index < 8; index++)
        {
            var site = Site(index);
            var petal = Wide.Fused(cosine * site.Y - (sine * site.Z), All(0.5f), All(0.5f));
            var tip = Vector.SquareRoot(petal + All(0.02f));
            var edge = (Lanes.One + (Shape(1) * (tip - Lanes.One))) * site.X;
            var depth = edge - radius;
            var cover = Wide.Over(depth, softness);
            var along = radius / edge;
            var vein = Wide.Wave(angle * 3 + All(site.W)) * Shape(6);
            sample.Tone = Wide.Mix(sample.Tone, All(site.W) + (Shape(2) * (along - All(0.6f))) + vein, cover);
            sample.Tint = Wide.Mix(sample.Tint, (petal * 0.8f) - All(0.9f - (0.22f * index)), cover);
            sample.Height = Wide.Mix(sample.Height, (tip * 0.5f) + All(index * 0.3f), cover);
            var shadow = Wide.Exp(Vector.Min(depth, Lanes.Zero) * (14 / (site.X + 0.3f))) * Shape(3);
            sample.Shade = Vector.Max(sample.Shade, shadow) * (Lanes.One - cover);
        }

        sample.Glow = Wide.Over(Shape(5) - radius, MathF.Min(_sharpness, 60));
        return sample;
    }

    private FormSample Ridge(Lanes x, Lanes y, Lanes stillX, Lanes stillY)
    {
        var distance = Wide.Length(stillX - Shape(2), stillY - Shape(3));
        var disc = Wide.Over(Shape(4) - distance, _sharpness);
        var halo = Wide.Exp(Vector.Min(Shape(4) - distance, Lanes.Zero) * 3) * Shape(5);
        var sample = new FormSample
        {
            Tone = Shape(0) + (Shape(1) * y) + (halo * 0.6f),
            Tint = y * -0.6f,
            Glow = Vector.Max(disc, halo * 0.5f),
        };
        for (var index = 0; index < 7; index++)
        {
            var site = Site(index);
            var along = (x * site.Z) + All(site.W);
            var line = Wide.Wave(along)
                + (Wide.Wave((along * 2.3f) + All(site.W)) * 0.45f)
                + (Wide.Wave((along * 5.1f) + All(site.W * 3)) * 0.22f * Shape(9))
                + (Wide.Wave((along * 11.7f) + All(site.W * 5)) * 0.1f * Shape(9));
            var depth = (line * site.Y) + All(site.X) - y;
            var cover = Wide.Over(depth, _sharpness);
            var share = index / 6f;
            var tone = Wide.Mix(Shape(7), Shape(8), All(share)) + (Shape(6) * (Lanes.One - Wide.Exp(Vector.Max(depth, Lanes.Zero) * -2.2f)));
            sample.Tone = Wide.Mix(sample.Tone, tone, cover);
            sample.Tint = Wide.Mix(sample.Tint, All((share * 1.4f) - 0.7f), cover);
            sample.Glow *= Lanes.One - cover;
        }

        return sample;
    }

    private FormSample Marble(Lanes x, Lanes y)
    {
        var bend = Wide.Wave((y * _shape[2]) + Shape(5));
        var u = (x * _shape[0]) + (bend * Shape(1));
        var v = (y * _shape[3]) + (Wide.Wave((x * _shape[2]) + (u * 0.5f)) * 0.35f);
        var band = Wide.Wave(u);

        // Where a vein would be thinner than a pixel, draw it fainter instead: the veins of small pictures would break into dots.
        var sharpness = MathF.Min(_shape[4], _sharpness * 0.06f);
        var vein = Wide.Bell(Wide.Wave(v + (band * 0.15f)) * sharpness) * (sharpness / _shape[4]);
        return new FormSample
        {
            Tone = band * 0.85f,
            Tint = Wide.Wave(v * 0.5f),
            Height = (band * 0.5f) + (vein * 0.4f),
            Glow = vein * Wide.Fused(band, All(0.35f), All(0.65f)),
        };
    }

    private FormSample Glass(Lanes x, Lanes y)
    {
        var (nearest, second) = (All(1e6f), All(1e6f));
        var (tone, tint, slant) = (Lanes.Zero, Lanes.Zero, Lanes.Zero);
        for (var index = 0; index < GenomeNetwork.SiteCountMax; index++)
        {
            var site = Site(index);
            var (dx, dy) = (x - All(site.X), y - All(site.Y));
            var distance = Wide.Length(dx, dy);
            var closer = Vector.LessThan(distance, nearest);
            second = Vector.Min(second, Vector.Max(nearest, distance));
            tone = Vector.ConditionalSelect(closer, All(site.Z), tone);
            tint = Vector.ConditionalSelect(closer, All(site.W), tint);
            slant = Vector.ConditionalSelect(closer, (dx * site.W) + (dy * (1 - MathF.Abs(site.W))), slant);
            nearest = Vector.Min(nearest, distance);
        }

        var lead = Lanes.One - Wide.Over(second - nearest - Shape(0), MathF.Min(_sharpness * 0.5f, 70));
        var lamp = Wide.Exp(nearest * nearest * Shape(3) * -5);
        var centre = Shape(4) * (All(0.7f) - Wide.Length(x, y));
        return new FormSample
        {
            Tone = tone + centre + (slant * Shape(1)) + (lamp * 0.45f),
            Tint = tint + (slant * 1.5f),
            Height = -(nearest * nearest) * Shape(2) - (lead * 0.06f),
            Glow = Vector.ConditionalSelect(Vector.GreaterThan(tint, All(0.66f)), (lamp * 0.5f) + All(0.5f), Lanes.Zero) * (Lanes.One - lead),
            Shade = lead,
        };
    }

    private FormSample Aurora(Lanes x, Lanes y, Lanes stillX, Lanes stillY)
    {
        var sample = new FormSample
        {
            Tone = Shape(3) + (Wide.Exp(Vector.Abs(y - Shape(4)) * -2.5f) * 0.4f),
            Tint = y * 0.4f,
        };
        for (var index = 0; index < 4; index++)
        {
            var site = Site(index);
            var along = (x * site.Z) + All(site.W);
            var line = ((Wide.Wave(along) + (Wide.Wave((along * 2.3f) + All(site.W)) * 0.35f)) * site.Y) + All(site.X);
            var above = y - line;
            var streak = (x * _shape[0]) + (Wide.Wave((x * (_shape[0] * 0.43f)) + All(site.W)) * 0.4f) + All(site.W * 7);
            var rays = Lanes.One - (Shape(1) * (Lanes.One + (Wide.Wave(streak) * 0.6f) + (Wide.Wave(streak * 2.7f) * 0.3f)));
            var light = Wide.Over(above, 11) * Wide.Exp(Vector.Max(above, Lanes.Zero) / -Shape(2) * 3.2f) * rays;
            sample.Tone += light * Shape(5);
            sample.Tint += light * (All(0.45f) - above) * 1.6f;
            sample.Glow += light * Wide.Bell((above - All(0.08f)) * 7) * 0.7f;
        }

        sample.Glow = Wide.Clamp(sample.Glow, 0, 1);
        var crest = (Wide.Wave((stillX * 0.31f) + Shape(6)) * 0.11f)
            + (Wide.Wave((stillX * 0.83f) + (Shape(6) * 3)) * 0.05f)
            + (Wide.Wave((stillX * 2.3f) + (Shape(6) * 7)) * 0.018f);
        var land = Wide.Over(crest - stillY - All(0.72f), _sharpness);
        sample.Tone = Wide.Mix(sample.Tone, All(-1.6f), land);
        sample.Glow *= Lanes.One - land;
        return sample;
    }

    private FormSample Orbit(Lanes x, Lanes y)
    {
        var sample = new FormSample { Tone = Shape(0) + (Shape(1) * y), Tint = x * 0.3f };
        for (var index = 0; index < 9; index++)
        {
            var site = Site(index);
            var distance = Wide.Length(x - All(site.X), y - All(site.Y));
            var depth = All(site.Z) - distance;
            var cover = Wide.Over(depth, _sharpness);
            var along = distance / site.Z;
            var groove = Wide.Wave(along * Shape(3)) * Shape(4);
            sample.Tone += cover * ((along * 0.5f) + All(0.45f) + groove) * site.W;
            sample.Tint += cover * site.W * 0.5f;
            var ring = Lanes.One - Wide.Over(Vector.Abs(depth) - Shape(2), _sharpness);
            sample.Glow = Vector.Max(sample.Glow, ring * (site.W > 0.2f ? 1 : 0));
            var shadow = Wide.Exp(Vector.Min(depth, Lanes.Zero) * Shape(5)) * (Lanes.One - cover);
            sample.Shade = Vector.Max(sample.Shade * (Lanes.One - (cover * 0.6f)), shadow * MathF.Max(site.W, 0));
        }

        return sample;
    }

    private FormSample Silk(Lanes x, Lanes y)
    {
        var u = (x * _shape[0]) + (Wide.Wave(y * _shape[5]) * 0.3f);
        var fold = Wide.Wave(u);
        var crease = Wide.Wave((u * 2) + (y * 0.35f) + (fold * 0.2f));
        var height = fold + (crease * Shape(1));
        var sheen = Wide.Bell((height - Shape(2)) * 2.2f);
        return new FormSample
        {
            Tone = (height * 0.6f) + (Wide.Wave(u * Shape(3)) * Shape(4)),
            Tint = Wide.Wave((u * 0.5f) + (y * 0.3f)),
            Height = height,
            Glow = sheen,
        };
    }

    private FormSample Prism(Lanes x, Lanes y)
    {
        var sample = new FormSample { Tone = (Shape(4) * y) - All(0.35f) };
        for (var index = 0; index < 11; index++)
        {
            var site = Site(index);
            var depth = (x * site.X) + (y * site.Y) - All(site.Z);
            var cover = Wide.Over(depth, _sharpness);
            var fade = Wide.Mix(Wide.Exp(Vector.Max(depth, Lanes.Zero) * -_shape[0]), Lanes.One, Shape(1));
            sample.Tone += cover * fade * Shape(3) * site.W;
            sample.Tint += cover * fade * (site.W * 0.7f);
            var edge = Lanes.One - Wide.Over(Vector.Abs(depth) - (Shape(2) * 0.3f), MathF.Min(_sharpness, 120));
            sample.Glow = Vector.Max(sample.Glow, edge * MathF.Max(site.W, 0));
            sample.Shade = Vector.Max(sample.Shade, (Lanes.One - cover) * Wide.Exp(Vector.Min(depth, Lanes.Zero) * 6) * MathF.Max(-site.W, 0));
        }

        return sample;
    }

    private FormSample Weave(Lanes x, Lanes y)
    {
        var (u, v) = (x * _shape[0], y * _shape[0]);
        var (row, column) = (Vector.Floor(v), Vector.Floor(u));
        var (acrossU, acrossV) = ((u - column) * 2 - Lanes.One, (v - row) * 2 - Lanes.One);
        var parity = row + column;
        var vertical = Vector.GreaterThan(parity - (Vector.Floor(parity * 0.5f) * 2), All(0.5f));
        var sharpness = MathF.Min(_sharpness / _shape[0] * 0.5f, 60);

        // Of two crossing ribbons the upper one arches towards the viewer along its length; the lower one dives by the same curve, so that
        // a ribbon's colour and height run on unbroken from one cell to the next.
        var (side, length) = (Vector.ConditionalSelect(vertical, acrossU, acrossV), Vector.ConditionalSelect(vertical, acrossV, acrossU));
        var upper = Wide.Over(Shape(1) - Vector.Abs(side), sharpness);
        var lower = Wide.Over(Shape(1) - Vector.Abs(length), sharpness) * (Lanes.One - upper);
        var (columnTone, rowTone) = (Wide.Wave(column * _shape[3]) * Shape(2), Wide.Wave((row * _shape[4]) + All(0.4f)) * Shape(2));
        var (arch, round) = (Lanes.One - (length * length), Lanes.One - (side * side));
        var upperTone = Vector.ConditionalSelect(vertical, columnTone, rowTone) + (arch * Shape(5)) + (round * 0.25f);
        var lowerTone = Vector.ConditionalSelect(vertical, rowTone, columnTone) - (round * Shape(5)) + (arch * 0.25f);
        var thread = (Wide.Wave(side * Shape(7)) * upper) + (Wide.Wave(length * Shape(7)) * lower);
        var tone = Wide.Mix(Shape(6), lowerTone, lower);
        return new FormSample
        {
            Tone = Wide.Mix(tone, upperTone, upper) - All(0.3f) + (thread * 0.06f),
            Tint = Vector.ConditionalSelect(vertical, All(0.8f), All(-0.8f)) * (upper - lower),
            Height = (((arch * 0.7f) + (round * 0.3f)) * upper) + (((arch * 0.3f) - (round * 0.7f)) * lower),
            Glow = upper * Wide.Bell(side * 2.5f) * arch * arch,
            Shade = (upper * length * length * 0.35f) + ((Lanes.One - upper) * (All(0.35f) + (round * 0.5f))),
        };
    }

    private FormSample Nebula(Lanes x, Lanes y, Lanes stillX, Lanes stillY)
    {
        // Octaves of waves, each bent by the one before and turned by 37 degrees: the billows of a cloud.
        var (cloud, amplitude) = (Lanes.Zero, 0.5f);
        var (u, v, bend) = (x * _shape[0], y * _shape[0], Lanes.Zero);
        for (var octave = 0; octave < 5; octave++)
        {
            bend = Wide.Wave(u + (bend * Shape(1))) * Wide.Wave(v - (bend * Shape(1)));
            cloud += (Lanes.One - (Vector.Abs(bend) * 2)) * amplitude;
            (u, v) = ((u * 1.52f) - (v * 1.14f) + All(0.31f), (u * 1.14f) + (v * 1.52f) + All(0.17f));
            amplitude *= 0.52f;
        }

        var core = Wide.Bell(Wide.Length(stillX - Shape(2), stillY - Shape(3)) / Shape(4));
        var (stars, haze) = (Lanes.Zero, Lanes.Zero);
        for (var index = 0; index < GenomeNetwork.SiteCountMax; index++)
        {
            var site = Site(index);
            var (dx, dy) = (stillX - All(site.X), stillY - All(site.Y));
            var squared = (dx * dx) + (dy * dy);
            var size = All(site.Z * site.Z);
            stars += size / (squared + size) * Wide.Exp(squared * -160);
            haze += Wide.Exp(squared * -30) * site.W;
        }

        return new FormSample
        {
            Tone = Shape(5) + (cloud * Shape(6)) + (core * 1.2f) + (haze * 0.25f) + (stars * 2.2f),
            Tint = bend + (core * 1.2f) - All(0.4f) + haze,
            Height = cloud,
            Glow = Wide.Clamp(core * core * (cloud + All(0.5f)) * 0.6f, 0, 1) * (Lanes.One - Wide.Clamp(stars, 0, 1)),
            Shade = Wide.Clamp((All(0.1f) - cloud) * 1.5f, 0, 1) * (Lanes.One - Wide.Clamp(stars * 3, 0, 1)),
        };
    }

    private FormSample Terrace(Lanes x, Lanes y)
    {
        var ground = (y * _shape[4]) + Wide.Wave(x * 0.4f) * 0.2f;
        var (slopeX, slopeY) = (Lanes.Zero, Shape(4));
        for (var index = 0; index < 6; index++)
        {
            var site = Site(index);
            var (dx, dy) = ((x - All(site.X)) / site.Z, (y - All(site.Y)) / site.Z);
            var hill = Wide.Exp(-((dx * dx) + (dy * dy))) * site.W;
            ground += hill;
            slopeX -= dx * hill * (2 / site.Z);
            slopeY -= dy * hill * (2 / site.Z);
        }

        var level = ground * Shape(0);
        var step = Vector.Floor(level);
        var within = level - step;

        // The slope turns levels into lengths, so that edges and shadows are equally wide on steep ground and on flat.
        var steep = (Wide.Length(slopeX, slopeY) + All(0.25f)) * Shape(0);
        var cover = Wide.Clamp(within * MathF.Min(_sharpness * 0.7f, 90) / steep, 0, 1);
        var below = (Lanes.One - within) / steep;
        var flat = (step - Lanes.One + cover) / Shape(0);
        return new FormSample
        {
            Tone = (flat * 1.5f * Shape(2)) + (within * 0.1f),
            Tint = Wide.Wave((step - Lanes.One + cover) * 0.137f) + (ground * 0.4f),
            Height = step - Lanes.One + cover,
            Glow = Wide.Bell((within / steep * 60) - All(2.2f)) * Shape(3),
            Shade = Vector.Max(Wide.Exp(below * -Shape(1) * 3), Lanes.One - cover),
        };
    }
}
