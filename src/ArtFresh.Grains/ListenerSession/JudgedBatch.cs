using System.Buffers;
using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>A batch with a verdict on each of its impressions. Its arrays are rented until <see cref="Dispose"/>: allocating them would add a fifth to a request's allocations.</summary>
internal sealed class JudgedBatch(ImpressionBatch batch) : IDisposable
{
    private static readonly DeliveryReport Silent = new(0, 0, "fetch", "manual", 1, []);

    private readonly PackedImpression[] _entries = ArrayPool<PackedImpression>.Shared.Rent(batch.ArtworkIds.Length);
    private readonly long[] _displayedAt = batch.DisplayedAtMs.IsDefaultOrEmpty ? [] : ArrayPool<long>.Shared.Rent(batch.ArtworkIds.Length);
    private int _count;
    private int _judged;
    private ImmutableArray<long>.Builder? _unknown;

    public ReadOnlySpan<PackedImpression> Entries => _entries.AsSpan(0, _count);

    public int Recorded { get; private set; }

    public int Duplicates { get; private set; }

    public int Repeats { get; private set; }

    public int Revisits { get; private set; }

    public int Unserved { get; private set; }

    public int NumbersReused { get; private set; }

    public ImmutableArray<long> UnknownIds => _unknown?.ToImmutable() ?? [];

    /// <summary>Whether one of the impressions judged so far is of this artwork.</summary>
    public bool Holds(long artworkId) => batch.ArtworkIds.AsSpan()[.._judged].Contains(artworkId);

    /// <summary>Adds the verdict on an impression. Call it in the order of the impressions.</summary>
    public void Add(int index, long number, ImpressionOutcome outcome, bool numberIsNew)
    {
        _judged = index + 1;
        if (outcome == ImpressionOutcome.Duplicate)
        {
            Duplicates++;
            return;
        }

        if (outcome == ImpressionOutcome.Recorded)
        {
            Recorded++;
            NumbersReused += numberIsNew ? 0 : 1;
        }
        else if (outcome == ImpressionOutcome.Revisit)
        {
            Revisits++;
            outcome = ImpressionOutcome.Repeat;
        }
        else
        {
            Repeats++;
        }

        Keep(index, number, outcome);
    }

    /// <summary>Adds an impression that is not recorded, because its artwork does not exist or is unserved. Its number has arrived, so that it is no loss.</summary>
    /// <param name="number">The impression's number; 0 for none.</param>
    public void AddUncounted(int index, long number, ImpressionOutcome outcome, NumberIntervals numbers)
    {
        _judged = index + 1;
        if (outcome == ImpressionOutcome.Unknown)
        {
            (_unknown ??= ImmutableArray.CreateBuilder<long>()).Add(batch.ArtworkIds[index]);
        }
        else
        {
            Unserved++;
        }

        if (number > 0 && !numbers.Contains(number))
        {
            Keep(index, number, outcome);
        }
    }

    /// <param name="evidence">Bounds the batch's claims.</param>
    /// <param name="granted">How many of its artworks the session can show only since the listener's grain has judged them.</param>
    public BatchRecorded ToEntry(string listenerId, Guid sessionId, string release, SessionImpressions impressions, DateTimeOffset now, in SessionEvidence evidence, int granted)
    {
        var known = impressions.Accounts.Find(batch.BatchId);
        // Whatever is missing: numbers of art shown again may be missing, too, and what was given up is left out of what is.
        var (report, refused) = Bound(impressions, now, evidence with { Missing = 0 }, known);
        var account = batch.IsSingle ? BatchAccount.Single : BatchAccount.Of(known, ArrivalOf(report));
        if (evidence.GivenUpInVain is > 0 and var arrived)
        {
            (report, account) = TakeBack(report, account, (int)arrived);
        }

        var after = evidence with { Dropped = evidence.Dropped + (account.HasReport ? report?.Dropped ?? 0 : 0) };
        var missing = MissingAfter(impressions.Numbers, Math.Max(impressions.LastNumber, report?.LastNumber ?? 0));
        var counted = after.MissingOf(missing);
        after = after with { Missing = counted };
        var before = evidence with { Unreported = evidence.Unreported + Recorded - granted };
        return new(
            sessionId,
            release,
            impressions.OpenedAt,
            impressions.LastBatchNumber + 1,
            batch.BatchId,
            now,
            PackedImpressions.Pack(Entries),
            RecordedIds(),
            _displayedAt.Length == 0 ? null : PackedIds.Pack(_displayedAt.AsSpan(0, _count)),
            Duplicates,
            counted - evidence.Missing,
            report,
            (account with { Refused = refused + (counted < missing && missing > impressions.LastNumber - impressions.Numbers.Count ? 1 : 0) }).Pack(),
            batch.Network,
            Revisits,
            listenerId,
            impressions.UnshownChange(before, after));
    }

