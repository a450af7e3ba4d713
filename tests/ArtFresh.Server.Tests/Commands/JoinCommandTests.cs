using ArtFresh.Contracts;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>An operator joins listeners to accounts.</summary>
[Collection("ledgers")]
public sealed class JoinCommandTests(SoundLedgers ledgers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Two accounts of one person, each with a live session: whatever the one was shown, neither is served after the command.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task AccountsAreJoinedBesideTheServerAndItsLiveSessions(bool isCluster)
    {
        Assert.SkipUnless(!isCluster || PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var database = isCluster ? SoundLedgers.Postgres.NewDatabase() : null;
        await using var server = database is null
            ? new ServerProcess("--ArtFresh:Jwt:SigningKey", SignedListener.Key)
            : new ServerProcess("--ArtFresh:Jwt:SigningKey", SignedListener.Key, "--ConnectionStrings:Ledger", database);
        await server.StartAsync();
        string[] where = database is null ? ["--data", server.DataDirectory] : ["--ledger", database];
        using var old = new HttpListenerClient(server.Address, new SignedListener("ann-by-mail"));
        using var kept = new HttpListenerClient(server.Address, new SignedListener("ann"));
        var (oldSession, keptSession) = (await old.OpenAsync(), await kept.OpenAsync());
        var shown = await old.FreshAsync(oldSession, 12, 0.3, 0.7);
        var before = await kept.FreshAsync(keptSession, 2, 0.3, 0.7);

        var joined = await Tool.RunAsync(["join", "sub-ann-by-mail", "sub-ann", "--reason", "asked by mail", "--json", .. where]);
        var again = await Tool.RunAsync(["join", "sub-ann-by-mail", "sub-ann", "--reason", "asked by mail", .. where]);

        Assert.True((joined.ExitCode, again.ExitCode) == (0, 0), joined.Errors + again.Errors);
        Assert.True(joined.Json.GetProperty("isNew").GetBoolean());
        Assert.InRange(joined.Json.GetProperty("artworks").GetInt64(), 12, 200);
        Assert.Contains("had joined sub-ann already", again.Output, StringComparison.Ordinal);
        Assert.Empty((await kept.FreshAsync(keptSession, 50, 0.3, 0.7)).Intersect(shown));
        var after = await old.FreshAsync(await old.OpenAsync(), 20, 0.3, 0.7);
        Assert.Empty(after.Intersect([.. shown, .. before]));
        Assert.Equal(12, await old.PostAsync(new PostedBatch(oldSession, Guid.CreateVersion7(), 1, shown)));
        var verified = await Tool.RunAsync(["verify", .. where]);
        Assert.True(verified.ExitCode == 0, verified.Output);
        var audit = await AuditAsync(database, server);
        Assert.EndsWith(": asked by mail", audit.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("ann", audit.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeJoinedIsRefusedAndNothingIsWritten()
    {
        using var ledger = ledgers.Copy(false);
        var guest = ledger.Scalar("select min(listener_id) from session")!.ToString()!;
        var other = ledger.Scalar("select max(listener_id) from session")!.ToString()!;
        string[] rest = ["--reason", "x", .. ledger.Where];

        foreach (var (arguments, sentence) in new (string[], string)[]
        {
            ([guest, guest], "is that account already"),
            ([guest, other], "is a guest. Name an account"),
            ([guest, "sub-nobody"], "There is no listener 'sub-nobody'"),
            (["sub-nobody", "sub-no-other"], "There is no listener 'sub-nobody'"),
        })
        {
            var refused = await Tool.RunAsync(["join", .. arguments, .. rest]);
            Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(sentence, refused.Errors, StringComparison.Ordinal);
        }

        foreach (var reason in new[] { $"asked as {guest}", $"is {other.ToUpperInvariant()}" })
        {
            var naming = await Tool.RunAsync(["join", guest, other, "--reason", reason, .. ledger.Where]);
            Assert.Equal((2, ""), (naming.ExitCode, naming.Output));
            Assert.Contains("must not name the listener", naming.Errors, StringComparison.Ordinal);
        }

        var unexplained = await Tool.RunAsync(["join", guest, other, .. ledger.Where]);
        Assert.Equal(2, unexplained.ExitCode);
        Assert.Contains("--reason", unexplained.Errors, StringComparison.Ordinal);
        Assert.Equal(0, ledger.Count("select count(*) from listener_alias"));
        Assert.Equal(0, ledger.Count("select count(*) from operator_audit"));
    }

    /// <summary>Nothing serves: the command is done at once.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task GuestIsJoinedWhileNoServerRuns(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);
        var guest = ledger.Scalar("select min(listener_id) from session")!.ToString()!;
        ledger.Execute("update session set listener_id = 'sub-ann' where listener_id = (select max(listener_id) from session)");
        ledger.Execute("update listener_block set listener_id = 'sub-ann' where listener_id = (select max(listener_id) from listener_block where listener_id not like 'sub-%')");

        var joined = await Tool.RunAsync(["join", guest, "sub-ann", "--reason", "lost the cookie", "--json", .. ledger.Where]);

        Assert.True(joined.ExitCode == 0, joined.Errors);
        Assert.Equal("sub-ann", ledger.Scalar("select account from listener_alias")!.ToString());
        var verified = (await Tool.RunAsync(["verify", "--json", .. ledger.Where])).Json;
        // The account's name above.
        Assert.Equal("rows-as-written", string.Join(' ', verified.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("faults").GetInt64() > 0).Select(check => check.GetProperty("name").GetString())));
    }

    private static async Task<AuditEntry> AuditAsync(string? database, ServerProcess server)
    {
        await using var ledger = database is null
            ? OpenLedger.Of(new SqliteDatabase(Path.Combine(server.DataDirectory, SqliteDatabase.FileName)), DataDirectory.At(server.DataDirectory))
            : OpenLedger.Of(new PostgresDatabase(database));
        return (await ledger.Audit.ReadAsync(10, Stop)).Single(entry => entry.What == "join-listener");
    }
}
