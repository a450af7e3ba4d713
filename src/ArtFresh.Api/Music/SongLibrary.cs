using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;

namespace ArtFresh.Api;

/// <summary>One of the operator's songs.</summary>
internal sealed record SongBody(
    [property: Description("Derived from the file's path, so it is stable until the file moves.")] string Id,
    [property: Description("From song.ini, or else from the name of the file or its folder.")] string Title,
    [property: Description("From song.ini, from a file name 'Artist - Title' or from the folder; null if unknown.")] string? Artist,
    [property: Description("Path of the audio file, which takes range requests.")] string Url,
    [property: Description("Null: players find out the duration.")] double? DurationSeconds);

/// <summary>
/// The audio files of a directory and of two levels of folders in it. A folder with a <c>song.*</c> is one song with its stems (the layout of Frets on Fire): its stems
/// are not listed, and <c>song.ini</c> has its title.
/// </summary>
internal static class SongLibrary
{
    /// <summary>Media types of the listed and served files, by extension.</summary>
    public static IReadOnlyDictionary<string, string> MediaTypes { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".ogg"] = "audio/ogg",
        [".opus"] = "audio/ogg",
        [".mp3"] = "audio/mpeg",
        [".flac"] = "audio/flac",
        [".wav"] = "audio/wav",
        [".m4a"] = "audio/mp4",
    };

    private const int SongsMax = 1000;
    private const int IniBytesMax = 16 * 1024;

    private static readonly string[] Stems = ["guitar", "rhythm", "bass", "drums", "vocals", "keys", "crowd", "preview"];

    private static readonly EnumerationOptions TwoLevels = new() { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true };

    public static SongBody[] List(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }
        return [.. Directory.EnumerateFiles(directory, "*", TwoLevels)
            .Where(file => MediaTypes.ContainsKey(Path.GetExtension(file)))
            .GroupBy(file => Path.GetDirectoryName(file)!)
            .SelectMany(folder => WithoutStems([.. folder]))
            .Take(SongsMax)
            .Select(file => Describe(directory, file))
            .OrderBy(song => song.Artist, StringComparer.OrdinalIgnoreCase).ThenBy(song => song.Title, StringComparer.OrdinalIgnoreCase)];
    }

    private static string[] WithoutStems(string[] files) => Array.Exists(files, IsWholeSong)
        ? Array.FindAll(files, file => !Array.Exists(Stems, stem => NameOf(file).StartsWith(stem, StringComparison.OrdinalIgnoreCase)))
        : files;

    private static SongBody Describe(string directory, string file)
    {
        var relative = Path.GetRelativePath(directory, file).Replace(Path.DirectorySeparatorChar, '/');
        var folder = Path.GetDirectoryName(relative) is { Length: > 0 } parent ? Path.GetFileName(parent) : null;
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(relative)).AsSpan(0, 8));
        var url = "/music/" + string.Join('/', relative.Split('/').Select(Uri.EscapeDataString));
        var (title, artist) = IsWholeSong(file) && folder is not null
            ? (folder, null)
            : SplitName(NameOf(file), folder);
        if (IsWholeSong(file))
        {
            var ini = ReadIni(Path.Combine(Path.GetDirectoryName(file)!, "song.ini"));
            title = ini.GetValueOrDefault("name", title);
            artist = ini.TryGetValue("artist", out var named) ? named : artist;
        }
        return new SongBody(id, title, artist, url, null);
    }

    /// <summary>Of "Artist - Title", "01 - Title" and "01 - Artist - Title".</summary>
    private static (string Title, string? Artist) SplitName(string name, string? folder) => name.Split(" - ", 2, StringSplitOptions.TrimEntries) switch
    {
        [var track, { Length: > 0 } rest] when IsTrackNumber(track) => SplitName(rest, folder),
        [{ Length: > 0 } artist, { Length: > 0 } title] => (title, artist),
        _ => (name, folder),
    };

    private static bool IsTrackNumber(string part) => part.Length is 1 or 2 && part.All(char.IsAsciiDigit);

    private static Dictionary<string, string> ReadIni(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (new FileInfo(path) is not { Exists: true, Length: <= IniBytesMax })
        {
            return values;
        }
        foreach (var line in File.ReadLines(path))
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, { Length: > 0 } value])
            {
                values.TryAdd(key, value);
            }
        }
        return values;
    }

    private static bool IsWholeSong(string file) => NameOf(file).Equals("song", StringComparison.OrdinalIgnoreCase);

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);
}
