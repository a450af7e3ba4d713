namespace ArtFresh.Server;

/// <summary>An impression that another system recorded.</summary>
/// <param name="Number">The row's number in the source: see <see cref="IBackfillSource.PlaceOf"/>.</param>
internal readonly record struct BackfillRow(long Number, string Listener, string Artwork, DateTimeOffset ViewedAt);

/// <summary>A row that is left out.</summary>
/// <param name="Kind">The kind of reason, for counts.</param>
/// <param name="Why">The reason, with the value that is at fault.</param>
internal sealed record LeftOutRow(string Where, string Kind, string Why, string Listener = "", string Artwork = "")
{
    public static LeftOutRow Empty(string where) => new(where, "empty listener or artwork", "the listener or the artwork is empty");

    public static LeftOutRow NoTime(string where, string why, string listener, string artwork) => new(where, "no time, or an ambiguous one", why, listener, artwork);
}

/// <summary>A source of impressions that another system recorded.</summary>
internal interface IBackfillSource
{
    /// <summary>What is read, for people; and what tells it from other sources.</summary>
    Task<(string Name, string Identity)> IdentifyAsync(CancellationToken cancellationToken);

    /// <summary>A row's place, for messages.</summary>
    string PlaceOf(long number);

    /// <summary>The number of rows, possibly an estimate.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>The rows, one by one.</summary>
    /// <param name="onLeftOut">Called with each malformed row.</param>
    IAsyncEnumerable<BackfillRow> ReadAsync(Action<LeftOutRow> onLeftOut, CancellationToken cancellationToken);
}
