using System.Net;

namespace ArtFresh.Api.Tests;

public sealed class PlayerTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/gallery")]
    [InlineData("/songs/by/anyone")]
    [InlineData("/apis")]
    public async Task EveryPageIsThePlayerAndIsNotCached(string path)
    {
        await using var front = await StartBuiltAsync();
        var answer = await front.Anonymous.FetchAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
        Assert.Equal("<!doctype html>", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        var head = await front.Anonymous.SendAsync(HttpMethod.Head, path, []);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        var unchanged = await front.Anonymous.FetchAsync(path, ("If-None-Match", answer.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task HashedAssetsAreImmutableAndOtherFilesAreNot()
    {
        await using var front = await StartBuiltAsync();
        var asset = await front.Anonymous.FetchAsync("/assets/app-1a2b.js");
        Assert.Equal(("text/javascript", "public, max-age=31536000, immutable"),
            (asset.Content.Headers.ContentType?.MediaType, Assert.Single(asset.Headers.GetValues("Cache-Control"))));
        var icon = await front.Anonymous.FetchAsync("/icon.svg");
        Assert.Equal("no-cache", icon.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("/", "br")]
    [InlineData("/assets/app-1a2b.js", "gzip")]
    public async Task PagesAndScriptsAreCompressedForBrowsersThatAskForIt(string path, string encoding)
    {
        await using var front = await StartBuiltAsync();
        var answer = await front.Anonymous.FetchAsync(path, ("Accept-Encoding", encoding));
        Assert.Equal(encoding, Assert.Single(answer.Content.Headers.ContentEncoding));
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        Assert.Empty((await front.Anonymous.FetchAsync(path)).Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("/api/music")]
    [InlineData("/healthz/live")]
    public async Task AnswersOfTheApiAreNotCompressed(string path)
    {
        await using var front = await StartBuiltAsync();
        Assert.Empty((await front.Anonymous.FetchAsync(path, ("Accept-Encoding", "br, gzip"))).Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("/artfresh.js", "no-cache")]
    [InlineData("/artfresh-1.2.3.js", "public, max-age=31536000, immutable")]
    public async Task LibraryIsForPagesOfEveryOriginAndImmutableUnderItsVersion(string path, string cached)
    {
        await using var front = await StartBuiltAsync();
        var answer = await front.Anonymous.FetchAsync(path, ("Origin", "https://stranger.example"));
        Assert.Equal(("text/javascript", cached, "*", "cross-origin"), (
            answer.Content.Headers.ContentType?.MediaType, Assert.Single(answer.Headers.GetValues("Cache-Control")),
            Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")), Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy"))));
    }

    [Fact]
    public async Task NewBuildIsServedAtOnce()
    {
        var directory = FrontEnd.NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(directory, "index.html"), "old", FrontEnd.Cancelled);
        await using var front = await FrontEnd.StartAsync(options => options with { PlayerDirectory = directory });
        var old = await front.Anonymous.FetchAsync("/");
        await File.WriteAllTextAsync(Path.Combine(directory, "index.html"), "newer", FrontEnd.Cancelled);
        var fresh = await front.Anonymous.FetchAsync("/", ("If-None-Match", old.Headers.ETag!.ToString()));
        Assert.Equal("newer", await fresh.Content.ReadAsStringAsync(FrontEnd.Cancelled));
    }

    [Theory]
    [InlineData("/assets/gone.js")]
    [InlineData("/assets/gone")]
    [InlineData("/assets")]
    public async Task MissingAssetIs404WithoutABody(string path)
    {
        await using var front = await StartBuiltAsync();
        var answer = await front.Anonymous.FetchAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Null(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(FrontEnd.Cancelled));
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/API/nothing")]
    [InlineData("/art/nothing")]
    [InlineData("/music/nothing")]
    [InlineData("/openapi/v2.json")]
    [InlineData("/healthz/nothing")]
    [InlineData("/ops/nothing")]
    [InlineData("/gone.txt")]
    public async Task UnknownAddressesOfTheApiAndFilesAreNotPages(string path)
    {
        await using var front = await StartBuiltAsync();
        await front.Anonymous.FetchAsync(path).AssertProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task WrongMethodGetsTheAllowedOnes()
    {
        await using var front = await StartBuiltAsync();
        var wrong = front.Anonymous.FetchAsync("/api/sessions");
        await wrong.AssertProblemAsync(405, "method_not_allowed");
        Assert.Equal(["POST"], (await wrong).Content.Headers.Allow);
        await front.Anonymous.PostTextAsync("/gallery", "{}").AssertProblemAsync(404, "not_found");
    }

    [Theory]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/assets/..%2f..%2fsecret.txt")]
    [InlineData("/assets/%2e%2e/%2e%2e/secret.txt")]
    [InlineData("/music/..%2fkeys%2fkey.xml")]
    [InlineData("/music/%2e%2e/keys/key.xml")]
    [InlineData("/music/..%5ckeys%5ckey.xml")]
    public async Task FilesOutsideTheDirectoryAreNotServed(string path)
    {
        var root = FrontEnd.NewDirectory();
        Directory.CreateDirectory(Path.Combine(root, "player"));
        Directory.CreateDirectory(Path.Combine(root, "keys"));
        await File.WriteAllTextAsync(Path.Combine(root, "secret.txt"), "secret", FrontEnd.Cancelled);
        await File.WriteAllTextAsync(Path.Combine(root, "keys", "key.xml"), "secret", FrontEnd.Cancelled);
        await using var front = await FrontEnd.StartAsync(options => options with { PlayerDirectory = Path.Combine(root, "player") }, dataDirectory: root);
        var address = new Uri(front.Address.ToString().TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var answer = await front.Anonymous.GetAsync(address, FrontEnd.Cancelled);
        Assert.InRange((int)answer.StatusCode, 400, 499);
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
    }

    [Fact]
    public async Task WithoutABuiltPlayerThePageSaysHowToBuildIt()
    {
        foreach (var directory in new[] { FrontEnd.NewDirectory(), "/nowhere" })
        {
            await using var front = await FrontEnd.StartAsync(options => options with { PlayerDirectory = directory });
            var problem = await front.Anonymous.FetchAsync("/").AssertProblemAsync(503, "player_not_built");
            Assert.Contains("npm run build", problem.GetProperty("detail").GetString());
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/assets/app-1a2b.js")]
    [InlineData("/assets/gone.js")]
    [InlineData("/healthz/live")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/art/1.png")]
    public async Task EveryPageAndFileCarriesTheSecurityHeaders(string path)
    {
        await using var front = await StartBuiltAsync();
        var headers = (await front.Anonymous.FetchAsync(path)).Headers;
        var policy = Assert.Single(headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: https: http:;", policy);
        Assert.Contains("object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
        Assert.Contains("microphone=(self)", Assert.Single(headers.GetValues("Permissions-Policy")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Cross-Origin-Opener-Policy")));
        Assert.Equal(path.StartsWith("/art/", StringComparison.Ordinal) ? "cross-origin" : "same-origin", Assert.Single(headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.False(headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/api/music")]
    [InlineData("/api/artworks/fresh")]
    public async Task AnswersOfTheApiDenyDocumentRights(string path)
    {
        await using var front = await StartBuiltAsync();
        var headers = (await front.Anonymous.FetchAsync(path)).Headers;
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal("no-store", Assert.Single(headers.GetValues("Cache-Control")));
        Assert.False(headers.Contains("Server"));
    }

    private static async Task<FrontEnd> StartBuiltAsync()
    {
        var directory = FrontEnd.NewDirectory();
        Directory.CreateDirectory(Path.Combine(directory, "assets"));
        await File.WriteAllTextAsync(Path.Combine(directory, "index.html"), "<!doctype html>", FrontEnd.Cancelled);
        await File.WriteAllTextAsync(Path.Combine(directory, "icon.svg"), "<svg/>", FrontEnd.Cancelled);
        await File.WriteAllTextAsync(Path.Combine(directory, "artfresh.js"), "1", FrontEnd.Cancelled);
        await File.WriteAllTextAsync(Path.Combine(directory, "artfresh-1.2.3.js"), "1", FrontEnd.Cancelled);
        await File.WriteAllTextAsync(Path.Combine(directory, "assets", "app-1a2b.js"), "1", FrontEnd.Cancelled);
        return await FrontEnd.StartAsync(options => options with { PlayerDirectory = directory });
    }
}
