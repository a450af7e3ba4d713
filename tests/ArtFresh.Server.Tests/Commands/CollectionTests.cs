using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class CollectionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CollectionIsServedInItsTimeAndARequestMayAskForIt()
    {
        await using var server = new ServerProcess();
        var shelf = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "shelf")).FullName;
        await File.WriteAllTextAsync(Path.Combine(shelf, "one.svg"), "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><circle cx='32' cy='32' r='20' fill='teal'/></svg>", Stop);
        Assert.Equal(0, (await server.CommandAsync("import", shelf, "--collection", "Boats")).ExitCode);
        var later = await Tool.RunAsync("collection", "Boats", "--from", "2999-12-01T00:00Z", "--data", server.DataDirectory, "--json");
        Assert.Equal("Boats", Assert.Single(later.Json.GetProperty("collections").EnumerateArray()).GetProperty("name").GetString());
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var fresh = $"api/artworks/fresh?sessionId={await listener.OpenAsync()}&count=5&collection=Boats";
        Assert.Equal(0, (await listener.GetAsync(fresh)).GetProperty("artworks").GetArrayLength());

        Assert.Equal(0, (await Tool.RunAsync("collection", "Boats", "--until", "2999-12-01T00:00Z", "--data", server.DataDirectory)).ExitCode);
        await Eventually.TrueAsync(async () => (await listener.GetAsync(fresh)).GetProperty("artworks") is var art
            && art.GetArrayLength() == 1 && art[0].GetProperty("collection").GetString() == "Boats");

        var listed = await Tool.RunAsync("collection", "--data", server.DataDirectory);
        Assert.Equal("Boats: until 2999-12-01 00:00:00Z", listed.Output.TrimEnd());
        Assert.Equal(1, server.Ledger.Count("select count(*) from operator_audit where what = 'collection' and detail = 'Boats: imported'"));
        Assert.Equal(2, server.Ledger.Count("select count(*) from operator_audit where what = 'collection'") - 1);
    }

    [Theory]
    [InlineData("--from 2026-12-02 00:00:00Z is not before --until 2026-12-01 00:00:00Z.", "Boats", "--from", "2026-12-02T00:00Z", "--until", "2026-12-01T00:00Z")]
    [InlineData("A collection's name has 1 to 200 characters.", " ", "--from", "2026-12-02T00:00Z")]
    [InlineData("There is no collection 'nosuch': no import has named it. 'collection' lists those there are. To decide about it before its first import, say --from, --until, --held or --open.", "nosuch")]
    public async Task WrongCollectionIsRefused(string sentence, params string[] arguments)
    {
        await using var server = new ServerProcess();
        var folder = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "shelf")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "one.svg"), "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><circle cx='32' cy='32' r='20' fill='teal'/></svg>", Stop);
        Assert.Equal(0, (await server.CommandAsync("import", folder)).ExitCode);

        var printed = await Tool.RunAsync(["collection", .. arguments, "--data", server.DataDirectory]);

        Assert.Equal((2, sentence), (printed.ExitCode, printed.Errors.Trim()));
    }
}
