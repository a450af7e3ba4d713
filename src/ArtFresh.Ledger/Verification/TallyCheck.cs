using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Checks the rows of each writer in order of position, and compares their sums up to the checkpoint with the tallies.</summary>
/// <param name="hasErasures">Whether rows of erased listeners, which the tallies count, are gone: a tally may count more than the ledger holds, and never less.</param>
internal sealed class TallyCheck(VerificationResult result, IReadOnlyDictionary<long, long> checkpoints, bool hasErasures)
{
    /// <summary>Counters that every release computes in the same way. The others are compared only where each row has a checksum: this release's tally has counted it, or one like it.</summary>
    private static readonly string[] Always =
        [nameof(KpiCounts.ImpressionsRecorded), nameof(KpiCounts.Repeats), nameof(KpiCounts.Unknown), nameof(KpiCounts.Duplicates)];

    /// <summary>Counters that nothing in the rows tells: what was so when it was counted.</summary>
    private static readonly string[] Never = [nameof(KpiCounts.WithoutViewedAt), ReleaseCounters.ServedTwice];

    private readonly ArtworkColumn _views = new();
    private readonly ArtworkColumn _lastViews = new();
    private readonly ViewSums _noted = [];
    private readonly CounterSums _hours = new(TimeSpan.FromHours(1));
    private readonly CounterSums _minutes = new(TimeSpan.FromMinutes(1));
    private readonly HashSet<DateTimeOffset> _oldHours = [];
    private readonly HashSet<DateTimeOffset> _oldMinutes = [];
    private readonly HashSet<(string Release, DateTimeOffset At, string Counter, TimeSpan Span)> _counted = [];
    private readonly ErasedRows _erased = new();
    private readonly Dictionary<(DateTimeOffset Minute, int Network), NetworkCount> _networks = [];
    private readonly Dictionary<(DateTimeOffset Minute, int Network), NetworkCount> _networksCounted = [];
    private readonly HashSet<DateTimeOffset> _minutesWithoutNetwork = [];
    private readonly HashSet<DateTimeOffset> _minutesCounted = [];
    private long _viewsBeyond;
    private readonly Dictionary<(string Release, DateTimeOffset Hour, string Counter), long> _counters = [];
    private readonly Dictionary<(string Release, DateTimeOffset Hour, string Counter), long> _minuteCounters = [];
    private DateTimeOffset _firstMinute = DateTimeOffset.MaxValue;
    private long _writer;
    private long _position;
    private DateTimeOffset _latest;

    private Dictionary<long, PageOfViews> NotedPages => field ??= _noted.Pages.ToDictionary(page => page.Number);

    /// <summary>The furthest that a row is behind an earlier row of its writer: how far a clock was set back.</summary>
    public TimeSpan ClockStep { get; private set; }

    /// <param name="isWhole">Whether the ledger still holds all rows: only then a gap below a checkpoint is a violation.</param>
    public void Take(WriterRow row, bool isWhole)
    {
        var (writer, position) = (row.Writer, row.Position);
        if (writer != _writer)
        {
            (_writer, _position, _latest) = (writer, 0, DateTimeOffset.MinValue);
            _erased.BeginWriter();
        }

        _erased.Take(row);

        FollowClock(row);

        var checkpoint = checkpoints.GetValueOrDefault(writer);
        if (row.FirstPosition != _position + 1 && (isWhole || _position >= checkpoint))
        {
            result.Positions.Add(new Broken($"position {row.FirstPosition} of writer {writer} follows position {_position}"));
        }

        _position = position;
        var said = ReadReport(row);
        if (position > checkpoint || row.IsErased)
        {
            return;
        }

        try
        {
            AddUp(row, said);
        }
        catch (InvalidDataException)
        {
            // ListenerCheck adds it.
        }
    }

    private void FollowClock(WriterRow row)
    {
        if (!row.IsErased)
        {
            _latest = row.ReceivedAt > _latest ? row.ReceivedAt : _latest;
            ClockStep = _latest - row.ReceivedAt > ClockStep ? _latest - row.ReceivedAt : ClockStep;
        }
    }

