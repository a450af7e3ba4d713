using System.Net;
using System.Text;
using System.Text.Json;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>An operator shows, exports and erases a listener, beside a server and after a restore.</summary>
public sealed class ListenerCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OperatorShowsExportsAndErasesAListenerBesideTheServer()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        var (id, session, art) = await ShowAsync(listener);
        string[] where = ["--reason", "asked by letter", "--data", server.DataDirectory];

        var shown = await Tool.RunAsync(["listener", "show", id, "--json", .. where]);
        var table = await Tool.RunAsync(["listener", "show", id, .. where]);
        var exported = await Tool.RunAsync(["listener", "export", id, .. where]);
        var ownExport = await listener.GetTextAsync("api/listeners/me/export");
        var erased = await Tool.RunAsync(["listener", "erase", id, "--timeout", "120", "--json", .. where]);
        var gone = await Tool.RunAsync(["listener", "show", id, "--json", .. where]);
        var again = await Tool.RunAsync(["listener", "erase", id, "--json", .. where]);

        Assert.Equal((0, 0, 0, 0, 1, 0), (shown.ExitCode, table.ExitCode, exported.ExitCode, erased.ExitCode, gone.ExitCode, again.ExitCode));
        var one = shown.Json.EnumerateArray().Single();
        Assert.Equal((1, 1, 1), (Held(one, "sessions"), Held(one, "batches"), Held(one, "kept")));
        Assert.Equal(art.Length, one.GetProperty("impressions").GetInt64());
        Assert.Contains(id, table.Output, StringComparison.Ordinal);
        // What is set aside ahead of need may have grown in between.
        Assert.Equal(Lines(ownExport).Where(line => !line.Contains("\"kind\":\"served\"", StringComparison.Ordinal)), Lines(exported.Output).Where(line => !line.Contains("\"kind\":\"served\"", StringComparison.Ordinal)));
        Assert.Equal(art.Order(), Lines(exported.Output).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("kind").GetString() == "impression").Select(line => line.GetProperty("artworkId").GetInt64()).Order());
        var proof = erased.Json.EnumerateArray().Single();
        Assert.NotEqual(JsonValueKind.Null, proof.GetProperty("doneAt").ValueKind);
        var name = one.GetProperty("name").GetString();
        Assert.Contains($"Note: known listener {name}, as the audit calls it. ", erased.Errors, StringComparison.Ordinal);
        Assert.Contains($"Note: known listener {name}, as the audit calls it. An erasure was asked for before.", again.Errors, StringComparison.Ordinal);
        Assert.InRange(proof.GetProperty("rows").GetInt64(), 4, 40);
        Assert.Equal(0, Held(gone.Json.EnumerateArray().Single(), "rows"));
        Assert.Equal(HttpStatusCode.Gone, await listener.StatusOfPostAsync(new PostedBatch(session, Guid.CreateVersion7(), 90, art)));

        var audit = server.Ledger.Texts("select what || ': ' || detail from operator_audit order by audit_id");
        Assert.Equal(["show-listener", "show-listener", "export-listener", "erase-listener", "show-listener", "erase-listener"], audit.Select(row => row.Split(':')[0]));
        Assert.All(audit, row => Assert.Contains($"listener {one.GetProperty("name").GetString()}: asked by letter", row, StringComparison.Ordinal));
        Assert.DoesNotContain(audit, row => row.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AccountIsFoundByItsSubject()
    {
        const string subject = "https://id.example/users/ann@example.com";
        await using var server = new ServerProcess("--ArtFresh:Jwt:SigningKey", SignedListener.Key);
        await server.StartAsync();
        using var account = new HttpListenerClient(server.Address, new SignedListener(subject));
        using var guest = new HttpListenerClient(server.Address);
        var (id, _, _) = await ShowAsync(guest);
        await account.OpenAsync();
        string[] where = ["--reason", "asked by letter", "--data", server.DataDirectory];

        var joined = await Tool.RunAsync(["listener", "join", id, subject, "--subjects", "--json", .. where]);
        var shown = await Tool.RunAsync(["listener", "show", subject, "--subject", "--json", .. where]);
        var naming = await Tool.RunAsync(["listener", "erase", subject, "--subject", "--reason", $"was {id}", "--data", server.DataDirectory]);
        var erased = await Tool.RunAsync(["listener", "erase", subject, "--subject", "--timeout", "120", "--json", .. where]);

        Assert.True((joined.ExitCode, shown.ExitCode, naming.ExitCode, erased.ExitCode) == (0, 0, 2, 0), joined.Errors + shown.Errors + erased.Errors);
        Assert.Equal(["sub-https%3A%2F%2Fid.example%2Fusers%2Fann%40example.com", id], shown.Json.EnumerateArray().Select(one => one.GetProperty("listener").GetString()));
        Assert.Equal(HttpStatusCode.Unauthorized, await account.StatusOfAsync("api/listeners/me/kept"));
        Assert.DoesNotContain(server.Ledger.Texts("select detail from operator_audit"), detail => detail.Contains("ann", StringComparison.Ordinal) || detail.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RestoredCopyForgetsTheListenerAgain()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        var (id, _, _) = await ShowAsync(listener);
        var (file, copy, proofs) = (Path.Combine(server.DataDirectory, SqliteDatabase.FileName), Path.Combine(server.DataDirectory, "copy"), Path.Combine(server.DataDirectory, "proofs.json"));
        server.Ledger.CopyTo(copy);
        string[] where = ["--data", server.DataDirectory];
        Assert.Equal(0, (await Tool.RunAsync(["listener", "erase", id, "--reason", "asked", "--timeout", "120", .. where])).ExitCode);
        Assert.Equal(0, (await Tool.RunAsync(["erasures", "export", proofs, .. where])).ExitCode);
        Assert.False(Names(proofs, id));
        await server.StopAsync();
        foreach (var old in Directory.GetFiles(server.DataDirectory, SqliteDatabase.FileName + "*"))
        {
            File.Delete(old);
        }

        File.Move(copy, file);
        Assert.True(Names(file, id));

        var applied = await Tool.RunAsync(["erasures", "apply", proofs, "--json", .. where]);
        await server.StartAsync();

        Assert.Equal((0, 1, 1), (applied.ExitCode, applied.Json.GetProperty("listeners").GetInt32(), applied.Json.GetProperty("proofs").GetInt32()));
        Assert.Equal(HttpStatusCode.Unauthorized, await listener.StatusOfAsync("api/listeners/me/kept"));
        await server.Ledger.HasErasedAsync();
        // The running server holds its lock file, which is empty.
        Assert.DoesNotContain(
            Directory.GetFiles(server.DataDirectory, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "server.lock"), path => Names(path, id));
    }

    [Theory]
    [InlineData("Option '--reason' is required.", "listener", "show", "guest-1")]
    [InlineData("is no listener's id", "listener", "erase", "guest/1", "--reason", "asked")]
    [InlineData("must not name the listener", "listener", "export", "guest-1", "--reason", "guest-1 asked")]
    [InlineData("must not name the listener", "listener", "erase", "sub-ann%40example.com", "--reason", "Ann@Example.com asked")]
    [InlineData("must not name the listener", "listener", "show", "auth0|4711", "--subject", "--reason", "asked by auth0|4711")]
    [InlineData("must not name the listener", "listener", "join", "sub-ann", "sub-bo", "--reason", "ann is bo")]
    [InlineData("--reason must have 1 to 500 characters", "listener", "erase", "guest-1", "--reason", " ")]
    [InlineData("--reason must have 1 to 500 characters", "release", "know", "r1", "--reason", "")]
    [InlineData("--reason must have 1 to 500 characters", "withdraw", "--id", "1", "--reason", " ")]
    [InlineData("is no file of 'erasures export'", "erasures", "apply", "ArtFresh.System.Tests.runtimeconfig.json")]
    public async Task RefusalIsASentence(string sentence, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-");
        try
        {
            using (var ledger = new SqliteDatabase(Path.Combine(folder.FullName, SqliteDatabase.FileName)))
            {
                ledger.Upgrade(TimeProvider.System);
            }

            var printed = await Tool.RunAsync([.. arguments.Select(argument => argument.EndsWith(".json", StringComparison.Ordinal) ? Path.Combine(AppContext.BaseDirectory, argument) : argument), "--data", folder.FullName]);

            Assert.Equal((2, ""), (printed.ExitCode, printed.Output));
            Assert.Contains(sentence, printed.Errors, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task ExportTakesThePlaceOfAnEarlierExportAlone()
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-");
        try
        {
            var ledger = Path.Combine(folder.FullName, SqliteDatabase.FileName);
            using (var file = new SqliteDatabase(ledger))
            {
                file.Upgrade(TimeProvider.System);
            }

            var (proofs, link) = (Path.Combine(folder.FullName, "proofs.json"), Path.Combine(folder.FullName, "link"));
            File.CreateSymbolicLink(link, proofs);
            Assert.Equal((0, 0), (await ExportAsync(proofs), await ExportAsync(proofs)));
            var exported = await File.ReadAllTextAsync(proofs, Stop);

            Assert.Equal((2, 2, 2, 2), (await ExportAsync(ledger), await ExportAsync(link), await ExportAsync(folder.FullName), await ExportAsync(Path.Combine(folder.FullName, "no", "proofs"))));

            Assert.Equal(proofs, new FileInfo(link).LinkTarget);
            Assert.Equal(exported, await File.ReadAllTextAsync(proofs, Stop));
            Assert.StartsWith("SQLite format 3", await File.ReadAllTextAsync(ledger, Stop), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<int> ExportAsync(string path) => (await Tool.RunAsync(["erasures", "export", path, "--data", folder.FullName])).ExitCode;
    }

    [Fact]
    public async Task ListenerOfWhomNothingIsHeldIsNotErased()
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-");
        try
        {
            using (var ledger = new SqliteDatabase(Path.Combine(folder.FullName, SqliteDatabase.FileName)))
            {
                ledger.Upgrade(TimeProvider.System);
            }

            string[] where = ["--reason", "asked", "--data", folder.FullName];
            var (shown, exported, erased) = (
                await Tool.RunAsync(["listener", "show", "guest-1", .. where]), await Tool.RunAsync(["listener", "export", "guest-1", .. where]), await Tool.RunAsync(["listener", "erase", "guest-1", .. where]));

            Assert.Equal((1, 1, 1), (shown.ExitCode, exported.ExitCode, erased.ExitCode));
            Assert.Matches("Note: unknown listener [0-9a-f]{16}\\. Nothing is held of this listener\\.", erased.Errors);
            Assert.Contains("0 erasures", (await Tool.RunAsync("erasures", "export", Path.Combine(folder.FullName, "proofs.json"), "--data", folder.FullName)).Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A visit of a new listener: art, a batch, a kept artwork.</summary>
    private static async Task<(string Id, string Session, long[] Art)> ShowAsync(HttpListenerClient listener)
    {
        var id = await listener.SignInAsync();
        var session = await listener.OpenAsync();
        var art = await listener.FreshAsync(session, 5, 0.5, 0.5);
        Assert.Equal(5, await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, art)));
        await listener.KeepAsync(art[0]);
        return (id, session, art);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static long Held(JsonElement listener, string name) => listener.GetProperty("held").GetProperty(name).GetInt64();

    private static bool Names(string path, string text)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}
