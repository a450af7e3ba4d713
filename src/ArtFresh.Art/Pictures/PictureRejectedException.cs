namespace ArtFresh.Art;

/// <summary>A picture was rejected: damaged, in another format, hostile or empty. The message is the reason, for the operator.</summary>
public sealed class PictureRejectedException : Exception
{
    /// <summary>A rejection with its reason: a sentence without file names.</summary>
    public PictureRejectedException(string reason)
        : base(reason)
    {
    }

    /// <summary>A rejection with its reason and its cause.</summary>
    public PictureRejectedException(string reason, Exception? inner)
        : base(reason, inner)
    {
    }

    /// <summary>A rejection without a reason; prefer the others.</summary>
    public PictureRejectedException()
    {
    }
}
