using System.Globalization;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.Server.Tests;

[Collection("ledgers")]
public sealed class BackfillUndoTests(SoundLedgers ledgers) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("artfresh-undo-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, InlineData(false), InlineData(true)]
    public async Task UndoTakesOutWhatOnlyTheRunHasBrought(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        var viewed = ledger.Count("select min(artwork_id) from artwork where viewed_at is not null");
        long[] unviewed = [ledger.Count("select min(artwork_id) from artwork where viewed_at is null"), ledger.Count("select max(artwork_id) from artwork where viewed_at is null")];
        var before = ViewedAt(ledger);
        await BackfillAsync(ledger, 1, $"2020-05-01,guest-old,{viewed}", $"2020-05-01,guest-old,{unviewed[0]}", $"2020-05-01,guest-old,{unviewed[1]}", $"2020-05-01,guest-older,{viewed}");
        await BackfillAsync(ledger, 2, $"2021-05-01,guest-old,{unviewed[0]}", $"2021-05-01,guest-late,{viewed}");

        var printed = await UndoAsync(ledger, 1);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        Assert.Equal((2, 3, 3), (Figure(printed, "listeners"), Figure(printed, "artworks"), Figure(printed, "views")));
        var later = new DateTimeOffset(2021, 5, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.Equal(before.SetItem(unviewed[0], later).SetItem(viewed, later), ViewedAt(ledger));
        Assert.Equal([unviewed[0]], Has(ledger, "guest-old"));
        Assert.Empty(Has(ledger, "guest-older"));
        Assert.Equal(1, ledger.Count("select count(*) from operator_audit where what = 'backfill-undo' and detail like 'run 1: %'"));
        await VerifyAsync(ledger);
        Assert.Equal((0, 0), ((await UndoAsync(ledger, 1)).ExitCode, Figure(await UndoAsync(ledger, 1), "artworks")));

        Assert.Equal(0, (await UndoAsync(ledger, 2)).ExitCode);
        Assert.Equal(before, ViewedAt(ledger));
        Assert.Empty(Has(ledger, "guest-old"));
        await VerifyAsync(ledger);
        Assert.Equal(2, (await UndoAsync(ledger, 3)).ExitCode);
    }

    /// <summary>The source of a run that is undone is a new run.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task RunThatIsUndoneMayBeBackfilledAgain(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        var before = ViewedAt(ledger);
        await BackfillAsync(ledger, 1, "2020-05-01,guest-old,1", "2020-05-01,guest-old,2");
        var after = ViewedAt(ledger);
        await UndoAsync(ledger, 1);

        await BackfillAsync(ledger, 2, "2020-05-01,guest-old,1", "2020-05-01,guest-old,2");

        Assert.Equal(after, ViewedAt(ledger));
        Assert.Equal([1, 2], Has(ledger, "guest-old"));
        Assert.Equal(0, (await UndoAsync(ledger, 2)).ExitCode);
        Assert.Equal(before, ViewedAt(ledger));
        Assert.Empty(Has(ledger, "guest-old"));
        await VerifyAsync(ledger);
    }

    [Theory]
    [InlineData("insert on listener_block", "new.kind = 7 and (select count(*) from listener_block where kind = 7) >= 1")]
    [InlineData("insert on listener_block", "new.kind = 7 and new.listener_id > 'guest-old-070'")]
    [InlineData("update on artwork", "new.viewed_at is not old.viewed_at")]
    [InlineData("update on backfill_run", "new.undone_at is not null")]
    public async Task StoppedAtAnyStepAndRunAgainItComesToTheSame(string step, string when)
    {
        using var whole = ledgers.Copy(false);
        using var stopped = ledgers.Copy(false);
        var rows = Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"2020-05-01,guest-old-{i / 4:000},{(i % 20) + 1}")).ToArray();
        foreach (var ledger in new[] { whole, stopped })
        {
            await BackfillAsync(ledger, 1, rows);
        }

        Assert.Equal(0, (await UndoAsync(whole, 1)).ExitCode);
        stopped.Execute($"create trigger stopped before {step} when {when} begin select raise(abort, 'stopped'); end");
        Assert.Equal(2, (await UndoAsync(stopped, 1)).ExitCode);
        stopped.Execute("drop trigger stopped");

        Assert.Equal(0, (await UndoAsync(stopped, 1)).ExitCode);

        Assert.Equal(ViewedAt(whole), ViewedAt(stopped));
        Assert.Equal(100, stopped.Count("select count(*) from listener_block where kind = 7"));
        Assert.Equal(1, stopped.Count("select count(*) from operator_audit where what = 'backfill-undo'"));
        Assert.All(Enumerable.Range(0, 100), i => Assert.Empty(Has(stopped, string.Create(CultureInfo.InvariantCulture, $"guest-old-{i:000}"))));
        await VerifyAsync(stopped);
    }

    /// <summary>What the guest brought along is the account's, and only a part of it is of the run.</summary>
    [Fact]
    public async Task UndoReachesTheAccountThatAGuestHasJoined()
    {
        using var ledger = ledgers.Copy(false);
        await BackfillAsync(ledger, 1, "2020-05-01,guest-old,1", "2020-05-01,guest-old,2", "2020-05-01,guest-old,3");
        await BackfillAsync(ledger, 2, "2020-05-01,guest-old,3", "2020-05-01,sub-old,2");
        using (var file = new SqliteDatabase(Path.Combine(ledger.Directory!, SqliteDatabase.FileName)))
        using (var writer = new SqliteLedger(file, TimeProvider.System))
        {
            Assert.Equal([LedgerVerdict.Committed], await writer.EnterAsync([new ListenerJoined("guest-old", 3, "sub-old", 2, [1, 2, 3], TimeProvider.System.GetUtcNow())], Stop));
        }

        Assert.Equal(0, (await UndoAsync(ledger, 1)).ExitCode);

        Assert.Equal([2, 3], Has(ledger, "sub-old"));
        await VerifyAsync(ledger);
    }

    [Fact]
    public async Task RunWhoseBlocksMayBeDroppedIsNotUndone()
    {
        using var ledger = ledgers.Copy(false);
        await BackfillAsync(ledger, 1, "2020-05-01,guest-old,1");
        var before = ViewedAt(ledger);
        ledger.Execute("insert into dropped_block_month (ended_at) values ($1)", TimeProvider.System.GetUtcNow().AddMonths(1).ToUnixTimeMilliseconds());

        var printed = await UndoAsync(ledger, 1);

        Assert.Equal(2, printed.ExitCode);
        Assert.Contains("the run's own are gone. It cannot be undone.", printed.Errors, StringComparison.Ordinal);
        Assert.Equal(before, ViewedAt(ledger));
        Assert.Equal(0, ledger.Count("select count(*) from backfill_run where undo_at is not null"));
    }

    /// <summary>The listener's grain is in memory with an open session, and has passed what the run had brought.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task WhatOnlyTheRunHadBroughtIsServedAgainAndNothingTwice(bool isCluster)
    {
        Assert.SkipUnless(!isCluster || PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var database = isCluster ? SoundLedgers.Postgres.NewDatabase() : "";
        await using var server = isCluster ? new ServerProcess("--ConnectionStrings:Ledger", database) : new ServerProcess();
        using var ledger = isCluster
            ? new LedgerCopy(["--ledger", database], () => new NpgsqlConnection(database + ";Pooling=false"), null)
            : new LedgerCopy(["--data", server.DataDirectory], () => new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False"), null);
        await server.StartAsync();
        using var other = new HttpListenerClient(server.Address);
        await other.SignInAsync();
        var otherSession = await other.OpenAsync();
        long[] all = [.. await other.FreshAsync(otherSession, 50, 0.3, 0.7), .. await other.FreshAsync(otherSession, 50, 0.3, 0.7)];
        using var listener = new HttpListenerClient(server.Address);
        var id = await listener.SignInAsync();
        var session = await listener.OpenAsync();
        var served = (await listener.FreshAsync(session, 4, 0.3, 0.7)).ToList();
        var setAside = SetAside(ledger, id);
        var onlyOfRun = all.Except(setAside).ToArray();
        Assert.NotEmpty(onlyOfRun);
        await BackfillAsync(ledger, 1, [.. all.Select(artwork => $"2020-05-01,{id},{artwork}")]);
        // Passes what is backfilled.
        served.AddRange(await listener.FreshAsync(session, 30, 0.3, 0.7));
        Assert.Empty(served.Skip(4).Intersect(all));
        // First views after the run: without it they are theirs.
        await other.PostAsync(new PostedBatch(otherSession, Guid.CreateVersion7(), 1, all[..10]));
        // On the listener's screen, whoever showed it.
        await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, [onlyOfRun[0]]));

        var printed = await UndoAsync(ledger, 1);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        var expected = onlyOfRun.Skip(1).ToHashSet();
        // Each is served once the listener has been served all that there is.
        for (var answers = 0; answers < 40 && !expected.IsSubsetOf(served); answers++)
        {
            served.AddRange(await listener.FreshAsync(session, 25, 0.3, 0.7));
        }

        Assert.Empty(expected.Except(served));
        Assert.DoesNotContain(onlyOfRun[0], served);
        Assert.Equal(served.Count, served.Distinct().Count());
        Assert.Equal(10, all[..10].Count(artwork => ledger.Count($"select viewed_at from artwork where artwork_id = {artwork}") > new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()));
        await VerifyAsync(ledger);
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<long, long> ViewedAt(LedgerCopy ledger)
    {
        using var connection = ledger.Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select artwork_id, coalesce(viewed_at, 0) from artwork";
        using var rows = command.ExecuteReader();
        var times = System.Collections.Immutable.ImmutableSortedDictionary.CreateBuilder<long, long>();
        while (rows.Read())
        {
            times[rows.GetInt64(0)] = rows.GetInt64(1);
        }

        return times.ToImmutable();
    }

    private static HashSet<long> SetAside(LedgerCopy ledger, string listener)
    {
        using var connection = ledger.Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"select artwork_ids from listener_block where listener_id = '{listener}'";
        using var rows = command.ExecuteReader();
        var artworks = new HashSet<long>();
        while (rows.Read())
        {
            artworks.UnionWith(PackedIds.Unpack(rows.GetFieldValue<byte[]>(0)));
        }

        return artworks;
    }

    /// <summary>What the listener's log says.</summary>
    private static long[] Has(LedgerCopy ledger, string listener)
    {
        using var connection = ledger.Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"select block_number, kind, artwork_ids, returned_ids from listener_block where listener_id = '{listener}' order by block_number";
        using var rows = command.ExecuteReader();
        var log = new ListenerLog(listener);
        while (rows.Read())
        {
            log.Take(new BlockRow(
                listener, Guid.Empty, rows.GetInt64(0), default, (BlockKind)rows.GetInt32(1), rows.GetFieldValue<byte[]>(2), rows.IsDBNull(3) ? null : rows.GetFieldValue<byte[]>(3)));
        }

        return [.. log.Has.Order()];
    }

    private static long Figure(Printed printed, string name) => printed.Json.GetProperty(name).GetInt64();

    private static Task<Printed> UndoAsync(LedgerCopy ledger, int run) =>
        Tool.RunAsync(["backfill", "--undo", run.ToString(CultureInfo.InvariantCulture), "--json", .. ledger.Where]);

    private static async Task VerifyAsync(LedgerCopy ledger)
    {
        var verified = await Tool.RunAsync(["verify", .. ledger.Where]);
        Assert.True(verified.ExitCode == 0, verified.Output);
    }

    private async Task BackfillAsync(LedgerCopy ledger, int run, params string[] rows)
    {
        var csv = Path.Combine(_folder, "old.csv");
        await File.WriteAllTextAsync(csv, "viewed_at,listener,artwork\n" + string.Join('\n', rows) + "\n", Stop);
        var printed = await Tool.RunAsync(["backfill", csv, "--artwork-by", "id", "--json", .. ledger.Where]);
        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        Assert.Equal(run, Figure(printed, "run"));
    }
}
