using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace ArtFresh.Art.Tests;

/// <summary>Requests to an images API, and the checks of its answers.</summary>
public sealed class ImagesApiClientTests : IAsyncLifetime
{
    private const string Key = "sk-test-0123456789";
    private ImagesServer _server = null!;
    private ServiceProvider? _services;

    public async ValueTask InitializeAsync() => _server = await ImagesServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await (_services?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("", "/v1/images/generations")]
    [InlineData("/", "/v1/images/generations")]
    [InlineData("/v1", "/v1/images/generations")]
    [InlineData("/v1/", "/v1/images/generations")]
    [InlineData("/openai/v1", "/openai/v1/images/generations")]
    [InlineData("/proxy", "/proxy/v1/images/generations")]
    public async Task RequestHasTheWireFormat(string path, string asked)
    {
        await GenerateAsync(options =>
        {
            options.Address = new Uri(_server.Address + path);
            options.Model = "some-model";
            options.Size = "512x768";
        });

        var request = Assert.Single(_server.Requests);
        Assert.Equal(("POST", asked, "Bearer " + Key), (request.Method, request.Path, request.Authorization));
        Assert.Equal(["model", "n", "prompt", "response_format", "size"], request.Body.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal(("some-model", 1, "512x768", "b64_json"), (
            request.Body.GetProperty("model").GetString(),
            request.Body.GetProperty("n").GetInt32(),
            request.Body.GetProperty("size").GetString(),
            request.Body.GetProperty("response_format").GetString()));
        Assert.Contains("slow techno", request.Body.GetProperty("prompt").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-image-1")]
    [InlineData("openai/gpt-image-1-mini")]
    public async Task ResponseFormatIsNotSentToModelsThatRefuseIt(string model)
    {
        await GenerateAsync(options => options.Model = model);

        Assert.False(Assert.Single(_server.Requests).Body.TryGetProperty("response_format", out _));
    }

    [Fact]
    public async Task NoKeyIsSentWithoutASetting()
    {
        await GenerateAsync(options => options.Key = null);

        Assert.Null(Assert.Single(_server.Requests).Authorization);
    }

    [Fact]
    public async Task PictureIsReencodedWithoutMetadata()
    {
        using var sweep = Samples.Sweep(1500, 900);
        using var marked = sweep.Mutate(image => image.Set(GValue.GStrType, "exif-ifd0-Artist", "hidden-words"));
        var sent = marked.JpegsaveBuffer();
        _server.Answer = (context, _) => ImagesServer.SendPictureAsync(context, sent);

        var image = await GenerateAsync();

        var picture = image.Picture.ToArray();
        Assert.Equal(PictureFormat.Webp, PictureSignature.FormatOf(picture));
        Assert.Contains("hidden-words", Encoding.Latin1.GetString(sent), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-words", Encoding.Latin1.GetString(picture), StringComparison.Ordinal);
        Assert.Equal((1024, 614), (image.Width, image.Height));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sent)), image.ContentHash);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(picture)), image.PictureHash);
        Assert.Equal(Samples.MeanOf(sent), Samples.MeanOf(picture), (expected, actual) => Math.Abs(expected - actual) < 3);
        Assert.Equal(_server.Requests[0].Body.GetProperty("prompt").GetString(), image.Prompt);
        Assert.Equal("gpt-image-1", image.Model);
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    public async Task OtherRasterFormatsAreAccepted(string extension)
    {
        using var sweep = Samples.Sweep(300, 200);
        var sent = sweep.WriteToBuffer(extension);
        _server.Answer = (context, _) => ImagesServer.SendPictureAsync(context, sent);

        Assert.Equal(300, (await GenerateAsync()).Width);
    }

