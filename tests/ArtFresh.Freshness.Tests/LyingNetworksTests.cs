namespace ArtFresh.Freshness.Tests;

/// <summary>What some networks can say about a release against what the others say: cells of the tables in docs/decisions/evidence-and-claims.md.</summary>
public class LyingNetworksTests
{
    private static readonly NetworkCount NothingFails = new(1_000_000, 0, 1_000_000, 0, 1_000_000, 0);

    [Fact]
    public void OneNetworkThatLiesChangesNoVerdictOfAHealthyRelease()
    {
        var without = new SimulatedClients(200, SimulatedClients.HonestFaults).Verdicts();
        var with = new SimulatedClients(200, SimulatedClients.HonestFaults) { Liars = 1 }.Verdicts();

        Assert.All(without.Values, verdict => Assert.Equal(KpiVerdict.Pass, verdict));
        Assert.Equal(without, with);
    }

    [Theory]
    [InlineData(0.1, new[] { "freshDisplayP95Ms", "lost", "burnRateSlow" })]
    [InlineData(0.2, new[] { "batchSuccess", "freshDisplayP95Ms", "lost", "burnRateFast", "burnRateSlow" })]
    public void OneNetworkThatLiesHidesNoFault(double faults, string[] failing)
    {
        var without = new SimulatedClients(200, faults).Verdicts();
        var with = new SimulatedClients(200, faults) { Liars = 1, Lie = NothingFails }.Verdicts();

        Assert.All(failing, name => Assert.Equal(KpiVerdict.Fail, without[name]));
        Assert.Equal(without, with);
    }

    /// <summary>As late as a look that weighs nobody, over the same clients: it fails a release at 50 samples. A fault of 10% is not over a limit of 10% or 14.4%.</summary>
    [Theory]
    [InlineData("freshDisplayP95Ms", 0.1)]
    [InlineData("lost", 0.1)]
    [InlineData("burnRateSlow", 0.1)]
    [InlineData("batchSuccess", 0.2)]
    [InlineData("burnRateFast", 0.2)]
    public void VerdictComesAtMostTwiceAsLate(string trigger, double faults)
    {
        var (weighed, unweighed) = SimulatedClients.RequestsUntilFail(trigger, 200, faults);

        Assert.InRange(weighed, 1, 2 * unweighed);
    }

    /// <summary>A quarter of the quorum, less an honest network that complains by chance, and one network in twenty.</summary>
    [Theory]
    [InlineData(25, 4)]
    [InlineData(50, 4)]
    [InlineData(200, 10)]
    [InlineData(500, 25)]
    public void AttackerNeedsManyNetworks(int honest, int liarsMin) =>
        Assert.All(SimulatedClients.Claims, trigger => Assert.InRange(SimulatedClients.LiarsFor(trigger, honest), liarsMin, honest));
}
