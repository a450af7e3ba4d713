namespace ArtFresh.Contracts;

/// <summary>Limits on everything that a stranger can make grow.</summary>
public static class Limits
{
    /// <summary>Impressions in one batch.</summary>
    public const int BatchArtworksMax = 200;

    /// <summary>Earlier sessions that a batch asks about.</summary>
    public const int EarlierSessionsMax = 8;

    /// <summary>Bytes of one request's body.</summary>
    public const int BodyBytesMax = 64 * 1024;

    /// <summary>Artworks in one fresh-art answer.</summary>
    public const int FreshArtworksMax = 50;

    /// <summary>Artworks that the end of a session may name as never shown.</summary>
    public const int UnshownArtworksMax = 1000;

    /// <summary>Characters of a release's name.</summary>
    public const int ReleaseLengthMax = 64;

    /// <summary>Values that a network's daily hash may have.</summary>
    public const int NetworksMax = 1024;

    /// <summary>Characters of a fresh-art request's id.</summary>
    public const int RequestIdLengthMax = 64;

    /// <summary>Characters of a listener's id.</summary>
    public const int ListenerIdLengthMax = 200;

    /// <summary>Impression numbers a session may use: far more than a sitting can show.</summary>
    public const long ImpressionNumberMax = 10_000_000;

    /// <summary>Width in pixels that a request for a picture may state.</summary>
    public const int PictureWidthMin = 16, PictureWidthMax = 2048;

    /// <summary>Widths in pixels of the pictures that are drawn: those that pages use. A request for another width gets the next larger one.</summary>
    public static ReadOnlySpan<int> PictureWidths => [256, 512, 1024];

    /// <summary>Scaled copies of pictures are kept in widths that are multiples of this many pixels.</summary>
    public const int PictureWidthStep = 64;

    /// <summary>Seeds granted to a session. A client tries up to ten for each artwork, so they last for half a day of an artwork every 20 s.</summary>
    public const int GenomeSeedsMax = 16_384;

    /// <summary>Characters of a genome's text.</summary>
    public const int GenomeLengthMax = 64;

    /// <summary>Days in one summary of key figures.</summary>
    public const int KpiDaysMax = 400;

    /// <summary>Artworks in one page of what a listener was shown or keeps.</summary>
    public const int OwnArtworksMax = 100;

    /// <summary>Artworks that one listener may keep.</summary>
    public const int KeptArtworksMax = 10_000;

    /// <summary>Artworks in one request by which a browser offers what it has shown.</summary>
    public const int OfferedArtworksMax = 3_000;

    /// <summary>Characters of a page's place.</summary>
    public const int PlaceLengthMax = 80;

    /// <summary>Rows of the audit in one answer.</summary>
    public const int AuditRowsMax = 1000;

    /// <summary>Characters of an operator's reason, and of an operator's name in the audit.</summary>
    public const int ReasonLengthMax = 500;

    /// <summary>Collections in one request for fresh art.</summary>
    public const int CollectionsAskedMax = 8;

    /// <summary>Collections that have a shelf of their own.</summary>
    public const int CollectionShelvesMax = 256;

    /// <summary>Characters of a collection's name.</summary>
    public const int CollectionLengthMax = 200;

    /// <summary>Waiting pictures in one answer to an operator.</summary>
    public const int HeldPicturesMax = 100;

    /// <summary>Withdrawn artworks in one answer to whoever asks what was withdrawn.</summary>
    public const int WithdrawalsToldMax = 1_000;

    /// <summary>Characters of the source, author or the like by which artworks are withdrawn.</summary>
    public const int WithdrawalValueLengthMax = 2_000;

    /// <summary>Display times in one report.</summary>
    public const int DisplayTimesMax = BatchArtworksMax;
}
