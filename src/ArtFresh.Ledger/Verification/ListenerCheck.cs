using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Checks one listener's rows: the blocks in order, then each session's batches in order.</summary>
internal sealed class ListenerCheck(string? listener, VerificationResult result, FirstViews views, JoinCheck joins, ServedCount served, IReadOnlyDictionary<long, DateTimeOffset> withdrawn, bool isWhole, bool areDropped, bool isChained)
{
    /// <summary>How far the clock of who withdraws may be from that of who serves.</summary>
    private static readonly TimeSpan ClocksApartMax = TimeSpan.FromMinutes(10);

    private readonly List<StoredSnapshot> _snapshots = [];
    private readonly ArtworkSet _shown = new();
    private readonly JoinCheck.LateClaims? _late = joins.LateOf(listener);
    private ListenerReplay? _replay;
    private long _blockNumber;
    private SessionCheck? _session;
    private bool _logIsDamaged;
    private bool _isClosed;

    public string? Listener { get; } = listener;

    private ListenerLog Log => (_replay ??= new ListenerReplay(Listener ?? "", _snapshots)).Log;

    /// <summary>A snapshot. All of them come before the first block.</summary>
    public void Take(StoredSnapshot snapshot)
    {
        _snapshots.Add(snapshot);
        if (snapshot.TryUnpack() is null)
        {
            result.Snapshots.Add(new Broken($"snapshot {snapshot.Snapshot.Slot} of listener {Listener}, up to block {snapshot.Snapshot.BlockNumber}, cannot be read", Listener));
        }
    }

    /// <summary>Call it after the listener's last row.</summary>
    public void End()
    {
        _replay ??= new ListenerReplay(Listener ?? "", _snapshots);
        if (!_logIsDamaged)
        {
            _replay.End();
            foreach (var fault in _replay.Faults)
            {
                result.Snapshots.Add(new Broken(fault, Listener));
            }
        }
    }

    /// <summary>Rows before the first are dropped where a snapshot covers them.</summary>
    private void Begin(long first)
    {
        _replay = new ListenerReplay(Listener ?? "", _snapshots);
        if (first > 1 && areDropped && _snapshots.Exists(stored => stored.Snapshot.BlockNumber >= first))
        {
            _blockNumber = first - 1;
            joins.NoteFirst(Listener!, first);
        }
    }

    public void Take(BlockRow block)
    {
        result.BlockRows++;
        if (_replay is null)
        {
            Begin(block.Number);
        }

        if (block.Number != _blockNumber + 1)
        {
            result.Blocks.Add(new Broken($"block {block.Number} of listener {Listener} follows block {_blockNumber}", Listener, block.Session));
        }

        if (_isClosed)
        {
            result.JoinedWhole.Add(new Broken($"block {block.Number} of listener {Listener} follows the row that closes the log", Listener, block.Session));
        }

        _blockNumber = block.Number;
        try
        {
            foreach (var artworkId in TakeInto(block))
            {
                if (block.Kind == BlockKind.Unserved)
                {
                    result.UnservedSpent.Add(new Broken($"block {block.Number} spends artwork {artworkId} as never served to listener {Listener}, who had it", Listener, block.Session, artworkId));
                    continue;
                }

                result.ServedOnce.Add(new Broken($"block {block.Number} sets artwork {artworkId} aside for listener {Listener}, who had it", Listener, block.Session, artworkId));
            }

            CheckSession(block);
            TakeArtworks(block);
            TakeJoining(block);
        }
        catch (InvalidDataException damage)
        {
            _logIsDamaged = true;
            result.Readable.Add(new Broken($"block {block.Number} of listener {Listener}: {damage.Message}", Listener, block.Session));
        }
    }

    private IReadOnlyList<long> TakeInto(BlockRow block)
    {
        var isFirst = _replay!.First is null;
        var again = _replay.Take(block);
        if (isFirst)
        {
            // What a previous system showed may be in rows that are dropped.
            foreach (var artworkId in _replay.From?.Kept ?? [])
            {
                views.AddSeenElsewhere(artworkId);
            }

            if (!_replay.IsWhole)
            {
                result.Snapshots.Add(new Broken($"the blocks of listener {Listener} before block {block.Number} are dropped, and no snapshot that can be read covers them", Listener));
            }
        }

        return again;
    }

