using CsvHelper;

namespace ArtFresh.Server;

/// <summary>Other names for artworks: a CSV (UTF-8) whose header names the columns name and artwork.</summary>
internal static class BackfillMap
{
    /// <exception cref="SettingException">The file is missing or has not both columns.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new SettingException($"There is no file {path}.");
        }

        using var csv = CsvReader.FromFile(path, new CsvReaderOptions { Separator = ',' });
        if (!csv.TryGetFieldIndex("name", out var name) || !csv.TryGetFieldIndex("artwork", out var artwork))
        {
            throw new SettingException($"{path}: the first line must name the columns name, artwork.");
        }

        var map = new Dictionary<string, string>();
        while (csv.Read())
        {
            if (csv.FieldCount > Math.Max(name, artwork))
            {
                map[csv.GetString(name).Trim()] = csv.GetString(artwork).Trim();
            }
        }

        return map;
    }
}
