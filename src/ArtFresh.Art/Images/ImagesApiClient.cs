using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ArtFresh.Contracts;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace ArtFresh.Art;

/// <summary>
/// Requests pictures from an OpenAI-compatible images API (<c>POST /v1/images/generations</c>). The answer is untrusted, so its size in bytes and pixels is
/// limited, and the picture is decoded and re-encoded. Thread-safe.
/// </summary>
public sealed class ImagesApiClient
{
    private const int SideMin = 64;

    private readonly IHttpClientFactory _clients;
    private readonly ImagesApiOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>Creates a client that uses the HTTP clients registered by <see cref="ImagesApiRegistration.AddImagesApi"/>.</summary>
    public ImagesApiClient(IHttpClientFactory clients, ImagesApiOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        _clients = clients;
        _options = options;
        _clock = clock;
    }

    /// <summary>Whether an images API is configured.</summary>
    public bool IsConfigured => _options.Address is not null;

    /// <summary>Requests a picture for a mood. Takes seconds; with retries at most three times the time limit, plus the time in the queue.</summary>
    /// <param name="mood">The mood, with coordinates in [0, 1].</param>
    /// <param name="musicHint">The music that is playing, or null. It is sent to the API.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ArtGenerationException">There is no picture; <see cref="ArtGenerationException.Fault"/> is the kind of failure.</exception>
    public async Task<GeneratedImage> GenerateAsync(Mood mood, string? musicHint, CancellationToken cancellationToken = default)
    {
        if (!IsConfigured)
        {
            throw new ArtGenerationException(ArtGenerationFault.NotConfigured, "No images API is configured: its Address is missing.");
        }

        var prompt = MoodPrompt.PromptOf(mood, musicHint, Random.Shared.Next());
        var answer = await AskAsync(prompt, cancellationToken);
        var original = answer.Picture ?? await DownloadAsync(answer.Address!, cancellationToken);
        return await Task.Run(() => Renew(original, prompt), cancellationToken);
    }

    private async Task<ImagesApiAnswer> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Endpoint) { Content = JsonContent.Create(RequestBody(prompt)) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_options.Key is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        var (status, body) = await SendAsync(ImagesApiRegistration.ApiClient, request, "The images API", cancellationToken);
        if (status is not HttpStatusCode.OK)
        {
            throw Refusal(status, ImagesApiAnswer.ErrorOf(body));
        }

        return ImagesApiAnswer.Parse(body);
    }

    private JsonObject RequestBody(string prompt)
    {
        var body = new JsonObject { ["model"] = _options.Model, ["prompt"] = prompt, ["n"] = 1, ["size"] = _options.Size };

        // The gpt-image models always answer in base64 and refuse a request with response_format.
        if (!_options.Model.Contains("gpt-image", StringComparison.OrdinalIgnoreCase))
        {
            body["response_format"] = "b64_json";
        }

        return body;
    }

    private async Task<byte[]> DownloadAsync(string address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, CheckAddress(address));
        var (status, body) = await SendAsync(ImagesApiRegistration.PictureClient, request, "The host of the images API's picture", cancellationToken);
        return status is HttpStatusCode.OK
            ? body
            : throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The address that the images API returned answered HTTP {(int)status}.");
    }

    private Uri CheckAddress(string address)
    {
        var api = _options.Address!;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var picture) || picture.Scheme is not ("http" or "https") || picture.UserInfo.Length > 0)
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, "The images API returned an address that is not http or https.");
        }

        if (picture.Scheme == "http" && api.Scheme == "https")
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, "The images API is configured with https but returned an http address.");
        }

        var isApiItself = picture.IdnHost.Equals(api.IdnHost, StringComparison.OrdinalIgnoreCase) && picture.Port == api.Port;
        var isListed = !picture.IdnHost.Equals(api.IdnHost, StringComparison.OrdinalIgnoreCase)
            && _options.PictureHosts.Contains(picture.IdnHost, StringComparer.OrdinalIgnoreCase);
        return isApiItself || isListed
            ? picture
            : throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The images API returned an address on {picture.Authority}, which is neither its own host nor one of PictureHosts.");
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(string clientName, HttpRequestMessage request, string who, CancellationToken cancellationToken)
    {
        // The limits of the attempts do not cover the waits between them.
        using var limit = new CancellationTokenSource(_options.Timeout * ImagesApiRegistration.AttemptsMax, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = _clients.CreateClient(clientName);
            using var response = await client.SendAsync(request, either.Token);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (TimeoutRejectedException late)
        {
            throw new ArtGenerationException(ArtGenerationFault.TimedOut, $"{who} took longer than {_options.Timeout.TotalSeconds:0.###} s.", late);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ArtGenerationException(ArtGenerationFault.TimedOut, $"{who} took longer than {_options.Timeout.TotalSeconds * ImagesApiRegistration.AttemptsMax:0.###} s in all.", late);
        }
        catch (BrokenCircuitException broken)
        {
            throw new ArtGenerationException(ArtGenerationFault.Unavailable, $"{who} failed repeatedly; requests are paused for a while.", broken);
        }
        catch (RateLimiterRejectedException full)
        {
            throw new ArtGenerationException(ArtGenerationFault.Unavailable, $"Too many requests to {who} are waiting already.", full);
        }
        catch (HttpRequestException refused) when (refused.InnerException is ArtGenerationException reason)
        {
            throw new ArtGenerationException(reason.Fault, reason.Message, refused);
        }
        catch (HttpRequestException failed)
        {
            throw new ArtGenerationException(ArtGenerationFault.Unavailable, $"{who} cannot be reached: {failed.Message}", failed);
        }
    }

    private static ArtGenerationException Refusal(HttpStatusCode status, string? message)
    {
        var reason = message is null ? $"The images API answered HTTP {(int)status}." : $"The images API answered HTTP {(int)status}: {message}";
        var fault = status switch
        {
            HttpStatusCode.TooManyRequests => ArtGenerationFault.Throttled,
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => ArtGenerationFault.Unavailable,
            >= HttpStatusCode.BadRequest => ArtGenerationFault.Refused,
            _ => ArtGenerationFault.Untrue,
        };
        return new ArtGenerationException(fault, reason);
    }

    private GeneratedImage Renew(byte[] original, string prompt)
    {
        try
        {
            using var pixels = PictureDecoder.DecodeOpaque(original, SideMin);
            if (PictureDecoder.IsBlank(pixels))
            {
                throw new PictureRejectedException("The picture has only one colour.");
            }

            var picture = PictureEncoder.EncodeWebp(pixels);
            return new GeneratedImage(
                picture, ContentHashes.Of(original), ContentHashes.Of(picture), prompt, _options.Model, pixels.Width, pixels.Height, PicturePrint.Of(pixels),
                ContentCredentials.AreIn(original) ? original : default(ReadOnlyMemory<byte>?));
        }
        catch (PictureRejectedException rejected)
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The images API sent no usable picture. {rejected.Message}", rejected);
        }
    }
}
