using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace ArtFresh.Art;

/// <summary>Registers the images API's client and its HTTP clients.</summary>
public static class ImagesApiRegistration
{
    internal const string ApiClient = "artfresh-images-api";
    internal const string PictureClient = "artfresh-images-picture";

    /// <summary>Attempts for one request: the first and its retries.</summary>
    internal const int AttemptsMax = 3;

    private const int WaitingMax = 256;
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Adds <see cref="ImagesApiClient"/>, a singleton. Each request has a time limit, is retried on temporary faults (with backoff and jitter, or after <c>Retry-After</c>),
    /// and is refused at once while the API fails repeatedly. Uses the registered <see cref="TimeProvider"/>, if there is one.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <exception cref="OptionsValidationException">A setting is out of range; the message names it.</exception>
    public static IServiceCollection AddImagesApi(this IServiceCollection services, ImagesApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Validate(new ValidationContext(options)).Select(fault => $"The images API's {fault.ErrorMessage}").ToArray();
        if (faults.Length > 0)
        {
            throw new OptionsValidationException(nameof(ImagesApiOptions), typeof(ImagesApiOptions), faults);
        }

        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ImagesApiClient>();

        // No time limit of the HTTP client: the pipeline and the caller's token end calls in the queue and between attempts.
        var api = services.AddHttpClient(ApiClient, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(CreateApiHandler);
        api.AddResilienceHandler("generate", (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            pipeline.AddConcurrencyLimiter(options.Concurrency, WaitingMax);
            AddRetryAndLimit(pipeline, options);
        });
        api.AddHttpMessageHandler(() => new BoundedBodyHandler());

        var picture = services.AddHttpClient(PictureClient, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(_ => PublicHostConnector.CreateHandler(options.Address!.IdnHost));
        picture.AddResilienceHandler("download", (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            AddRetryAndLimit(pipeline, options);
        });
        picture.AddHttpMessageHandler(() => new BoundedBodyHandler());
        return services;
    }

    // Redirects are not followed, so that the key is sent only to the configured address. A proxy is the operator's own.
    private static SocketsHttpHandler CreateApiHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseDrainSize = 0,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private static void AddRetryAndLimit(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ImagesApiOptions settings)
    {
        var clock = pipeline.TimeProvider!;
        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = AttemptsMax - 1,
            Delay = FirstRetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldRetryAfterHeader = false,

            // The library's own handling of Retry-After compares a date with the machine's clock, not with the registered one.
            DelayGenerator = arguments => ValueTask.FromResult(
                RetryAfter(arguments.Outcome.Result, clock) is { Ticks: > 0 } asked ? asked : (TimeSpan?)null),

            // No retry if Retry-After is longer than a caller waits, or if the host must not be called at all.
            ShouldHandle = arguments => ValueTask.FromResult(
                HttpClientResiliencePredicates.IsTransient(arguments.Outcome)
                && arguments.Outcome.Exception?.InnerException is not ArtGenerationException
                && RetryAfter(arguments.Outcome.Result, clock) <= settings.Timeout),
        });
        pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
        {
            FailureRatio = 0.8,
            MinimumThroughput = AttemptsMax * 2,
            SamplingDuration = settings.Timeout * 4,
            BreakDuration = BreakDuration,
        });
        pipeline.AddTimeout(new HttpTimeoutStrategyOptions { Timeout = settings.Timeout });
    }

    private static TimeSpan RetryAfter(HttpResponseMessage? response, TimeProvider clock) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => TimeSpan.Zero,
    };
}
