using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>What both ways of posting impressions have in common.</summary>
internal abstract class ImpressionsBody
{
    [Description("The session that POST /api/sessions gave.")]
    public Guid? SessionId { get; set; }

    [Description("As many as impressions, or left out: the genome of what the client made without a network, else null.")]
    public string?[]? Genomes { get; set; }

    public ReportBody? Report { get; set; }

    [Description("The session's token; stands in for the sign-in.")]
    public string? Token { get; set; }

    protected ImmutableArray<string?> GenomesOrNone => Genomes is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(Genomes);

    protected Problem? CheckSession() =>
        SessionId is null ? Problems.InvalidBatch("sessionId", "sessionId is missing: POST /api/sessions gives one.") : null;

    protected Problem? CheckGenomes(int impressions)
    {
        if (Genomes is { } genomes && genomes.Length != impressions)
        {
            return Problems.InvalidBatch("genomes", "genomes must have one member for each impression, or be left out.");
        }
        var wrong = Genomes is null ? -1 : Array.FindIndex(Genomes, genome => genome is { Length: 0 or > Limits.GenomeLengthMax });
        return wrong < 0 ? null : Problems.InvalidBatch($"genomes[{wrong}]", $"A genome has 1 to {Limits.GenomeLengthMax} characters.");
    }
}

/// <summary>Up to 200 impressions of one session. Every member may be missing until <see cref="Check"/> has passed it.</summary>
internal sealed class BatchBody : ImpressionsBody
{
    private static readonly long DisplayedAtMsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    [Description("Minted by the client and kept over retries.")]
    public Guid? BatchId { get; set; }

    [Description("Number of the first impression in the session, from 1; the others follow by one.")]
    public long? FirstNumber { get; set; }

    [Description("1 to 200 artworks in the order of their display. Negative, whatever it is, where genomes has one.")]
    public long[]? ArtworkIds { get; set; }

    [Description("Unix milliseconds of each display, as many as artworkIds.")]
    public long[]? DisplayedAtMs { get; set; }

    [Description("Tokens of earlier sessions, at most 8, of which the client would know what has arrived.")]
    public string[]? Earlier { get; set; }

    /// <summary>What is wrong with the batch, or null when <see cref="ToBatch"/> may be called.</summary>
    public Problem? Check()
    {
        if (CheckSession() is { } nowhere)
        {
            return nowhere;
        }
        if (BatchId is null)
        {
            return Problems.InvalidBatch("batchId", "batchId is missing: mint a UUID and keep it over retries.");
        }
        if (ArtworkIds is not { Length: > 0 and <= Limits.BatchArtworksMax })
        {
            return Problems.InvalidBatch("artworkIds", $"artworkIds must have 1 to {Limits.BatchArtworksMax} ids. Send more in further batches.");
        }
        for (var index = 0; index < ArtworkIds.Length; index++)
        {
            var isMade = Genomes is not null && index < Genomes.Length && Genomes[index] is not null;
            if (ArtworkIds[index] > Api.ArtworkIds.Max || ArtworkIds[index] < 0 != isMade)
            {
                return Problems.InvalidBatch($"artworkIds[{index}]", "An artwork's id is an integer from 0 to 2^53 - 1.");
            }
        }
        if (FirstNumber is not { } first || first < 1 || first > Limits.ImpressionNumberMax - ArtworkIds.Length + 1)
        {
            return Problems.InvalidBatch("firstNumber", $"A session numbers its impressions from 1 to {Limits.ImpressionNumberMax}.");
        }
        if (Earlier is { Length: > Limits.EarlierSessionsMax })
        {
            return Problems.InvalidBatch("earlier", $"earlier has at most {Limits.EarlierSessionsMax} tokens. Ask about more in further batches.");
        }
        return CheckGenomes(ArtworkIds.Length) ?? CheckDisplayTimes() ?? Report?.Check();
    }

    /// <param name="network">The hash of the network that it came from.</param>
    public ImpressionBatch ToBatch(int network) => new(
        BatchId!.Value,
        FirstNumber,
        ImmutableCollectionsMarshal.AsImmutableArray(ArtworkIds),
        DisplayedAtMs is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(DisplayedAtMs),
        Report?.ToReport(),
        GenomesOrNone,
        Network: network);

    private Problem? CheckDisplayTimes()
    {
        if (DisplayedAtMs is not { } times)
        {
            return null;
        }
        if (times.Length != ArtworkIds!.Length)
        {
            return Problems.InvalidBatch("displayedAtMs", "displayedAtMs must have one time for each of artworkIds, or be left out.");
        }
        var wrong = Array.FindIndex(times, time => time < 0 || time > DisplayedAtMsMax);
        return wrong < 0 ? null : Problems.InvalidBatch($"displayedAtMs[{wrong}]", "A display's time is in milliseconds since 1970, and before the year 10000.");
    }
}

/// <summary>One impression on the old endpoint; the artwork is in the path.</summary>
internal sealed class SingleBody : ImpressionsBody
{
    [Description("Number of the impression in the session, from 1; left out, the session numbers it.")]
    public long? Number { get; set; }

    [Description("Kept over retries when sent; minted here when not.")]
    public Guid? BatchId { get; set; }

    /// <summary>Whether the impression is of what the client made, and so the id in the path negative.</summary>
    [JsonIgnore]
    public bool IsMade => Genomes is [not null];

