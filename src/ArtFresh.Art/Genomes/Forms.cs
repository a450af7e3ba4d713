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

    /// <summary>The sample of a family at the points (x, y).</summary>
    public FormSample Of(GenomeFamily family, Lanes x, Lanes y) => family switch
    {
        GenomeFamily.Ripple => Ripple(x, y),
        GenomeFamily.Rosette => Rosette(x, y),
        GenomeFamily.Ridge => Ridge(x, y),
        GenomeFamily.Marble => Marble(x, y),
        GenomeFamily.Glass => Glass(x, y),
        GenomeFamily.Aurora => Aurora(x, y),
        GenomeFamily.Orbit => Orbit(x, y),
        GenomeFamily.Silk => Silk(x, y),
        GenomeFamily.Prism => Prism(x, y),
        GenomeFamily.Weave => Weave(x, y),
        GenomeFamily.Bloom => Bloom(x, y),
        GenomeFamily.Terrace => Terrace(x, y),
        _ => throw new InvalidOperationException($"The family {family} has no formulas."),
    };

    private static Lanes All(float value) => new(value);

    private Lanes Shape(int index) => new(_shape[index]);

    private (float X, float Y, float Z, float W) Site(int index) =>
        (_sites[index * 4], _sites[(index * 4) + 1], _sites[(index * 4) + 2], _sites[(index * 4) + 3]);

    private FormSample Ripple(Lanes x, Lanes y)
    {
        var sum = Lanes.Zero;
        var distance = Lanes.Zero;
        for (var index = 2; index >= 0; index--)
        {
            var site = Site(index);
            distance = Wide.Length(x - All(site.X), y - All(site.Y));
            sum += Wide.Wave((distance * site.Z) + All(site.W)) / Wide.Fused(Shape(1), distance, Lanes.One);
        }

        return new FormSample
        {
            Tone = sum * Shape(0),
            Tint = (distance - Lanes.One) * Shape(3),
            Height = sum,
            Glow = Wide.Clamp((sum - Shape(2) - All(0.5f)) * 2, 0, 1),
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
            var cast = Wide.Exp(Vector.Min(depth, Lanes.Zero) * (14 / (site.X + 0.3f))) * Shape(3);
            sample.Shade = Vector.Max(sample.Shade, cast) * (Lanes.One - cover);
        }

        sample.Glow = Wide.Over(Shape(5) - radius, MathF.Min(_sharpness, 60));
        return sample;
    }

    private FormSample Ridge(Lanes x, Lanes y)
    {
        var distance = Wide.Length(x - Shape(2), y - Shape(3));
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
        var vein = Wide.Bell(Wide.Wave(v + (band * 0.15f)) * Shape(4));
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
        var (tone, tint) = (Lanes.Zero, Lanes.Zero);
        for (var index = 0; index < GenomeNetwork.SiteCountMax; index++)
        {
            var site = Site(index);
            var distance = Wide.Length(x - All(site.X), y - All(site.Y));
            var closer = Vector.LessThan(distance, nearest);
            second = Vector.Min(second, Vector.Max(nearest, distance));
            tone = Vector.ConditionalSelect(closer, All(site.Z), tone);
            tint = Vector.ConditionalSelect(closer, All(site.W), tint);
            nearest = Vector.Min(nearest, distance);
        }

        var radius = Wide.Length(x, y);
        var lead = Lanes.One - Wide.Over(second - nearest - Shape(0), MathF.Min(_sharpness * 0.5f, 70));
        return new FormSample
        {
            Tone = tone + (Shape(4) * (All(0.6f) - radius)) + ((All(0.3f) - nearest) * 0.8f),
            Tint = tint,
            Height = -(nearest * nearest) * Shape(2) - (lead * 0.1f),
            Glow = Wide.Exp(nearest * nearest * Shape(3) * -4),
            Shade = lead,
        };
    }

    private FormSample Aurora(Lanes x, Lanes y)
    {
        var sample = new FormSample
        {
            Tone = Shape(3) + (Vector.Max(Lanes.Zero, Shape(4) - y) * 0.35f),
            Tint = y * 0.4f,
        };
        for (var index = 0; index < 4; index++)
        {
            var site = Site(index);
            var along = (x * site.Z) + All(site.W);
            var line = ((Wide.Wave(along) + (Wide.Wave((along * 2.7f) + All(site.W)) * 0.4f)) * site.Y) + All(site.X);
            var above = y - line;
            var rays = Lanes.One - (Shape(1) * (Lanes.One + (Wide.Wave((x * _shape[0]) + (Wide.Wave((x * (_shape[0] * 0.43f)) + All(site.W)) * 0.4f) + All(site.W * 7)) * 0.9f)));
            var rise = Wide.Over(above, 9);
            var light = rise * Wide.Exp(Vector.Max(above, Lanes.Zero) / -Shape(2) * 2.4f) * rays;
            sample.Tone += light * Shape(5) * (0.55f + (0.15f * index));
            sample.Tint += light * (All(0.5f) - above) * 1.2f;
            sample.Glow += light * Wide.Bell((above - All(0.05f)) * 9) * 0.6f;
        }

        sample.Glow = Wide.Clamp(sample.Glow, 0, 1);
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
            var cast = Wide.Exp(Vector.Min(depth, Lanes.Zero) * Shape(5)) * (Lanes.One - cover);
            sample.Shade = Vector.Max(sample.Shade * (Lanes.One - (cover * 0.6f)), cast * MathF.Max(site.W, 0));
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
        for (var index = 0; index < 9; index++)
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

        // Of two crossing ribbons the upper one arches towards the viewer along its length.
        var (side, length) = (Vector.ConditionalSelect(vertical, acrossU, acrossV), Vector.ConditionalSelect(vertical, acrossV, acrossU));
        var upper = Wide.Over(Shape(1) - Vector.Abs(side), sharpness);
        var lower = Wide.Over(Shape(1) - Vector.Abs(length), sharpness) * (Lanes.One - upper);
        var upperTone = Wide.Wave(Vector.ConditionalSelect(vertical, column * _shape[3], row * _shape[4] + All(0.4f))) * Shape(2);
        var lowerTone = Wide.Wave(Vector.ConditionalSelect(vertical, row * _shape[4] + All(0.4f), column * _shape[3])) * Shape(2);
        var arch = Lanes.One - (length * length);
        var round = Lanes.One - (side * side);
        var tone = Wide.Mix(Shape(6), lowerTone - All(0.45f) - ((Lanes.One - (side * side)) * 0.3f), lower);
        tone = Wide.Mix(tone, upperTone + (arch * Shape(5)) + (round * 0.3f) - All(0.3f), upper);
        return new FormSample
        {
            Tone = tone,
            Tint = Vector.ConditionalSelect(vertical, All(0.6f), All(-0.6f)) * (upper - lower),
            Height = ((arch * 0.6f) + (round * 0.4f)) * upper,
            Glow = upper * Wide.Bell(side * 3) * arch,
            Shade = (Lanes.One - upper) * Wide.Clamp(arch * 0.4f + (All(0.6f) * Vector.Abs(length)), 0, 1),
        };
    }

    private FormSample Bloom(Lanes x, Lanes y)
    {
        var sample = new FormSample { Tone = Shape(1) };
        for (var index = 0; index < 5; index++)
        {
            var site = Site(index);
            var (dx, dy) = (x - All(site.X), y - All(site.Y));
            var distance = Wide.Length(dx, dy);
            var light = Wide.Bell(distance / site.Z);
            var petal = Lanes.One + (Wide.Wave((distance * Shape(3)) + (dx * 0.4f) + All(site.W)) * Shape(2));
            sample.Tone += light * petal * Shape(0) * site.W;
            sample.Tint += light * (site.W - 0.3f) * 1.4f;
            sample.Glow = Vector.Max(sample.Glow, Wide.Bell(distance * (2.2f / site.Z)) * MathF.Max(site.W, 0));
        }

        sample.Height = sample.Tone;
        return sample;
    }

    private FormSample Terrace(Lanes x, Lanes y)
    {
        var ground = (y * _shape[4]) + Wide.Wave(x * 0.4f) * 0.2f;
        for (var index = 0; index < 6; index++)
        {
            var site = Site(index);
            ground += Wide.Bell(Wide.Length(x - All(site.X), y - All(site.Y)) / site.Z) * site.W;
        }

        var level = ground * Shape(0);
        var step = Vector.Floor(level);
        var within = level - step;
        var width = _sharpness / (_shape[0] * 1.6f);
        var cover = Wide.Over(within - All(0.03f), MathF.Min(width, 40));
        var flat = (step - Lanes.One + cover) / Shape(0);
        return new FormSample
        {
            Tone = (flat * 1.5f * Shape(2)) + (within * 0.12f),
            Tint = Wide.Wave(step * 0.137f) + (ground * 0.4f),
            Height = step - Lanes.One + cover,
            Glow = Wide.Bell((within - All(0.06f)) * 18) * Shape(3),
            Shade = Wide.Exp((within - Lanes.One) * Shape(1)),
        };
    }
}
