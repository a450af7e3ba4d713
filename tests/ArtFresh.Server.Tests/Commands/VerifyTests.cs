using ArtFresh.Freshness;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>A real ledger passes each check; each planted fault fails the check named for it.</summary>
[Collection("ledgers")]
public sealed class VerifyTests(SoundLedgers ledgers)
{
    private const string FirstBatch = "session_id = (select session_id from impression_batch order by session_id limit 1) and batch_number = 1";
    private const string SecondBatch = "session_id = (select session_id from impression_batch order by session_id limit 1) and batch_number = 2";
    private const string FirstBlock = "listener_id = (select min(listener_id) from listener_block) and block_number = 1";

    private static readonly Dictionary<string, Action<LedgerCopy>> FaultsByName = new()
    {
        ["readable: a batch"] = ledger => ledger.Execute($"update impression_batch set impressions = $1 where {FirstBatch}", new byte[] { 1, 2, 3 }),
        ["readable: a block"] = ledger => ledger.Execute($"update listener_block set artwork_ids = $1 where {FirstBlock}", new byte[] { 9 }),
        ["readable: times of display"] = ledger => ledger.Execute($"update impression_batch set displayed_at = $1 where {FirstBatch}", PackedIds.Pack([1])),
        ["readable: a report"] = ledger => ledger.Execute($"update impression_batch set report = $1 where {FirstBatch}", "{"),
        ["readable: a page of views"] = ledger => ledger.Execute("update artwork_views set views = $1", new byte[] { 1 }),
        ["known: a session"] = ledger => ledger.Execute($"delete from session where session_id = (select session_id from impression_batch where {FirstBatch})"),
        ["known: an artwork"] = ledger => ledger.Execute($"delete from artwork where artwork_id = $1", Shown(ledger)[0].ArtworkId),
        ["blocks-in-order"] = ledger => ledger.Execute("update listener_block set block_number = block_number + 1000 where block_number > 1"),
        ["served-once"] = ledger => ledger.Execute(
            $"""
            insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, logged_at)
            select listener_id, (select max(m.block_number) + 1 from listener_block m where m.listener_id = b.listener_id), 0, session_id, $1, logged_at
            from listener_block b where {FirstBlock}
            """,
            PackedIds.Pack([ShownOf(ledger, FirstListenersBatch(ledger))])),
        ["batches-in-order"] = ledger => ledger.Execute("update impression_batch set batch_number = batch_number + 1000 where batch_number = 3"),
        ["recorded-once"] = ledger => ledger.Execute(
            $"update impression_batch set impressions = $1 where {SecondBatch}",
            PackedImpressions.Pack([.. Shown(ledger).Select((impression, i) => impression with { Number = 8 + i })])),
        ["shown-once: in two sessions"] = ledger => ledger.Execute(
            "update impression_batch set impressions = $1 where batch_number = 1 and session_id = (select session_id from session where listener_id = $2 order by session_id desc limit 1)",
            PackedImpressions.Pack(Shown(ledger)), ledger.Scalar($"select listener_id from session where session_id = (select session_id from impression_batch where {FirstBatch})")!),
        ["served-first"] = ledger => ledger.Execute($"delete from listener_block where listener_id = (select min(listener_id) from listener_block)"),
        ["missing-counted"] = ledger => ledger.Execute($"update impression_batch set missing_change = missing_change + 1 where {SecondBatch}"),
        ["viewed-at: null"] = ledger => ledger.Execute("update artwork set viewed_at = null where artwork_id = $1", Shown(ledger)[0].ArtworkId),
        ["viewed-at: earlier"] = ledger => ledger.Execute("update artwork set viewed_at = viewed_at - 1 where artwork_id = $1", Shown(ledger)[0].ArtworkId),
        ["viewed-at: later"] = ledger => ledger.Execute("update artwork set viewed_at = viewed_at + 1 where artwork_id = $1", Shown(ledger)[0].ArtworkId),
        ["viewed-at: of none"] = ledger => ledger.Execute("update artwork set viewed_at = 1 where viewed_at is null"),
        ["positions-in-order: a row is gone"] = ledger => ledger.Execute($"delete from impression_batch where {FirstBatch}"),
        ["positions-in-order: the last row is gone"] = ledger => ledger.Execute("delete from impression_batch where position = (select max(position) from impression_batch)"),
        ["views-tallied"] = ledger => ledger.Execute("delete from artwork_views where page = 0"),
        ["counters-tallied: a counter"] = ledger => ledger.Execute("update release_counter set amount = amount + 1 where counter = 'ImpressionsRecorded' and release = 'release-0'"),
        ["counters-tallied: one is gone"] = ledger => ledger.Execute("delete from release_counter where counter = 'Duplicates'"),
    };

    public static TheoryData<string, bool> Faults() => new(FaultsByName.Keys.SelectMany(fault => new[] { (fault, false), (fault, true) }));

    [Theory, InlineData(false), InlineData(true)]
    public async Task SoundLedgerHolds(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);

