using System.Net;
using System.Text;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class HeldTests
{
    private static readonly (string File, string Colour, string Shape)[] Drawings =
    [
        ("one.svg", "teal", "circle cx='32' cy='32' r='20'"),
        ("two.svg", "#803010", "path d='M4 60 L20 4 L60 50 Z M50 4 h10 v20 h-10 z'"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HeldPictureIsNoArtworkUntilAnOperatorApprovesIt()
    {
        await using var server = new ServerProcess();
        var shelf = await DrawAsync(server, "shelf", Drawings);
        var done = await server.CommandAsync("import", shelf, "--held", "--collection", "Boats");
        Assert.Equal((0, 0), (done.ExitCode, server.Ledger.Count("select count(*) from artwork")));
        Assert.Equal(["0 2", "0 2"], [Counts(await ImportAgainAsync("--held")), Counts(await ImportAgainAsync())]);
        await server.StartAsync();
        using var http = server.NewOperator();
        using var waiting = await JsonAsync(http, "api/ops/held");
        Assert.Equal(["one", "two"], waiting.RootElement.GetProperty("pictures").EnumerateArray().Select(picture => picture.GetProperty("title").GetString()!.ToLowerInvariant()).Order());
        var first = waiting.RootElement.GetProperty("pictures")[0];
        Assert.Equal("Boats", first.GetProperty("collection").GetString());
        Assert.Equal("image/webp", (await http.GetAsync(new Uri(first.GetProperty("imageUrl").GetString()! + "?width=256", UriKind.Relative), Stop)).Content.Headers.ContentType?.MediaType);
        using (var stranger = new HttpClient { BaseAddress = server.Address })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(new Uri(first.GetProperty("imageUrl").GetString()!, UriKind.Relative), Stop)).StatusCode);
        }

        using var body = new StringContent("""{"reason":"looked at"}""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync(new Uri($"api/ops/held/{first.GetProperty("id")}/approve", UriKind.Relative), body, Stop)).StatusCode);

        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var fresh = $"api/artworks/fresh?sessionId={await listener.OpenAsync()}&count=5&collection=Boats";
        await Eventually.TrueAsync(async () => (await listener.GetAsync(fresh)).GetProperty("artworks") is var art
            && art.GetArrayLength() == 1 && art[0].GetProperty("title").GetString() == first.GetProperty("title").GetString());
        Assert.Equal((1, 1), (server.Ledger.Count("select count(*) from artwork"), server.Ledger.Count("select count(*) from held_picture")));
        Assert.Equal(1, server.Ledger.Count("select count(*) from operator_audit where what = 'approve' and detail like 'held picture 1, %: looked at'"));

        Task<Printed> ImportAgainAsync(params string[] options) => Tool.RunAsync(["import", shelf, .. options, "--data", server.DataDirectory, "--json"]);
        static string Counts(Printed output) => $"{output.Json.GetProperty("held")} {(output.ExitCode == 0 ? output.Json.GetProperty("known").GetInt32() : -1)}";
    }

    [Fact]
    public async Task WhatIsRefusedAndItsLookAlikesAreImportedNoMore()
    {
        await using var server = new ServerProcess();
        var shelf = await DrawAsync(server, "shelf", Drawings);
        Assert.Equal(0, (await server.CommandAsync("import", await DrawAsync(server, "other", ("three.svg", "#224466", "rect x='4' y='30' width='50' height='9'")))).ExitCode);
        Assert.Equal(0, (await Tool.RunAsync("collection", "Boats", "--held", "--data", server.DataDirectory)).ExitCode);
        Assert.Equal(0, (await server.CommandAsync("import", shelf, "--collection", "Boats")).ExitCode);
        var listed = await Tool.RunAsync("held", "list", "--data", server.DataDirectory, "--json");
        Assert.Equal(2, listed.Json.GetProperty("pictures").GetArrayLength());

        var refused = await Tool.RunAsync("held", "refuse", "1", "2", "7", "--reason", "not ours", "--data", server.DataDirectory, "--json");

        Assert.Equal((1, 2), (refused.ExitCode, refused.Json.GetProperty("decided").GetInt32()));
        Assert.Contains("held picture 7: There is none, or it was decided on before.", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(2, server.Ledger.Count("select count(*) from operator_audit where what = 'refuse'"));
        var copies = await DrawAsync(server, "copies", Drawings[0], ("twin.svg", "#0a8a8a", "circle cx='32' cy='32' r='20'"));
        Assert.Equal(0, (await Tool.RunAsync("collection", "Boats", "--open", "--data", server.DataDirectory)).ExitCode);
        var barred = await Tool.RunAsync("import", copies, "--collection", "Boats", "--data", server.DataDirectory);
        Assert.Equal(1, barred.ExitCode);
        Assert.Contains("which was refused.", barred.Errors, StringComparison.Ordinal);
        Assert.Contains("twin.svg: It looks like held picture", barred.Errors, StringComparison.Ordinal);
        Assert.Equal(1, server.Ledger.Count("select count(*) from artwork"));

        Assert.Equal(0, (await Tool.RunAsync("held", "approve", "1", "2", "--reason", "ours after all", "--data", server.DataDirectory)).ExitCode);
        Assert.Equal((3, 0), (server.Ledger.Count("select count(*) from artwork"), server.Ledger.Count("select count(*) from held_picture")));
    }

    [Theory]
    [InlineData("Name the pictures by their numbers, or all that wait by --all.", "held", "approve", "--reason", "x")]
    [InlineData("Name the pictures by their numbers, or all that wait by --all.", "held", "refuse", "1", "--all", "--reason", "x")]
    [InlineData("Say one of --held, --open, and a time by --from and --until.", "collection", "Boats", "--held", "--open")]
    [InlineData("Say one of --held, --open, and a time by --from and --until.", "collection", "Boats", "--held", "--from", "2026-12-02T00:00Z")]
    public async Task WishThatIsNotClearIsRefused(string sentence, params string[] arguments)
    {
        await using var server = new ServerProcess();
        await server.CommandAsync("import", await DrawAsync(server, "shelf", Drawings));

        var printed = await Tool.RunAsync([.. arguments, "--data", server.DataDirectory]);

        Assert.Equal((2, sentence), (printed.ExitCode, printed.Errors.Trim()));
    }

    private static async Task<string> DrawAsync(ServerProcess server, string folder, params (string File, string Colour, string Shape)[] drawings)
    {
        var path = Directory.CreateDirectory(Path.Combine(server.DataDirectory, folder)).FullName;
        foreach (var (file, colour, shape) in drawings)
        {
            await File.WriteAllTextAsync(Path.Combine(path, file), $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><{shape} fill='{colour}'/></svg>", Stop);
        }

        return path;
    }

    private static async Task<System.Text.Json.JsonDocument> JsonAsync(HttpClient http, string path) =>
        System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), Stop));
}