    private void TakeArtworks(BlockRow block)
    {
        if (isChained && block.Chain is null)
        {
            result.Written.Add(new Broken($"block {block.Number} of listener {Listener} has no checksum, and every writer of the ledger writes them", Listener, block.Session));
        }

        var artworkIds = PackedIds.Unpack(block.ArtworkIds);
        served.Add(block, artworkIds.Length, Log.Added, Log.GivenBack);
        // What memory held beyond a copy may be art that the ledger has lost, and a guest brings it along.
        var mayBeLost = block.IsJoining || EpochRows.IsOne(block.Kind, block.Session);
        foreach (var artworkId in mayBeLost ? [] : artworkIds)
        {
            Know(artworkId, $"block {block.Number} of listener {Listener}", block.Session);
            if (block.Kind == BlockKind.SetAside && withdrawn.TryGetValue(artworkId, out var since) && block.LoggedAt > since + ClocksApartMax)
            {
                result.Withdrawn.Add(new Broken(
                    $"block {block.Number} of listener {Listener} sets artwork {artworkId} aside, which is withdrawn since {since.UtcDateTime:yyyy-MM-dd HH:mm}Z", Listener, block.Session, artworkId));
            }

            if (block.Kind == BlockKind.Backfilled)
            {
                views.AddSeenElsewhere(artworkId);
            }
        }
    }

    /// <summary>Whether the session of a row exists, and is the listener's or that of a guest who has joined.</summary>
    private void CheckSession(BlockRow block)
    {
        if (isWhole && block.Kind is (BlockKind.SetAside or BlockKind.Claimed or BlockKind.TakenBack or BlockKind.Unserved)
            && block.Owner != Listener && (block.Owner is null || !joins.HadJoined(block.Owner, DateTimeOffset.MaxValue)))
        {
            result.Known.Add(new Broken($"block {block.Number} of listener {Listener} names session {block.Session}, which is not the listener's", Listener, block.Session));
        }

        if (block.Kind == BlockKind.TakenBack && block.ArtworkIds is { } added && PackedIds.Unpack(added).Length > 0)
        {
            result.Blocks.Add(new Broken($"block {block.Number} of listener {Listener} gives artworks back and sets others aside", Listener, block.Session));
        }
    }

    private void TakeJoining(BlockRow block)
    {
        if (block.Kind == BlockKind.Closed)
        {
            _isClosed = true;
            joins.Close(block, Log.Has);
        }
        else if (block.IsJoining)
        {
            joins.Join(block);
        }
    }

    /// <returns>Whether the batch can be read.</returns>
    public bool Take(BatchRow batch)
    {
        result.BatchRows++;
        if (_session?.Id != batch.Session)
        {
            _session = new SessionCheck(batch.Session, Listener, result);
            if (Listener is null)
            {
                result.Known.Add(new Broken($"session {batch.Session} has batches and no row", null, batch.Session));
            }
        }

        try
        {
            foreach (var impression in _session.Take(batch))
            {
                Take(impression, batch);
            }

            return true;
        }
        catch (InvalidDataException damage)
        {
            _session.IsDamaged = true;
            result.Readable.Add(new Broken($"batch {batch.Number} of session {batch.Session}: {damage.Message}", Listener, batch.Session));
            return false;
        }
    }

    private void Take(PackedImpression impression, BatchRow batch)
    {
        result.Impressions++;
        var artworkId = impression.ArtworkId;
        if (impression.Outcome == ImpressionOutcome.Unserved && Listener is not null && !_logIsDamaged && !IsSpent(artworkId, batch))
        {
            result.UnservedSpent.Add(new Broken(
                $"impression {impression.Number} of session {batch.Session} counts artwork {artworkId} as never served; no block of listener {Listener} spends it", Listener, batch.Session, artworkId));
        }

        if (impression.Outcome != ImpressionOutcome.Recorded)
        {
            return;
        }

        views.AddImpression(artworkId, batch.ReceivedAt.ToUnixTimeMilliseconds());
        Know(artworkId, $"batch {batch.Number} of session {batch.Session}", batch.Session);
        if (Listener is null)
        {
            return;
        }

        if (!_session!.Record(artworkId))
        {
            result.RecordedOnce.Add(new Broken($"batch {batch.Number} records artwork {artworkId} for session {batch.Session}, which had recorded it", Listener, batch.Session, artworkId));
        }
        else if (!_shown.Add(artworkId))
        {
            result.ShownOnce.Add(new Broken($"batch {batch.Number} of session {batch.Session} records artwork {artworkId}, which another session of listener {Listener} had shown", Listener, batch.Session, artworkId));
        }

        if (!_logIsDamaged && !Log.EverHad(artworkId) && _late?.Claimed.Contains(artworkId) != true
            && !(areDropped && joins.HadJoined(Listener, batch.ReceivedAt)))
        {
            result.ServedFirst.Add(new Broken($"batch {batch.Number} of session {batch.Session} records artwork {artworkId}, which no block of listener {Listener} has", Listener, batch.Session, artworkId));
        }
    }

    private bool IsSpent(long artworkId, BatchRow batch) =>
        Log.WasSpent(artworkId) || Log.WasBroughtAlong(artworkId) || _late?.Spent.Contains(artworkId) == true || joins.HadJoined(Listener!, batch.ReceivedAt);

    private void Know(long artworkId, string where, Guid session)
    {
        if (!views.Knows(artworkId))
        {
            result.Known.Add(new Broken($"{where} names artwork {artworkId}, which does not exist", Listener, session, artworkId));
        }
    }
}
