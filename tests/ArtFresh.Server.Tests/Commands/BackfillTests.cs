using System.Globalization;
using System.Text;
using ArtFresh.Freshness;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.Server.Tests;

[Collection("ledgers")]
public sealed class BackfillTests(SoundLedgers ledgers) : IDisposable
{
    private const string Header = "viewed_at,session,listener,artwork\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("artfresh-backfill-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, InlineData(false), InlineData(true)]
    public async Task BackfillSetsAnEarlierViewedAtAndExtendsTheListenersSet(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        var viewed = ledger.Count("select min(artwork_id) from artwork where viewed_at is not null");
        var unviewed = ledger.Count("select min(artwork_id) from artwork where viewed_at is null");
        var before = ledger.Count($"select viewed_at from artwork where artwork_id = {viewed}");
        var csv = Write(
            $"2020-05-01T12:00:00Z,old-1,guest-old,{viewed}", $"2021-05-01T12:00:00+02:00,old-1,guest-old,{unviewed}", $"1588334400000,old-2,guest-older,{unviewed}",
            $"{before + 1},old-3,guest-old,{viewed}");

        var printed = await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", "--json", .. ledger.Where]);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        Assert.Equal((4, 3, 1), (Figure(printed, "rows"), Figure(printed, "added"), Figure(printed, "known")));
        var may = new DateTimeOffset(2020, 5, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.Equal((may, may), (ledger.Count($"select viewed_at from artwork where artwork_id = {viewed}"), ledger.Count($"select viewed_at from artwork where artwork_id = {unviewed}")));
        Assert.Equal([viewed, unviewed], Backfilled(ledger, "guest-old"));

        Assert.Equal(0, (await Tool.RunAsync(["backfill", Write($"2022-01-01,s,guest-late,{viewed}"), "--artwork-by", "id", .. ledger.Where])).ExitCode);
        Assert.Equal(may, ledger.Count($"select viewed_at from artwork where artwork_id = {viewed}"));
        Assert.Equal(0, (await Tool.RunAsync(["verify", .. ledger.Where])).ExitCode);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task SecondRunChangesNothing(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        var csv = Write([.. Rows(ledger, 40)]);
        Assert.Equal(0, (await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", "--batch", "7", .. ledger.Where])).ExitCode);
        var state = StateOf(ledger);

        var again = await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", "--json", .. ledger.Where]);

        Assert.Equal(0, again.ExitCode);
        Assert.Equal((0, Figure(again, "rows")), (Figure(again, "added"), Figure(again, "known")));
        Assert.Equal(state, StateOf(ledger));
    }

    [Fact]
    public async Task KilledInTheMiddleAndRunAgainItComesToTheSame()
    {
        using var whole = ledgers.Copy(false);
        using var killed = ledgers.Copy(false);
        var csv = Write([.. Rows(whole, 3_000)]);
        await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", .. whole.Where]);
        // Its fourth block is never written to the end, however late it is killed.
        killed.Execute("create view endless as with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n");
        killed.Execute(
            """
            create trigger stopped before insert on listener_block when (select count(*) from listener_block where kind = 3) >= 3
            begin select * from endless; end
            """);

        using (var first = Tool.Start(["backfill", csv, "--artwork-by", "id", "--batch", "20", .. killed.Where]))
        {
            using var ended = EndedWithProgram.Add(first.Kill);
            await Eventually.TrueAsync(() => killed.Count("select count(*) from listener_block where kind = 3") > 0 || first.HasExited);
            Assert.False(first.HasExited);
            first.Kill();
            await first.WaitForExitAsync(Stop);
        }

        Assert.NotEqual(StateOf(whole), StateOf(killed));
        killed.Execute("drop trigger stopped");
        await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", .. killed.Where]);

        Assert.Equal(StateOf(whole), StateOf(killed));
    }

    [Fact]
    public async Task TableOfAPostgresIsReadByItsColumns()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        using var ledger = ledgers.Copy(true);
        var from = SoundLedgers.Postgres.NewDatabase();
        await using (var other = NpgsqlDataSource.Create(from))
        {
            await using var fill = other.CreateCommand(
                """
                create schema "Old"; create table "Old"."Seen" ("User" text, art bigint, shown timestamptz);
                insert into "Old"."Seen" select 'subject ' || n % 2, n, '2020-01-01Z'::timestamptz + n * interval '1 minute' from generate_series(1, 20) as n;
                insert into "Old"."Seen" values (null, 1, now()), ('x', 1, null)
                """);
            await fill.ExecuteNonQueryAsync(Stop);
        }

        string[] columns = ["--table", "Old.Seen", "--listener-column", "User", "--artwork-column", "art", "--viewed-at-column", "shown"];
        var printed = await Tool.RunAsync(["backfill", "--from", from, .. columns, "--artwork-by", "id", "--subjects", "--json", .. ledger.Where]);
        var silent = await Tool.RunAsync(["backfill", "--from", from, "--table", "none", .. ledger.Where]);

        Assert.True(printed.ExitCode == 1, printed.Errors);
        Assert.Equal((22, 20, 0, 2), (Figure(printed, "rows"), Figure(printed, "added"), Figure(printed, "unknown"), Figure(printed, "bad")));
        Assert.Equal(Enumerable.Range(1, 10).Select(n => n * 2L), Backfilled(ledger, "sub-subject%200"));
        Assert.Equal(2, silent.ExitCode);
        Assert.StartsWith("none cannot be read: ", silent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ArtworksAreFoundByContentFileSourceAndTitleAndTheRestIsReported()
    {
        await using var server = new ServerProcess();
        var pictures = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        await DrawAsync("one.svg", "teal");
        await DrawAsync("two.svg", "red");
        await File.WriteAllTextAsync(Path.Combine(pictures, "all.csv"), "file,title,source,licence\none.svg,First,https://example.test/1,CC0\ntwo.svg,Second,,\n", Stop);
        Assert.Equal(0, (await server.CommandAsync("import", Path.Combine(pictures, "all.csv"), "--collection", "Shelf")).ExitCode);
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(pictures, "two.svg"), Stop)));
        var csv = Write(
            "2020-01-01,s,guest-a,one.svg", "2020-01-01,s,guest-b,https://example.test/1", $"2020-01-01,s,guest-c,{hash}", "2020-01-01,s,guest-d,Second",
            "2020-01-01,s,guest-e,../pictures/none.svg", "2020-01-01,s,guest-e,77", "yesterday,s,guest-e,1", "2999-01-01,s,guest-e,1", "2020-01-01,s,a/b,1", "2020-01-01,s,,1");

        var printed = await Tool.RunAsync("backfill", csv, "--files", pictures, "--data", server.DataDirectory);

        Assert.Equal(1, printed.ExitCode);
        Assert.Contains("10 impressions read: 4 added to listeners' sets, 0 known already, 2 of artworks that do not exist, 4 malformed.", printed.Output, StringComparison.Ordinal);
        Assert.Contains($"skipped: {csv}:7: there is no artwork '77'; --artwork-by id takes it for an id of this ledger", printed.Output, StringComparison.Ordinal);
        Assert.Contains($"skipped: {csv}:6: there is no artwork '../pictures/none.svg'", printed.Output, StringComparison.Ordinal);
        var ledger = new LedgerCopy([], () => new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False"), null);
        var (one, two) = (ledger.Count("select artwork_id from artwork where title = 'First'"), ledger.Count("select artwork_id from artwork where title = 'Second'"));
        Assert.Equal(2, ledger.Count("select count(*) from artwork where collection = 'Shelf'"));
        Assert.Equal(one, ledger.Count("select artwork_id from artwork where source = 'https://example.test/1' and licence = 'CC0'"));
        Assert.Equal([one, one, two, two], new[] { "guest-a", "guest-b", "guest-c", "guest-d" }.Select(listener => Backfilled(ledger, listener).Single()));

        Task DrawAsync(string file, string colour) => File.WriteAllTextAsync(
            Path.Combine(pictures, file), $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="20" fill="{colour}"/></svg>""", Stop);
    }

    /// <summary>Holds for a listener whose grain is in memory with an open session, and after a restart.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task BackfilledArtworksAreNotServedBeforeOrAfterARestart(bool isCluster)
    {
        var (made, where) = NewServer(isCluster);
        await using var server = made;
        await server.StartAsync();
        using var other = new HttpListenerClient(server.Address);
        await other.SignInAsync();
        var all = await other.FreshAsync(await other.OpenAsync(), 50, 0.3, 0.7);
        using var listener = new HttpListenerClient(server.Address);
        var id = await listener.SignInAsync();
        var session = await listener.OpenAsync();
        var stock = await listener.FreshAsync(session, 4, 0.3, 0.7);
        // Of the session's first block, four that are backfilled as well are given back when the session ends.
        var rest = (await BlockAsync(where, id)).Except(stock).ToArray();
        var backfilled = all.Except(stock).Except(rest).Take(24).Concat(rest[^4..]).ToHashSet();
        var csv = Write([.. backfilled.Select(artwork => $"2020-01-01,s,{id},{artwork}")]);

        var printed = await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", .. where]);
        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        // The grain's next block is fenced, so it reads the backfilled blocks. The first session then gives back its unserved rest, which is fresh again except for those.
        var second = await listener.OpenAsync();
        var first = await listener.FreshAsync(second, 1, 0.3, 0.7);
        await listener.EndAsync(session);
        var served = first.Concat(await listener.FreshAsync(second, 50, 0.3, 0.7)).ToArray();
        await server.StopAsync();
        await server.StartAsync();
        var later = await listener.FreshAsync(await listener.OpenAsync(), 40, 0.3, 0.7);

        Assert.Empty(served.Concat(later).Intersect(backfilled));
        Assert.NotEmpty(served.Concat(later).Intersect(all.Except(stock).Except(rest)));
        Assert.Contains(rest[0], served.Concat(later));
        var verified = await Tool.RunAsync(["verify", .. where]);
        Assert.True(verified.ExitCode == 0, verified.Output);
    }

    /// <summary>The session serves from a block that was set aside before, and holds what the backfill adds.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task LiveSessionIsServedNothingOfABackfillThatIsDone(bool isCluster)
    {
        var (made, where) = NewServer(isCluster);
        await using var server = made;
        await server.StartAsync();
        using var other = new HttpListenerClient(server.Address);
        await other.SignInAsync();
        await other.FreshAsync(await other.OpenAsync(), 50, 0.3, 0.7);
        using var listener = new HttpListenerClient(server.Address);
        var id = await listener.SignInAsync();
        var session = await listener.OpenAsync();
        var shown = await listener.FreshAsync(session, 4, 0.3, 0.7);

        // The rest of the session's first block.
        var rest = (await BlockAsync(where, id)).Except(shown).ToArray();
        Assert.NotEmpty(rest);
        var csv = Write([.. rest.Select(artwork => $"2020-01-01,s,{id},{artwork}")]);
        var printed = await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", .. where]);
        var served = await listener.FreshAsync(session, 10, 0.3, 0.7);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        Assert.Empty(served.Intersect(shown.Concat(rest)));
        var verified = await Tool.RunAsync(["verify", .. where]);
        Assert.True(verified.ExitCode == 0, verified.Output);
    }

    [Fact]
    public async Task ImpressionOfABackfilledArtworkIsARepeat()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        var id = await listener.SignInAsync();
        using var other = new HttpListenerClient(server.Address);
        await other.SignInAsync();
        var artwork = (await other.FreshAsync(await other.OpenAsync(), 1, 0.3, 0.7))[0];
        await Tool.RunAsync("backfill", Write($"2020-01-01,s,{id},{artwork}"), "--artwork-by", "id", "--data", server.DataDirectory);

        Assert.Equal(0, await listener.PostAsync(new PostedBatch(await listener.OpenAsync(), Guid.CreateVersion7(), 1, [artwork])));

        Assert.Equal(ImpressionOutcome.Repeat, server.Ledger.Impressions().Single().Outcome);
    }

    /// <summary>Its own numbers name other pictures here.</summary>
    [Fact]
    public async Task NumbersAreIdsOfThisLedgerOnlyWhenSaid()
    {
        using var ledger = ledgers.Copy(false);
        var state = StateOf(ledger);

        var printed = await Tool.RunAsync(["backfill", Write("2020-01-01,s,guest-a,1"), "--json", .. ledger.Where]);

        Assert.Equal((1, 1, 0), (printed.ExitCode, Figure(printed, "unknown"), Figure(printed, "added")));
        Assert.Equal(state, StateOf(ledger));
    }

    [Fact]
    public async Task DryRunWritesNothingAndReportsAll()
    {
        using var ledger = ledgers.Copy(false);
        var state = StateOf(ledger);
        var csv = Write(
            "2020-01-01,s,guest-a,1", "1588334400,s,guest-b,1", "1588334400000,s,sub-c,2", "2021-05-01 12:00:00+02:00,s,sub-c,2", "2025,s,guest-a,1", "03/04/2025,s,guest-a,1",
            "2020-01-01,s,0198f3c4-7a8e-7000-8000-000000000001,1", "2020-01-01,s,guest-a,77777", "2020-01-01,s,guest-b,77777", "2020-01-01,s,guest-b,88888");
        var leftOut = Path.Combine(_folder, "left.csv");
        string[] options = ["--artwork-by", "id", "--dry-run", "--left-out", leftOut, .. ledger.Where];

        var printed = await Tool.RunAsync(["backfill", csv, "--json", .. options]);
        var text = (await Tool.RunAsync(["backfill", csv, .. options])).Output;

        Assert.Equal(state, StateOf(ledger));
        Assert.Equal((1, 10, 3, 1, 3, 3), (printed.ExitCode, Figure(printed, "rows"), Figure(printed, "added"), Figure(printed, "known"), Figure(printed, "unknown"), Figure(printed, "bad")));
        var report = printed.Json;
        Assert.Equal((2, 1, 3), (Count("no time, or an ambiguous one"), Count("no listener's id"), Count("unknown artwork")));
        Assert.Equal(("77777", 2), (report.GetProperty("unknownNames")[0].GetProperty("name").GetString(), report.GetProperty("unknownNames")[0].GetProperty("rows").GetInt32()));
        Assert.Equal((2, 1), (report.GetProperty("listeners").GetProperty("guests").GetInt32(), report.GetProperty("listeners").GetProperty("subjects").GetInt32()));
        Assert.Contains("times: 1 read as unix-seconds; 1588334400 is 2020-05-01 12:00:00 UTC", text, StringComparison.Ordinal);
        Assert.Contains("times: from 2020-01-01 00:00:00 to 2021-05-01 10:00:00 UTC", text, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was written.\n", text, StringComparison.Ordinal);
        var rows = await File.ReadAllLinesAsync(leftOut, Stop);
        Assert.Equal(7, rows.Length);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(leftOut) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Contains($"{csv}:6,guest-a,1,'2025' may mean several times: say --time-format", rows);
        Assert.Contains($"{csv}:8,0198f3c4-7a8e-7000-8000-000000000001,1,no sign-in makes the id '0198f3c4-7a8e-7000-8000-000000000001'; --subjects takes it for the subject of one", rows);

        int Count(string reason) => report.GetProperty("reasons").GetProperty(reason).GetInt32();
    }

    [Fact]
    public async Task NamesAreMappedAndTimesHaveAFormat()
    {
        using var ledger = ledgers.Copy(false);
        var map = Path.Combine(_folder, "map.csv");
        await File.WriteAllTextAsync(map, "artwork,name\n2,\"old, 1\"\n", Stop);
        var csv = Write("03/04/2020 10:30,s,guest-a,\"old, 1\"");

        var printed = await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", "--map", map, "--time-format", "dd/MM/yyyy HH:mm", .. ledger.Where]);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        Assert.Equal([2], Backfilled(ledger, "guest-a"));
        Assert.Equal(new DateTimeOffset(2020, 4, 3, 10, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), ledger.Count("select viewed_at from artwork where artwork_id = 2"));
    }

    /// <summary>In the order of a log, a listener's rows are far apart.</summary>
    [Fact]
    public async Task RowsInAnyOrderComeToOneBlockForEachListener()
    {
        using var ledger = ledgers.Copy(false);
        var artworks = ledger.Count("select max(artwork_id) from artwork");
        var csv = Write([.. from artwork in Enumerable.Range(1, 40) from listener in Enumerable.Range(0, 50) select $"2020-01-01,s,guest-{listener},{(artwork % artworks) + 1}"]);

        var printed = await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", "--batch", "100", .. ledger.Where]);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        Assert.Equal(50, Blocks(ledger).Count);
    }

    [Fact]
    public async Task WrongArgumentsAreRefusedBeforeAnythingIsWritten()
    {
        using var ledger = ledgers.Copy(false);
        var state = StateOf(ledger);
        var headless = Path.Combine(_folder, "headless.csv");
        await File.WriteAllTextAsync(headless, "listener,art\n", Stop);

        Assert.Contains("Name one source of impressions", (await Tool.RunAsync(["backfill", .. ledger.Where])).Errors, StringComparison.Ordinal);
        Assert.Contains("artwork, viewed_at is missing", (await Tool.RunAsync(["backfill", headless, .. ledger.Where])).Errors, StringComparison.Ordinal);
        Assert.Contains("There is no file", (await Tool.RunAsync(["backfill", headless + "x", .. ledger.Where])).Errors, StringComparison.Ordinal);
        Assert.Contains("--from is not a connection string", (await Tool.RunAsync(["backfill", "--from", "Hots=1", .. ledger.Where])).Errors, StringComparison.Ordinal);
        Assert.Contains("name, artwork", (await Tool.RunAsync(["backfill", headless, "--map", headless, .. ledger.Where])).Errors, StringComparison.Ordinal);
        Assert.Contains("cannot be written", (await Tool.RunAsync(["backfill", headless, "--left-out", _folder, .. ledger.Where])).Errors, StringComparison.Ordinal);
        Assert.Equal(state, StateOf(ledger));
    }

    /// <summary>A server, and the options that name its ledger to a command.</summary>
    private static (ServerProcess Server, string[] Where) NewServer(bool isCluster)
    {
        Assert.SkipUnless(!isCluster || PostgresServer.IsInstalled, "PostgreSQL is not installed");
        if (isCluster)
        {
            var database = SoundLedgers.Postgres.NewDatabase();
            return (new ServerProcess("--ConnectionStrings:Ledger", database), ["--ledger", database]);
        }

        var server = new ServerProcess();
        return (server, ["--data", server.DataDirectory]);
    }

    /// <summary>The artworks of a listener's first block.</summary>
    private static async Task<long[]> BlockAsync(string[] where, string listener)
    {
        await using System.Data.Common.DbConnection connection = where[0] == "--ledger"
            ? new NpgsqlConnection(where[1])
            : new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(where[1], SqliteDatabase.FileName)};Pooling=False");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = $"select artwork_ids from listener_block where listener_id = '{listener}' order by block_number limit 1";
        return PackedIds.Unpack((byte[])(await command.ExecuteScalarAsync(Stop))!);
    }

    private static long Figure(Printed printed, string name) => printed.Json.GetProperty(name).GetInt64();

    /// <summary>Impressions of so many rows, of all artworks of the ledger, by listeners of whom one is known to it.</summary>
    private static IEnumerable<string> Rows(LedgerCopy ledger, int count)
    {
        var artworks = ledger.Count("select max(artwork_id) from artwork");
        var known = ledger.Scalar("select min(listener_id) from session");
        return Enumerable.Range(0, count).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{1_500_000_000_000 + (i * 1000)},s,{(i % 5 == 0 ? known : $"guest-old-{i / artworks}")},{(i % artworks) + 1}"));
    }

    private static long[] Backfilled(LedgerCopy ledger, string listener) => [.. Blocks(ledger).Where(block => block.Listener == listener).SelectMany(block => block.Artworks).Order()];

    /// <summary>What every listener's set has from backfills, and every viewed_at.</summary>
    private static string StateOf(LedgerCopy ledger)
    {
        var state = new StringBuilder();
        foreach (var blocks in Blocks(ledger).GroupBy(block => block.Listener).OrderBy(blocks => blocks.Key, StringComparer.Ordinal))
        {
            state.AppendLine(CultureInfo.InvariantCulture, $"{blocks.Key}: {string.Join(' ', blocks.SelectMany(block => block.Artworks).Order())}");
        }

        return state.Append(ledger.Scalar(
            ledger.Directory is null
                ? "select string_agg(artwork_id || '=' || coalesce(viewed_at, 0), ' ' order by artwork_id) from artwork"
                : "select group_concat(artwork_id || '=' || coalesce(viewed_at, 0), ' ') from (select * from artwork order by artwork_id)")).ToString();
    }

    private static List<(string Listener, long[] Artworks)> Blocks(LedgerCopy ledger)
    {
        using var connection = ledger.Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select listener_id, artwork_ids from listener_block where kind = 3";
        using var rows = command.ExecuteReader();
        var blocks = new List<(string, long[])>();
        while (rows.Read())
        {
            blocks.Add((rows.GetString(0), PackedIds.Unpack(rows.GetFieldValue<byte[]>(1))));
        }

        return blocks;
    }

    private string Write(params string[] rows)
    {
        var path = Path.Combine(_folder, "old.csv");
        File.WriteAllText(path, Header + string.Join('\n', rows) + "\n");
        return path;
    }
}
