using System.Text.Json.Serialization;

namespace ArtFresh.SystemTests.Faults;

/// <summary>What a listener asks for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Operation>))]
internal enum Operation
{
    Open,
    Fresh,
    Batch,
    End,
}

/// <summary>How one try ended. What is not known to be done may have been done.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
internal enum Outcome
{
    Done,
    Unknown,

    /// <summary>Refused for a reason that no fault explains.</summary>
    Refused,
}

/// <summary>One line of the history. Times are milliseconds since the run began.</summary>
[JsonDerivedType(typeof(ListenerCall), "call")]
[JsonDerivedType(typeof(FaultDone), "fault")]
[JsonDerivedType(typeof(ViewSample), "view")]
[JsonDerivedType(typeof(Unviewed), "unviewed")]
[JsonDerivedType(typeof(NeverSent), "lost")]
internal abstract record HistoryEvent;

/// <summary>One try of one request.</summary>
/// <param name="RequestId">The same over all tries: of a fresh-art request, or of a batch.</param>
/// <param name="Ids">Sent: the batch's artworks, or those that an end names as never shown.</param>
/// <param name="Answer">What was answered, when it was done.</param>
internal sealed record ListenerCall(
    int Listener, Operation Operation, string Session, string RequestId, long FirstNumber, long[] Ids, long StartMs, long EndMs, Outcome Outcome, int Status, Answer? Answer)
    : HistoryEvent;

/// <summary>What a request was answered with.</summary>
/// <param name="Served">Artworks of a fresh-art answer.</param>
internal sealed record Answer(long[] Served, int Recorded, int Duplicates, int Repeats, long[] Unknown, long HighWater, int Unserved = 0)
{
    public static Answer Empty { get; } = new([], 0, 0, 0, [], 0);
}

/// <summary>Something was done to the cluster.</summary>
internal sealed record FaultDone(string Harm, string What, long StartMs, long EndMs) : HistoryEvent;

/// <summary>An artwork's <c>viewed_at</c>, read while the run went on.</summary>
internal sealed record ViewSample(long AtMs, long ArtworkId, long? ViewedAt) : HistoryEvent;

/// <summary>A committed impression whose artwork had no <c>viewed_at</c> in the same snapshot of the database.</summary>
internal sealed record Unviewed(long AtMs, long ArtworkId, string Session) : HistoryEvent;

/// <summary>Artworks that were on screen and are reported to nobody: their page is gone, and its journal with it.</summary>
internal sealed record NeverSent(long AtMs, string Session, long FirstNumber, long[] Ids) : HistoryEvent;
