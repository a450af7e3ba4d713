using ArtFresh.Freshness;

namespace ArtFresh.SystemTests.Faults;

/// <summary>One of design's promises, and what shows that it was broken.</summary>
internal sealed record Verdict(string Promise, IReadOnlyList<string> Broken)
{
    public bool Holds => Broken.Count == 0;
}

/// <summary>
/// Reads the whole history and the ledger, and judges each promise. What was answered must be so; what was not answered may be so or not.
/// </summary>
internal sealed class Checker
{
    public const string NeverTwice = "served at most once per listener";
    public const string Kept = "every acknowledged impression in the ledger, once";
    public const string NothingInvented = "nothing in the ledger that nobody sent";
    public const string Viewed = "no impression without viewed_at, which never changes";
    public const string Counted = "counts equal to the ledger's";
    public const string LossMeasured = "answers and gaps in the numbers tell what arrived";
    public const string LossBounded = "lost <= what was lost <= lostAtMost, and lost exact where a session ended";
    public const string OnlyFaultsRefuse = "nothing refused but for a fault";

    private readonly ILookup<Operation, ListenerCall> _calls;
    private readonly IReadOnlyList<HistoryEvent> _history;
    private readonly LedgerImage _ledger;

    private Checker(IReadOnlyList<HistoryEvent> history, LedgerImage ledger)
    {
        (_history, _ledger) = (history, ledger);
        _calls = history.OfType<ListenerCall>().ToLookup(call => call.Operation);
    }

    /// <summary>A verdict on each promise, always in the same order.</summary>
    public static IReadOnlyList<Verdict> Check(IReadOnlyList<HistoryEvent> history, LedgerImage ledger)
    {
        var checker = new Checker(history, ledger);
        return
        [
            new(NeverTwice, [.. checker.ServedTwice(), .. checker.SetAsideTwice(), .. checker.RepeatsAnswered()]),
            new(Kept, [.. checker.AcknowledgedAndGone(), .. checker.RecordedTwice(), .. checker.ServedAndCountedAsUnserved()]),
            new(NothingInvented, [.. checker.NeverSent()]),
            new(Viewed, [.. checker.Unviewed(), .. checker.ViewedAtChanged()]),
            new(Counted, [.. checker.MiscountedViews(), .. checker.MiscountedReleases()]),
            new(LossMeasured, [.. checker.SumsThatDoNotAddUp(), .. checker.HighWaterTooHigh()]),
            new(LossBounded, [.. checker.WrongLosses()]),
            new(OnlyFaultsRefuse, [.. checker.Refusals()]),
        ];
    }

    private IEnumerable<string> ServedTwice()
    {
        foreach (var calls in _calls[Operation.Fresh].Where(call => call.Outcome == Outcome.Done).GroupBy(call => call.Listener))
        {
            var givenBack = _calls[Operation.End].Where(end => end.Listener == calls.Key).SelectMany(end => end.Ids.Select(id => (Id: id, end.StartMs))).ToLookup(back => back.Id, back => back.StartMs);
            var first = new Dictionary<long, ListenerCall>();
            foreach (var call in calls.OrderBy(call => call.EndMs))
            {
                foreach (var id in call.Answer!.Served)
                {
                    // Given back in between, it may be fresh again.
                    if (first.TryGetValue(id, out var before) && !givenBack[id].Any(at => at >= before.StartMs && at <= call.EndMs))
                    {
                        yield return $"artwork {id} was served to listener {call.Listener} by request {before.RequestId} of session {before.Session} at {before.EndMs} ms and by {call.RequestId} of {call.Session} at {call.EndMs} ms";
                    }

                    first[id] = call;
                }
            }
        }
    }

    private IEnumerable<string> SetAsideTwice()
    {
        foreach (var blocks in _ledger.Blocks.GroupBy(block => block.ListenerId))
        {
            var has = new Dictionary<long, BlockRow>();
            foreach (var block in blocks.OrderBy(block => block.BlockNumber))
            {
                foreach (var id in block.ReturnedIds)
                {
                    has.Remove(id);
                }

                foreach (var id in block.ArtworkIds)
                {
                    if (!has.TryAdd(id, block) && !block.IsClaim)
                    {
                        yield return $"artwork {id} was set aside for {block.ListenerId} in block {has[id].BlockNumber} and again in {block.BlockNumber}";
                    }
                }
            }
        }
    }

    private IEnumerable<string> RepeatsAnswered() =>
        _calls[Operation.Batch].Where(call => call.Answer is { Repeats: > 0 }).Select(call => $"batch {call.RequestId} of listener {call.Listener} was answered with {call.Answer!.Repeats} repeats at {call.EndMs} ms");

