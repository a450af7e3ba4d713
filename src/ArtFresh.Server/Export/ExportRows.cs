using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Parquet.Serialization.Attributes;

namespace ArtFresh.Server;

/// <summary>How rows are written as JSON, in files and in events.</summary>
internal static class ExportJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}

/// <summary>A committed impression.</summary>
public sealed record ImpressionRow
{
    /// <summary>The same whenever the impression is exported or posted, and of no other.</summary>
    public string Id { get; set; } = "";

    public string? Listener { get; set; }

    public string SessionId { get; set; } = "";

    public string Release { get; set; } = "";

    public string BatchId { get; set; } = "";

    public long Number { get; set; }

    public long ArtworkId { get; set; }

    /// <summary>recorded, repeat, unserved or unknown.</summary>
    public string Outcome { get; set; } = "";

    [ParquetTimestamp]
    public DateTime? DisplayedAt { get; set; }

    [ParquetTimestamp]
    public DateTime ReceivedAt { get; set; }

    /// <summary>The impressions of a batch, in their order.</summary>
    public static IEnumerable<ImpressionRow> Of(ExportedBatch batch, string? listener)
    {
        var times = batch.DisplayedAt is { } packed ? PackedIds.Unpack(packed) : null;
        foreach (var (i, impression) in PackedImpressions.Unpack(batch.Impressions).Index())
        {
            yield return new ImpressionRow
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{batch.Session:N}-{batch.Number}-{i}"),
                Listener = listener,
                SessionId = batch.Session.ToString(),
                Release = batch.Release,
                BatchId = batch.BatchId.ToString(),
                Number = impression.Number,
                ArtworkId = impression.ArtworkId,
                Outcome = JsonNamingPolicy.CamelCase.ConvertName(impression.Outcome.ToString()),
                DisplayedAt = times is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(times[i]).UtcDateTime,
                ReceivedAt = batch.ReceivedAt.UtcDateTime,
            };
        }
    }
}

/// <summary>An artwork: what never changes of it. Its first view and its views follow from the impressions.</summary>
public sealed record ArtworkRow
{
    public long ArtworkId { get; set; }

    [ParquetTimestamp]
    public DateTime CreatedAt { get; set; }

    public string Generator { get; set; } = "";

    public double Valence { get; set; }

    public double Energy { get; set; }

    public string Title { get; set; } = "";

    public string? Author { get; set; }

    public string? Source { get; set; }

    public string? Licence { get; set; }

    public string? Collection { get; set; }

    public string? DigitalSourceType { get; set; }

    public string? ContentHash { get; set; }

    public static ArtworkRow Of(ExportedArtwork artwork) => new()
    {
        ArtworkId = artwork.ArtworkId,
        CreatedAt = artwork.CreatedAt.UtcDateTime,
        Generator = artwork.Generator,
        Valence = artwork.Valence,
        Energy = artwork.Energy,
        Title = artwork.Title,
        Author = artwork.Author,
        Source = artwork.Source,
        Licence = artwork.Licence,
        Collection = artwork.Collection,
        DigitalSourceType = artwork.DigitalSourceType,
        ContentHash = artwork.ContentHash,
    };
}

/// <summary>A counter of a release and hour, as the key figures are made of.</summary>
public sealed record FigureRow
{
    public string Release { get; set; } = "";

    [ParquetTimestamp]
    public DateTime Hour { get; set; }

    public string Counter { get; set; } = "";

    public long Amount { get; set; }

    public static FigureRow Of(CounterAdded figure) => new()
    {
        Release = figure.Release,
        Hour = figure.Hour.UtcDateTime,
        Counter = JsonNamingPolicy.CamelCase.ConvertName(figure.Counter),
        Amount = figure.Amount,
    };
}
