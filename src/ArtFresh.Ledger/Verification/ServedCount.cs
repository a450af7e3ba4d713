namespace ArtFresh.Ledger;

/// <summary>What sessions of a release that were opened in an hour were given to show, and gave back.</summary>
/// <param name="Unserved">What no answer had, or no client showed.</param>
/// <param name="Unshown">What the rows of the sessions say about that; null where one has ended without saying.</param>
public sealed record ServedSum(string Release, DateTimeOffset Hour, long SetAside, long GivenBack, long Unserved, long? Unshown);

/// <summary>Adds up what blocks gave sessions to show, and compares it with what was counted along with them.</summary>
internal sealed class ServedCount(VerificationResult result)
{
    private readonly Dictionary<(string Release, DateTimeOffset Hour), (long SetAside, long GivenBack)> _sums = [];

    // Where a row is of a release without these counts, or was counted before its session was lost.
    private readonly HashSet<(string Release, DateTimeOffset Hour)> _partly = [];

    /// <param name="added">How many artworks of the block the listener did not have.</param>
    public void Add(BlockRow block, int artworks, int added, int givenBack)
    {
        if (block is not { Release: { } release, OpenedAt: { } openedAt })
        {
            return;
        }

        var key = (release, CounterAdded.StartOf(openedAt, TimeSpan.FromHours(1)));
        if (block.Chain is null || block.IsReopened)
        {
            _partly.Add(key);
            return;
        }

        var (setAside, back) = _sums.GetValueOrDefault(key);
        _sums[key] = (setAside + (block.Kind == BlockKind.SetAside ? artworks : block.Kind == BlockKind.Claimed ? added : 0), back + givenBack);
    }

    /// <param name="areSessionsWhole">Whether all sessions are left: otherwise more may be counted.</param>
    /// <param name="areDropped">Whether old blocks are gone: then more may be counted, too.</param>
    public void Compare(ServedSum counted, bool areSessionsWhole, bool areDropped)
    {
        var isWhole = areSessionsWhole && !areDropped;
        var key = (counted.Release, counted.Hour);
        _sums.Remove(key, out var sum);
        var isPart = _partly.Contains(key);
        var isRight = isWhole && !isPart ? (counted.SetAside, counted.GivenBack) == sum : counted.SetAside >= sum.SetAside && counted.GivenBack >= sum.GivenBack;
        // Sessions that are gone left no more unserved than they were given and did not give back.
        var gone = Math.Max(0, counted.SetAside - sum.SetAside - (counted.GivenBack - sum.GivenBack));
        var beyond = counted.Unserved - (counted.Unshown ?? counted.Unserved);
        var isEndRight = areSessionsWhole ? beyond == 0 : beyond >= 0 && (isPart || beyond <= gone);
        if (!isRight || !isEndRight || counted.Unserved < 0 || (!isPart && counted.Unserved + counted.GivenBack > counted.SetAside))
        {
            result.ServedCounted.Add(new Broken(
                $"sessions of release {counted.Release} opened in the hour from {counted.Hour.UtcDateTime:yyyy-MM-dd HH:mm}Z count {counted.SetAside} artworks set aside, {counted.GivenBack} given back and {counted.Unserved} not served; the blocks set {sum.SetAside} aside and give {sum.GivenBack} back{(isEndRight ? "" : $", and ends of sessions leave {counted.Unshown} never shown")}"));
        }
    }

    /// <summary>Reports hours that nothing counts. Call it after the last.</summary>
    public void JudgeRest()
    {
        foreach (var ((release, hour), sum) in _sums.Where(sum => sum.Value != default))
        {
            result.ServedCounted.Add(new Broken($"blocks set {sum.SetAside} artworks aside for sessions of release {release} opened in the hour from {hour.UtcDateTime:yyyy-MM-dd HH:mm}Z, and nothing counts them"));
        }
    }
}
