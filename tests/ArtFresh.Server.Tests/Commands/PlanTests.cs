using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>The command <c>plan</c>.</summary>
public sealed class PlanTests
{
    private static readonly CapacityAsked TenMillion = new(10_000_000, 100, 20, 3, 12, 0.1, 8, 32, 2_000);

    [Fact]
    public async Task PlanIsSaidInWordsAndAsJson()
    {
        var text = await Tool.RunAsync(["plan", "--listeners", "10M", "--artworks-a-day", "100", "--batch", "20"]);
        var json = (await Tool.RunAsync(["plan", "--listeners", "10M", "--json"])).Json;

        Assert.Equal(0, text.ExitCode);
        Assert.Contains("impressions a second, mean and peak", text.Output, StringComparison.Ordinal);
        Assert.Matches("(is full first|One database is too small)", text.Output);
        // A thousand million impressions a day.
        Assert.Equal(11_574, json.GetProperty("plan").GetProperty("impressionsASecond").GetDouble(), 0.5);
        Assert.All(json.GetProperty("costs").EnumerateArray(), cost => Assert.True(cost.GetProperty("value").GetDouble() > 0, cost.ToString()));
    }

    [Theory]
    [InlineData("5000", 5_000), InlineData("50k", 50_000), InlineData("1.5M", 1_500_000)]
    public async Task ListenersAreCountedWithASuffix(string given, long listeners) =>
        Assert.Equal(listeners, (await Tool.RunAsync(["plan", "--listeners", given, "--json"])).Json.GetProperty("plan").GetProperty("asked").GetProperty("listeners").GetInt64());

    [Theory]
    [InlineData("many"), InlineData("0"), InlineData("-5"), InlineData("M"), InlineData("9e30")]
    public async Task NonsenseIsRefused(string given)
    {
        var printed = await Tool.RunAsync(["plan", "--listeners", given]);

        Assert.Equal(2, printed.ExitCode);
        Assert.Contains($"'{given}' is not a number of listeners", printed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void TwiceTheListenersTakeTwiceTheDatabase()
    {
        var asked = TenMillion with { Cores = 1 };
        var (one, two) = (CapacityPlan.Of(asked with { Listeners = 100_000_000 }), CapacityPlan.Of(asked with { Listeners = 200_000_000 }));

        Assert.Equal(2, two.DatabaseGiB / one.DatabaseGiB, 0.001);
        Assert.Equal(2, two.LogGiBADay / one.LogGiBADay, 0.001);
        Assert.InRange(two.Silos, (2 * one.Silos) - 1, 2 * one.Silos);
        Assert.Equal(one.Parts[0].FullAt, two.Parts[0].FullAt, 2.0);
    }

    [Fact]
    public void LargerBatchesTakeFewerRowsAndLessOfEverything()
    {
        var (small, large) = (CapacityPlan.Of(TenMillion), CapacityPlan.Of(TenMillion with { Batch = 50 }));

        Assert.True(large.RowsADay < small.RowsADay && large.DatabaseGiB < small.DatabaseGiB && large.LogGiBADay < small.LogGiBADay && large.Silos <= small.Silos);
    }

    [Fact]
    public void PartThatIsFullFirstIsTheFirst() =>
        Assert.Equal("disk", CapacityPlan.Of(TenMillion with { DiskGiB = 10 }).Parts[0].Name);

    [Fact]
    public void FewListenersTakeTwoSilos() => Assert.Equal(2, CapacityPlan.Of(TenMillion with { Listeners = 1 }).Silos);
}
