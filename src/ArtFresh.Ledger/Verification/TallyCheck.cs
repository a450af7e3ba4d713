using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Checks the rows of each writer in order of position, and compares their sums up to the checkpoint with the tallies.</summary>
/// <param name="hasErasures">Whether rows of erased listeners, which the tallies count, are gone: a tally may count more than the ledger holds, and never less.</param>
internal sealed class TallyCheck(VerificationResult result, IReadOnlyDictionary<long, long> checkpoints, bool hasErasures)
{
    /// <summary>Counters that every release computes in the same way.</summary>
    private static readonly string[] Counted =
        [nameof(KpiCounts.ImpressionsRecorded), nameof(KpiCounts.Repeats), nameof(KpiCounts.Unknown), nameof(KpiCounts.Duplicates)];

    private readonly ArtworkColumn _views = new();
    private readonly Dictionary<(string Release, DateTimeOffset Hour, string Counter), long> _counters = [];
    private long _writer;
    private long _position;
    private DateTimeOffset _latest;

    /// <summary>The furthest that a row is behind an earlier row of its writer: how far a clock was set back.</summary>
    public TimeSpan ClockStep { get; private set; }

    /// <param name="isWhole">Whether the ledger still holds all rows: only then a gap below a checkpoint is a violation.</param>
    public void Take(WriterRow row, bool isWhole)
    {
        var (writer, position) = (row.Writer, row.Position);
        if (writer != _writer)
        {
            (_writer, _position, _latest) = (writer, 0, row.ReceivedAt);
        }

        _latest = row.ReceivedAt > _latest ? row.ReceivedAt : _latest;
        ClockStep = _latest - row.ReceivedAt > ClockStep ? _latest - row.ReceivedAt : ClockStep;

        var checkpoint = checkpoints.GetValueOrDefault(writer);
        if (position != _position + 1 && (isWhole || _position >= checkpoint))
        {
            result.Positions.Add(new Broken($"position {position} of writer {writer} follows position {_position}"));
        }

        _position = position;
        ReadReport(row);
        if (position > checkpoint)
        {
            return;
        }

        try
        {
            AddUp(row);
        }
        catch (InvalidDataException)
        {
            // ListenerCheck adds it.
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

    /// <summary>Compares a stored page of views.</summary>
    public void TakePage(long page, byte[] bytes)
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

        foreach (var artworkId in ViewsPage.ArtworksOf(page))
        {
            Compare(artworkId, views.Read(artworkId).Count);
            _views[artworkId] = 0;
        }
    }

    /// <summary>Adds a violation for artworks without a page. Call it after the last page.</summary>
    public void JudgeViewsWithoutPage()
    {
        foreach (var (artworkId, _) in _views.All())
        {
            Compare(artworkId, 0);
        }
    }

    public void TakeCounter(CounterAdded counter)
    {
        if (Counted.Contains(counter.Counter))
        {
            Add(counter.Release, counter.Hour, counter.Counter, -counter.Amount);
        }
        else if (counter.Counter == nameof(KpiCounts.Revisits))
        {
            // A tally of the release before counts them as repeats.
            Add(counter.Release, counter.Hour, nameof(KpiCounts.Repeats), -counter.Amount);
        }
    }

    /// <summary>Adds a violation for each wrong counter. Call it after the last counter. Unknown releases are counted together, as <c>other</c>.</summary>
    public void JudgeCounters()
    {
        foreach (var counted in _counters.GroupBy(counter => (counter.Key.Hour, counter.Key.Counter)))
        {
            var others = -counted.Where(counter => counter.Value < 0 && counter.Key.Release == ReleaseName.Other).Sum(counter => counter.Value);
            var (few, many) = (counted.Where(counter => counter.Value > 0).Sum(counter => counter.Value), -counted.Where(counter => counter.Value < 0).Sum(counter => counter.Value));
            var isWhole = hasErasures ? few <= others : few == many && many == others;
            foreach (var ((release, hour, counter), difference) in counted.Where(counter => (hasErasures ? counter.Value > 0 : counter.Value != 0) && !isWhole))
            {
                result.Counters.Add(new Broken(
                    $"release {release} counts {Math.Abs(difference)} {counter} too {(difference > 0 ? "few" : "many")} in the hour from {hour.UtcDateTime:yyyy-MM-dd HH:mm}Z"));
            }
        }
    }

    private void Compare(long artworkId, long counted)
    {
        if (hasErasures ? counted < _views[artworkId] : counted != _views[artworkId])
        {
            result.Views.Add(new Broken($"artwork {artworkId} counts {counted} views; the ledger holds {_views[artworkId]}", ArtworkId: artworkId));
        }
    }

    private void AddUp(WriterRow row)
    {
        var hour = CounterAdded.StartOf(row.ReceivedAt, TimeSpan.FromHours(1));
        foreach (var impression in PackedImpressions.Unpack(row.Impressions))
        {
            Add(row.Release, hour, impression.Outcome switch
            {
                ImpressionOutcome.Recorded => nameof(KpiCounts.ImpressionsRecorded),
                ImpressionOutcome.Repeat => nameof(KpiCounts.Repeats),
                _ => nameof(KpiCounts.Unknown),
            }, 1);
            if (impression.Outcome == ImpressionOutcome.Recorded)
            {
                _views[impression.ArtworkId]++;
            }
        }

        Add(row.Release, hour, nameof(KpiCounts.Duplicates), row.Duplicates);
    }

    /// <param name="release">Null if the session's row was dropped.</param>
    private void Add(string? release, DateTimeOffset hour, string counter, long amount)
    {
        if (release is not null)
        {
            _counters[(release, hour, counter)] = _counters.GetValueOrDefault((release, hour, counter)) + amount;
        }
    }

    private void ReadReport(WriterRow row)
    {
        try
        {
            if (row.Report is not null)
            {
                JsonSerializer.Deserialize<DeliveryReport>(row.Report);
            }
        }
        catch (JsonException damage)
        {
            result.Readable.Add(new Broken($"the client's report at position {row.Position} of writer {row.Writer}: {damage.Message}"));
        }
    }
}
