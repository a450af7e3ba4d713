namespace ArtFresh.Art;

/// <summary>A picture cannot be taken: broken, of another format, hostile, or nothing to look at. The message is the reason, for the operator.</summary>
public sealed class PictureRejectedException : Exception
{
    /// <summary>A rejection with its reason: a sentence without a name or a path in it.</summary>
    public PictureRejectedException(string reason)
        : base(reason)
    {
    }

    /// <summary>A rejection with its reason and the fault below it.</summary>
    public PictureRejectedException(string reason, Exception? inner)
        : base(reason, inner)
    {
    }

    /// <summary>A rejection without a reason; prefer the others.</summary>
    public PictureRejectedException()
    {
    }
}
