using System.Globalization;
using ArtFresh.Contracts;
using CsvHelper;

namespace ArtFresh.Art;

/// <summary>Reads a catalogue's CSV (RFC 4180, UTF-8, a header line). A bad row is a fault, and skipped.</summary>
internal static class CatalogueCsv
{
    private const int RecordBytesMax = 64 * 1024;

    public static IEnumerable<CatalogueEntry> Read(string path, Action<CatalogueFault> onFault)
    {
        var root = CatalogueReader.RealPath(Path.GetDirectoryName(path)!);
        void Skip(long line, string reason) => onFault(new CatalogueFault($"{path}:{line}", reason));
        using var csv = CsvReader.FromFile(path, new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MaxRecordSize = RecordBytesMax,
            MalformedData = CsvMalformedDataHandling.Skip,
            // A field cannot span lines, so that an unclosed quote costs one row and not the rest of the file.
            AllowLineBreaksInQuotes = false,
            OnMalformedRecord = malformed => Skip(malformed.LineNumber, "The quotes in the row do not match."),
        });
        if (FaultOfHeader(csv) is { } noHeader)
        {
            Skip(1, noHeader);
            yield break;
        }

        while (true)
        {
            CatalogueEntry entry;
            try
            {
                if (!csv.Read())
                {
                    yield break;
                }

                entry = EntryOf(csv, root);
            }
            catch (CatalogueRowException bad)
            {
                Skip(csv.LineNumber, bad.Message);
                continue;
            }
            catch (CsvFormatException oversized)
            {
                Skip(oversized.LineNumber, $"The row is longer than {RecordBytesMax} bytes; the rows after it were not read.");
                yield break;
            }

            yield return entry;
        }
    }

    private static string? FaultOfHeader(CsvReader csv)
    {
        const string Fault = "The first line must be a header with a column named file.";
        try
        {
            return csv.TryGetFieldIndex("file", out _) ? null : Fault;
        }
        catch (CsvFormatException)
        {
            return Fault;
        }
    }

    private static CatalogueEntry EntryOf(CsvReader csv, string root)
    {
        if (csv.FieldCount > csv.Headers.Count)
        {
            throw new CatalogueRowException($"The row has {csv.FieldCount} fields, the header {csv.Headers.Count}: quote fields that contain a comma.");
        }

        var file = Field(csv, "file") ?? throw new CatalogueRowException("The row names no file.");
        if (!CatalogueReader.IsPictureName(file))
        {
            throw new CatalogueRowException($"{file} is not a .svg, .png, .jpg, .jpeg or .webp file.");
        }

        if (file.Contains('\0', StringComparison.Ordinal))
        {
            throw new CatalogueRowException("The file name is invalid.");
        }

        var full = Path.GetFullPath(file, root);
        if (CatalogueReader.RefusalOf(new FileInfo(full), root) is { } refusal)
        {
            throw new CatalogueRowException($"{file}: {refusal}");
        }

        return new CatalogueEntry
        {
            Path = full,
            Title = Field(csv, "title"),
            Author = Field(csv, "author"),
            Source = Field(csv, "source"),
            Licence = Field(csv, "licence") ?? Field(csv, "license"),
            Collection = Field(csv, "collection"),
            DigitalSourceType = TypeOf(Field(csv, "digitalsourcetype")),
            Mood = MoodOf(Field(csv, "valence"), Field(csv, "energy")),
        };
    }

    private static string? Field(CsvReader csv, string name) =>
        csv.TryGetFieldIndex(name, out var index) && index < csv.FieldCount && csv.GetString(index).Trim() is { Length: > 0 } value ? value : null;

    private static string? TypeOf(string? value) => value is null
        ? null
        : DigitalSourceTypes.CodeOf(value) ?? throw new CatalogueRowException("The digitalSourceType must be a code of IPTC's vocabulary, such as digitalArt or digitalCapture.");

    private static Mood? MoodOf(string? valence, string? energy)
    {
        if (valence is null && energy is null)
        {
            return null;
        }

        if (double.TryParse(valence, NumberStyles.Float, CultureInfo.InvariantCulture, out var pleasant)
            && double.TryParse(energy, NumberStyles.Float, CultureInfo.InvariantCulture, out var lively)
            && new Mood(pleasant, lively) is { IsValid: true } mood)
        {
            return mood;
        }

        throw new CatalogueRowException("Valence and energy must both be given, as numbers from 0 to 1, or both be left empty.");
    }

    private sealed class CatalogueRowException(string message) : Exception(message);
}