    /// <summary>Takes claimed losses back: the report of the row has a negative count of them, and counts as one that says nothing else if it did not count.</summary>
    private static (DeliveryReport Report, BatchAccount Account) TakeBack(DeliveryReport? report, BatchAccount account, int arrived)
    {
        var counted = report is not null && account.HasReport ? report
            : (report ?? Silent) with { Displayed = 0, Skipped = 0, DisplayMs = [], Dropped = 0, Journal = null };
        return (counted with { Dropped = counted.Dropped - arrived }, account.IsSingle ? account : account with { IsReported = true });
    }

    private (DeliveryReport? Report, int Refused) Bound(SessionImpressions impressions, DateTimeOffset now, in SessionEvidence evidence, BatchAccount? known)
    {
        if (batch.Report is not { } report)
        {
            return (null, 0);
        }

        Span<long> displayMaxMs = stackalloc long[report.DisplayMs.IsDefaultOrEmpty ? 0 : batch.ArtworkIds.Length];
        for (var i = 0; i < displayMaxMs.Length; i++)
        {
            displayMaxMs[i] = evidence.DisplayMaxMs(now.ToUnixTimeMilliseconds() - impressions.AwaitedSinceMs(batch.ArtworkIds[i]));
        }

        var (bounded, refused) = ReportBounds.Apply(report, evidence, known, displayMaxMs);
        return report.LastNumber > evidence.NumberMax(impressions.Numbers.Count) + batch.ArtworkIds.Length
            ? (bounded with { LastNumber = 0 }, refused + 1)
            : (bounded, refused);
    }

    public void Dispose()
    {
        ArrayPool<PackedImpression>.Shared.Return(_entries);
        if (_displayedAt.Length > 0)
        {
            ArrayPool<long>.Shared.Return(_displayedAt);
        }
    }

    private void Keep(int index, long number, ImpressionOutcome outcome)
    {
        _entries[_count] = new PackedImpression(number, batch.ArtworkIds[index], outcome);
        if (_displayedAt.Length > 0)
        {
            _displayedAt[_count] = batch.DisplayedAtMs[index];
        }

        _count++;
    }

    private ImmutableArray<long> RecordedIds()
    {
        if (Recorded == batch.ArtworkIds.Length)
        {
            return batch.ArtworkIds;
        }

        var ids = ImmutableArray.CreateBuilder<long>(Recorded);
        foreach (var entry in Entries)
        {
            if (entry.Outcome == ImpressionOutcome.Recorded)
            {
                ids.Add(entry.ArtworkId);
            }
        }

        return ids.MoveToImmutable();
    }

    private static BatchArrival ArrivalOf(DeliveryReport? report) => report is null
        ? default
        : new BatchArrival(report.Attempts, report.Beacons, report.Displayed, RouteOf(report.Transport), report.Reason == "hidden");

    private static DeliveryRoute RouteOf(string transport) => transport switch
    {
        "beacon" or "keepalive" => DeliveryRoute.Beacon,
        "later" => DeliveryRoute.AfterDeath,
        _ => DeliveryRoute.Awaited,
    };

    /// <summary>How many of the session's numbers are missing after this batch.</summary>
    /// <param name="last">The largest number known of so far.</param>
    private long MissingAfter(NumberIntervals numbers, long last)
    {
        var highest = last;
        var added = 0L;
        foreach (var entry in Entries)
        {
            highest = Math.Max(highest, entry.Number);
            added += entry.Number <= numbers.Highest && numbers.Contains(entry.Number) ? 0 : 1;
        }

        return highest - numbers.Count - added;
    }
}
