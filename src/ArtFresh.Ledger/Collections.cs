using System.Globalization;

namespace ArtFresh.Ledger;

/// <summary>A shelf: imported artworks that are served, or not, together.</summary>
/// <param name="Number">From 1; 0 is everything imported before there was another.</param>
/// <param name="Collection">The collection whose artworks it holds; null for imported artworks of no collection, or of one without a shelf. The last shelf without one holds them.</param>
/// <param name="From">From when on it is served; null for always.</param>
/// <param name="Until">When it ends; null for never.</param>
/// <param name="IsHeld">Whether what is imported into it waits until an operator has looked at it.</param>
public sealed record CollectionShelf(int Number, string? Collection, DateTimeOffset? From = null, DateTimeOffset? Until = null, bool IsHeld = false)
{
    /// <summary>What the audit says of an act, after the collection's name and a colon; or the <see cref="Window"/> that it sets.</summary>
    public const string Always = "always";

    /// <inheritdoc cref="Always"/>
    public const string Imported = "imported";

    /// <inheritdoc cref="Always"/>
    public const string Held = "held";

    /// <inheritdoc cref="Always"/>
    public const string Open = "open";

    /// <summary>When it is served, in words.</summary>
    public string Window => (From, Until) switch
    {
        (null, null) => Always,
        (_, null) => string.Create(CultureInfo.InvariantCulture, $"from {From:u}"),
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"until {Until:u}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"from {From:u} until {Until:u}"),
    };

    /// <summary>Whether its artworks are served.</summary>
    public bool IsOpenAt(DateTimeOffset now) => !(now < From) && !(now >= Until);
}

/// <summary>An imported artwork's place.</summary>
/// <param name="Pool">The cell of the mood grid.</param>
public readonly record struct ImportedArtwork(long ArtworkId, int Pool, string? Collection, bool IsLicensed);

/// <summary>Collections of imported artworks.</summary>
public interface ICollections
{
    /// <summary>All shelves, by their numbers.</summary>
    Task<IReadOnlyList<CollectionShelf>> ReadShelvesAsync(CancellationToken cancellationToken);

    /// <summary>Gives a collection a shelf, if it has none, and writes it to the audit.</summary>
    Task AddShelfAsync(string collection, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Gives a collection a shelf, if it has none, says when it is served, and writes it to the audit.</summary>
    Task SetWindowAsync(string collection, DateTimeOffset? from, DateTimeOffset? until, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Gives a collection a shelf, if it has none, says whether what is imported into it waits for an operator, and writes it to the audit.</summary>
    Task SetHeldAsync(string collection, bool isHeld, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Imported artworks after an id, ascending.</summary>
    Task<IReadOnlyList<ImportedArtwork>> ReadImportedAsync(long afterArtworkId, int count, CancellationToken cancellationToken);
}