    /// <summary>Adds a violation for a checkpoint beyond a writer's last row: rows are missing.</summary>
    public void JudgeCheckpoints(IReadOnlyDictionary<long, long> lastPositions)
    {
        foreach (var (writer, position) in checkpoints.Where(checkpoint => lastPositions.GetValueOrDefault(checkpoint.Key) < checkpoint.Value))
        {
            result.Positions.Add(new Broken($"writer {writer} is tallied up to position {position}; its last row has position {lastPositions.GetValueOrDefault(writer)}"));
        }
    }

    /// <summary>Adds views that no page counts yet. Call it before the first page.</summary>
    public void TakeNoted(long writer, NotedViews noted)
    {
        try
        {
            var views = PackedViews.Unpack(noted.Views);
            var (at, pages) = (views.Min(one => (long?)one.LastViewedAtMs), views.Select(one => PageOfViews.NumberOf(one.ArtworkId)).Distinct().Count());
            if (at != noted.At.ToUnixTimeMilliseconds() || pages != noted.Pages)
            {
                result.Views.Add(new Broken($"noted views of writer {writer} say {noted.Pages} pages since {noted.At.ToUnixTimeMilliseconds()} ms; they are {pages} since {at} ms"));
            }

            _noted.Add(noted.Views);
        }
        catch (InvalidDataException damage)
        {
            result.Readable.Add(new Broken($"noted views of writer {writer}: {damage.Message}"));
        }
    }

    /// <summary>Compares a stored page of views.</summary>
    public void TakePage(long page, byte[]? bytes)
    {
        ViewsPage views;
        try
        {
            views = ViewsPage.FromBytes(bytes);
        }
        catch (InvalidDataException damage)
        {
            result.Readable.Add(new Broken($"page {page} of views: {damage.Message}"));
            views = ViewsPage.FromBytes(null);
        }

        if (NotedPages.Remove(page, out var noted))
        {
            views.Add(noted);
        }

        foreach (var artworkId in ViewsPage.ArtworksOf(page))
        {
            var (count, last) = views.Read(artworkId);
            Compare(artworkId, count);
            var lastMs = last?.ToUnixTimeMilliseconds() ?? 0;
            if (lastMs < _lastViews[artworkId] || (lastMs > _lastViews[artworkId] && (!hasErasures || count <= _views[artworkId])))
            {
                result.Views.Add(new Broken($"artwork {artworkId} was last viewed at {lastMs} ms; the ledger says {_lastViews[artworkId]} ms", ArtworkId: artworkId));
            }

            _views[artworkId] = 0;
        }
    }

    /// <summary>Adds a violation for artworks without a page. Call it after the last page.</summary>
    public void JudgeViewsWithoutPage()
    {
        foreach (var page in NotedPages.Keys.ToArray())
        {
            TakePage(page, null);
        }

        foreach (var (artworkId, _) in _views.All())
        {
            Compare(artworkId, 0);
        }

        if (_viewsBeyond > ErasedCount * Limits.BatchArtworksMax)
        {
            result.Views.Add(new Broken($"artworks count {_viewsBeyond} views that the ledger does not hold; {ErasedCount} erased batches cannot have had so many"));
        }
    }

    /// <summary>A counter of a minute: only minutes from the first on are kept.</summary>
    public void ExpectMinute(CounterAdded minute) => _firstMinute = minute.Hour < _firstMinute ? minute.Hour : _firstMinute;

    public void TakeCounter(CounterAdded counter)
    {
        _counted.Add((counter.Release, counter.Hour, NameOf(counter), TimeSpan.FromHours(1)));
        Subtract(_counters, counter);
    }

    public void TakeMinute(CounterAdded minute)
    {
        if (minute.Counter == nameof(KpiCounts.Batches) && minute.Amount > 0)
        {
            _minutesCounted.Add(minute.Hour);
        }

        _counted.Add((minute.Release, minute.Hour, NameOf(minute), TimeSpan.FromMinutes(1)));
        Subtract(_minuteCounters, minute);
    }

