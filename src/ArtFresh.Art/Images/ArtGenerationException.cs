namespace ArtFresh.Art;

/// <summary>What kept an images API from giving a picture.</summary>
public enum ArtGenerationFault
{
    /// <summary>No reason is known.</summary>
    Unknown,

    /// <summary>No address is set.</summary>
    NotConfigured,

    /// <summary>It does not answer, or answers that it cannot just now; retries did not help. Worth another try later.</summary>
    Unavailable,

    /// <summary>It asks to be left alone for a while (429). Worth another try later.</summary>
    Throttled,

    /// <summary>An attempt, or all of them, took longer than allowed. Worth another try later.</summary>
    TimedOut,

    /// <summary>It understood and said no: a bad key, an unknown model, a prompt that it will not draw. The same request will fail again.</summary>
    Refused,

    /// <summary>It said yes and sent something that is no picture.</summary>
    Untrue,
}

/// <summary>An images API gave no picture. The message says why, for the operator; it never holds the key.</summary>
public sealed class ArtGenerationException : Exception
{
    /// <summary>A failure with its kind and reason.</summary>
    public ArtGenerationException(ArtGenerationFault fault, string reason, Exception? inner = null)
        : base(reason, inner) => Fault = fault;

    /// <summary>A failure of no known kind; prefer the others.</summary>
    public ArtGenerationException(string reason)
        : base(reason)
    {
    }

    /// <summary>A failure of no known kind; prefer the others.</summary>
    public ArtGenerationException(string reason, Exception? inner)
        : base(reason, inner)
    {
    }

    /// <summary>A failure of no known kind; prefer the others.</summary>
    public ArtGenerationException()
    {
    }

    /// <summary>The kind of failure.</summary>
    public ArtGenerationFault Fault { get; }
}
