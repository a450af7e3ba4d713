using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>What a session's grain remembers: the artworks that it has shown, its own that it has not, and the numbers that have arrived.</summary>
/// <param name="before">What the grain remembered until it had to read its history again.</param>
internal sealed class SessionImpressions(SessionHistory history, SessionImpressions? before)
{
    // Each artwork lies in one of the two: idle sessions are many.
    private readonly ArtworkSet _unshown = history.Unshown;
    private readonly ArtworkSet _seen = history.Seen;
    private ArtworkSet? _shownElsewhere = before?._shownElsewhere;
    private Dictionary<long, long>? _disownedAt = before?._disownedAt;

    public DateTimeOffset OpenedAt { get; } = history.OpenedAt;

    public NumberIntervals Numbers { get; } = history.Numbers;

    public BatchAccounts Accounts { get; } = history.Accounts;

    public long LastBatchNumber { get; private set; } = history.LastBatchNumber;

    /// <summary>Takes over what a block of the listener gave, but for what a later block has given to another session.</summary>
    public void Own(ReadOnlySpan<long> artworkIds, long blockNumber)
    {
        foreach (var artworkId in artworkIds)
        {
            if ((_disownedAt?.GetValueOrDefault(artworkId) ?? 0) < blockNumber && !_seen.Contains(artworkId))
            {
                _unshown.Add(artworkId);
            }
        }
    }

    public void NoteShownElsewhere(ReadOnlySpan<long> artworkIds)
    {
        if (artworkIds.Length > 0)
        {
            (_shownElsewhere ??= []).UnionWith(artworkIds);
        }
    }

    /// <summary>Artworks that were on their way to the client and never left: no longer this session's.</summary>
    public void Drop(ReadOnlySpan<long> artworkIds)
    {
        foreach (var artworkId in artworkIds)
        {
            _unshown.Remove(artworkId);
        }
    }

    /// <summary>The ids that this session cannot judge by itself.</summary>
    public ImmutableArray<long> Foreign(ImmutableArray<long> artworkIds)
    {
        ImmutableArray<long>.Builder? foreign = null;
        foreach (var artworkId in artworkIds)
        {
            if (!_unshown.Contains(artworkId) && !IsShown(artworkId))
            {
                (foreign ??= ImmutableArray.CreateBuilder<long>()).Add(artworkId);
            }
        }

        return foreign?.ToImmutable() ?? [];
    }

    /// <summary>Which of these this session has shown; the others are no longer its own.</summary>
    public ImmutableArray<long> Disown(ImmutableArray<long> artworkIds, long blockNumber)
    {
        var shown = artworkIds.Where(_seen.Contains).ToImmutableArray();
        foreach (var artworkId in artworkIds.Except(shown))
        {
            (_disownedAt ??= [])[artworkId] = blockNumber;
            _unshown.Remove(artworkId);
        }

        return shown;
    }

    /// <summary>What can be given back: the unserved, and of the unshown those that are this session's and were never reported.</summary>
    public ImmutableArray<long> GiveBack(ImmutableArray<long> unserved, ImmutableArray<long> unshown)
    {
        var returned = unserved.Where(id => !_seen.Contains(id)).Concat(unshown.Where(_unshown.Contains)).Distinct().ToImmutableArray();
        Drop(returned.AsSpan());
        return returned;
    }

    /// <summary>Judges each impression of a batch without changing anything.</summary>
    /// <returns>False when the numbers lie too scattered to be kept.</returns>
    public bool TryJudge(ImpressionBatch batch, ImmutableArray<long> unknown, out JudgedBatch judged)
    {
        judged = new JudgedBatch(batch.ArtworkIds.Length);
        var firstNumber = batch.FirstNumber ?? Numbers.Highest + 1;
        if (batch.FirstNumber is not null && !Numbers.CanAdd(firstNumber, batch.ArtworkIds.Length))
        {
            return false;
        }

        var nextUnnumbered = firstNumber;
        for (var i = 0; i < batch.ArtworkIds.Length; i++)
        {
            var artworkId = batch.ArtworkIds[i];
            if (unknown.Contains(artworkId))
            {
                judged.AddUnknown(i, batch.FirstNumber is null ? 0 : firstNumber + i, artworkId, Numbers);
                continue;
            }

            var isNew = !IsShown(artworkId) && !judged.Holds(artworkId);
            if (batch.FirstNumber is null)
            {
                // Without a number a retry cannot be told from a repeat, and retries are what the old endpoint's clients send.
                var outcome = ImpressionJudge.Judge(isNew, numberIsNewToSession: false);
                judged.Add(i, outcome == ImpressionOutcome.Recorded ? nextUnnumbered++ : 0, artworkId, outcome, numberIsNew: true);
                continue;
            }

            var numberIsNew = !Numbers.Contains(firstNumber + i);
            judged.Add(i, firstNumber + i, artworkId, ImpressionJudge.Judge(isNew, numberIsNew), numberIsNew);
        }

        return true;
    }

