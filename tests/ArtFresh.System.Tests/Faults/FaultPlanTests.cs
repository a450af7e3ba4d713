using Xunit;

namespace ArtFresh.SystemTests.Faults;

public sealed class FaultPlanTests
{
    [Fact]
    public void SameSeedDoesTheSameAndAnotherSeedDoesNot()
    {
        Assert.Equal(FaultPlan.Make(10, 7, 3, 2), FaultPlan.Make(10, 7, 3, 2));
        Assert.NotEqual(FaultPlan.Make(10, 7, 3, 2), FaultPlan.Make(10, 8, 3, 2));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(2)]
    [InlineData(10)]
    public void EveryHarmIsDone(double minutes) =>
        Assert.Equal(Enum.GetValues<Harm>(), FaultPlan.Make(minutes, 1, 3, 2).Select(step => step.Harm).Distinct().Order());

    [Fact]
    public void TenMinutesHoldWhatMustBeShown()
    {
        var done = FaultPlan.Make(10, 1, 3, 2).CountBy(step => step.Harm).ToDictionary();

        Assert.True(done[Harm.KillSilo] >= 20);
        Assert.True(done[Harm.FreezeSilo] >= 5);
        Assert.True(done[Harm.CutSilos] >= 5);
        Assert.True(done[Harm.RestartDatabase] + done[Harm.CrashDatabase] >= 5);
        Assert.True(done[Harm.RollAll] >= 2);
    }

    [Fact]
    public void NobodyIsCutOffFromItself() =>
        Assert.All(FaultPlan.Make(60, 3, 3, 2).Where(step => step.Harm is Harm.CutSilos or Harm.SlowSilos), step => Assert.NotEqual(step.Target, step.Other));
}
