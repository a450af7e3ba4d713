using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>The common part of both bodies with impressions.</summary>
internal abstract class ImpressionsBody
{
    [Description("The session's id, from POST /api/sessions.")]
    public Guid? SessionId { get; set; }

    [Description("One member for each impression, or left out: the genome of an artwork that the client made without a network, else null.")]
    public string?[]? Genomes { get; set; }

    public ReportBody? Report { get; set; }

    [Description("The session's token, in place of a sign-in.")]
    public string? Token { get; set; }

    protected ImmutableArray<string?> GenomesOrNone => Genomes is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(Genomes);

    protected Problem? CheckSession() =>
        SessionId is null ? Problems.InvalidBatch("sessionId", "sessionId is missing. POST /api/sessions returns one.") : null;

    protected Problem? CheckGenomes(int impressions)
    {
        if (Genomes is { } genomes && genomes.Length != impressions)
        {
            return Problems.InvalidBatch("genomes", "genomes must have one member for each impression, or be left out.");
        }
        var wrong = Genomes is null ? -1 : Array.FindIndex(Genomes, genome => genome is { Length: 0 or > Limits.GenomeLengthMax });
        return wrong < 0 ? null : Problems.InvalidBatch($"genomes[{wrong}]", $"A genome must have 1 to {Limits.GenomeLengthMax} characters.");
    }
}

/// <summary>Up to 200 impressions of one session. Any member may be null until <see cref="Check"/> has passed.</summary>
internal sealed class BatchBody : ImpressionsBody
{
    private static readonly long DisplayedAtMsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    [Description("Minted by the client and kept over retries.")]
    public Guid? BatchId { get; set; }

    [Description("Number of the first impression in the session, from 1; the others follow by one.")]
    public long? FirstNumber { get; set; }

    [Description("1 to 200 artwork ids in order of display. Any negative number where genomes has a member.")]
    public long[]? ArtworkIds { get; set; }

    [Description("Unix milliseconds of each display, one for each of artworkIds.")]
    public long[]? DisplayedAtMs { get; set; }

    [Description("Ids of artworkIds that are shown again on purpose.")]
    public long[]? Revisits { get; set; }

    [Description("At most 8 tokens of earlier sessions, to learn how much of each has arrived.")]
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
            return Problems.InvalidBatch("batchId", "batchId is missing. Mint a UUID, and keep it over retries.");
        }
        if (ArtworkIds is not { Length: > 0 and <= Limits.BatchArtworksMax })
        {
            return Problems.InvalidBatch("artworkIds", $"artworkIds must have 1 to {Limits.BatchArtworksMax} ids. Send the others in further batches.", ArtworkIds is null);
        }
        for (var index = 0; index < ArtworkIds.Length; index++)
        {
            var isMade = Genomes is not null && index < Genomes.Length && Genomes[index] is not null;
            if (ArtworkIds[index] > Api.ArtworkIds.Max || ArtworkIds[index] < 0 != isMade)
            {
                return Problems.InvalidBatch($"artworkIds[{index}]", "An artwork's id must be an integer from 0 to 2^53 - 1, or negative if genomes has its genome.");
            }
        }
        if (FirstNumber is not { } first || first < 1 || first > Limits.ImpressionNumberMax - ArtworkIds.Length + 1)
        {
            return Problems.InvalidBatch("firstNumber", $"Impression numbers go from 1 to {Limits.ImpressionNumberMax}.", FirstNumber is null);
        }
        if (Earlier is { Length: > Limits.EarlierSessionsMax })
        {
            return Problems.InvalidBatch("earlier", $"earlier may have at most {Limits.EarlierSessionsMax} tokens. Ask about more sessions in further batches.");
        }
        return CheckGenomes(ArtworkIds.Length) ?? CheckDisplayTimes() ?? CheckRevisits() ?? Report?.Check();
    }

    /// <param name="network">Daily hash of the sender's network.</param>
    public ImpressionBatch ToBatch(int network) => new(
        BatchId!.Value,
        FirstNumber,
        ImmutableCollectionsMarshal.AsImmutableArray(ArtworkIds),
        DisplayedAtMs is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(DisplayedAtMs),
        Report?.ToReport(FirstNumber + ArtworkIds!.Length - 1),
        GenomesOrNone,
        Network: network,
        Revisits: Revisits is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(Revisits));

    private Problem? CheckRevisits()
    {
        var wrong = Revisits is null ? -1 : Array.FindIndex(Revisits, id => id < 0 || !ArtworkIds!.Contains(id));
        return wrong < 0 && !(Revisits?.Length > Limits.BatchArtworksMax) ? null
            : Problems.InvalidBatch(wrong < 0 ? "revisits" : $"revisits[{wrong}]", "revisits names artworks of artworkIds, each once.");
    }

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
        return wrong < 0 ? null : Problems.InvalidBatch($"displayedAtMs[{wrong}]", "A display's time must be in milliseconds since 1970, and before the year 10000.");
    }
}

/// <summary>One impression on the single endpoint; the artwork's id is in the path.</summary>
internal sealed class SingleBody : ImpressionsBody
{
    [Description("Number of the impression in the session, from 1. If left out, the session numbers it.")]
    public long? Number { get; set; }

    [Description("Minted by the client and kept over retries; if left out, the server mints one.")]
    public Guid? BatchId { get; set; }

