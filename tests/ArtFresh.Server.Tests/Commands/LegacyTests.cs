using ArtFresh.Freshness;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

[Collection("ledgers")]
public sealed class LegacyTests(SoundLedgers ledgers)
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task SoundLedgerHasNoneAndEndsWithZero(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);

        var printed = await Tool.RunAsync(["legacy", .. ledger.Where]);

        Assert.True(printed.ExitCode == 0, printed.Errors);
        Assert.StartsWith("0 impressions without viewed_at, 0 artworks served twice, 0 repeats claimed by clients;", printed.Output, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task EachKindIsNamedWithListenerSessionArtworkAndTime(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        var (artwork, listener) = Plant(ledger);

        var printed = await Tool.RunAsync(["legacy", "--json", .. ledger.Where]);

        Assert.Equal(1, printed.ExitCode);
        Assert.False(printed.Json.GetProperty("holds").GetBoolean());
        Assert.Equal((1, 1, 1), (Figure("impressionsWithoutViewedAt"), Figure("repeatedServes"), Figure("repeats")));
        var rows = printed.Json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["not-viewed", "served-twice"], rows.Select(row => row.GetProperty("kind").GetString()).Order());
        Assert.All(rows, row =>
        {
            Assert.Equal(listener, row.GetProperty("listener").GetString());
            Assert.True(row.GetProperty("session").TryGetGuid(out var session) && session != Guid.Empty);
            Assert.Equal(artwork, row.GetProperty("artworkId").GetInt64());
            Assert.True(row.GetProperty("at").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        });

        var table = await Tool.RunAsync(["legacy", "--limit", "1", .. ledger.Where]);
        Assert.Equal(1, table.ExitCode);
        Assert.Contains("and 1 more", table.Output, StringComparison.Ordinal);

        long Figure(string name) => printed.Json.GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task LedgerThatIsNotThereIsSaidInASentence()
    {
        var missing = await Tool.RunAsync("legacy", "--data", Path.Combine(Path.GetTempPath(), "no-such-folder"));
        var malformed = await Tool.RunAsync("legacy", "--ledger", "Hots=nowhere");
        var silent = await Tool.RunAsync("legacy", "--ledger", "Host=127.0.0.1;Port=1;Database=none");

        Assert.Equal((2, 2, 2), (missing.ExitCode, malformed.ExitCode, silent.ExitCode));
        Assert.StartsWith("There is no ledger at ", missing.Errors, StringComparison.Ordinal);
        Assert.StartsWith("--ledger is not a connection string of PostgreSQL such as ", malformed.Errors, StringComparison.Ordinal);
        Assert.StartsWith("The ledger (ConnectionStrings:Ledger or --ledger) cannot be read: ", silent.Errors, StringComparison.Ordinal);
        Assert.All([missing, malformed, silent], printed => Assert.DoesNotContain("   at ", printed.Errors, StringComparison.Ordinal));
    }

    /// <summary>One artwork of one listener: shown and not viewed, set aside again, shown again.</summary>
    private static (long Artwork, string Listener) Plant(LedgerCopy ledger)
    {
        var first = (byte[])ledger.Scalar("select impressions from impression_batch order by session_id, batch_number limit 1")!;
        // One that this listener alone was shown, so that it counts once.
        var shown = PackedImpressions.Unpack(first)[0].ArtworkId;
        ledger.Execute("delete from impression_batch where session_id <> (select session_id from session order by session_id limit 1) or batch_number > 2");
        ledger.Execute("update artwork set viewed_at = null where artwork_id = $1", shown);
        ledger.Execute(
            """
            insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, logged_at)
            select listener_id, 1000, 0, session_id, $1, opened_at from session order by session_id limit 1
            """,
            PackedIds.Pack([shown]));
        ledger.Execute(
            "update impression_batch set impressions = $1 where batch_number = 2",
            PackedImpressions.Pack([new PackedImpression(6, shown, ImpressionOutcome.Repeat)]));
        return (shown, (string)ledger.Scalar("select listener_id from session order by session_id limit 1")!);
    }
}