    /// <summary>Reports wrong counters. Call it after the last counter.</summary>
    public void JudgeCounters() => Judge(_counters, _hours, _oldHours, TimeSpan.FromHours(1), mayLack: false);

    /// <summary>
    /// Reports minutes that count more than the rows tell. The first was trimmed in the middle of its counting; fewer are right too, because a tally that comes late leaves the minutes out.
    /// Losses that clients claim are not compared: a minute that takes some back and is left out counts more.
    /// </summary>
    public void JudgeMinutes() => Judge(_minuteCounters, _minutes, _oldMinutes, TimeSpan.FromMinutes(1), mayLack: true);

    /// <summary>A tally of the release before counts revisits as repeats.</summary>
    private static string NameOf(CounterAdded counter) => counter.Counter == nameof(KpiCounts.Revisits) ? nameof(KpiCounts.Repeats) : counter.Counter;

    private static void Subtract(Dictionary<(string Release, DateTimeOffset Hour, string Counter), long> counters, CounterAdded counter)
    {
        var name = NameOf(counter);
        if (!Never.Contains(name))
        {
            var key = (counter.Release, counter.Hour, name);
            counters[key] = counters.GetValueOrDefault(key) - counter.Amount;
        }
    }

    /// <summary>Unknown releases are counted together, as <c>other</c>.</summary>
    private void Judge(
        Dictionary<(string Release, DateTimeOffset Hour, string Counter), long> counters, CounterSums computed, HashSet<DateTimeOffset> old, TimeSpan span, bool mayLack)
    {
        foreach (var counter in computed.All)
        {
            Subtract(counters, counter with { Amount = -counter.Amount });
        }

        foreach (var counted in counters.GroupBy(counter => (counter.Key.Hour, counter.Key.Counter))
            .Where(counted => (Always.Contains(counted.Key.Counter) || !old.Contains(counted.Key.Hour)) && !(mayLack && counted.Key.Counter == nameof(KpiCounts.Dropped))))
        {
            var ((at, counter), differences) = (counted.Key, new CounterDifferences());
            foreach (var (key, difference) in counted)
            {
                differences.Add(key.Release, difference, _counted.Contains((key.Release, at, counter, span)));
            }

            var erased = hasErasures ? _erased.MostCounted(counter, at, span, ClockStep) : 0;
            foreach (var (releases, tooMany) in differences.Find(erased, mayLack))
            {
                var bound = tooMany > 0 && erased > 0 ? $", and at most {erased} of them are erased" : "";
                result.Counters.Add(new Broken(
                    $"release {releases} counts {Math.Abs(tooMany)} {counter} too {(tooMany < 0 ? "few" : "many")} in the {(span == TimeSpan.FromHours(1) ? "hour" : "minute")} from {at.UtcDateTime:yyyy-MM-dd HH:mm}Z{bound}"));
            }
        }
    }

    /// <summary>Adds what networks are said to have claimed.</summary>
    public void TakeNetworks(string release, DateTimeOffset minute, byte[] bytes)
    {
        try
        {
            foreach (var (network, counts) in NetworkCounts.Unpack(bytes).All)
            {
                _networksCounted[(minute, network)] = _networksCounted.GetValueOrDefault((minute, network)) + counts;
            }
        }
        catch (InvalidDataException damage)
        {
            result.Readable.Add(new Broken($"claims of networks of release {release} in the minute from {minute.UtcDateTime:yyyy-MM-dd HH:mm}Z: {damage.Message}"));
        }
    }

