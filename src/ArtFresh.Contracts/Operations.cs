using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ArtFresh.Contracts;

/// <summary>The result of the legacy query.</summary>
/// <param name="ImpressionsWithoutViewedAt">Impressions whose artwork has no <c>viewed_at</c>.</param>
/// <param name="ServedTwice">Artworks served twice to a listener.</param>
/// <param name="Repeats">New impressions of artworks that the listener had been shown: a client's claim, no violation.</param>
/// <param name="Artworks">Artworks in the catalogue.</param>
/// <param name="Viewed">Artworks with <c>viewed_at</c>.</param>
[GenerateSerializer, Immutable, Alias("legacy-audit")]
public sealed record LegacyCounts(
    [property: Id(0)] long ImpressionsWithoutViewedAt,
    [property: Id(1), JsonPropertyName("repeatedServes")] long ServedTwice,
    [property: Id(2)] long Repeats,
    [property: Id(3)] long Artworks,
    [property: Id(4)] long Viewed);

/// <summary>One key figure with its numerator and denominator.</summary>
/// <param name="Value">The ratio or count, or null when there is nothing to judge.</param>
/// <param name="Target">The target, in the figure's unit.</param>
/// <param name="Verdict"><c>pass</c>, <c>fail</c>, <c>doubt</c> (clients say that it fails) or <c>inconclusive</c>.</param>
[GenerateSerializer, Immutable, Alias("kpi-figure")]
public sealed record KpiFigure(
    [property: Id(0)] string Name,
    [property: Id(1)] long Numerator,
    [property: Id(2)] long Denominator,
    [property: Id(3)] double? Value,
    [property: Id(4)] double Target,
    [property: Id(5)] string Verdict)
{
    /// <summary><c>share</c>, <c>count</c> (the numerator is the figure) or <c>ms</c>. A server of an older release sends none: <c>share</c>.</summary>
    [Id(6)]
    public string Unit { get => field ?? "share"; init; } = "share";

    /// <summary>How the value must compare with the target: <c>exactly</c>, <c>under</c>, <c>over</c>, or <c>any</c> for a figure without a target.</summary>
    [Id(7)]
    public string Relation { get => field ?? "any"; init; } = "any";

    /// <summary><c>evidence</c>: the server observed it; <c>claim</c>: clients reported it. A server of an older release sends none: <c>claim</c>.</summary>
    [Id(8)]
    public string Source { get => field ?? "claim"; init; } = "claim";

    /// <summary>Whether it stands for a promise, which a fail breaks.</summary>
    [Id(9)]
    public bool IsPromise { get; init; }
}

/// <summary>The figures of one day.</summary>
/// <param name="Observed">False when nothing was counted that day.</param>
[GenerateSerializer, Immutable, Alias("kpi-day")]
public sealed record KpiDay(
    [property: Id(0)] DateOnly Day,
    [property: Id(1)] bool Observed,
    [property: Id(2)] ImmutableArray<KpiFigure> Figures);

/// <summary>The figures of several days, together and by day.</summary>
[GenerateSerializer, Immutable, Alias("kpi-report")]
public sealed record KpiSummary(
    [property: Id(0)] string? Release,
    [property: Id(1)] ImmutableArray<string> Releases,
    [property: Id(2)] ImmutableArray<KpiFigure> Figures,
    [property: Id(3)] ImmutableArray<KpiDay> Days);

/// <summary>A silo in the cluster's membership.</summary>
/// <param name="Status">Orleans' status in lower case, such as <c>active</c> or <c>dead</c>.</param>
[GenerateSerializer, Immutable, Alias("silo-state")]
public sealed record SiloState([property: Id(0)] string Address, [property: Id(1)] string Status);

/// <summary>The cluster's silos, version and schema.</summary>
/// <param name="Version">Version of the silo that answers.</param>
/// <param name="SchemaApplied">Number of the last migration applied to the ledger.</param>
/// <param name="SchemaKnown">Number of the last migration that the program has.</param>
[GenerateSerializer, Immutable, Alias("cluster-state")]
public sealed record ClusterState(
    [property: Id(0)] string Version,
    [property: Id(1)] int SchemaApplied,
    [property: Id(2)] int SchemaKnown,
    [property: Id(3)] ImmutableArray<SiloState> Silos);

/// <summary>A session in the ledger.</summary>
/// <param name="Impressions">Number of recorded impressions.</param>
/// <param name="HighWater">The largest N such that impressions 1..N have all arrived.</param>
/// <param name="Missing">Numbers below the highest that have not arrived.</param>
[GenerateSerializer, Immutable, Alias("session-state")]
public sealed record SessionState(
    [property: Id(0)] string Release,
    [property: Id(1)] bool Ended,
    [property: Id(2)] long Impressions,
    [property: Id(3)] long HighWater,
    [property: Id(4)] long Missing);

/// <summary>Answers operators' queries about the ledger and the cluster. Stateless; the key is 0.</summary>
[GrainInterfaceType("ledger-audit"), Alias("ledger-audit")]
public interface ILedgerQueryGrain : IGrainWithIntegerKey
{
    /// <summary>Reads the whole ledger for the violations of the legacy query.</summary>
    [Alias("count-legacy")] Task<LegacyCounts> CountLegacy();

    /// <summary>The key figures of the last <paramref name="days"/> days, today included.</summary>
    [Alias("summarize-kpis")] Task<KpiSummary> SummarizeKpis(int days, string? release);

    /// <summary>Whether the ledger can be read and written.</summary>
    [Alias("check-ledger")] Task<bool> CheckLedger();

    /// <summary>The cluster's silos, and its schema.</summary>
    [Alias("describe-cluster")] Task<ClusterState> DescribeCluster();

    /// <summary>A session's state in the ledger, not in its grain; null if the listener has no such session.</summary>
    [Alias("describe-session")] Task<SessionState?> DescribeSession(string listenerId, Guid sessionId);
}

/// <summary>Runs the daily maintenance of a cluster's ledger. The key is 0.</summary>
[GrainInterfaceType("ledger-upkeep"), Alias("ledger-upkeep")]
public interface ILedgerUpkeepGrain : IGrainWithIntegerKey
{
    /// <summary>Schedules the maintenance. Calling it again changes nothing.</summary>
    [Alias("begin")] Task Begin();
}

/// <summary>A ledger writer has committed batches up to a position. On the stream <see cref="SharedStreams.Impressions"/>.</summary>
[GenerateSerializer, Immutable, Alias("batches-committed")]
public sealed record BatchesCommitted([property: Id(0)] long WriterNumber, [property: Id(1)] long Position);

/// <summary>A pool has new artworks. On the stream <see cref="LedgerStreams.Artworks"/>, whose key is the pool.</summary>
[GenerateSerializer, Immutable, Alias("artworks-entered")]
public sealed record ArtworksEntered([property: Id(0)] int Pool);

/// <summary>
/// The streams between silos. A message is a hint and may be lost, so subscribers also read the ledger at intervals.
/// </summary>
public static class LedgerStreams
{
    /// <summary>Name of the stream provider.</summary>
    public const string Provider = "ledger";

    /// <summary>Namespace of the streams of <see cref="ArtworksEntered"/>.</summary>
    public const string Artworks = "artworks";
}