    /// <summary>Takes over what the ledger has committed.</summary>
    public void Fold(JudgedBatch judged, BatchRecorded recorded)
    {
        Accounts.Add(recorded.BatchId, recorded.Account);

        foreach (var entry in judged.Entries)
        {
            Numbers.Add(entry.Number);
            if (entry.Outcome == ImpressionOutcome.Recorded)
            {
                _seen.Add(entry.ArtworkId);
                _unshown.Remove(entry.ArtworkId);
            }
        }

        LastBatchNumber++;
    }

    private bool IsShown(long artworkId) => _seen.Contains(artworkId) || _shownElsewhere?.Contains(artworkId) == true;
}

/// <summary>A batch with a verdict on each of its impressions.</summary>
internal sealed class JudgedBatch(int capacity)
{
    private readonly List<PackedImpression> _entries = new(capacity);
    private readonly List<int> _indexes = new(capacity);
    private readonly ImmutableArray<long>.Builder _unknown = ImmutableArray.CreateBuilder<long>();
    // Searched from end to end: of 200 ids at most, that is quicker than hashing them.
    private readonly List<long> _recorded = new(capacity);

    public ReadOnlySpan<PackedImpression> Entries => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries);

    public int Recorded => _recorded.Count;

    public int Duplicates { get; private set; }

    public int Repeats { get; private set; }

    public int NumbersReused { get; private set; }

    public ImmutableArray<long> UnknownIds => _unknown.ToImmutable();

    public bool Holds(long artworkId) => _recorded.Contains(artworkId);

    public void Add(int index, long number, long artworkId, ImpressionOutcome outcome, bool numberIsNew)
    {
        if (outcome == ImpressionOutcome.Duplicate)
        {
            Duplicates++;
            return;
        }

        if (outcome == ImpressionOutcome.Recorded)
        {
            _recorded.Add(artworkId);
            NumbersReused += numberIsNew ? 0 : 1;
        }
        else
        {
            Repeats++;
        }

        _entries.Add(new PackedImpression(number, artworkId, outcome));
        _indexes.Add(index);
    }

    /// <summary>An artwork that does not exist is not recorded, but its number has arrived and is no loss.</summary>
    public void AddUnknown(int index, long number, long artworkId, NumberIntervals numbers)
    {
        _unknown.Add(artworkId);
        if (number > 0 && !numbers.Contains(number))
        {
            _entries.Add(new PackedImpression(number, artworkId, ImpressionOutcome.Unknown));
            _indexes.Add(index);
        }
    }

    public BatchRecorded ToEntry(Guid sessionId, string release, ImpressionBatch batch, SessionImpressions impressions, DateTimeOffset now) => new(
        sessionId,
        release,
        impressions.OpenedAt,
        impressions.LastBatchNumber + 1,
        batch.BatchId,
        now,
        PackedImpressions.Pack(Entries),
        [.. _recorded],
        batch.DisplayedAtMs.IsDefaultOrEmpty ? null : PackedIds.Pack([.. _indexes.Select(index => batch.DisplayedAtMs[index])]),
        Duplicates,
        MissingChange(impressions.Numbers),
        batch.Report,
        (batch.IsSingle ? BatchAccount.Single : BatchAccount.Of(impressions.Accounts.Find(batch.BatchId), ArrivalOf(batch.Report))).Pack());

    private static BatchArrival ArrivalOf(DeliveryReport? report) => report is null
        ? default
        : new BatchArrival(report.Attempts, report.Beacons, report.Displayed, RouteOf(report.Transport), report.Reason == "hidden");

    private static DeliveryRoute RouteOf(string transport) => transport switch
    {
        "beacon" or "keepalive" => DeliveryRoute.Beacon,
        "later" => DeliveryRoute.AfterDeath,
        _ => DeliveryRoute.Awaited,
    };

    private long MissingChange(NumberIntervals numbers)
    {
        var highest = numbers.Highest;
        var added = 0L;
        foreach (var entry in Entries)
        {
            highest = Math.Max(highest, entry.Number);
            added += numbers.Contains(entry.Number) ? 0 : 1;
        }

        return highest - numbers.Highest - added;
    }
}
