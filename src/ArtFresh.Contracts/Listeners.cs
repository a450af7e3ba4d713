using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>A session's wish for its next block.</summary>
/// <param name="Count">Artworks wanted, if there are as many.</param>
/// <param name="Returned">Artworks of this session's earlier blocks that were never served to its client.</param>
/// <param name="CountMin">Artworks that somebody waits for: they are made where there are none.</param>
/// <param name="Network">The network of <see cref="FreshRequest"/>.</param>
[GenerateSerializer, Immutable, Alias("block-request")]
public sealed record BlockRequest(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] Mood Mood,
    [property: Id(2)] int Count,
    [property: Id(3)] ImmutableArray<Artwork> Returned,
    [property: Id(4)] int CountMin,
    [property: Id(5)] ulong Network = 0);

/// <summary>A run of fresh artworks, set aside for one session and committed before it is seen here.</summary>
[GenerateSerializer, Immutable, Alias("block")]
public sealed record Block(
    [property: Id(0)] SessionOutcome Outcome,
    [property: Id(1)] long BlockNumber = 0,
    ImmutableArray<Artwork> Artworks = default)
{
    /// <summary>Empty unless the outcome is <see cref="SessionOutcome.Done"/>.</summary>
    [Id(2)] public ImmutableArray<Artwork> Artworks { get => field.IsDefault ? [] : field; init; } = Artworks;
}

/// <summary>Artworks that a session reports and was not served itself.</summary>
/// <param name="Made">Those of them that the session's client made from granted seeds.</param>
[GenerateSerializer, Immutable, Alias("foreign-artworks")]
public sealed record ForeignArtworks(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] ImmutableArray<long> ArtworkIds,
    [property: Id(2)] ImmutableArray<long> Made);

/// <summary>What the listener's grain knows of artworks that a session was not served itself.</summary>
/// <param name="Granted">The listener's, and not shown yet; the session owns them from now on.</param>
/// <param name="Shown">The listener was shown them before, in another session.</param>
/// <param name="Unknown">There are no such artworks.</param>
/// <param name="BlockNumber">The listener's block that grants them.</param>
/// <param name="Unserved">The listener was never served them; they are spent for the listener.</param>
[GenerateSerializer, Immutable, Alias("claim-result")]
public sealed record ClaimResult(
    [property: Id(0)] SessionOutcome Outcome,
    ImmutableArray<long> Granted = default,
    ImmutableArray<long> Shown = default,
    ImmutableArray<long> Unknown = default,
    [property: Id(4)] long BlockNumber = 0,
    ImmutableArray<long> Unserved = default)
{
    /// <summary>The listener's, and not shown yet; the session owns them from now on.</summary>
    [Id(1)] public ImmutableArray<long> Granted { get => field.IsDefault ? [] : field; init; } = Granted;

    /// <summary>The listener was shown them before, in another session.</summary>
    [Id(2)] public ImmutableArray<long> Shown { get => field.IsDefault ? [] : field; init; } = Shown;

    /// <summary>There are no such artworks.</summary>
    [Id(3)] public ImmutableArray<long> Unknown { get => field.IsDefault ? [] : field; init; } = Unknown;

    /// <summary>The listener was never served them; they are spent for the listener.</summary>
    [Id(5)] public ImmutableArray<long> Unserved { get => field.IsDefault ? [] : field; init; } = Unserved;
}

/// <summary>Every artwork ever served to one listener, and so the only judge of fresh. The key is the listener's id.</summary>
[GrainInterfaceType("listener"), Alias("listener")]
public interface IListenerGrain : IGrainWithStringKey
{
    /// <summary>Sets fresh artworks aside for a session; they are committed before the answer.</summary>
    [Alias("set-aside")] Task<Block> SetAside(BlockRequest request);

    /// <summary>Judges artworks that a session reports and was not served. What the listener was never served is spent for them.</summary>
    [Alias("judge-foreign")] Task<ClaimResult> JudgeForeign(ForeignArtworks foreign);

    /// <summary>As <see cref="JudgeForeign"/>, for a silo of the release before, which cannot say what was made: all that is new is granted.</summary>
    [Alias("claim")] Task<ClaimResult> Claim(Guid sessionId, ImmutableArray<long> artworkIds);

    /// <summary>Takes back artworks of a session that were never on screen; they are fresh again.</summary>
    [Alias("take-back")] Task<SessionOutcome> TakeBack(Guid sessionId, ImmutableArray<long> artworkIds);
}
