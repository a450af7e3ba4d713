using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Adds up what each epoch has cost.</summary>
/// <param name="epochs">All but the ledger's first, the oldest first.</param>
internal sealed class LossCounts(IReadOnlyList<LedgerEpoch> epochs)
{
    private readonly LossReport[] _losses = [.. epochs.Select(_ => new LossReport(0, 0, 0, 0, 0, 0, 0))];
    private readonly HashSet<string>[] _listeners = [.. epochs.Select(_ => new HashSet<string>())];

    public IReadOnlyList<LedgerEpoch> Epochs => epochs;

    public IReadOnlyList<(LedgerEpoch Epoch, LossReport Loss)> Reports => [.. epochs.Select((epoch, i) => (epoch, _losses[i] with { Listeners = _listeners[i].Count }))];

    public void AddRemembered(LedgerEpoch epoch, string listener, long artworks)
    {
        var i = epochs.ToList().IndexOf(epoch);
        _listeners[i].Add(listener);
        _losses[i] = _losses[i] with { ArtworksRemembered = _losses[i].ArtworksRemembered + artworks };
    }

    /// <summary>A copy that is made after an epoch has what was opened since: what lacks in it was lost with the first that came after the opening.</summary>
    public void AddReopened(string listener, DateTimeOffset openedAt, DateTimeOffset reopenedAt)
    {
        if (FirstBetween(openedAt, reopenedAt) is { } i)
        {
            _listeners[i].Add(listener);
            _losses[i] = _losses[i] with { SessionsReopened = _losses[i].SessionsReopened + 1 };
        }
    }

    /// <summary>A batch of a session that was opened before an epoch.</summary>
    public void AddBatch(string listener, DateTimeOffset openedAt, DateTimeOffset receivedAt, IEnumerable<PackedImpression> impressions)
    {
        var since = Enumerable.Range(0, epochs.Count).Where(i => openedAt < epochs[i].FoundAt && epochs[i].FoundAt <= receivedAt).ToArray();
        Array.ForEach(since, i => _listeners[i].Add(listener));
        foreach (var (artworkId, outcome) in impressions.Select(impression => (impression.ArtworkId, impression.Outcome)))
        {
            foreach (var i in since.Where(i => outcome == ImpressionOutcome.Recorded && artworkId <= epochs[i].Floor).Take(1))
            {
                _losses[i] = _losses[i] with { ImpressionsBroughtBack = _losses[i].ImpressionsBroughtBack + 1 };
            }

            // Ids of art that an epoch has lost lie between its floor and its first.
            foreach (var i in since.Where(i => outcome == ImpressionOutcome.Unknown && artworkId > epochs[i].Floor && artworkId < epochs[i].FirstArtwork).Take(1))
            {
                _losses[i] = _losses[i] with { ImpressionsOfLostArt = _losses[i].ImpressionsOfLostArt + 1 };
            }
        }
    }

    public void AddMissing(int epoch, long atLeast, long numbers) => _losses[epoch] = _losses[epoch] with
    {
        ImpressionsLostAtLeast = _losses[epoch].ImpressionsLostAtLeast + atLeast,
        NumbersMissing = _losses[epoch].NumbersMissing + numbers,
    };

    /// <summary>The first epoch that was found after one time, and not after another; null for none.</summary>
    public int? FirstBetween(DateTimeOffset after, DateTimeOffset until) =>
        Enumerable.Range(0, epochs.Count).Where(i => after < epochs[i].FoundAt && epochs[i].FoundAt <= until).Select(i => (int?)i).FirstOrDefault();
}

/// <summary>Which numbers of a session are missing, and when they went missing: between the arrivals of what is below and above them.</summary>
internal sealed class SessionLoss(Guid session, string listener, DateTimeOffset openedAt, DateTimeOffset? endedAt, long lastNumber, long endMissing)
{
    private readonly NumberIntervals _numbers = new(int.MaxValue);
    private readonly List<(long Highest, DateTimeOffset After, DateTimeOffset Until)> _stretches = [];
    private DateTimeOffset? _lastAt;
    private long _missing;

    public Guid Session => session;

    public void Take(LossCounts counts, DateTimeOffset receivedAt, long missingChange, IReadOnlyCollection<PackedImpression> impressions)
    {
        counts.AddBatch(listener, openedAt, receivedAt, impressions);
        _missing += missingChange;
        var before = _numbers.Highest;
        foreach (var impression in impressions)
        {
            _numbers.Add(impression.Number);
        }

        if (_numbers.Highest > before)
        {
            _stretches.Add((_numbers.Highest, _lastAt ?? openedAt, receivedAt));
            _lastAt = receivedAt;
        }
    }

    public void End(LossCounts counts)
    {
        // What was refused as a claim, and what went missing while the ledger stayed, is taken off first: the rest is a lower bound.
        var between = Lost(counts).ToList();
        var atLeast = Math.Min(Math.Max(0, _missing + endMissing), between.Sum(one => one.Numbers)) - between.Where(one => one.Epoch is null).Sum(one => one.Numbers);
        foreach (var (epoch, numbers) in between)
        {
            if (epoch is { } i)
            {
                var some = Math.Clamp(atLeast, 0, numbers);
                counts.AddMissing(i, some, numbers);
                atLeast -= some;
            }
        }

        if (endedAt is { } until && counts.FirstBetween(_lastAt ?? openedAt, until) is { } last)
        {
            counts.AddMissing(last, 0, Math.Max(0, lastNumber - _numbers.Highest));
        }
    }

    private IEnumerable<(int? Epoch, long Numbers)> Lost(LossCounts counts)
    {
        var (stretch, lost) = (0, new long[_stretches.Count]);
        foreach (var (first, last) in _numbers.Gaps())
        {
            // A gap lies within one stretch, whose highest number has arrived.
            while (_stretches[stretch].Highest < last)
            {
                stretch++;
            }

            lost[stretch] += last - first + 1;
        }

        return lost.Select((numbers, i) => (counts.FirstBetween(_stretches[i].After, _stretches[i].Until), numbers)).Where(one => one.numbers > 0);
    }
}