        var printed = await Tool.RunAsync(["verify", .. ledger.Where]);
        var json = (await Tool.RunAsync(["verify", "--json", .. ledger.Where])).Json;

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        Assert.Contains("every promise holds.", printed.Output, StringComparison.Ordinal);
        Assert.Equal(ledger.Count("select count(*) from impression_batch"), json.GetProperty("batchRows").GetInt64());
        Assert.Equal(Listeners.Count * 2 * 11, json.GetProperty("impressions").GetInt64());
        Assert.Equal(23, json.GetProperty("checks").GetArrayLength());
        Assert.All(json.GetProperty("checks").EnumerateArray(), check => Assert.Equal(System.Text.Json.JsonValueKind.Null, check.GetProperty("notJudged").ValueKind));
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task FaultIsNamed(string fault, bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        FaultsByName[fault](ledger);

        var printed = await Tool.RunAsync(["verify", "--json", .. ledger.Where]);

        Assert.True(printed.ExitCode == 1, printed.Output + printed.Errors);
        var check = printed.Json.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == fault.Split(':')[0]);
        Assert.True(check.GetProperty("faults").GetInt64() > 0, printed.Output);
        Assert.NotEqual(0, check.GetProperty("rows").GetArrayLength());
    }

    /// <summary>Of a head that an earlier run printed: it holds as long as nothing before it changes.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task HeadOfAnEarlierRunIsCompared(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        var head = Path.GetTempFileName();
        await File.WriteAllTextAsync(head, (await Tool.RunAsync(["verify", "--json", .. ledger.Where])).Output, TestContext.Current.CancellationToken);

        var same = await Tool.RunAsync(["verify", "--json", "--since", head, .. ledger.Where]);
        var printed = await Tool.RunAsync(["verify", "--since", head, .. ledger.Where]);
        ledger.Execute("delete from listener_block where position = (select max(position) from listener_block)");
        var damaged = await Tool.RunAsync(["verify", "--json", "--since", head, .. ledger.Where]);
        await File.WriteAllTextAsync(head, "{}", TestContext.Current.CancellationToken);
        var unreadable = await Tool.RunAsync(["verify", "--since", head, .. ledger.Where]);
        File.Delete(head);

        Assert.True(same.ExitCode == 0, same.Output + same.Errors);
        Assert.Equal(0, same.Json.GetProperty("batchRows").GetInt64());
        // All that it leaves out in one line, by name.
        var left = Assert.Single(printed.Output.Split('\n'), line => line.Contains("only what came after the head was read", StringComparison.Ordinal));
        Assert.Contains("known, blocks-in-order, served-once", left, StringComparison.Ordinal);
        Assert.NotEqual(0, same.Json.GetProperty("head").GetArrayLength());
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("head-holds", damaged.Json.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("faults").GetInt64() > 0).Select(check => check.GetProperty("name").GetString()));
        Assert.Equal(2, unreadable.ExitCode);
        Assert.Contains("it has no head", unreadable.Errors, StringComparison.Ordinal);
    }

    /// <summary>A ledger whose first months were dropped: missing rows are not a fault, and the rest is checked.</summary>
    [Fact]
    public async Task DroppedMonthsAreReportedAndTheRestIsChecked()
    {
        using var ledger = ledgers.Copy(true);
        ledger.Execute("update ledger_writer set started_at = started_at - 100 * 86400000::bigint");
        ledger.Execute($"delete from impression_batch where {FirstBatch}");

        var printed = await Tool.RunAsync(["verify", "--json", .. ledger.Where]);

        var checks = printed.Json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!);
        Assert.All(["positions-in-order", "viewed-at", "views-tallied", "counters-tallied"], name =>
        {
            Assert.Equal(0, checks[name].GetProperty("faults").GetInt64());
            Assert.Contains("dropped", checks[name].GetProperty("notJudged").GetString(), StringComparison.Ordinal);
        });
        Assert.True(checks["batches-in-order"].GetProperty("faults").GetInt64() > 0, printed.Output);
    }

    [Fact]
    public async Task UnreadableRowsAreNotReportedAsAWrongTally()
    {
        using var ledger = ledgers.Copy(false);
        FaultsByName["readable: a batch"](ledger);

        var printed = await Tool.RunAsync(["verify", .. ledger.Where]);

        Assert.Contains("views-tallied, counters-tallied: rows that cannot be read were skipped", printed.Output, StringComparison.Ordinal);
        Assert.Contains("readable: batch 1 of session", printed.Output, StringComparison.Ordinal);
    }

    private static PackedImpression[] Shown(LedgerCopy ledger) => PackedImpressions.Unpack((byte[])ledger.Scalar($"select impressions from impression_batch where {FirstBatch}")!);

    private static byte[] FirstListenersBatch(LedgerCopy ledger) => (byte[])ledger.Scalar(
        "select impressions from impression_batch b join session s on s.session_id = b.session_id where s.listener_id = (select min(listener_id) from listener_block) order by b.session_id, batch_number limit 1")!;

    private static long ShownOf(LedgerCopy _, byte[] impressions) => PackedImpressions.Unpack(impressions)[0].ArtworkId;
}
