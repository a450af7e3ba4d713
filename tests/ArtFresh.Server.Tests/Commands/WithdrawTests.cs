using System.Net;
using System.Text.Json;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class WithdrawTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithdrawnContentAndItsLookAlikesAreImportedNoMore()
    {
        await using var server = new ServerProcess();
        var (shelf, copies, other) = (Folder("shelf"), Folder("copies"), Folder("other"));
        await DrawAsync(shelf, "one.svg", "teal", "circle cx='32' cy='32' r='20'");
        await DrawAsync(copies, "same.svg", "teal", "circle cx='32' cy='32' r='20'");
        await DrawAsync(copies, "twin.svg", "#0a8a8a", "circle cx='32' cy='32' r='20'");
        await DrawAsync(other, "else.svg", "#803010", "path d='M4 60 L20 4 L60 50 Z M50 4 h10 v20 h-10 z'");
        Assert.Equal(0, (await server.CommandAsync("import", shelf, "--collection", "Shelf")).ExitCode);

        var done = await Tool.RunAsync("withdraw", "--collection", "Shelf", "--reason", "a claim", "--data", server.DataDirectory, "--json");
        Assert.Equal((0, 1, 1), (done.ExitCode, done.Json.GetProperty("found").GetInt32(), done.Json.GetProperty("changed").GetInt32()));
        Assert.Equal(1, server.Ledger.Count("select count(*) from operator_audit where what = 'withdraw' and detail = 'collection Shelf: a claim'"));

        var barred = await Tool.RunAsync("import", copies, "--data", server.DataDirectory);
        Assert.Equal(1, barred.ExitCode);
        Assert.Contains("same.svg: It is artwork 1, which is withdrawn.", barred.Errors, StringComparison.Ordinal);
        Assert.Contains("twin.svg: It looks like artwork 1, which is withdrawn.", barred.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await server.CommandAsync("import", other)).ExitCode);
        Assert.Equal(2, server.Ledger.Count("select count(*) from artwork"));

        Assert.Equal(0, (await Tool.RunAsync("withdraw", "--id", "1", "--undo", "--reason", "no claim", "--data", server.DataDirectory)).ExitCode);
        Assert.Equal(0, (await server.CommandAsync("import", copies)).ExitCode);
        Assert.Equal(3, server.Ledger.Count("select count(*) from artwork"));

        string Folder(string name) => Directory.CreateDirectory(Path.Combine(server.DataDirectory, name)).FullName;
        static Task DrawAsync(string folder, string file, string colour, string shape) => File.WriteAllTextAsync(
            Path.Combine(folder, file), $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><{shape} fill='{colour}'/></svg>", Stop);
    }

    /// <summary>An import of an earlier release computed no hash of the picture.</summary>
    [Fact]
    public async Task LookAlikesOfWhatWasImportedWithoutAHashAreKnownToo()
    {
        await using var server = new ServerProcess();
        var shelf = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "shelf")).FullName;
        await File.WriteAllTextAsync(Path.Combine(shelf, "one.svg"), "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><circle cx='32' cy='32' r='20' fill='teal'/></svg>", Stop);
        Assert.Equal(0, (await server.CommandAsync("import", shelf)).ExitCode);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False"))
        {
            await connection.OpenAsync(Stop);
            await using var command = connection.CreateCommand();
            command.CommandText = "update artwork set perceptual_hash = null";
            await command.ExecuteNonQueryAsync(Stop);
        }

        Assert.Equal(0, (await Tool.RunAsync("withdraw", "--id", "1", "--reason", "a claim", "--data", server.DataDirectory)).ExitCode);

        await File.WriteAllTextAsync(Path.Combine(shelf, "one.svg"), "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><circle cx='32' cy='32' r='20' fill='#0a8a8a'/></svg>", Stop);
        Assert.Contains(
            "It looks like artwork 1, which is withdrawn.", (await Tool.RunAsync("import", shelf, "--data", server.DataDirectory)).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "Name the artworks by one of", "--reason", "x")]
    [InlineData(2, "Name the artworks by one of", "--id", "1", "--author", "Ada", "--reason", "x")]
    [InlineData(2, "--reason", "--id", "1")]
    [InlineData(1, "", "--author", "Nobody", "--reason", "x")]
    public async Task WishThatNamesNothingIsRefused(int exitCode, string sentence, params string[] arguments)
    {
        await using var server = new ServerProcess();
        var folder = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "shelf")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "one.svg"), "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle cx='4' cy='4' r='3'/></svg>", Stop);
        await server.CommandAsync("import", folder);

        var printed = await Tool.RunAsync(["withdraw", .. arguments, "--data", server.DataDirectory]);

        Assert.Equal(exitCode, printed.ExitCode);
        Assert.Contains(sentence, printed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CachesAreToldOfWhatIsWithdrawn()
    {
        var address = $"http://127.0.0.1:{FreePort.Find()}/purge/";
        using var cdn = new HttpListener { Prefixes = { address } };
        cdn.Start();
        await using var server = new ServerProcess("--ArtFresh:Pictures:PurgeWebhook", address, "--ArtFresh:Pictures:CachedFor", "00:05:00");
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var id = (await listener.FreshAsync(await listener.OpenAsync(), 1, 0.5, 0.5))[0];
        using var http = server.NewOperator();
        var picture = await http.GetAsync(new Uri($"art/{id}.png?width=256", UriKind.Relative), Stop);
        Assert.Equal("public, must-revalidate, max-age=300", picture.Headers.CacheControl?.ToString());

        using var body = new StringContent("""{"reason":"a claim"}""", System.Text.Encoding.UTF8, "application/json");
        (await http.PostAsync(new Uri($"api/ops/artworks/{id}/withdraw", UriKind.Relative), body, Stop)).EnsureSuccessStatusCode();

        var call = await cdn.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(20), Stop);
        var told = (await JsonDocument.ParseAsync(call.Request.InputStream, cancellationToken: Stop)).RootElement.GetProperty("artworks")[0];
        call.Response.StatusCode = 204;
        call.Response.Close();
        Assert.Equal((id, true), (told.GetProperty("id").GetInt64(), told.GetProperty("withdrawn").GetBoolean()));
        Assert.Contains($"/art/{id}.png?width=256", told.GetProperty("paths").EnumerateArray().Select(path => path.GetString()));
        await Eventually.TrueAsync(() => server.Ledger.Count("select count(*) from withdrawal where untold_at is not null") == 0);
        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync(new Uri($"art/{id}.png?width=256", UriKind.Relative), Stop)).StatusCode);
    }
}
