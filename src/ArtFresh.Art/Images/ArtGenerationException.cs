namespace ArtFresh.Art;

/// <summary>Why an images API returned no picture.</summary>
public enum ArtGenerationFault
{
    /// <summary>The reason is unknown.</summary>
    Unknown,

    /// <summary>No images API is configured.</summary>
    NotConfigured,

    /// <summary>The API does not answer or is temporarily unavailable, and retries failed. Try again later.</summary>
    Unavailable,

    /// <summary>The API limits the rate of requests (429). Try again later.</summary>
    Throttled,

    /// <summary>An attempt, or all attempts together, exceeded the time limit. Try again later.</summary>
    TimedOut,

    /// <summary>The API refused the request: a wrong key, an unknown model or a rejected prompt. The same request will fail again.</summary>
    Refused,

    /// <summary>The API answered with success but sent no usable picture.</summary>
    Untrue,
}

/// <summary>An images API returned no picture. The message gives the reason, for the operator, and never contains the key.</summary>
public sealed class ArtGenerationException : Exception
{
    /// <summary>A failure with its kind and reason.</summary>
    public ArtGenerationException(ArtGenerationFault fault, string reason, Exception? inner = null)
        : base(reason, inner) => Fault = fault;

    /// <summary>A failure of unknown kind; prefer the constructor with a kind.</summary>
    public ArtGenerationException(string reason)
        : base(reason)
    {
    }

    /// <summary>A failure of unknown kind; prefer the constructor with a kind.</summary>
    public ArtGenerationException(string reason, Exception? inner)
        : base(reason, inner)
    {
    }

    /// <summary>A failure of unknown kind; prefer the constructor with a kind.</summary>
    public ArtGenerationException()
    {
    }

    /// <summary>The kind of failure.</summary>
    public ArtGenerationFault Fault { get; }
}