    private IEnumerable<string> AcknowledgedAndGone()
    {
        // What the listener was never served is spent for them, and not recorded.
        var held = HeldBySession(impression => impression.Outcome is ImpressionOutcome.Recorded or ImpressionOutcome.Unserved);
        foreach (var call in _calls[Operation.Batch].Where(call => call.Outcome == Outcome.Done))
        {
            var missing = call.Ids.Except(call.Answer!.Unknown).Where(id => !held.TryGetValue(call.Session, out var ids) || !ids.Contains(id)).ToArray();
            if (missing.Length > 0)
            {
                yield return $"batch {call.RequestId} of session {call.Session} was acknowledged at {call.EndMs} ms; the ledger lacks artworks {string.Join(", ", missing)}";
            }
        }
    }

    private IEnumerable<string> RecordedTwice() => _ledger.Batches
        .SelectMany(batch => batch.Impressions.Where(IsRecorded).Select(impression => (Listener: ListenerOf(batch.Session), impression.ArtworkId, batch)))
        .GroupBy(impression => (impression.Listener, impression.ArtworkId))
        .Where(same => same.Count() > 1)
        .Select(same => $"artwork {same.Key.ArtworkId} is recorded {same.Count()} times for {same.Key.Listener}, in batches {string.Join(", ", same.Select(impression => impression.batch.BatchId))}");

    private IEnumerable<string> ServedAndCountedAsUnserved()
    {
        var served = _calls[Operation.Fresh].Where(call => call.Outcome == Outcome.Done)
            .GroupBy(call => ListenerOf(call.Session), call => call.Answer!.Served).ToDictionary(calls => calls.Key, calls => calls.SelectMany(ids => ids).ToHashSet());
        return _ledger.Batches
            .SelectMany(batch => batch.Impressions.Where(impression => impression.Outcome == ImpressionOutcome.Unserved).Select(impression => (impression, batch)))
            .Where(held => served.GetValueOrDefault(ListenerOf(held.batch.Session))?.Contains(held.impression.ArtworkId) == true)
            .Select(held => $"batch {held.batch.BatchId} of session {held.batch.Session} counts artwork {held.impression.ArtworkId} as never served, and {ListenerOf(held.batch.Session)} was served it");
    }

    private IEnumerable<string> NeverSent()
    {
        var sent = _calls[Operation.Batch].SelectMany(call => call.Ids.Select((id, i) => (call.Session, Number: call.FirstNumber + i, Id: id))).ToHashSet();
        foreach (var batch in _ledger.Batches)
        {
            foreach (var impression in batch.Impressions.Where(impression => !sent.Contains((batch.Session, impression.Number, impression.ArtworkId))))
            {
                yield return $"the ledger holds impression {impression.Number} of session {batch.Session}, artwork {impression.ArtworkId}, which nobody sent";
            }
        }
    }

    private IEnumerable<string> Unviewed()
    {
        var viewedAt = _ledger.Artworks.ToDictionary(artwork => artwork.ArtworkId, artwork => artwork.ViewedAt);
        var shown = _ledger.Batches.SelectMany(batch => batch.Impressions.Where(IsRecorded)).Select(impression => impression.ArtworkId).Distinct();
        return shown.Where(id => viewedAt.GetValueOrDefault(id) is null).Select(id => $"artwork {id} has an impression and no viewed_at")
            .Concat(_history.OfType<Unviewed>().Select(seen => $"at {seen.AtMs} ms an impression of artwork {seen.ArtworkId} in session {seen.Session} was committed and the artwork had no viewed_at"));
    }

    private IEnumerable<string> ViewedAtChanged()
    {
        var last = _ledger.Artworks.ToDictionary(artwork => artwork.ArtworkId, artwork => artwork.ViewedAt);
        return _history.OfType<ViewSample>().Where(sample => sample.ViewedAt is { } viewedAt && last.GetValueOrDefault(sample.ArtworkId) != viewedAt)
            .Select(sample => $"artwork {sample.ArtworkId} had viewed_at {sample.ViewedAt} at {sample.AtMs} ms and has {last.GetValueOrDefault(sample.ArtworkId)} now");
    }

    private IEnumerable<string> MiscountedViews()
    {
        var held = _ledger.Batches.SelectMany(batch => batch.Impressions.Where(IsRecorded)).CountBy(impression => impression.ArtworkId).ToDictionary();
        return _ledger.Artworks.Where(artwork => artwork.ViewCount != held.GetValueOrDefault(artwork.ArtworkId))
            .Select(artwork => $"artwork {artwork.ArtworkId} counts {artwork.ViewCount} views; the ledger holds {held.GetValueOrDefault(artwork.ArtworkId)}");
    }

