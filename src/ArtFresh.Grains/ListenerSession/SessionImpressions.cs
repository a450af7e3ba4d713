using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>A session in memory: the artworks that it has shown, those it was served and has not shown, and the impression numbers that have arrived.</summary>
/// <param name="before">The object that this one replaces after the history was read again; null at first.</param>
internal sealed class SessionImpressions(SessionHistory history, SessionImpressions? before)
{
    // An artwork is in only one of the two sets: there are many idle sessions.
    private readonly ArtworkSet _unshown = history.Unshown;
    private readonly ArtworkSet _seen = history.Seen;
    private ServingTimes? _servingTimes = history.ServingTimes;
    private ArtworkSet? _shownElsewhere = before?._shownElsewhere;
    private ArtworkSet? _withheld;
    private Dictionary<long, long>? _disownedAt = before?._disownedAt;
    private readonly long _openedAtTicks = history.OpenedAt.UtcTicks;
    private long _countedMissing = history.CountedMissing;
    private int _claimedSkips = before?._claimedSkips ?? history.ClaimedSkips;
    private int _claimedDrops = before?._claimedDrops ?? history.ClaimedDrops;
    private long _lastNumber = Math.Max(before?._lastNumber ?? 0, history.LastNumber);
    private int? _endUnshown = history.EndUnshown;
    private SessionEnded? _end = history.End;

    public DateTimeOffset OpenedAt => new(_openedAtTicks, TimeSpan.Zero);

    public NumberIntervals Numbers { get; } = history.Numbers;

    public BatchAccounts Accounts { get; } = history.Accounts;

    public long LastBatchNumber { get; private set; } = history.LastBatchNumber;

    /// <summary>The largest number that has arrived, or that the client says it has given.</summary>
    public long LastNumber => Math.Max(_lastNumber, Numbers.Highest);

    /// <summary>Adds a block's artworks, except those that a later block gave to another session.</summary>
    public void Own(ReadOnlySpan<long> artworkIds, long blockNumber)
    {
        foreach (var artworkId in artworkIds)
        {
            if ((_disownedAt?.GetValueOrDefault(artworkId) ?? 0) < blockNumber && !_seen.Contains(artworkId))
            {
                _unshown.Add(artworkId);
                _withheld?.Remove(artworkId);
            }
        }
    }

    /// <summary>Adds a block that was set aside for this session.</summary>
    /// <param name="answeredMs">When the session answered last before, in Unix milliseconds; null where that is not known.</param>
    public void TakeBlock(ReadOnlySpan<long> artworkIds, long blockNumber, DateTimeOffset now, long? answeredMs)
    {
        (_servingTimes ??= new ServingTimes()).Add(artworkIds, now.ToUnixTimeMilliseconds(), answeredMs);
        Own(artworkIds, blockNumber);
    }

    /// <summary>Since when the client can have waited for an artwork, in Unix milliseconds; null where that may be as long as the session is old.</summary>
    public long? AwaitedSinceMs(long artworkId) => _servingTimes?.Find(artworkId);

    public void NoteShownElsewhere(ReadOnlySpan<long> artworkIds)
    {
        if (artworkIds.Length > 0)
        {
            (_shownElsewhere ??= []).UnionWith(artworkIds);
        }
    }

    /// <summary>Whether the artwork was set aside for this session, which has neither shown it nor given it up.</summary>
    public bool Owns(long artworkId) => _unshown.Contains(artworkId);

    /// <summary>What was withdrawn after a change, of the artworks that the session was served.</summary>
    public ImmutableArray<long> WithdrawnSince(long change, WithdrawnArtworks withdrawn) =>
        withdrawn.Since(change, _unshown.Count + _seen.Count, _unshown.Concat(_seen), artworkId => _unshown.Contains(artworkId) || _seen.Contains(artworkId));

    /// <summary>Removes artworks that were set aside and are in no answer.</summary>
    public void Withhold(ReadOnlySpan<long> artworkIds)
    {
        if (artworkIds.Length > 0)
        {
            _unshown.ExceptWith(artworkIds);
            (_withheld ??= []).UnionWith(artworkIds);
        }
    }

    /// <summary>The artworks that were set aside for this session and left it in no answer. By now they may be another session's.</summary>
    public ImmutableArray<long> Withheld(ImmutableArray<long> artworkIds) => _withheld is null ? [] : [.. artworkIds.Where(_withheld.Contains)];

