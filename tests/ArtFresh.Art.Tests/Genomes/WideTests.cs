using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class WideTests
{
    [Fact]
    public void WaveIsTheSineOfTurns() => Compare(Wide.Wave, x => Math.Sin(2 * Math.PI * x), -20, 20, 4e-6);

    [Fact]
    public void Exp2IsThePowerOfTwo() => Compare(Wide.Exp2, x => Math.Pow(2, x), -20, 3, 4e-6);

    [Fact]
    public void BellIsTheGaussian() => Compare(Wide.Bell, x => Math.Exp(-x * x), -9, 9, 2e-6);

    [Fact]
    public void PowerIsThePower() => Compare(x => Wide.Power(x, 1 / 2.4f), x => Math.Pow(x, 1 / 2.4), 1e-4, 1, 2e-6);

    [Fact]
    public void SoftIsTheApproximantOfTanh() => Compare(Wide.Soft, x => Math.Tanh(x), -6, 6, 0.025);

    [Fact]
    public void AngleIsTheArcTangentInTurns()
    {
        for (var turn = -0.499; turn < 0.5; turn += 0.003)
        {
            var (x, y) = ((float)Math.Cos(turn * 2 * Math.PI) * 3, (float)Math.Sin(turn * 2 * Math.PI) * 3);
            Assert.Equal(turn, Wide.Angle(new Lanes(y), new Lanes(x))[0], 2e-6);
        }

        Assert.Equal(0, Wide.Angle(Lanes.Zero, Lanes.Zero)[0]);
    }

    private static void Compare(Func<Lanes, Lanes> wide, Func<double, double> exact, double low, double high, double tolerance)
    {
        for (var step = 0; step <= 4000; step++)
        {
            var x = (float)(low + ((high - low) * step / 4000));
            var expected = exact(x);
            Assert.Equal(expected, wide(new Lanes(x))[Lanes.Count - 1], tolerance * Math.Max(1, Math.Abs(expected)));
        }
    }
}
