namespace ArtFresh.Freshness.Tests;

public class ImpressionJudgeTests
{
    [Theory]
    [InlineData(true, true, ImpressionOutcome.Recorded)]
    [InlineData(true, false, ImpressionOutcome.Recorded)]
    [InlineData(false, false, ImpressionOutcome.Duplicate)]
    [InlineData(false, true, ImpressionOutcome.Repeat)]
    public void EveryCaseIsCountedAsTheContractSays(bool artworkIsNew, bool numberIsNew, ImpressionOutcome outcome) =>
        Assert.Equal(outcome, ImpressionJudge.Judge(artworkIsNew, numberIsNew));

    [Fact]
    public void StoredOutcomesKeepTheirValues() =>
        Assert.Equal([0, 1, 2, 3], new[] { ImpressionOutcome.Recorded, ImpressionOutcome.Unserved, ImpressionOutcome.Repeat, ImpressionOutcome.Unknown }.Select(outcome => (int)outcome));
}
