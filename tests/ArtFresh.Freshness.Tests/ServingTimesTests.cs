namespace ArtFresh.Freshness.Tests;

/// <summary>How long a client can have waited: since the answer before the artwork's block, and never less than the truth.</summary>
public sealed class ServingTimesTests
{
    [Fact]
    public void WaitBeginsWithTheAnswerBefore()
    {
        var times = new ServingTimes();
        times.Add([10, 12, 11], atMs: 1_000);
        times.Add([], atMs: 1_500);
        times.Add([20, 21], atMs: 2_000, answeredMs: 1_800);
        times.Add([30], atMs: 3_000);

        // Of the first block nothing is known; the third's client was last answered with the second block.
        Assert.Equal([null, null, 1_800, 2_000, null], ((long[])[10, 12, 20, 30, 40]).Select(times.Find));
    }

    [Fact]
    public void OlderOfTwoRangesCounts()
    {
        var times = new ServingTimes();
        times.Add([1], atMs: 500);
        times.Add([10, 30], atMs: 1_000);
        times.Add([20], atMs: 2_000);

        Assert.Equal(500, times.Find(20));
    }

    [Fact]
    public void OldestOfFiveIsNotKept()
    {
        var times = new ServingTimes();
        for (var block = 1; block <= 5; block++)
        {
            times.Add([block], atMs: block * 1_000, answeredMs: block);
        }

        Assert.Equal([null, 2, 3, 4, 5], Enumerable.Range(1, 5).Select(id => times.Find(id)));
    }
}
