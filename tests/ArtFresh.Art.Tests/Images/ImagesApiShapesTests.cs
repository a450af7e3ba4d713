using System.Text;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Art.Tests;

/// <summary>Requests and answers of servers with an OpenAI-compatible images API, as their documents and users show them.</summary>
public sealed class ImagesApiShapesTests : IAsyncLifetime
{
    private static readonly byte[] Picture = Samples.Png(128, 96);
    private static readonly string Base64 = Convert.ToBase64String(Picture);

    private ImagesServer _server = null!;
    private ServiceProvider? _services;

    public async ValueTask InitializeAsync() => _server = await ImagesServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await (_services?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _server.DisposeAsync();
    }

    public static TheoryData<string, string> Answers => new()
    {
        { "OpenAI", """{"created": 1, "background": "opaque", "data": [{"b64_json": "{base64}"}], "output_format": "png", "usage": {"total_tokens": 9}}""" },
        { "OpenAI, DALL-E", """{"created": 1, "data": [{"revised_prompt": "a cat", "url": "{server}/private/img.png?sig=a%2Fb"}]}""" },
        { "Azure", """{"created": 1, "data": [{"content_filter_results": {"hate": {"filtered": false}}, "revised_prompt": "a cat", "b64_json": "{base64}"}]}""" },
        { "Gemini", """{"data": [{"b64_json": "{base64}"}]}""" },
        { "xAI", """{"data": [{"b64_json": "data:image/png;base64,{base64}", "revised_prompt": "a cat"}]}""" },
        { "LocalAI", """{"created": 1, "id": "1", "data": [{"embedding": null, "index": 0, "b64_json": "", "url": "{server}/generated-images/1.png"}]}""" },
        { "Together", """{"id": "1", "model": "flux", "object": "list", "data": [{"index": 0, "url": null, "b64_json": "{base64}"}]}""" },
        { "SiliconFlow", """{"images": [{"url": "{server}/1.png"}], "timings": {"inference": 1.2}, "seed": 7}""" },
        { "a data URI", """{"data": [{"url": "data:image/png;base64,{base64}"}]}""" },
        { "a path", """{"data": [{"url": "/files/1.png"}]}""" },
        { "a relative address", """{"data": [{"url": "1.png"}]}""" },
        { "an address without scheme", """{"data": [{"url": "//{host}/1.png"}]}""" },
        { "base64 without padding", """{"data": [{"b64_json": "{unpadded}"}]}""" },
        { "base64 in lines", """{"data": [{"b64_json": "{lines}"}]}""" },
        { "base64 for URLs", """{"data": [{"b64_json": "{forUrls}"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task AnswerIsRead(string server, string answer)
    {
        Assert.NotEmpty(server);
        var body = answer
            .Replace("{base64}", Base64, StringComparison.Ordinal)
            .Replace("{unpadded}", Base64.TrimEnd('='), StringComparison.Ordinal)
            .Replace("{lines}", Convert.ToBase64String(Picture, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\\n"), StringComparison.Ordinal)
            .Replace("{forUrls}", System.Buffers.Text.Base64Url.EncodeToString(Picture), StringComparison.Ordinal)
            .Replace("{server}", _server.Address, StringComparison.Ordinal)
            .Replace("{host}", new Uri(_server.Address).Authority, StringComparison.Ordinal);
        _server.Answer = (context, _) => context.Request.Method == "POST" ? context.Response.WriteAsync(body) : context.Response.Body.WriteAsync(Picture).AsTask();

        var image = await GenerateAsync();

        Assert.Equal((128, 96), (image.Width, image.Height));
        Assert.Equal(ContentHashes.Of(Picture), image.ContentHash);
    }

    [Theory]
    [InlineData("/v1beta/openai", "/v1beta/openai/images/generations")]
    [InlineData("/v1beta/openai/", "/v1beta/openai/images/generations")]
    [InlineData("/openai/deployments/cats?api-version=2024-10-21", "/openai/deployments/cats/images/generations?api-version=2024-10-21")]
    [InlineData("/openai/v1/?api-version=preview", "/openai/v1/images/generations?api-version=preview")]
    [InlineData("/api/v3", "/api/v3/images/generations")]
    [InlineData("/some/images/generations", "/some/images/generations")]
    public async Task AddressMayHaveAPathAndAQuery(string address, string asked)
    {
        string? target = null;
        _server.Answer = (context, _) =>
        {
            target = context.Request.GetEncodedPathAndQuery();
            return ImagesServer.SendPictureAsync(context, Picture);
        };

        await GenerateAsync(options => options.Address = new Uri(_server.Address + address));

        Assert.Equal(asked, target);
    }

    [Fact]
    public async Task KeyMayStandInAnotherHeader()
    {
        string? key = null;
        _server.Answer = (context, _) =>
        {
            key = context.Request.Headers["api-key"];
            return ImagesServer.SendPictureAsync(context, Picture);
        };

        await GenerateAsync(options => (options.Key, options.KeyHeader) = ("secret-1", "api-key"));

        Assert.Equal(("secret-1", null), (key, Assert.Single(_server.Requests).Authorization));
    }

    [Theory]
    [InlineData(400, """{"error": {"message": "Unknown parameter: 'response_format'.", "type": "invalid_request_error", "param": "response_format"}}""")]
    [InlineData(400, """{"error": {"message": "UnsupportedParamsError: Setting `response_format` is not supported by openai", "code": "400"}}""")]
    [InlineData(422, """{"detail": [{"type": "extra_forbidden", "loc": ["body", "response_format"], "msg": "Extra inputs are not permitted"}]}""")]
    public async Task StrictServerIsAskedWithoutAResponseFormatFromThenOn(int status, string refusal)
    {
        _server.Answer = (context, _) =>
        {
            if (!_server.Requests[^1].Body.TryGetProperty("response_format", out var _))
            {
                return ImagesServer.SendPictureAsync(context, Picture);
            }

            context.Response.StatusCode = status;
            return context.Response.WriteAsync(refusal);
        };

        await GenerateAsync(options => options.Model = "stable-diffusion");
        await _services!.GetRequiredService<ImagesApiClient>().GenerateAsync(Mood.Neutral, null, TestContext.Current.CancellationToken);

        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task SizeMayBeLeftOut()
    {
        await GenerateAsync(options => options.Size = "none");

        Assert.False(Assert.Single(_server.Requests).Body.TryGetProperty("size", out _));
    }

    [Theory]
    [InlineData(401, """{"error": {"message": "Incorrect API key provided"}}""", "Incorrect API key provided (see Images:Key, and Images:KeyHeader for an API that reads another header)")]
    [InlineData(403, """{"message": "Forbidden"}""", "Forbidden (see Images:Key")]
    [InlineData(400, """{"code": "Client specified an invalid argument", "error": "Argument not supported: size"}""", "Argument not supported: size (see Images:Size; none leaves it out)")]
    [InlineData(422, """{"detail": [{"loc": ["body", "size"], "msg": "size must be one of 512x512"}]}""", "size must be one of 512x512 (see Images:Size")]
    [InlineData(404, """{"error": {"code": "model_not_found", "message": "Model 'gpt-image-1' was not found."}}""", "Model 'gpt-image-1' was not found. (see Images:Model)")]
    [InlineData(404, """{"detail": "Not Found"}""", "Not Found (see Images:Address)")]
    [InlineData(400, """[{"error": {"code": 400, "message": "Unsupported response: url.", "status": "INVALID_ARGUMENT"}}]""", "Unsupported response: url.")]
    [InlineData(301, "<html>Moved</html>", "HTTP 301. (see Images:Address)")]
    public async Task RefusalNamesTheSettingThatMayHelp(int status, string refusal, string sentence)
    {
        _server.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(refusal, Encoding.UTF8);
        };

        var failure = await Assert.ThrowsAsync<ArtGenerationException>(() => GenerateAsync());

        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    private Task<GeneratedImage> GenerateAsync(Action<ImagesApiOptions>? configure = null)
    {
        var options = new ImagesApiOptions { Address = new Uri(_server.Address) };
        configure?.Invoke(options);
        _services = new ServiceCollection().AddImagesApi(options).BuildServiceProvider();
        return _services.GetRequiredService<ImagesApiClient>().GenerateAsync(Mood.Neutral, null, TestContext.Current.CancellationToken);
    }
}
