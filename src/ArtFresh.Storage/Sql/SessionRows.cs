using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Builds one session's history from its rows: first its batches, then its blocks, of which it keeps the artworks that were not shown.</summary>
internal sealed class SessionRows(Guid sessionId)
{
    private readonly ArtworkSet _unshown = ArtworkSet.Gathering();
    private readonly ArtworkSet _seen = ArtworkSet.Gathering();
    private readonly NumberIntervals _numbers = new();
    private readonly BatchAccounts _accounts = new();
    private ServingTimes? _servingTimes;
    private long _lastBatchNumber;
    private long _countedMissing;
    private int _claimedSkips;
    private int _claimedDrops;
    private long _lastNumber;
    private int? _endUnshown;
    private SessionEnded? _end;

    /// <summary>Adds a batch of the session. Call it in order, and before any block.</summary>
    public void Add(long batchNumber, byte[] impressions, Guid batchId, long? account, long missingChange)
    {
        _lastBatchNumber = batchNumber;
        _countedMissing += missingChange;
        _accounts.Add(batchId, account);
        var (first, count) = (0L, 0L);
        foreach (var impression in PackedImpressions.Read(impressions))
        {
            if (impression.Number != first + count)
            {
                AddNumbers(first, count);
                (first, count) = (impression.Number, 0);
            }

            count++;
            if (impression.Outcome == ImpressionOutcome.Recorded)
            {
                _seen.Add(impression.ArtworkId);
            }
        }

        AddNumbers(first, count);
    }

    /// <summary>Adds what the session's client said at its end.</summary>
    /// <param name="endedAt">Null where it has not ended.</param>
    public void AddEnd(DateTimeOffset? endedAt, long? lastNumber, long? missingChange, int? unshown)
    {
        _end = endedAt is { } at ? new SessionEnded(sessionId, at, lastNumber, missingChange ?? 0, unshown ?? 0) : null;
        _endUnshown = unshown;
        _lastNumber = Math.Max(_lastNumber, lastNumber ?? 0);
        _countedMissing += missingChange ?? 0;
    }

    /// <summary>Adds what a batch's report claims: flickers and drops only if it is counted.</summary>
    /// <param name="report">The report as JSON, or null.</param>
    public void AddReport(long? account, string? report)
    {
        if (StoredReport.Read(report) is not { } claimed)
        {
            return;
        }

        _lastNumber = Math.Max(_lastNumber, claimed.LastNumber);
        if (BatchAccount.Unpack(account ?? 0).HasReport)
        {
            _claimedSkips += claimed.Skipped;
            _claimedDrops += claimed.Dropped;
        }
    }

    /// <summary>Adds a block of the session, or a claim by which another session of the listener took over some of its artworks. Call it in order.</summary>
    public void Add(LoggedBlock block, long loggedAtMs)
    {
        if (block.SessionId == sessionId && block.Kind == BlockKind.SetAside)
        {
            (_servingTimes ??= new ServingTimes()).Add(block.ArtworkIds.AsSpan(), loggedAtMs);
        }

        if (block.SessionId == sessionId)
        {
            foreach (var artworkId in block.Kind == BlockKind.Unserved ? [] : block.ArtworkIds)
            {
                if (!_seen.Contains(artworkId))
                {
                    _unshown.Add(artworkId);
                }
            }
        }

        foreach (var artworkId in block.SessionId == sessionId ? block.ReturnedIds : block.ArtworkIds)
        {
            _unshown.Remove(artworkId);
        }
    }

    /// <summary>Adds a whole run, as the session did: the limit of intervals held for the run, and need not hold for its first numbers alone.</summary>
    private void AddNumbers(long first, long count)
    {
        if (count > 0)
        {
            _numbers.AddRange(first, count);
        }
    }

    /// <summary>The history without spare capacity, because idle sessions are many.</summary>
    public SessionHistory ToHistory(string release, DateTimeOffset openedAt, bool ended, long? genomeGrant)
    {
        _accounts.Trim();
        return new SessionHistory(release, openedAt, ended, _unshown.Clone(), _seen.Clone(), _numbers, _lastBatchNumber, _accounts, genomeGrant, _countedMissing, _servingTimes, _claimedSkips, _claimedDrops, _lastNumber, _endUnshown, _end);
    }
}