    /// <summary>Whether the client made the artwork, so that the id in the path is negative.</summary>
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
            ? Problems.InvalidBatch("number", $"Impression numbers go from 1 to {Limits.ImpressionNumberMax}.")
            : CheckGenomes(1) ?? Report?.Check();
    }

    /// <param name="network">Daily hash of the sender's network.</param>
    public ImpressionBatch ToBatch(long artworkId, TimeProvider clock, int network) =>
        new(BatchId ?? Guid.CreateVersion7(clock.GetUtcNow()), Number, [artworkId], [], Report?.ToReport(Number), GenomesOrNone, IsSingle: true, network);
}

/// <summary>The client's own account inside a batch, for the key figures.</summary>
internal sealed class ReportBody
{
    private const int CountMax = (int)Limits.ImpressionNumberMax;

    // One attempt a second for the lifetime of a session's token, after which clients send none.
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

    [Description("How often the client has tried to send this batch, from 1.")]
    public int? Attempts { get; set; }

    [Description("Milliseconds from the request for fresh art to its display, one value a display, at most 200.")]
    public int[]? DisplayMs { get; set; }

    [Description("Impressions dropped since the last report that no gap in the numbers shows; 0 if left out.")]
    public int? Dropped { get; set; }

    [Description("Where the client stores undelivered impressions: indexeddb, localstorage or memory.")]
    public string? Journal { get; set; }

    [Description("Number of the attempts by beacon or keepalive; left out if the page has not been hidden. 0 if a later page found the batch in the journal and the first page had not tried to send it when it was hidden.")]
    public int? Beacons { get; set; }

    [Description("Number of impressions that the client has numbered above this batch's and that have not been answered; left out for none.")]
    public int? Behind { get; set; }

    public Problem? Check()
    {
        if (Displayed is not (>= 0 and <= CountMax))
        {
            return Problems.InvalidBatch("report.displayed", $"displayed must be from 0 to {CountMax}.", Displayed is null);
        }
        if (Skipped is not (>= 0 and <= CountMax))
        {
            return Problems.InvalidBatch("report.skipped", $"skipped must be from 0 to {CountMax}.", Skipped is null);
        }
        if (!Transports.Contains(Transport))
        {
            return Problems.InvalidBatch("report.transport", $"transport must be one of {string.Join(", ", Transports)}.", Transport is null);
        }
        if (!Reasons.Contains(Reason))
        {
            return Problems.InvalidBatch("report.reason", $"reason must be one of {string.Join(", ", Reasons)}.", Reason is null);
        }
        if (!(Attempts >= 1 && Attempts <= AttemptsMax))
        {
            return Problems.InvalidBatch("report.attempts", $"attempts must be from 1 to {AttemptsMax}.", Attempts is null);
        }
        if (Dropped is < 0 or > CountMax)
        {
            return Problems.InvalidBatch("report.dropped", $"dropped must be from 0 to {CountMax}.");
        }
        if (Journal is not null && !Journals.Contains(Journal))
        {
            return Problems.InvalidBatch("report.journal", $"journal must be one of {string.Join(", ", Journals)}.");
        }
        if (Beacons < 0 || Beacons > AttemptsMax)
        {
            return Problems.InvalidBatch("report.beacons", $"beacons must be from 0 to {AttemptsMax}.");
        }
        if (Behind is < 0 or > CountMax)
        {
            return Problems.InvalidBatch("report.behind", $"behind must be from 0 to {CountMax}.");
        }
        if (DisplayMs is { Length: > Limits.DisplayTimesMax })
        {
            return Problems.InvalidBatch("report.displayMs", $"displayMs may have at most {Limits.DisplayTimesMax} times.");
        }
        var wrong = DisplayMs is null ? -1 : Array.FindIndex(DisplayMs, time => time < 0);
        return wrong < 0 ? null : Problems.InvalidBatch($"report.displayMs[{wrong}]", "A display time must be 0 ms or more.");
    }

    /// <param name="lastNumber">The number of the batch's last impression; null if the session numbers it.</param>
    public DeliveryReport ToReport(long? lastNumber) => new(
        Displayed!.Value, Skipped!.Value, Transport!, Reason!, Attempts!.Value,
        DisplayMs is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(DisplayMs), Dropped ?? 0, Journal, Beacons,
        Behind > 0 && lastNumber is { } last ? Math.Min(last + Behind.Value, Limits.ImpressionNumberMax) : 0);
}

/// <summary>The outcome of a batch: the five counts and the number of <paramref name="Unknown"/> ids add up to the number of ids sent.</summary>
internal sealed record RecordedBody(
    [property: Description("Impressions committed to disk by this request.")] int Recorded,
    [property: Description("Impressions that had arrived already.")] int Duplicates,
    [property: Description("New impression numbers for artworks that the listener had been shown already.")] int Repeats,
    [property: Description("Those named in revisits, counted apart from repeats.")] int Revisits,
    [property: Description("Artworks that the listener was never served: not recorded, and never fresh for this listener.")] int Unserved,
    [property: Description("Ids without an artwork.")] ImmutableArray<long> Unknown,
    [property: Description("The largest N such that impressions 1 to N have all arrived.")] long HighWater,
    [property: Description("The sessions of 'earlier' that answered; left out if there are none."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    EarlierBody[]? Earlier = null,
    [property: Description("The ledger's epoch, if the session was opened in an older one: the ledger has gone back since. Offer what the browser keeps; else left out."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    long? Epoch = null,
    [property: Description("Artworks that the session was served and that were withdrawn since its last answer: to be taken down. Left out if there are none."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    ImmutableArray<long>? Withdrawn = null);

/// <summary>The high water of an earlier session.</summary>
internal sealed record EarlierBody(
    [property: Description("The session's id.")] Guid SessionId,
    [property: Description("The largest N such that its impressions 1 to N have all arrived.")] long HighWater);
