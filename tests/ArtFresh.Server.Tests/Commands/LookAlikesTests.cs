using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>A shelf of three drawings and a look-alike of each: another size and other colours.</summary>
public sealed class LookAlikesTests
{
    private static readonly string[] Shapes =
    [
        "circle cx='32' cy='32' r='20'",
        "path d='M4 60 L20 4 L60 50 Z M50 4 h10 v20 h-10 z'",
        "path d='M2 2 h24 v50 h-24 z M34 30 h28 v30 h-28 z'",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(true, 3), InlineData(false, 6)]
    public async Task ListenerIsServedOneOfEachPair(bool isOnce, int expected)
    {
        await using var server = new ServerProcess($"--ArtFresh:Art:LookAlikesOnce={isOnce}", "--ArtFresh:Art:Prefer=catalogue");
        Assert.Equal(0, (await server.CommandAsync("import", await DrawAsync(server), "--collection", "Shelf")).ExitCode);
        Assert.Equal(3, server.Ledger.Count("select count(distinct artwork_id) from alike_artwork"));
        await server.StartAsync();

        for (var i = 0; i < 2; i++)
        {
            using var listener = new HttpListenerClient(server.Address);
            await listener.SignInAsync();
            var session = await listener.OpenAsync();
            var served = new List<string>();
            for (var request = 0; request < 6; request++)
            {
                var answer = await listener.GetAsync($"api/artworks/fresh?sessionId={session}&count=2&collection=Shelf");
                served.AddRange(answer.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("title").GetString()!));
            }

            Assert.Equal(expected, served.Count);
            Assert.Equal(3, served.Select(title => title[^1]).Distinct().Count());
        }
    }

    /// <summary>As a release before comparisons has left the ledger.</summary>
    [Fact]
    public async Task ArtworksThatWereEnteredWithoutAComparisonAreComparedByTheCommand()
    {
        await using var server = new ServerProcess("--ArtFresh:Art:Prefer=catalogue");
        Assert.Equal(0, (await server.CommandAsync("import", await DrawAsync(server), "--collection", "Shelf")).ExitCode);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False"))
        {
            await connection.OpenAsync(Stop);
            await using var command = connection.CreateCommand();
            command.CommandText = "update artwork set perceptual_hash = null, checksum = null; delete from alike_artwork";
            await command.ExecuteNonQueryAsync(Stop);
        }

        await server.StartAsync();

        for (var time = 0; time < 2; time++)
        {
            var compared = await Tool.RunAsync("look-alikes", "--data", server.DataDirectory, "--json");
            Assert.Equal((0, 6, 3), (compared.ExitCode, compared.Json.GetProperty("compared").GetInt32(), compared.Json.GetProperty("alike").GetInt32()));
        }

        Assert.Equal((3, 0), (server.Ledger.Count("select count(distinct artwork_id) from alike_artwork"), server.Ledger.Count("select count(*) from artwork where perceptual_hash is null")));
        using var listener = new HttpListenerClient(server.Address);
        await Eventually.TrueAsync(async () =>
        {
            await listener.SignInAsync();
            return (await listener.GetAsync($"api/artworks/fresh?sessionId={await listener.OpenAsync()}&count=9&collection=Shelf")).GetProperty("artworks").GetArrayLength() == 3;
        });
        Directory.Delete(Path.Combine(server.DataDirectory, "pictures"), recursive: true);
        var missing = await Tool.RunAsync("look-alikes", "--data", server.DataDirectory);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("artwork 1: its picture is missing or damaged.", missing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PicturesThatWaitedAreComparedWhenTheyAreApproved()
    {
        await using var server = new ServerProcess();
        Assert.Equal(0, (await server.CommandAsync("import", await DrawAsync(server), "--held")).ExitCode);

        Assert.Equal(0, (await Tool.RunAsync("held", "approve", "--all", "--reason", "looked at", "--data", server.DataDirectory)).ExitCode);

        Assert.Equal((6, 3), (server.Ledger.Count("select count(*) from artwork"), server.Ledger.Count("select count(distinct artwork_id) from alike_artwork")));
    }

    private static async Task<string> DrawAsync(ServerProcess server)
    {
        var folder = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "shelf")).FullName;
        for (var i = 0; i < Shapes.Length; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"one-{i}.svg"), $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><title>One {i}</title><{Shapes[i]} fill='teal'/></svg>", Stop);
            await File.WriteAllTextAsync(
                Path.Combine(folder, $"two-{i}.svg"),
                $"<svg xmlns='http://www.w3.org/2000/svg' width='200' height='200' viewBox='0 0 64 64'><title>Two {i}</title><{Shapes[i]} fill='#0a8a8a'/></svg>", Stop);
        }

        return folder;
    }
}
