using System.Globalization;
using System.Text.RegularExpressions;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>Verification names each kind of damage, and nothing in a sound ledger.</summary>
public abstract partial class DamageTests(LivedLedgers ledgers)
{
    public static TheoryData<string> Kinds => [.. Damages.All.Select(damage => damage.Name)];

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected LivedLedgers Ledgers => ledgers;

    [Theory, InlineData(false), InlineData(true)]
    public async Task SoundLedgerHolds(bool isErased) =>
        Assert.Empty(FaultsOf(await (isErased ? ledgers.Erased : ledgers.Whole).VerifyAsync("", LedgerVerification.RunAsync)));

    [Theory, MemberData(nameof(Kinds))]
    public Task DamageIsNamed(string kind) => NamesAsync(Damages.All.Single(damage => damage.Name == kind));

    /// <summary>By its key: the time of an act is in no list.</summary>
    [Theory]
    [InlineData("update operator_audit set actor = 'bob' where what = 'strike-claims'")]
    [InlineData("update operator_audit set checksum = null where what = 'withdraw'")]
    public async Task ActIsNamedByItsKey(string sql)
    {
        var what = sql.Split('\'')[^2];
        var key = ledgers.Whole.File.Scalar($"select audit_id from operator_audit where what = '{what}'");

        var result = await ledgers.Whole.VerifyAsync(sql, LedgerVerification.RunAsync);

        Assert.Contains(result.All.SelectMany(check => check.Rows), row => row.What.Contains($"audit {key}", StringComparison.Ordinal) || row.What.Contains($"operator_audit {key} ", StringComparison.Ordinal));
    }

    /// <summary>What only makes queries faster, and tables of others beside the ledger's, break no promise.</summary>
    [Fact]
    public async Task WhatIsAddedWithoutEffectIsANote()
    {
        var month = ledgers.IsPostgres ? "; create index by_hand_month on impression_batch_202406 (received_at)" : "";
        var result = await ledgers.Whole.VerifyAsync(
            $"create index by_hand on session (release, opened_at) where release in ('a', 'b'); create table others (id integer primary key, name text unique); create index of_others on others (lower(name)){month}",
            LedgerVerification.RunAsync);

        Assert.Empty(FaultsOf(result));
        Assert.Equal(
            $"of no script of the schema, and without effect on what is read or written: index by_hand of table session{(ledgers.IsPostgres ? ", index by_hand_month of table impression_batch_202406" : "")}, table others",
            result.All.Single(check => check.Name == "schema-whole").Note);
    }

    /// <summary>A later release may make what this one does not know.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("; create table others (id integer primary key, session_id uuid references session (session_id)); drop index session_art_by_hour")]
    public async Task SchemaOfALaterReleaseIsNotJudged(string change)
    {
        var result = await ledgers.Whole.VerifyAsync(
            "insert into schema_version (version, name, applied_at) select max(version) + 1, 'later', 0 from schema_version" + change, LedgerVerification.RunAsync);

        Assert.Empty(FaultsOf(result));
        Assert.Contains("of a later release", result.All.Single(check => check.Name == "schema-whole").NotJudged, StringComparison.Ordinal);
    }

    /// <summary>A script that only changes rows makes nothing that tells whether it has run.</summary>
    [Fact]
    public async Task SchemaBeforeAnUpgradeOfRowsAloneIsNotDamaged()
    {
        var dialect = ledgers.Whole.Database.Dialect;
        var next = new SchemaScript(dialect.Scripts[^1].Version + 1, "next.sql", "-- Create nothing.\nupdate session set release = release;");
        var findings = await ledgers.Whole.Database.ReadMomentAsync(
            moment => SchemaCheck.FindAsync(dialect, [.. dialect.Scripts, next], (sql, values, read) => ((LedgerMoment)moment).EachAsync(sql, read, Stop, values)), Stop);

        Assert.Empty(findings.Faults);
        Assert.Contains("lacks script next.sql", findings.NotJudged, StringComparison.Ordinal);
    }

