namespace ArtFresh.Grains.ListenerSession;

/// <summary>Bounds of one session's memory.</summary>
internal static class SessionLimits
{
    /// <summary>Artworks of the first block. Later blocks double in size, so that a crash in a short visit wastes little art.</summary>
    public const int FirstBlockArtworks = 16;

    /// <summary>Artworks of the largest block.</summary>
    public const int BlockArtworksMax = 128;

    /// <summary>Fresh answers kept for repeated requests.</summary>
    public const int AnswersKeptMax = 16;

    /// <summary>Batches of one session that may wait for its commit.</summary>
    public const int WaitingBatchesMax = 16;

    /// <summary>Tries of a fenced write before the caller gets Unavailable.</summary>
    public const int FencedTriesMax = 7;
}
