namespace ArtFresh.SystemTests.Faults;

/// <summary>How long listeners went without service: from the start of the first try that failed to the end of the one that succeeded.</summary>
internal static class LongestWaits
{
    /// <summary>A fault explains what begins so long after it.</summary>
    private const long AfterMs = 12_000;

    /// <summary>For each harm, the longest wait that began during or soon after one of it and no other, in milliseconds.</summary>
    public static IReadOnlyDictionary<string, long> ByHarm(IReadOnlyList<HistoryEvent> history)
    {
        var faults = history.OfType<FaultDone>().OrderBy(fault => fault.StartMs).ToArray();
        var longest = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (start, end) in Waits(history))
        {
            var cause = faults.LastOrDefault(fault => fault.StartMs <= start + 500 && start <= fault.EndMs + AfterMs)?.Harm ?? "none";
            longest[cause] = Math.Max(longest.GetValueOrDefault(cause), end - start);
        }

        return longest;
    }

    private static IEnumerable<(long Start, long End)> Waits(IReadOnlyList<HistoryEvent> history)
    {
        foreach (var tries in history.OfType<ListenerCall>().GroupBy(call => (call.Listener, call.Session, call.Operation, call.RequestId)))
        {
            var ordered = tries.OrderBy(call => call.StartMs).ToArray();
            if (ordered[0].Outcome != Outcome.Done && ordered.FirstOrDefault(call => call.Outcome == Outcome.Done) is { } done)
            {
                yield return (ordered[0].StartMs, done.EndMs);
            }
        }
    }
}
