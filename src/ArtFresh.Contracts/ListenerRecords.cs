using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>An artwork that a listener was shown or keeps.</summary>
/// <param name="ShownAt">When it was first on the listener's screen; null in a list of what is kept.</param>
/// <param name="KeptAt">Since when the listener keeps it; null for one that is not kept.</param>
[GenerateSerializer, Immutable, Alias("own-artwork")]
public sealed record OwnArtwork([property: Id(0)] Artwork Artwork, [property: Id(1)] DateTimeOffset? ShownAt, [property: Id(2)] DateTimeOffset? KeptAt);

/// <summary>A page of a listener's artworks.</summary>
/// <param name="Next">What to ask for the next page with; null after the last. A page may be empty and not the last.</param>
[GenerateSerializer, Immutable, Alias("own-artworks")]
public sealed record OwnArtworks(ImmutableArray<OwnArtwork> Artworks, [property: Id(1)] string? Next)
{
    /// <summary>The newest first.</summary>
    [Id(0)] public ImmutableArray<OwnArtwork> Artworks { get => field.IsDefault ? [] : field; init; } = Artworks;
}

/// <summary>A part of what is held of a listener.</summary>
/// <param name="Lines">Lines of JSON.</param>
/// <param name="Next">What to ask for the next part with; null after the last.</param>
[GenerateSerializer, Immutable, Alias("export-part")]
public sealed record ExportPart(ImmutableArray<string> Lines, [property: Id(1)] string? Next)
{
    /// <summary>Lines of JSON.</summary>
    [Id(0)] public ImmutableArray<string> Lines { get => field.IsDefault ? [] : field; init; } = Lines;
}

/// <summary>How keeping an artwork ended.</summary>
[GenerateSerializer]
public enum KeepOutcome
{
    /// <summary>It is kept, and on disk.</summary>
    Kept,

    /// <summary>The listener was never served it.</summary>
    NotServed,

    /// <summary>The listener keeps as many as allowed: <see cref="Limits.KeptArtworksMax"/>.</summary>
    Full,
}

/// <summary>What the ledger holds of one listener, for that listener. Stateless; the key is 0.</summary>
[GrainInterfaceType("listener-records"), Alias("listener-records")]
public interface IListenerRecordsGrain : IGrainWithIntegerKey
{
    /// <summary>What the listener was shown: the newest session first, and in it what was shown last.</summary>
    /// <param name="before">The last page's <see cref="OwnArtworks.Next"/>, or null.</param>
    /// <returns>Null if <paramref name="before"/> is no page's.</returns>
    [Alias("read-shown")] Task<OwnArtworks?> ReadShown(string listenerId, string? before, int count);

    /// <summary>What the listener keeps, the last kept first.</summary>
    /// <inheritdoc cref="ReadShown"/>
    [Alias("read-kept")] Task<OwnArtworks?> ReadKept(string listenerId, string? before, int count);

    /// <summary>Keeps an artwork that the listener was served. One that is kept stays as it is.</summary>
    [Alias("keep")] Task<KeepOutcome> Keep(string listenerId, long artworkId);

    /// <summary>Keeps an artwork no longer.</summary>
    [Alias("unkeep")] Task Unkeep(string listenerId, long artworkId);

    /// <summary>Whether the listener, or a guest who has joined the listener, keeps the artwork.</summary>
    [Alias("keeps")] Task<bool> Keeps(string listenerId, long artworkId);

    /// <summary>All that is held of the listener, as lines of JSON, some at a time.</summary>
    /// <param name="place">The last part's <see cref="ExportPart.Next"/>, or null.</param>
    [Alias("export")] Task<ExportPart> Export(string listenerId, string? place);

    /// <summary>Has the listener erased, and the guests who have joined it. Once this has answered, it is done whatever fails.</summary>
    /// <returns>The erasure's number.</returns>
    [Alias("ask-erasure")] Task<long> AskErasure(string listenerId);

    /// <summary>The account that a listener has joined, at the end of all joinings; null for a listener who has joined nobody.</summary>
    [Alias("find-account")] Task<string?> FindAccount(string listenerId);

    /// <summary>Whether the listener is erased, or is to be.</summary>
    [Alias("is-erased")] Task<bool> IsErased(string listenerId);
}
