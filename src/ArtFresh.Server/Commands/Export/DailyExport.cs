namespace ArtFresh.Server;

/// <summary>What an export did for one sort.</summary>
/// <param name="Written">Days written.</param>
/// <param name="Kept">Days that were finished before.</param>
public readonly record struct ExportSummary(ExportSort Sort, long Written, long Kept, long Rows);

/// <summary>Exports rows by day. Reads the table once for so many days, and keeps a part of each day's rows in memory, however many there are.</summary>
internal sealed class DailyExport(OpenLedger ledger, ExportFiles files, ExportedListeners names)
{
    /// <summary>Days that one read of the table gives: no index orders it by time, because each batch would have to pay for it.</summary>
    private const int DaysPerRead = 31;

    private readonly List<ExportSummary> _summaries = [];

    public IReadOnlyList<ExportSummary> Summaries => _summaries;

    public long DaysDone { get; private set; }

    public long DaysInAll { get; private set; }

    /// <param name="until">The day after the last.</param>
    public async Task RunAsync(IReadOnlyCollection<ExportSort> sorts, DateOnly from, DateOnly until, CancellationToken cancellationToken)
    {
        var days = Enumerable.Range(0, Math.Max(0, until.DayNumber - from.DayNumber)).Select(from.AddDays).ToArray();
        DaysInAll = (long)days.Length * sorts.Count;
        foreach (var sort in sorts)
        {
            var left = days.Where(day => files.IsLeft(sort, day)).ToArray();
            DaysDone += days.Length - left.Length;
            var rows = 0L;
            foreach (var some in left.Chunk(DaysPerRead))
            {
                rows += await WriteAsync(sort, some, cancellationToken);
                DaysDone += some.Length;
            }

            _summaries.Add(new ExportSummary(sort, left.Length, days.Length - left.Length, rows));
        }
    }

    /// <returns>Rows written.</returns>
    private Task<long> WriteAsync(ExportSort sort, DateOnly[] days, CancellationToken cancellationToken)
    {
        var (from, until) = (At(days[0]), At(days[^1].AddDays(1)));
        return sort switch
        {
            ExportSort.Impressions => WriteAsync<ImpressionRow>(sort, days, add => ledger.Exports.ReadBatchesAsync(
                from, until,
                async batch =>
                {
                    var listener = await names.OfAsync(batch.Listener, cancellationToken);
                    foreach (var impression in ImpressionRow.Of(batch, listener))
                    {
                        await add(batch.ReceivedAt, impression);
                    }
                },
                cancellationToken)),
            ExportSort.Artworks => WriteAsync<ArtworkRow>(
                sort, days, add => ledger.Exports.ReadArtworksAsync(from, until, artwork => add(artwork.CreatedAt, ArtworkRow.Of(artwork)), cancellationToken)),
            _ => WriteAsync<FigureRow>(sort, days, add => ledger.Exports.ReadFiguresAsync(from, until, figure => add(figure.Hour, FigureRow.Of(figure)), cancellationToken)),
        };
    }

    private async Task<long> WriteAsync<T>(ExportSort sort, DateOnly[] days, Func<Func<DateTimeOffset, T, ValueTask>, Task> read)
        where T : class, new()
    {
        var opened = days.ToDictionary(day => day, day => files.Open<T>(sort, day));
        try
        {
            var rows = 0L;
            await read(async (at, row) =>
            {
                // Days between those that are left may be finished already.
                if (opened.TryGetValue(DateOnly.FromDateTime(at.UtcDateTime), out var file))
                {
                    await file.AddAsync(row);
                    rows++;
                }
            });
            foreach (var file in opened.Values)
            {
                await file.FinishAsync();
            }

            return rows;
        }
        finally
        {
            foreach (var file in opened.Values)
            {
                await file.DisposeAsync();
            }
        }
    }

    private static DateTimeOffset At(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