    /// <summary>The files were signed with c2pa-rs, whose reader finds their manifests valid.</summary>
    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("webp")]
    public async Task FileWithContentCredentialsIsHandedOverAsItCame(string extension)
    {
        var sent = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Images", $"credentials.{extension}"), TestContext.Current.CancellationToken);
        _server.Answer = (context, _) => ImagesServer.SendPictureAsync(context, sent);

        var image = await GenerateAsync();

        Assert.Equal(sent, image.Original!.Value.ToArray());
        Assert.False(ContentCredentials.AreIn(image.Picture.Span));
        using var folder = new ScratchFolder();
        var hash = await new PictureStore(folder.Path).SaveOriginalAsync(sent, TestContext.Current.CancellationToken);
        Assert.Equal(image.ContentHash, hash);
        Assert.Equal(sent, await File.ReadAllBytesAsync(Path.Combine(folder.Path, "originals", hash[..2], hash[2..]), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FileWithoutContentCredentialsIsNotKept()
    {
        foreach (var extension in new[] { ".png", ".jpg", ".webp" })
        {
            using var sweep = Samples.Sweep(128, 96);
            Assert.False(ContentCredentials.AreIn(sweep.WriteToBuffer(extension)));
        }

        Assert.Null((await GenerateAsync()).Original);
    }

    [Fact]
    public async Task PictureOnTheApisHostIsFetchedWithoutTheKey()
    {
        _server.Answer = (context, number) => number == 0
            ? ImagesServer.SendAddressAsync(context, _server.Address + "/pictures/1.png")
            : context.Response.Body.WriteAsync(Samples.Png(128, 96)).AsTask();

        Assert.Equal((128, 96), await SizeAsync());

        Assert.Equal(("GET", "/pictures/1.png", null), (_server.Requests[1].Method, _server.Requests[1].Path, _server.Requests[1].Authorization));
    }

    [Theory]
    [InlineData("http://localhost:{port}/a.png", "no public IP address")]
    [InlineData("http://127.0.0.2:{port}/a.png", "neither its own host")]
    [InlineData("http://[::1]:{port}/a.png", "neither its own host")]
    [InlineData("http://169.254.169.254/latest/meta-data", "neither its own host")]
    [InlineData("http://127.0.0.1:1/a.png", "neither its own host")]
    [InlineData("http://user@127.0.0.1:{port}/a.png", "not http or https")]
    [InlineData("file:///etc/passwd", "not http or https")]
    [InlineData("//127.0.0.2:{port}/a.png", "neither its own host")]
    [InlineData("\\\\127.0.0.2\\a.png", "not http or https")]
    [InlineData("javascript:alert(1)", "not http or https")]
    public async Task PrivateAddressIsNotFetched(string address, string reason)
    {
        var named = address.Replace("{port}", _server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        _server.Answer = (context, _) => ImagesServer.SendAddressAsync(context, named);

        var failure = await FailureOf(options => options.PictureHosts.Add("localhost"));

        Assert.Equal(ArtGenerationFault.Untrue, failure.Fault);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData("/v1/images/generations")]
    [InlineData("/pictures/1.png")]
    public async Task RedirectIsNotFollowed(string redirecting)
    {
        _server.Answer = (context, number) =>
        {
            if (context.Request.Path == redirecting)
            {
                context.Response.Redirect(_server.Address + "/elsewhere");
                return Task.CompletedTask;
            }

            return number == 0 ? ImagesServer.SendAddressAsync(context, _server.Address + "/pictures/1.png") : ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));
        };

        Assert.Equal(ArtGenerationFault.Untrue, (await FailureOf()).Fault);

        Assert.DoesNotContain(_server.Requests, request => request.Path == "/elsewhere");
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "", "not JSON" },
        { "<html>Bad gateway</html>", "not JSON" },
        { "[]", "without a picture" },
        { "{}", "without a picture" },
        { """{"data": []}""", "without a picture" },
        { """{"data": {}}""", "without a picture" },
        { """{"data": [7]}""", "without a picture" },
        { """{"data": [{}]}""", "without a picture" },
        { """{"data": [{"b64_json": 7}]}""", "without a picture" },
        { """{"data": [{"b64_json": "%%%"}]}""", "not base64" },
        { """{"data": [{"b64_json": ""}]}""", "without a picture" },
        { """{"data": [{"b64_json": "", "url": ""}]}""", "without a picture" },
        { """{"data": [{"url": "data:image/png"}]}""", "a data URI that is not base64" },
        { """{"data": [{"url": "data:image/png,%%%"}]}""", "a data URI that is not base64" },
        { """{"data": [{"b64_json": "aGVsbG8="}]}""", "not a PNG" },
        { """{"error": {"message": "out of\npaint"}}""", "sent an error: out of paint" },
        { """{"error": "out of paint"}""", "sent an error: out of paint" },
        { string.Concat(Enumerable.Repeat("[", 10_000)), "not JSON" },
        { Json(Samples.Png(1, 1)), "each side must have at least 64" },
        { Json(Samples.FlatPng(128)), "only one colour" },
        { Json(Samples.Png(200, 200)[..300]), "is damaged" },
        { Json(Samples.PngThatClaims(50_000, 50_000)), "50000 x 50000 pixels" },
        { Json(Samples.Svg("<rect width='9' height='9'/>")), "not a PNG" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task UnusableAnswerIsRefusedWithoutARetry(string body, string reason)
    {
        _server.Answer = (context, _) => context.Response.WriteAsync(body);

        var failure = await FailureOf();

        Assert.Equal(ArtGenerationFault.Untrue, failure.Fault);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData("Content-Length: 9000000000000000000", 0)]
    [InlineData("Connection: close", 32)]
    public async Task EndlessAnswerIsAborted(string header, int mebibytesTaken)
    {
        // A plain socket, because a web server would count bytes that it writes after the connection is closed.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sending = SendEndlesslyAsync(listener, header);

        var failure = await FailureOf(options => options.Address = new Uri($"http://{listener.LocalEndpoint}"));

        Assert.Equal((ArtGenerationFault.Untrue, "The images API's answer is larger than 33554432 bytes."), (failure.Fault, failure.Message));
        var sent = await sending.WaitAsync(TimerClock.HangsAfter, TestContext.Current.CancellationToken);
        Assert.InRange(sent / 1024 / 1024, mebibytesTaken, mebibytesTaken + 16);
    }

    [Theory]
    [InlineData(401, ArtGenerationFault.Refused)]
    [InlineData(400, ArtGenerationFault.Refused)]
    [InlineData(404, ArtGenerationFault.Refused)]
    [InlineData(204, ArtGenerationFault.Untrue)]
    public async Task RefusalIsReportedWithoutARetry(int status, ArtGenerationFault fault)
    {
        _server.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return status == 204 ? Task.CompletedTask : ImagesServer.SendErrorAsync(context, status, "Incorrect key\nprovided");
        };

        var failure = await FailureOf();

        Assert.Equal(fault, failure.Fault);
        Assert.StartsWith(status == 204 ? "The images API answered HTTP 204." : $"The images API answered HTTP {status}: Incorrect key provided", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, failure.ToString(), StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task WithoutAnAddressThereIsNoApi()
    {
        var failure = await FailureOf(options => options.Address = null);

        Assert.Equal(ArtGenerationFault.NotConfigured, failure.Fault);
        Assert.False(_services!.GetRequiredService<ImagesApiClient>().IsConfigured);
    }

    /// <summary>Answers one request with endless bytes; returns how many were sent before the client closed the connection.</summary>
    private static async Task<long> SendEndlesslyAsync(TcpListener listener, string header)
    {
        var token = TestContext.Current.CancellationToken;
        using var client = await listener.AcceptSocketAsync(token);
        var chunk = new byte[64 * 1024];
        await client.ReceiveAsync(chunk, token);
        await client.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n"), token);
        long sent = 0;
        try
        {
            while (true)
            {
                sent += await client.SendAsync(chunk, token);
            }
        }
        catch (SocketException)
        {
            return sent;
        }
    }

    private static string Json(byte[] picture) => $$"""{"data": [{"b64_json": "{{Convert.ToBase64String(picture)}}"}]}""";

    private async Task<(int Width, int Height)> SizeAsync()
    {
        var image = await GenerateAsync();
        return (image.Width, image.Height);
    }

    private Task<GeneratedImage> GenerateAsync(Action<ImagesApiOptions>? configure = null)
    {
        var options = new ImagesApiOptions { Address = new Uri(_server.Address), Key = Key };
        configure?.Invoke(options);
        _services = new ServiceCollection().AddImagesApi(options).BuildServiceProvider();
        return _services.GetRequiredService<ImagesApiClient>().GenerateAsync(new Mood(0.8, 0.2), "slow techno", TestContext.Current.CancellationToken);
    }

    private async Task<ArtGenerationException> FailureOf(Action<ImagesApiOptions>? configure = null) =>
        await Assert.ThrowsAsync<ArtGenerationException>(() => GenerateAsync(configure));
}
