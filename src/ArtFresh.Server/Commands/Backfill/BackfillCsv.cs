using System.Globalization;
using System.Runtime.CompilerServices;
using ArtFresh.Art;
using CsvHelper;

namespace ArtFresh.Server;

/// <summary>A CSV (RFC 4180, UTF-8) whose header names the columns listener, artwork and viewed_at; other columns are ignored.</summary>
internal sealed class BackfillCsv(string path, BackfillTimes times) : IBackfillSource
{
    private const int RecordBytesMax = 64 * 1024;

    private static readonly string[] Columns = ["listener", "artwork", "viewed_at"];

    public async Task<(string Name, string Identity)> IdentifyAsync(CancellationToken cancellationToken) =>
        (Path.GetFullPath(path), await ContentHashes.OfFileAsync(path, cancellationToken));

    public string PlaceOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{path}:{number}");

    /// <exception cref="SettingException">A column is missing.</exception>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        using (var csv = Open(_ => { }))
        {
            var missing = Columns.Where(column => !Has(csv, column)).ToArray();
            if (missing.Length > 0)
            {
                throw new SettingException($"{path}: the first line must name the columns {string.Join(", ", Columns)}; {string.Join(", ", missing)} is missing.");
            }
        }

        var lines = 0L;
        await foreach (var _ in File.ReadLinesAsync(path, cancellationToken))
        {
            lines++;
        }

        return lines - 1;
    }

    public async IAsyncEnumerable<BackfillRow> ReadAsync(Action<LeftOutRow> onLeftOut, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var csv = Open(onLeftOut);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryRead(csv, onLeftOut))
            {
                yield break;
            }

            var number = csv.LineNumber;
            var (listener, artwork, time) = (Field(csv, 0), Field(csv, 1), Field(csv, 2));
            if (listener is null || artwork is null)
            {
                onLeftOut(LeftOutRow.Empty(PlaceOf(number)));
            }
            else if (!times.TryRead(time, out var viewedAt, out var why))
            {
                onLeftOut(LeftOutRow.NoTime(PlaceOf(number), why, listener, artwork));
            }
            else
            {
                yield return new BackfillRow(number, listener, artwork, viewedAt);
            }
        }
    }

    private static bool TryRead(CsvReader csv, Action<LeftOutRow> onLeftOut)
    {
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException oversized)
        {
            onLeftOut(Malformed($"line {oversized.LineNumber}", $"the row is longer than {RecordBytesMax} bytes; the rows after it were not read"));
            return false;
        }
    }

    private static bool Has(CsvReader csv, string column)
    {
        try
        {
            return csv.TryGetFieldIndex(column, out _);
        }
        catch (CsvFormatException)
        {
            return false;
        }
    }

    private static string? Field(CsvReader csv, int column) =>
        csv.TryGetFieldIndex(Columns[column], out var index) && index < csv.FieldCount && csv.GetString(index).Trim() is { Length: > 0 } value ? value : null;

    private CsvReader Open(Action<LeftOutRow> onLeftOut) => CsvReader.FromFile(path, new CsvReaderOptions
    {
        Separator = ',',
        TrackLineNumbers = true,
        MaxRecordSize = RecordBytesMax,
        MalformedData = CsvMalformedDataHandling.Skip,
        AllowLineBreaksInQuotes = false,
        OnMalformedRecord = malformed => onLeftOut(Malformed($"{path}:{malformed.LineNumber}", "the quotes in the row do not match")),
    });

    private static LeftOutRow Malformed(string where, string why) => new(where, "malformed row", why);
}