    private IEnumerable<string> MiscountedReleases()
    {
        var missing = _ledger.Batches.GroupBy(batch => batch.Session).Sum(session =>
        {
            var numbers = session.SelectMany(batch => batch.Impressions).Select(impression => impression.Number).ToHashSet();
            return numbers.Count == 0 ? 0 : numbers.Max() - numbers.Count;
        });
        (string Counter, long Held)[] counters =
        [
            ("ImpressionsRecorded", _ledger.Batches.Sum(batch => batch.Impressions.Count(IsRecorded))),
            ("Duplicates", _ledger.Batches.Sum(batch => batch.Duplicates)),
            ("missing", missing),
        ];
        return counters.Where(counter => _ledger.Counters.GetValueOrDefault(counter.Counter) != counter.Held)
            .Select(counter => $"the release counts {_ledger.Counters.GetValueOrDefault(counter.Counter)} {counter.Counter}; the ledger holds {counter.Held}");
    }

    private IEnumerable<string> SumsThatDoNotAddUp() => _calls[Operation.Batch]
        .Where(call => call.Answer is { } answer && answer.Recorded + answer.Duplicates + answer.Repeats + answer.Unserved + answer.Unknown.Length != call.Ids.Length)
        .Select(call => $"batch {call.RequestId} had {call.Ids.Length} artworks; its answer at {call.EndMs} ms adds up to another number");

    private IEnumerable<string> HighWaterTooHigh()
    {
        foreach (var calls in _calls[Operation.Batch].GroupBy(call => call.Session))
        {
            foreach (var call in calls.Where(call => call.Answer is not null))
            {
                // What may have arrived by then, and what must have: an acknowledged batch that ended before this one began.
                var possible = HighWater(calls.Where(other => other.StartMs <= call.EndMs));
                var certain = HighWater(calls.Where(other => other == call || (other.Outcome == Outcome.Done && other.EndMs <= call.StartMs)));
                if (call.Answer!.HighWater > possible || call.Answer.HighWater < certain)
                {
                    yield return $"batch {call.RequestId} of session {call.Session} was answered with high water {call.Answer.HighWater}; {certain} to {possible} had arrived";
                }
            }
        }
    }

    private IEnumerable<string> WrongLosses()
    {
        if (_ledger.Loss is not { } said)
        {
            yield break;
        }

        var held = _ledger.Batches.SelectMany(batch => batch.Impressions.Select(impression => (batch.Session, impression.Number))).ToHashSet();
        var shown = _calls[Operation.Batch].Select(call => (call.Session, call.FirstNumber, call.Ids)).Concat(_history.OfType<NeverSent>().Select(lost => (lost.Session, lost.FirstNumber, lost.Ids)))
            .SelectMany(batch => batch.Ids.Select((_, i) => (batch.Session, Number: batch.FirstNumber + i))).ToHashSet();
        var lost = shown.Where(impression => !held.Contains(impression)).ToArray();
        var ofEnded = lost.Count(impression => said.Ended.Contains(impression.Session));
        if (said.Lost != ofEnded || said.LostAtMost < lost.Length)
        {
            yield return $"{lost.Length} impressions are lost, {ofEnded} of sessions that have ended; the figures say {said.Lost}, and at most {said.LostAtMost}";
        }
    }

    private IEnumerable<string> Refusals() => _history.OfType<ListenerCall>().Where(call => call.Outcome == Outcome.Refused)
        .Select(call => $"{call.Operation} {call.RequestId} of listener {call.Listener} was answered {call.Status} at {call.EndMs} ms");

    private static long HighWater(IEnumerable<ListenerCall> batches)
    {
        var reached = 0L;
        foreach (var batch in batches.OrderBy(batch => batch.FirstNumber))
        {
            if (batch.FirstNumber > reached + 1)
            {
                break;
            }

            reached = Math.Max(reached, batch.FirstNumber + batch.Ids.Length - 1);
        }

        return reached;
    }

    private Dictionary<string, HashSet<long>> HeldBySession(Func<PackedImpression, bool> isMeant) => _ledger.Batches.GroupBy(batch => batch.Session)
        .ToDictionary(batches => batches.Key, batches => batches.SelectMany(batch => batch.Impressions).Where(isMeant).Select(impression => impression.ArtworkId).ToHashSet());

    private string ListenerOf(string session) => _ledger.Listeners.GetValueOrDefault(session, session);

    private static bool IsRecorded(PackedImpression impression) => impression.Outcome == ImpressionOutcome.Recorded;
}
