using ArtFresh.Freshness;
using Xunit;

namespace ArtFresh.Ledger.Tests;

public sealed class ListenerLogTests
{
    private long _number;

    /// <summary>A client that lets as much be given back as waits at most, and then guesses an artwork, must not break the verification.</summary>
    [Fact]
    public void GuessedArtworkIsSpentAlsoWhileAsMuchWaitsAsMay()
    {
        var log = new ListenerLog("guest-a");
        long[] waiting = [.. Enumerable.Range(1, BlockLogged.GivenBackMax)];
        log.Take(Row(BlockKind.SetAside, waiting));
        log.Take(Row(BlockKind.TakenBack, [], waiting));
        log.Take(Row(BlockKind.SetAside, [9001, 9002, 9003]));

        var again = log.Take(Row(BlockKind.Unserved, [9002], 9002));
        log.Take(Row(BlockKind.TakenBack, [], 9003));

        Assert.Empty(again);
        Assert.Equal([9001L, 9002, 9003], log.Has.Order());
        Assert.True(log.WasSpent(9002));
    }

    private BlockRow Row(BlockKind kind, long[] artworkIds, params long[] returned) =>
        new("guest-a", Guid.Empty, ++_number, DateTimeOffset.UnixEpoch, kind, PackedIds.Pack(artworkIds), returned.Length == 0 ? null : PackedIds.Pack(returned));
}