    /// <summary>The ids that this session neither was served nor has shown: the listener's grain must judge them.</summary>
    public ImmutableArray<long> Foreign(ImmutableArray<long> artworkIds)
    {
        if (_unshown.ContainsAll(artworkIds.AsSpan()))
        {
            return [];
        }

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

    /// <summary>Whether a block that has not arrived yet may hold the artwork, if the listener's log says that it is this session's.</summary>
    public bool MayBeOnItsWay(long artworkId) => !_unshown.Contains(artworkId) && !_seen.Contains(artworkId) && _disownedAt?.ContainsKey(artworkId) != true;

    /// <summary>
    /// Gives up the artworks that this session has not shown; returns the others. It keeps as many as its client has reported as lost: another session's record of them would be
    /// both lost and recorded.
    /// </summary>
    /// <param name="unserved">Number of artworks in the session's block that are in no answer.</param>
    public ImmutableArray<long> Disown(ImmutableArray<long> artworkIds, long blockNumber, int unserved)
    {
        var left = _unshown.Count - unserved - _claimedDrops;
        var shown = artworkIds.Where(id => _seen.Contains(id) || (_claimedDrops > 0 && _unshown.Contains(id) && left-- <= 0)).ToImmutableArray();
        foreach (var artworkId in artworkIds.Except(shown))
        {
            (_disownedAt ??= [])[artworkId] = blockNumber;
            _unshown.Remove(artworkId);
        }

        return shown;
    }

    /// <summary>Artworks to give back: those that this session owns and has not reported. They are the session's no more.</summary>
    public ImmutableArray<long> GiveBack(ImmutableArray<long> artworkIds)
    {
        var returned = artworkIds.Where(_unshown.Contains).Distinct().ToImmutableArray();
        _unshown.ExceptWith(returned.AsSpan());
        return returned;
    }

    /// <summary>As <see cref="GiveBack"/>, artworks that the client says it never showed: none that it has reported as lost.</summary>
    public ImmutableArray<long> GiveBackUnshown(ImmutableArray<long> unshown) =>
        GiveBack([.. unshown.Where(_unshown.Contains).Distinct().Take((int)Math.Max(0, _unshown.Count - _claimedDrops))]);

    /// <summary>As <see cref="GiveBack"/>, artworks that are in no answer.</summary>
    public ImmutableArray<long> GiveBackRest(ImmutableArray<long> unserved)
    {
        var returned = GiveBack(unserved);
        Withhold(returned.AsSpan());
        return returned;
    }

    /// <summary>The evidence that bounds the claims of a batch.</summary>
    /// <param name="now">When the batch arrived.</param>
    /// <param name="unserved">Number of artworks in the session's block that are in no answer yet.</param>
    /// <param name="recorded">Number of the batch's impressions that are recorded.</param>
    public SessionEvidence EvidenceAt(DateTimeOffset now, int unserved, int recorded) => new(
        now - OpenedAt,
        _seen.Count + _unshown.Count - unserved,
        Math.Max(0, _unshown.Count - unserved - recorded),
        LastBatchNumber,
        Accounts.Requests,
        _claimedSkips,
        _claimedDrops,
        _countedMissing);

    /// <summary>
    /// Whether a batch's numbers can be valid once the listener's grain has judged its artworks: it may find that as many as the batch has were served.
    /// <see cref="Judge"/> decides.
    /// </summary>
    public bool MayTakeNumbers(ImpressionBatch batch, DateTimeOffset now) => batch.FirstNumber is not { } first
        || (Numbers.CanAdd(first, batch.ArtworkIds.Length)
            && first - 1 <= EvidenceAt(now, unserved: 0, recorded: 0).NumberMax(Numbers.Count) + batch.ArtworkIds.Length);

    /// <summary>Judges each impression of a batch without changing anything.</summary>
    /// <param name="foreign">The verdict of the listener's grain on artworks that this session was not served.</param>
    /// <returns>Null if the numbers leave too many gaps, or lie beyond what the session can have shown.</returns>
    public JudgedBatch? Judge(ImpressionBatch batch, ForeignVerdict foreign, in SessionEvidence evidence)
    {
        var firstNumber = batch.FirstNumber ?? Numbers.Highest + 1;
        if (batch.FirstNumber is not null
            && (!Numbers.CanAdd(firstNumber, batch.ArtworkIds.Length) || firstNumber - 1 > evidence.NumberMax(Numbers.Count)))
        {
            return null;
        }

        var judged = new JudgedBatch(batch);
        // The common case: all artworks are unshown, so the set of shown ones need not be searched.
        var areArtworksNew = _shownElsewhere is null && _unshown.ContainsAll(batch.ArtworkIds.AsSpan());
        var nextUnnumbered = firstNumber;
        // The common case: all numbers are above the highest, so none need be searched.
        var areNumbersNew = firstNumber > Numbers.Highest;
        for (var i = 0; i < batch.ArtworkIds.Length; i++)
        {
            var artworkId = batch.ArtworkIds[i];
            if (foreign.OutcomeOf(artworkId) is { } outcomeOfForeign)
            {
                judged.AddUncounted(i, batch.FirstNumber is null ? 0 : firstNumber + i, outcomeOfForeign, Numbers);
                continue;
            }

            var isNew = (areArtworksNew || !IsShown(artworkId)) && !judged.Holds(artworkId);
            if (batch.FirstNumber is null)
            {
                // Without a number a retry can't be distinguished from a repeat, and clients of the single endpoint retry.
                var outcome = ImpressionJudge.Judge(isNew, numberIsNewToSession: false);
                judged.Add(i, outcome == ImpressionOutcome.Recorded ? nextUnnumbered++ : 0, outcome, numberIsNew: true);
                continue;
            }

            var numberIsNew = areNumbersNew || !Numbers.Contains(firstNumber + i);
            judged.Add(i, firstNumber + i, ImpressionJudge.Judge(isNew, numberIsNew, isOnPurpose: !isNew && batch.IsRevisit(artworkId)), numberIsNew);
        }

        return judged;
    }

    /// <summary>Applies a committed batch.</summary>
    public void Fold(JudgedBatch judged, BatchRecorded recorded)
    {
        Accounts.Add(recorded.BatchId, recorded.Account);
        _countedMissing += recorded.MissingChange;
        _endUnshown += recorded.UnshownChange;
        _lastNumber = Math.Max(_lastNumber, recorded.Report?.LastNumber ?? 0);
        if (recorded is { Report: { Skipped: > 0 } or { Dropped: not 0 } } && BatchAccount.Unpack(recorded.Account ?? 0).HasReport)
        {
            _claimedSkips += recorded.Report.Skipped;
            _claimedDrops += recorded.Report.Dropped;
        }

        var entries = judged.Entries;
        for (int first = 0, next; first < entries.Length; first = next)
        {
            for (next = first + 1; next < entries.Length && entries[next].Number == entries[next - 1].Number + 1; next++)
            {
            }

            Numbers.AddRange(entries[first].Number, next - first);
        }

        _seen.UnionWith(recorded.ArtworkIds.AsSpan());
        _unshown.ExceptWith(recorded.ArtworkIds.AsSpan());
        LastBatchNumber++;
    }

    /// <summary>The session's end, without changing anything.</summary>
    /// <param name="lastNumber">The largest number that the client says it has given; null if it does not say, and nothing follows from the end.</param>
    /// <param name="unserved">Number of artworks in the session's block that are in no answer.</param>
    /// <param name="unshown">What the client says it never showed.</param>
    public SessionEnded End(Guid sessionId, DateTimeOffset now, long? lastNumber, int unserved, ImmutableArray<long> unshown)
    {
        var evidence = EvidenceAt(now, unserved, recorded: 0);
        if (lastNumber is not { } last || last > evidence.NumberMax(Numbers.Count))
        {
            return new SessionEnded(sessionId, now);
        }

        var returned = Math.Min(unshown.Distinct().Count(_unshown.Contains), (evidence with { Missing = 0 }).Unshown);
        evidence = evidence with { Unreported = evidence.Unreported - returned };
        var missing = evidence.MissingOf(Math.Max(last, LastNumber) - Numbers.Count);
        return new SessionEnded(sessionId, now, last, missing - _countedMissing, (int)(evidence with { Missing = missing }).Unshown);
    }

    /// <summary>The end of an ended session whose client now says that it has given a larger number: as if the first end had said so.</summary>
    /// <returns>Null where it says nothing new, or what cannot be.</returns>
    public SessionEnded? RaiseEnd(DateTimeOffset now, long? lastNumber)
    {
        var evidence = EvidenceAt(now, unserved: 0, recorded: 0);
        if (_end is not { } end || !(lastNumber > (end.LastNumber ?? -1)) || lastNumber > evidence.NumberMax(Numbers.Count))
        {
            return null;
        }

        var missing = Math.Max(_countedMissing, evidence.MissingOf(Math.Max(lastNumber.Value, LastNumber) - Numbers.Count));
        var after = evidence with { Missing = missing };
        var unshown = _endUnshown is { } counted ? counted + UnshownChange(evidence, after) : (int)after.Unshown;
        return end with { LastNumber = lastNumber, MissingChange = end.MissingChange + missing - _countedMissing, Unshown = unshown };
    }

    /// <summary>By how much a change of the session changes how much its end counts as never shown, so that it is as much as if the end had come later.</summary>
    public int UnshownChange(in SessionEvidence before, in SessionEvidence after)
    {
        if (_endUnshown is not { } counted)
        {
            return 0;
        }

        // What the session was served beyond its end's count, because it was not given back, stays beyond it.
        var unshown = Math.Min(counted + after.Unshown - before.Unshown, after.Unshown);
        return (int)Math.Max(0, unshown) - counted;
    }

    /// <summary>As the other, for artworks that another session reports.</summary>
    public int UnshownChangeWithout(ImmutableArray<long> artworkIds, DateTimeOffset now)
    {
        var before = EvidenceAt(now, unserved: 0, recorded: 0);
        return UnshownChange(before, before with { Unreported = before.Unreported - artworkIds.Distinct().Count(_unshown.Contains) });
    }

    /// <summary>Applies the committed end.</summary>
    public void Fold(SessionEnded ended)
    {
        _countedMissing += ended.MissingChange - (_end?.MissingChange ?? 0);
        _end = ended;
        _lastNumber = Math.Max(_lastNumber, ended.LastNumber ?? 0);
        _endUnshown = ended.LastNumber is null ? null : ended.Unshown;
    }

    /// <summary>Applies the committed correction of the end.</summary>
    public void Fold(EndCorrected corrected) => _endUnshown += corrected.UnshownChange;

    private bool IsShown(long artworkId) => _seen.Contains(artworkId) || _shownElsewhere?.Contains(artworkId) == true;
}
