using CsvHelper;

namespace ArtFresh.Server;

/// <summary>Another system's names for the files of a catalogue's CSV: a column of it, such as the key of a table that it was exported from.</summary>
/// <param name="Name">The column.</param>
/// <param name="Catalogue">The CSV.</param>
/// <param name="Files">By name, the file; null where rows with the same name have different files.</param>
internal sealed record BackfillColumn(string Name, string Catalogue, Dictionary<string, string?> Files)
{
    /// <exception cref="SettingException">The file is missing or has not both columns.</exception>
    public static BackfillColumn Read(string catalogue, string name)
    {
        if (!File.Exists(catalogue))
        {
            throw new SettingException($"There is no file {catalogue}.");
        }

        using var csv = CsvReader.FromFile(catalogue, new CsvReaderOptions { Separator = ',' });
        if (!csv.TryGetFieldIndex("file", out var file) || !csv.TryGetFieldIndex(name, out var column))
        {
            throw new SettingException($"{catalogue}: the first line must name the columns file, {name}.");
        }

        var (files, folder) = (new Dictionary<string, string?>(), Path.GetDirectoryName(Path.GetFullPath(catalogue))!);
        while (csv.Read())
        {
            if (csv.FieldCount > Math.Max(file, column) && csv.GetString(column).Trim() is { Length: > 0 } named && csv.GetString(file).Trim() is { Length: > 0 } path && !path.Contains('\0', StringComparison.Ordinal))
            {
                var full = Path.GetFullPath(path, folder);
                files[named] = files.TryGetValue(named, out var other) && other != full ? null : full;
            }
        }

        return new BackfillColumn(name, catalogue, files);
    }

    /// <summary>Why a name is of no artwork.</summary>
    public string WhyUnknown(string name) => !Files.TryGetValue(name, out var file) ? $"column {Name} of {Catalogue} has no '{name}'"
        : file is null ? $"column {Name} of {Catalogue} has '{name}' for several files"
        : $"'{name}' is {file}, which is not imported";
}