    /// <summary>Reports networks that are said to have claimed more than their batches do. Fewer are right, as with minutes; but who counts a minute counts its networks with it.</summary>
    public void JudgeNetworks()
    {
        foreach (var minute in _networks.Keys.Select(key => key.Minute).Except(_networksCounted.Keys.Select(key => key.Minute)).Except(_minutesWithoutNetwork).Except(_oldMinutes).Order())
        {
            if (_minutesCounted.Contains(minute))
            {
                result.Counters.Add(new Broken($"the minute from {minute.UtcDateTime:yyyy-MM-dd HH:mm}Z is counted, and its networks are not"));
            }
        }

        foreach (var ((minute, network), counted) in _networksCounted.Where(counted => !_oldMinutes.Contains(counted.Key.Minute)))
        {
            var held = _networks.GetValueOrDefault((minute, network));
            var mayBeErased = hasErasures && _erased.MostCounted(nameof(KpiCounts.Batches), minute, TimeSpan.FromMinutes(1), ClockStep) > 0;
            if (!mayBeErased)
            {
                (string Kind, long Counted, long Held)[] kinds =
                [
                    ("requests", counted.Attempts, held.Attempts), ("unanswered requests", counted.Failed, held.Failed), ("impressions", counted.Impressions, held.Impressions),
                    ("lost impressions", counted.Lost, held.Lost), ("displays", counted.Displays, held.Displays), ("late displays", counted.Late, held.Late),
                ];
                foreach (var (kind, claimed, known) in kinds.Where(kind => kind.Counted > kind.Held))
                {
                    result.Counters.Add(new Broken(
                        $"network {network} is said to claim {claimed} {kind} in the minute from {minute.UtcDateTime:yyyy-MM-dd HH:mm}Z; its batches claim {known}"));
                }
            }
        }
    }

    private long ErasedCount
    {
        get
        {
            _erased.BeginWriter();
            return _erased.Count;
        }
    }

    private void Compare(long artworkId, long counted)
    {
        var beyond = counted - _views[artworkId];
        _viewsBeyond += Math.Max(0, beyond);
        // An erased batch has an artwork once.
        if (beyond < 0 || beyond > (hasErasures ? ErasedCount : 0))
        {
            result.Views.Add(new Broken($"artwork {artworkId} counts {counted} views; the ledger holds {_views[artworkId]}", ArtworkId: artworkId));
        }
    }

    private void AddUp(WriterRow row, DeliveryReport? said)
    {
        if (row.Chain is null)
        {
            _oldHours.Add(CounterAdded.StartOf(row.ReceivedAt, TimeSpan.FromHours(1)));
            _oldHours.Add(CounterAdded.StartOf(row.OpenedAt ?? row.ReceivedAt, TimeSpan.FromHours(1)));
            _oldMinutes.Add(CounterAdded.StartOf(row.ReceivedAt, TimeSpan.FromMinutes(1)));
        }

        var tallied = new TalliedBatch(new LoggedBatch(
            row.Position, row.Release ?? "", row.OpenedAt ?? row.ReceivedAt, row.ReceivedAt, row.Impressions, (int)row.Duplicates, said, row.Account, Network: (int)(row.Network ?? 0),
            Revisits: (int)(row.Revisits ?? 0)));
        foreach (var artworkId in tallied.Recorded.Span)
        {
            _views[artworkId]++;
            _lastViews[artworkId] = Math.Max(_lastViews[artworkId], row.ReceivedAt.ToUnixTimeMilliseconds());
        }

        // Null if the session's row was dropped.
        if (row.Release is null)
        {
            return;
        }

        tallied.AddArrival(_hours.Of(row.Release, row.ReceivedAt), []);
        tallied.AddSession(_hours.Of(row.Release, row.OpenedAt ?? row.ReceivedAt));
        if (row.ReceivedAt >= _firstMinute)
        {
            tallied.AddArrival(_minutes.Of(row.Release, row.ReceivedAt), []);
            tallied.AddSession(_minutes.Of(row.Release, row.ReceivedAt));
            if (row.Network is > 0 and var network)
            {
                var key = (CounterAdded.StartOf(row.ReceivedAt, TimeSpan.FromMinutes(1)), (int)network);
                _networks[key] = _networks.GetValueOrDefault(key) + tallied.Claims();
            }
            else
            {
                _minutesWithoutNetwork.Add(CounterAdded.StartOf(row.ReceivedAt, TimeSpan.FromMinutes(1)));
            }
        }
    }

    private DeliveryReport? ReadReport(WriterRow row)
    {
        try
        {
            return StoredReport.Read(row.Report);
        }
        catch (JsonException damage)
        {
            result.Readable.Add(new Broken($"the client's report at position {row.Position} of writer {row.Writer}: {damage.Message}"));
            return null;
        }
    }
}
