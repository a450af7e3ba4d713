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
/// Asks an OpenAI-compatible images API (<c>POST /v1/images/generations</c>) for pictures. The answer is untrusted: bounded in bytes and pixels, decoded,
/// and re-encoded. Safe to call from many threads.
/// </summary>
public sealed class ImagesApiClient
{
    private const int SideMin = 64;

    private readonly IHttpClientFactory _clients;
    private readonly ImagesApiOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>A client over the HTTP clients that <see cref="ImagesApiRegistration.AddImagesApi"/> registers.</summary>
    public ImagesApiClient(IHttpClientFactory clients, ImagesApiOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        _clients = clients;
        _options = options;
        _clock = clock;
    }

    /// <summary>Whether an images API is set at all.</summary>
    public bool IsConfigured => _options.Address is not null;

    /// <summary>Has a picture made for a mood. Takes seconds, with retries at most three times the time limit, plus the wait in line.</summary>
    /// <param name="mood">How pleasant and how lively, each in [0, 1].</param>
    /// <param name="musicHint">What is playing, or null. It is sent to the API.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArtGenerationException">There is no picture; <see cref="ArtGenerationException.Fault"/> says of what kind the failure is.</exception>
    public async Task<GeneratedImage> GenerateAsync(Mood mood, string? musicHint, CancellationToken cancellationToken = default)
    {
        if (!IsConfigured)
        {
            throw new ArtGenerationException(ArtGenerationFault.NotConfigured, "No images API is set: its Address is missing.");
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

        // The gpt-image models always answer in base64, and refuse a request that says so.
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
            : throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The picture that the images API names cannot be fetched: HTTP {(int)status}.");
    }

    private Uri CheckAddress(string address)
    {
        var api = _options.Address!;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var picture) || picture.Scheme is not ("http" or "https") || picture.UserInfo.Length > 0)
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, "The images API names a picture by something that is no http or https address.");
        }

        if (picture.Scheme == "http" && api.Scheme == "https")
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, "The images API is asked over https and names a picture over http.");
        }

        var isApiItself = picture.IdnHost.Equals(api.IdnHost, StringComparison.OrdinalIgnoreCase) && picture.Port == api.Port;
        var isListed = !picture.IdnHost.Equals(api.IdnHost, StringComparison.OrdinalIgnoreCase)
            && _options.PictureHosts.Contains(picture.IdnHost, StringComparer.OrdinalIgnoreCase);
        return isApiItself || isListed
            ? picture
            : throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The images API names a picture on {picture.Authority}, which is neither its own host nor one of PictureHosts.");
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(string clientName, HttpRequestMessage request, string who, CancellationToken cancellationToken)
    {
        // The attempts' own limits leave out the waits between them.
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
            throw new ArtGenerationException(ArtGenerationFault.Unavailable, $"{who} has failed again and again, and is left alone for a while.", broken);
        }
        catch (RateLimiterRejectedException full)
        {
            throw new ArtGenerationException(ArtGenerationFault.Unavailable, $"Too many pictures are being waited for already: {who} is the bottleneck.", full);
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

    private static ArtGenerationException Refusal(HttpStatusCode status, string? said)
    {
        var reason = said is null ? $"The images API answered HTTP {(int)status}." : $"The images API answered HTTP {(int)status}: {said}";
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
                throw new PictureRejectedException("The picture is a single flat colour.");
            }

            var picture = PictureEncoder.EncodeWebp(pixels);
            return new GeneratedImage(picture, ContentHashes.Of(original), ContentHashes.Of(picture), prompt, _options.Model, pixels.Width, pixels.Height);
        }
        catch (PictureRejectedException rejected)
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The images API sent no usable picture. {rejected.Message}", rejected);
        }
    }
}
