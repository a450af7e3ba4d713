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
    private readonly ImagesApiHealth _health;
    private bool _sendsResponseFormat;

    /// <summary>Creates a client that uses the HTTP clients registered by <see cref="ImagesApiRegistration.AddImagesApi"/>.</summary>
    public ImagesApiClient(IHttpClientFactory clients, ImagesApiOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        _clients = clients;
        _options = options;
        _clock = clock;
        _health = new ImagesApiHealth(clock, options.Timeout);
        // The gpt-image models always answer in base64 and refuse a request with response_format.
        _sendsResponseFormat = !options.Model.Contains("gpt-image", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether an images API is configured.</summary>
    public bool IsConfigured => _options.Address is not null;

    /// <summary>Whether requests are sent: false for a while after failures.</summary>
    public bool IsAvailable => IsConfigured && !_health.IsResting;

    /// <summary>Whether a picture that is requested is likely to come within a time: the last one did, and none has been on its way for longer.</summary>
    public bool IsExpectedWithin(TimeSpan time) => IsAvailable && _health.IsExpectedWithin(time);

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

        return await _health.WatchAsync(
            async token =>
            {
                var prompt = MoodPrompt.PromptOf(mood, musicHint, Random.Shared.Next());
                var answer = await AskAsync(prompt, token);
                var original = answer.Picture ?? await DownloadAsync(answer.Address!, token);
                return await Task.Run(() => Renew(original, prompt), token);
            },
            cancellationToken);
    }

    private async Task<ImagesApiAnswer> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        var sent = _sendsResponseFormat;
        var (status, body) = await PostAsync(RequestBody(prompt), cancellationToken);
        if (sent && status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity && body.AsSpan().IndexOf("response_format"u8) >= 0)
        {
            _sendsResponseFormat = false;
            (status, body) = await PostAsync(RequestBody(prompt), cancellationToken);
        }

        return status is HttpStatusCode.OK ? ImagesApiAnswer.Parse(body) : throw Refusal(status, ImagesApiAnswer.ErrorOf(body));
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> PostAsync(JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Endpoint) { Content = JsonContent.Create(body) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_options.Key is { } key)
        {
            request.Headers.TryAddWithoutValidation(_options.KeyHeader, _options.KeyHeader == ImagesApiOptions.BearerHeader ? $"Bearer {key}" : key);
        }

        return await SendAsync(ImagesApiRegistration.ApiClient, request, "The images API", cancellationToken);
    }

    private JsonObject RequestBody(string prompt)
    {
        var body = new JsonObject { ["model"] = _options.Model, ["prompt"] = prompt, ["n"] = 1 };
        if (_options.Size != ImagesApiOptions.NoSize)
        {
            body["size"] = _options.Size;
        }

        if (_sendsResponseFormat)
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
        if (!Uri.TryCreate(_options.Endpoint, address, out var picture) || picture.Scheme is not ("http" or "https") || picture.UserInfo.Length > 0)
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
            : throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The images API returned an address on {picture.Authority}, which is neither its own host nor one of Images:PictureHosts.");
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
        return new ArtGenerationException(fault, HintOf(status, message) is { } hint ? $"{reason} ({hint})" : reason);
    }

    /// <summary>The setting that may help.</summary>
    private static string? HintOf(HttpStatusCode status, string? message)
    {
        bool Names(string word) => message?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "see Images:Key, and Images:KeyHeader for an API that reads another header",
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity when Names("size") => "see Images:Size; none leaves it out",
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotFound when Names("model") => "see Images:Model",
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or (>= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest) => "see Images:Address",
            _ => null,
        };
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
