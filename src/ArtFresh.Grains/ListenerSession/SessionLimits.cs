namespace ArtFresh.Grains.ListenerSession;

/// <summary>Bounds of one session's memory.</summary>
internal static class SessionLimits
{
    /// <summary>Artworks of the first block; later ones double as the listener goes on, so that a crash costs little of a short visit.</summary>
    public const int FirstBlockArtworks = 16;

    /// <summary>Artworks of the largest block.</summary>
    public const int BlockArtworksMax = 128;

    /// <summary>Fresh answers kept for a request that comes again.</summary>
    public const int AnswersKeptMax = 16;

    /// <summary>Batches of one session that may wait for its commit.</summary>
    public const int WaitingBatchesMax = 16;

    /// <summary>Times that a fenced write is judged and tried again before the caller is asked to retry.</summary>
    public const int FencedTriesMax = 7;
}