    /// <summary>An erasure leaves the checksum of what it takes, and the chain is whole.</summary>
    [Theory]
    [InlineData("update erased_batch set chain = chain + 1")]
    [InlineData("delete from erased_batch")]
    [InlineData("delete from erased_block")]
    [InlineData("update impression_batch set received_at = received_at + 1 where writer_number = 1 and position = 2")]
    [InlineData("update listener_block set logged_at = logged_at + 1 where listener_id = 'guest' and block_number = 1")]
    public async Task DamageBesideAnErasureIsFound(string sql) =>
        Assert.NotEqual(0, (await ledgers.Erased.VerifyAsync(sql, LedgerVerification.RunAsync)).All.Single(check => check.Name == "rows-as-written").Faults);

    /// <summary>What was erased bounds what tallies count beyond the rows.</summary>
    [Theory]
    [InlineData("delete from erasure", "notes-agree", "more rows are erased than erasures say")]
    [InlineData("update release_counter set amount = amount + 500 where counter = 'ImpressionsRecorded'", "counters-tallied", "release test counts")]
    [InlineData("update release_counter set amount = amount - 4 where counter = 'ImpressionsRecorded'", "counters-tallied", "release test counts 1 ImpressionsRecorded too few")]
    [InlineData("update release_counter set amount = amount + 2 where counter = 'Batches'", "counters-tallied", "and at most 1 of them are erased")]
    [InlineData("update release_counter set amount = amount - 2 where counter = 'Batches'", "counters-tallied", "release test counts 1 Batches too few")]
    [InlineData("update artwork_views set views = substr(views, 1, 17) || x'09' || substr(views, 19)", "views-tallied", "views; the ledger holds")]
    public async Task ErasureHidesNoMoreThanWhatWasErased(string sql, string check, string what)
    {
        var result = await ledgers.Erased.VerifyAsync(Literals(sql), LedgerVerification.RunAsync);

        Assert.Contains(what, result.All.Single(one => one.Name == check).Rows.Select(row => row.What).FirstOrDefault() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task CounterThatIsOffIsNamedAlone()
    {
        // Releases that nobody vouches for: what they recorded is counted together.
        var result = await ledgers.Whole.VerifyAsync(
            """
            insert into release_counter (release, hour, counter, amount) select 'other', hour, counter, amount from release_counter where release = 'test';
            update release_counter set amount = 1 where release = 'test' and counter = 'ImpressionsRecorded';
            delete from release_counter where release = 'test' and counter <> 'ImpressionsRecorded'
            """,
            LedgerVerification.RunAsync);

        var fault = Assert.Single(result.All.Single(check => check.Name == "counters-tallied").Rows);
        Assert.StartsWith("release other counts 1 ImpressionsRecorded too many", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadStandsForAllRowsBeforeIt()
    {
        var head = (await ledgers.Whole.VerifyAsync("", LedgerVerification.RunAsync)).Head;
        Assert.Empty(FaultsOf(await SinceAsync(head, "")));

        // Whoever writes the database can make its own head fit; the one kept elsewhere tells.
        var result = await SinceAsync(
            head, "delete from listener_block where writer_number = 3; update ledger_writer set block_position = 0, block_chain = started_at where writer_number = 3");

        Assert.Contains("head-holds", string.Join(' ', FaultsOf(result)), StringComparison.Ordinal);
    }

    /// <summary>What the hourly run finds: the tables that only grow are as they were, and the others agree with the audit.</summary>
    [Theory]
    [InlineData("delete from operator_audit where what = 'strike-claims'", "head-holds")]
    [InlineData("insert into operator_audit (audit_id, at, actor, what, detail) {0}values (-1, 0, 'ann', 'restart', 'because')", "head-holds")]
    [InlineData("delete from data_protection_key", "head-holds")]
    [InlineData("update data_protection_key set xml = replace(xml, '2027', '2036')", "head-holds")]
    [InlineData("delete from withdrawal where artwork_id = 57", "notes-agree")]
    [InlineData("update withdrawal set reason = 'another' where artwork_id = 57", "notes-agree")]
    [InlineData("update collection_shelf set from_at = 0 where collection = 'Boats: old'", "notes-agree")]
    [InlineData("insert into dropped_month (first_at) values (1717200000000)", "notes-agree")]
    public async Task SmallTablesAreReadAgainstAHead(string sql, string check)
    {
        var head = (await ledgers.Whole.VerifyAsync("", LedgerVerification.RunAsync)).Head;

        var result = await SinceAsync(head, string.Format(CultureInfo.InvariantCulture, sql, ledgers.IsPostgres ? "overriding system value " : ""));

        Assert.Contains(FaultsOf(result), fault => fault.StartsWith(check, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("update erasure set row_count = row_count + 1")]
    [InlineData("delete from erasure")]
    public async Task ErasuresAreReadAgainstAHead(string sql)
    {
        var head = (await ledgers.Erased.VerifyAsync("", LedgerVerification.RunAsync)).Head;

        var result = await ledgers.Erased.VerifyAsync(sql, (moment, result, stop) => LedgerVerification.RunSinceAsync(moment, head, result, stop));

        Assert.Contains("head-holds: the rows of erasure up to", string.Join(' ', FaultsOf(result)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCameAfterAHeadIsReadAgainstIt()
    {
        Assert.Empty(FaultsOf(await SinceAsync(new LedgerHead([], []), "")));

        var result = await SinceAsync(new LedgerHead([], []), "update impression_batch set received_at = received_at + 1 where writer_number = 2 and position = 1");

        Assert.Contains("rows-as-written", string.Join(' ', FaultsOf(result)), StringComparison.Ordinal);
    }

    /// <summary>The head of before a listener was erased still holds.</summary>
    [Fact]
    public async Task HeadOutlivesAnErasure() => Assert.Empty(FaultsOf(await ledgers.Erased.VerifyAsync(
        "", (moment, result, stop) => LedgerVerification.RunSinceAsync(moment, ledgers.BeforeErasure, result, stop))));

    protected async Task NamesAsync(Damage damage)
    {
        var result = await ledgers.Whole.VerifyAsync(Literals(damage.Sql), LedgerVerification.RunAsync);

        Assert.True(result.All.Single(check => check.Name == damage.Check).Faults > 0, string.Join('\n', FaultsOf(result)));
        // In words: a record or a formatted value prints its fields in braces.
        Assert.DoesNotContain(result.All.SelectMany(check => check.Rows), row => row.What.Contains('{', StringComparison.Ordinal));
    }

    protected static string[] FaultsOf(VerificationResult result) => [.. result.All.Where(check => check.Faults > 0).Select(check => $"{check.Name}: {check.Rows[0].What}")];

    private Task<VerificationResult> SinceAsync(LedgerHead head, string damage) => ledgers.Whole.VerifyAsync(
        damage, (moment, result, stop) => LedgerVerification.RunSinceAsync(moment, head, result, stop));

    /// <summary>Writes packed values as literals.</summary>
    private string Literals(string sql)
    {
        sql = ledgers.IsPostgres ? SessionPattern().Replace(sql, "'$1'::uuid") : sql;
        sql = IdsPattern().Replace(sql, ids => Literal(PackedIds.Pack([.. ids.Groups[1].Value.Split(',').Select(Number)])));
        sql = ShownPattern().Replace(sql, shown => Literal(PackedImpressions.Pack(
            [.. shown.Groups[1].Value.Split(',').Select(one => one.Split(':')).Select(one => new PackedImpression(Number(one[0]), Number(one[1]), (ImpressionOutcome)Number(one[2])))])));
        return ledgers.IsPostgres ? BytesPattern().Replace(sql, "'\\x$1'::bytea") : sql;
    }

    private static string Literal(byte[] bytes) => $"x'{Convert.ToHexStringLower(bytes)}'";

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("x'([0-9a-f]{32})'")]
    private static partial Regex SessionPattern();

    [GeneratedRegex("x'([0-9a-f]*)'")]
    private static partial Regex BytesPattern();

    [GeneratedRegex(@"ids\('([^']*)'\)")]
    private static partial Regex IdsPattern();

    [GeneratedRegex(@"shown\('([^']*)'\)")]
    private static partial Regex ShownPattern();
}