    /// <summary>What is wrong with the impression, or null when <see cref="ToBatch"/> may be called.</summary>
    public Problem? Check()
    {
        if (CheckSession() is { } nowhere)
        {
            return nowhere;
        }
        return Number is < 1 or > Limits.ImpressionNumberMax
            ? Problems.InvalidBatch("number", $"A session numbers its impressions from 1 to {Limits.ImpressionNumberMax}.")
            : CheckGenomes(1) ?? Report?.Check();
    }

    /// <param name="network">The hash of the network that it came from.</param>
    public ImpressionBatch ToBatch(long artworkId, TimeProvider clock, int network) =>
        new(BatchId ?? Guid.CreateVersion7(clock.GetUtcNow()), Number, [artworkId], [], Report?.ToReport(), GenomesOrNone, IsSingle: true, network);
}

/// <summary>The client's own account of a batch, for the key figures.</summary>
internal sealed class ReportBody
{
    private const int CountMax = (int)Limits.ImpressionNumberMax;

    // One a second for as long as a session's token lives, after which no client sends its batches.
    private static readonly int AttemptsMax = (int)SessionTokens.Lifetime.TotalSeconds;

    private static readonly string[] Transports = ["fetch", "beacon", "later", "keepalive"];
    private static readonly string[] Reasons = ["size", "timer", "hidden", "replay", "manual"];
    private static readonly string[] Journals = ["indexeddb", "localstorage", "memory"];

    [Description("Artworks put on screen since the last report.")]
    public int? Displayed { get; set; }

    [Description("Flickers skipped since the last report.")]
    public int? Skipped { get; set; }

    [Description("fetch, beacon, later or keepalive.")]
    public string? Transport { get; set; }

    [Description("size, timer, hidden, replay or manual.")]
    public string? Reason { get; set; }

    [Description("Times that the client has tried to send this batch, from 1.")]
    public int? Attempts { get; set; }

    [Description("Milliseconds from asking for fresh art to its being on screen, one a display, at most 200.")]
    public int[]? DisplayMs { get; set; }

    [Description("Impressions given up since the last report that no gap in the numbers shows; none when left out.")]
    public int? Dropped { get; set; }

    [Description("Where undelivered impressions rest: indexeddb, localstorage or memory.")]
    public string? Journal { get; set; }

    [Description("Of the attempts, those by beacon or keepalive; 0 of a batch that a later page found and no hook had flushed; left out where the page has not hidden.")]
    public int? Beacons { get; set; }

    public Problem? Check()
    {
        if (Displayed is not (>= 0 and <= CountMax))
        {
            return Problems.InvalidBatch("report.displayed", $"displayed counts from 0 to {CountMax}.");
        }
        if (Skipped is not (>= 0 and <= CountMax))
        {
            return Problems.InvalidBatch("report.skipped", $"skipped counts from 0 to {CountMax}.");
        }
        if (!Transports.Contains(Transport))
        {
            return Problems.InvalidBatch("report.transport", $"transport is one of {string.Join(", ", Transports)}.");
        }
        if (!Reasons.Contains(Reason))
        {
            return Problems.InvalidBatch("report.reason", $"reason is one of {string.Join(", ", Reasons)}.");
        }
        if (!(Attempts >= 1 && Attempts <= AttemptsMax))
        {
            return Problems.InvalidBatch("report.attempts", $"attempts counts from 1 to {AttemptsMax}.");
        }
        if (Dropped is < 0 or > CountMax)
        {
            return Problems.InvalidBatch("report.dropped", $"dropped counts from 0 to {CountMax}.");
        }
        if (Journal is not null && !Journals.Contains(Journal))
        {
            return Problems.InvalidBatch("report.journal", $"journal is one of {string.Join(", ", Journals)}.");
        }
        if (Beacons < 0 || Beacons > AttemptsMax)
        {
            return Problems.InvalidBatch("report.beacons", $"beacons counts from 0 to {AttemptsMax}.");
        }
        if (DisplayMs is { Length: > Limits.DisplayTimesMax })
        {
            return Problems.InvalidBatch("report.displayMs", $"displayMs holds at most {Limits.DisplayTimesMax} times.");
        }
        var wrong = DisplayMs is null ? -1 : Array.FindIndex(DisplayMs, time => time < 0);
        return wrong < 0 ? null : Problems.InvalidBatch($"report.displayMs[{wrong}]", "A display cannot take less than 0 ms.");
    }

    public DeliveryReport ToReport() => new(
        Displayed!.Value, Skipped!.Value, Transport!, Reason!, Attempts!.Value,
        DisplayMs is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(DisplayMs), Dropped ?? 0, Journal, Beacons);
}

/// <summary>What became of a batch: the four counts and <paramref name="Unknown"/> add up to the ids sent.</summary>
internal sealed record RecordedBody(
    [property: Description("Impressions committed to disk by this request.")] int Recorded,
    [property: Description("Impressions that had arrived before.")] int Duplicates,
    [property: Description("New impressions of artworks that the listener already had.")] int Repeats,
    [property: Description("Artworks that the listener was never served: not recorded, and never fresh for them.")] int Unserved,
    [property: Description("Ids that no artwork has.")] ImmutableArray<long> Unknown,
    [property: Description("The largest N such that impressions 1 to N have all arrived.")] long HighWater,
    [property: Description("Of the sessions asked about those that could be told; left out where there are none."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    EarlierBody[]? Earlier = null);

/// <summary>How much of an earlier session has arrived.</summary>
internal sealed record EarlierBody(
    [property: Description("The session.")] Guid SessionId,
    [property: Description("The largest N such that its impressions 1 to N have all arrived.")] long HighWater);
