using System.Numerics;
using System.Runtime.CompilerServices;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>The functions that the network and the families are made of, a register of pixels at a time. Errors are below 1e-6.</summary>
internal static class Wide
{
    /// <summary>sin(2πx): the least-squares odd polynomial on a quarter turn, after folding x there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Wave(Lanes turns)
    {
        var t = turns - Vector.Floor(turns + new Lanes(0.5f));
        // sin is odd about 0 and even about a quarter turn.
        t = Vector.CopySign(new Lanes(0.25f) - Vector.Abs(Vector.Abs(t) - new Lanes(0.25f)), t);
        var s = t * t;
        var p = Fused(s, new Lanes(-71.087358f), new Lanes(81.351678f));
        p = Fused(s, p, new Lanes(-41.337518f));
        p = Fused(s, p, new Lanes(6.2831676f));
        return t * p;
    }

    /// <summary>The Padé approximant of tanh: odd, smooth, exactly ±1 from |x| = 3 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Soft(Lanes value)
    {
        var x = Clamp(value, -3, 3);
        var s = x * x;
        return x * (s + new Lanes(27)) / Fused(s, new Lanes(9), new Lanes(27));
    }

    /// <summary>2^x for x from -126 to 127, clamped there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Exp2(Lanes value)
    {
        var x = Clamp(value, -126, 127);
        var whole = Vector.Floor(x);
        var f = x - whole;
        var p = Fused(f, new Lanes(0.00189510979f), new Lanes(0.00894620827f));
        p = Fused(f, p, new Lanes(0.0558632884f));
        p = Fused(f, p, new Lanes(0.240140768f));
        p = Fused(f, p, new Lanes(0.69315462f));
        p = Fused(f, p, new Lanes(0.9999999f));
        var scale = Vector.AsVectorSingle((Vector.ConvertToInt32(whole) + new Vector<int>(127)) << 23);
        return p * scale;
    }

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Exp(Lanes value) => Exp2(value * 1.44269504f);

    /// <summary>The bell e^(-x²).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Bell(Lanes value) => Exp(-(value * value));

    /// <summary>value^exponent for positive values.</summary>
    public static Lanes Power(Lanes value, float exponent) => Exp2(Vector.Log2(value) * exponent);

    /// <summary>The angle of (x, y) in turns, in [-1/2, 1/2]; 0 at the origin.</summary>
    public static Lanes Angle(Lanes y, Lanes x)
    {
        var (absoluteX, absoluteY) = (Vector.Abs(x), Vector.Abs(y));
        var ratio = Vector.Min(absoluteX, absoluteY) / Vector.Max(Vector.Max(absoluteX, absoluteY), new Lanes(1e-9f));
        var s = ratio * ratio;
        var p = Fused(s, new Lanes(-0.00187333212f), new Lanes(0.00840711606f));
        p = Fused(s, p, new Lanes(-0.0185655986f));
        p = Fused(s, p, new Lanes(0.0308235868f));
        p = Fused(s, p, new Lanes(-0.0529437642f));
        p = Fused(s, p, new Lanes(0.159151734f));
        var turns = ratio * p;
        turns = Vector.ConditionalSelect(Vector.GreaterThan(absoluteY, absoluteX), new Lanes(0.25f) - turns, turns);
        turns = Vector.ConditionalSelect(Vector.LessThan(x, Lanes.Zero), new Lanes(0.5f) - turns, turns);
        return Vector.CopySign(turns, y);
    }

    /// <summary>An edge of the given width: 0 well below zero, 1 well above, smooth between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Over(Lanes distance, float inverseWidth)
    {
        var t = Clamp((distance * inverseWidth) + new Lanes(0.5f), 0, 1);
        return t * t * (new Lanes(3) - (t + t));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Mix(Lanes from, Lanes to, Lanes share) => Fused(to - from, share, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Clamp(Lanes value, float low, float high) => Vector.Min(Vector.Max(value, new Lanes(low)), new Lanes(high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Length(Lanes x, Lanes y) => Vector.SquareRoot(Fused(x, x, y * y));

    /// <summary>a·b + c in one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Fused(Lanes a, Lanes b, Lanes c) => Vector.FusedMultiplyAdd(a, b, c);

    /// <summary>Factors that make four numbers of the same bits.</summary>
    public static readonly uint[] UnitFactors = [1, 0x9E3779B1, 0xC2B2AE3D, 0x27D4EB2F];

    /// <summary>Value noise in [-1, 1] on the whole numbers: smooth between mixed bits of the cells, which an offset sets apart from those of other genomes.</summary>
    public static Lanes Noise(Lanes x, Lanes y, Lanes offsetX, Lanes offsetY)
    {
        var (column, row) = (Vector.Floor(x), Vector.Floor(y));
        var (across, up) = (x - column, y - row);
        across = across * across * (new Lanes(3) - (across + across));
        up = up * up * (new Lanes(3) - (up + up));
        (column, row) = (column + offsetX, row + offsetY);
        var (right, above) = (column + Lanes.One, row + Lanes.One);
        var low = Mix(Unit(Bits(column, row), 1), Unit(Bits(right, row), 1), across);
        var high = Mix(Unit(Bits(column, above), 1), Unit(Bits(right, above), 1), across);
        var value = Mix(low, high, up);
        return value + value - Lanes.One;
    }

    /// <summary>Mixed bits of two whole numbers; the browser's shader has the same, to the last bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> Bits(Lanes x, Lanes y)
    {
        var bits = (Vector.AsVectorUInt32(Vector.ConvertToInt32(x)) * 0x9E3779B1) ^ (Vector.AsVectorUInt32(Vector.ConvertToInt32(y)) * 0x85EBCA77);
        bits = (bits ^ (bits >> 15)) * 0x2C1B3C6D;
        bits = (bits ^ (bits >> 12)) * 0x297A2D39;
        return bits ^ (bits >> 15);
    }

    /// <summary>A multiple of 2^-24 in [0, 1) of mixed bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Unit(Vector<uint> bits, uint factor) =>
        Vector.ConvertToSingle(Vector.AsVectorInt32((bits * factor) >> 8)) * new Lanes(1f / 16777216);

    /// <summary>Whether a mask is set for all points.</summary>
    public static bool IsEverywhere(Vector<int> mask) => Vector.EqualsAll(mask, Vector<int>.AllBitsSet);
}
