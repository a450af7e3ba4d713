using System.Numerics;
using System.Runtime.CompilerServices;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>Runs a network over registers of points: fold, camera, warp, the family's forms, two hidden layers, light and colour.</summary>
internal readonly ref struct NetworkEvaluator
{
    /// <summary>Registers of scratch that a run needs: inputs and two hidden layers.</summary>
    public const int ScratchLength = GenomeNetwork.InputCount + (GenomeNetwork.HiddenCount * 2);

    // How far towards the light the second look at the relief is taken, in units of half the picture's side.
    private const float LightStep = 0.01f;

    private readonly GenomeFamily _family;
    private readonly ReadOnlySpan<float> _network;
    private readonly Span<Lanes> _scratch;
    private readonly Forms _forms;

    /// <param name="network">What to run.</param>
    /// <param name="pixel">The width of a pixel, in units of half the picture's side.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> registers, overwritten.</param>
    public NetworkEvaluator(GenomeNetwork network, float pixel, Span<Lanes> scratch)
    {
        _family = network.Family;
        _network = network.Values;
        _scratch = scratch;
        var (cosine, sine) = (_network[GenomeNetwork.Camera * 4], _network[(GenomeNetwork.Camera * 4) + 1]);
        _forms = new Forms(_network, 1 / (pixel * MathF.Sqrt((cosine * cosine) + (sine * sine)) * 1.3f));
    }

    /// <summary>Gamma-encoded sRGB in [0, 1] at the points (x, y), each in [-1, 1], y upwards.</summary>
    public (Lanes Red, Lanes Green, Lanes Blue) Colour(Lanes x, Lanes y)
    {
        var lightX = Value(GenomeNetwork.Light, 1);
        var lightY = Value(GenomeNetwork.Light, 2);
        var relief = Lanes.Zero;
        var reliefGain = Value(GenomeNetwork.Folds + 1, 3);
        var sample = FormAt(x, y, out var bentX, out var bentY);
        if (reliefGain > 0)
        {
            var towards = FormAt(x + new Lanes(lightX * LightStep), y + new Lanes(lightY * LightStep), out _, out _).Height;
            relief = Wide.Soft((sample.Height - towards) * (reliefGain / LightStep));
        }

        var chroma = Correct(bentX, bentY, ref sample);
        return Shaded(sample, relief, chroma, (x * x) + (y * y));
    }

    private float Value(int row, int at) => _network[(row * 4) + at];

    private Lanes All(int row, int at) => new(_network[(row * 4) + at]);

    private FormSample FormAt(Lanes x, Lanes y, out Lanes bentX, out Lanes bentY)
    {
        Fold(ref x, ref y, GenomeNetwork.Folds, 0);
        Fold(ref x, ref y, GenomeNetwork.Folds, 2);
        Fold(ref x, ref y, GenomeNetwork.Folds + 1, 0);
        var (cosine, sine) = (All(GenomeNetwork.Camera, 0), All(GenomeNetwork.Camera, 1));
        (x, y) = ((x * cosine) - (y * sine) + All(GenomeNetwork.Camera, 2), (x * sine) + (y * cosine) + All(GenomeNetwork.Camera, 3));
        var (stillX, stillY) = (x, y);
        for (var row = GenomeNetwork.Warp; row < GenomeNetwork.Shape; row += 2)
        {
            var first = Wide.Wave((x * Value(row, 0)) + (y * Value(row, 1)) + All(row + 1, 0));
            var second = Wide.Wave((x * Value(row, 2)) + (y * Value(row, 3)) + All(row + 1, 1));
            (x, y) = (x + (first * Value(row + 1, 2)), y + (second * Value(row + 1, 2)));
        }

        (bentX, bentY) = (x, y);
        return _forms.Of(_family, x, y, stillX, stillY);
    }

    private void Fold(ref Lanes x, ref Lanes y, int row, int at)
    {
        var (normalX, normalY) = (Value(row, at), Value(row, at + 1));
        var beyond = Vector.Min((x * normalX) + (y * normalY), Lanes.Zero) * 2;
        (x, y) = (x - (beyond * normalX), y - (beyond * normalY));
    }

    // Adds what the network says to tone, tint and glow; answers what it says of the chroma.
    private Lanes Correct(Lanes x, Lanes y, ref FormSample sample)
    {
        var radius = Wide.Length(x, y);
        _scratch[0] = x;
        _scratch[1] = y;
        _scratch[2] = radius;
        _scratch[3] = sample.Tone;
        _scratch[4] = sample.Tint;
        _scratch[5] = sample.Height;
        _scratch[6] = sample.Glow;
        _scratch[7] = sample.Shade;
        for (var index = 0; index < 3; index++)
        {
            var row = GenomeNetwork.Periodic + index;
            _scratch[8 + index] = Wide.Wave((x * Value(row, 0)) + (y * Value(row, 1)) + All(row, 2));
        }

        _scratch[11] = Wide.Wave((radius * Value(GenomeNetwork.Periodic + 3, 0)) + All(GenomeNetwork.Periodic + 3, 2));
        var inputs = _scratch[..GenomeNetwork.InputCount];
        var hidden = _scratch.Slice(GenomeNetwork.InputCount, GenomeNetwork.HiddenCount * 2);
        Layer(inputs, hidden[..GenomeNetwork.HiddenCount], GenomeNetwork.Weights1, GenomeNetwork.Bias1, GenomeNetwork.Activations1);
        Layer(
            hidden[..GenomeNetwork.HiddenCount], hidden[GenomeNetwork.HiddenCount..], GenomeNetwork.Weights2, GenomeNetwork.Bias2, GenomeNetwork.Activations2);
        sample.Tone += Wide.Soft(Output(hidden, 0)) * Value(GenomeNetwork.Gains, 0);
        sample.Tint += Wide.Soft(Output(hidden, 1)) * Value(GenomeNetwork.Gains, 1);
        sample.Glow += Vector.Max(Wide.Soft(Output(hidden, 3)) - new Lanes(0.4f), Lanes.Zero) * Value(GenomeNetwork.Gains, 3);
        return Wide.Soft(Output(hidden, 2)) * Value(GenomeNetwork.Gains, 2);
    }

    // Columns of a layer's matrix stand in rows of four: input i, units 4g to 4g + 3 are row first + 4·(3·(i / 4) + g) + i mod 4.
    private void Layer(Span<Lanes> inputs, Span<Lanes> outputs, int first, int bias, int activations)
    {
        for (var group = 0; group < 3; group++)
        {
            var (a, b) = (All(bias + group, 0), All(bias + group, 1));
            var (c, d) = (All(bias + group, 2), All(bias + group, 3));
            for (var input = 0; input < inputs.Length; input++)
            {
                var row = (first + (4 * ((3 * (input >> 2)) + group)) + (input & 3)) * 4;
                var value = inputs[input];
                a = Wide.Fused(value, new Lanes(_network[row]), a);
                b = Wide.Fused(value, new Lanes(_network[row + 1]), b);
                c = Wide.Fused(value, new Lanes(_network[row + 2]), c);
                d = Wide.Fused(value, new Lanes(_network[row + 3]), d);
            }

            var kind = (int)Value(activations, group);
            outputs[group * 4] = Activated(a, kind);
            outputs[(group * 4) + 1] = Activated(b, kind);
            outputs[(group * 4) + 2] = Activated(c, kind);
            outputs[(group * 4) + 3] = Activated(d, kind);
        }
    }

    private Lanes Output(Span<Lanes> hidden, int channel)
    {
        var sum = All(GenomeNetwork.Bias3, channel);
        for (var unit = 0; unit < hidden.Length; unit++)
        {
            sum = Wide.Fused(hidden[unit], All(GenomeNetwork.Weights3 + unit, channel), sum);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes Activated(Lanes value, int kind) => kind switch
    {
        0 => Wide.Soft(value),
        1 => Wide.Wave(value * 0.25f),
        2 => (Wide.Bell(value) * 2) - Lanes.One,
        _ => Vector.Abs(Wide.Soft(value)) * 2 - Lanes.One,
    };

    private (Lanes Red, Lanes Green, Lanes Blue) Shaded(in FormSample sample, Lanes relief, Lanes chroma, Lanes radiusSquared)
    {
        var tone = Wide.Soft((sample.Tone * Value(GenomeNetwork.Colour, 0)) + All(GenomeNetwork.Colour, 1));
        var place = (tone + Lanes.One) * ((GenomeNetwork.StopCount - 1) * 0.5f);
        var (lightness, a, b) = (All(GenomeNetwork.Stops, 0), All(GenomeNetwork.Stops, 1), All(GenomeNetwork.Stops, 2));
        for (var stop = 1; stop < GenomeNetwork.StopCount; stop++)
        {
            var share = Wide.Clamp(place - new Lanes(stop - 1), 0, 1);
            var row = GenomeNetwork.Stops + stop;
            lightness += share * (Value(row, 0) - Value(row - 1, 0));
            a += share * (Value(row, 1) - Value(row - 1, 1));
            b += share * (Value(row, 2) - Value(row - 1, 2));
        }

        var turn = Wide.Soft(sample.Tint) * (Value(GenomeNetwork.Colour, 2) * 0.09f);
        var (cosine, sine) = (Wide.Wave(turn + new Lanes(0.25f)), Wide.Wave(turn));
        var strength = Lanes.One + chroma;
        (a, b) = (((a * cosine) - (b * sine)) * strength, ((a * sine) + (b * cosine)) * strength);
        var glow = Wide.Clamp(sample.Glow * Value(GenomeNetwork.Colour, 3), 0, 1);
        lightness = Wide.Mix(lightness, All(GenomeNetwork.Accent, 0), glow);
        a = Wide.Mix(a, All(GenomeNetwork.Accent, 1), glow);
        b = Wide.Mix(b, All(GenomeNetwork.Accent, 2), glow);
        var dark = Lanes.One - (Wide.Clamp(sample.Shade, 0, 1) * Value(GenomeNetwork.Light, 0));
        dark *= Lanes.One - (radiusSquared * (Value(GenomeNetwork.Folds + 1, 2) * 0.5f));
        lightness = (lightness + (relief * 0.16f)) * dark;
        return Oklab.ToSrgb(lightness, a * dark, b * dark);
    }
}
