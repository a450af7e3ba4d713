using System.Globalization;
using ArtFresh.Art;
using NetVips;

namespace ArtFresh.Bench;

/// <summary>What import makes of 200 files of others, as a table: half of them drawings of a clip art library, half tests of a program that draws SVG.</summary>
internal static class PicturesBench
{
    private const int FilesOfEach = 100;

    /// <summary>Packages of Debian, and where they put their files.</summary>
    private static readonly (string Package, string Folder, string[] Left)[] Sources =
    [
        ("openclipart-svg", "/usr/share/openclipart/svg", []),
        ("librsvg2-tests", "/usr/libexec/installed-tests/RSVG/fixtures", ["/adwaita/", "-ref.png"]),
    ];

    /// <summary>Of a picture on the sheet, in pixels.</summary>
    private const int Side = 112;

    private const int Columns = 15;

    /// <param name="sheet">A JPEG to write: what is imported, in the table's order, on the grounds that import has chosen; null for none.</param>
    public static async Task RunAsync(string? sheet)
    {
        var pictures = new List<ReadOnlyMemory<byte>>();
        var rows = new List<(string File, string Verdict, string Why)>();
        foreach (var (package, folder, left) in Sources)
        {
            foreach (var path in Chosen(folder, left))
            {
                rows.Add(await ReadAsync($"{package}/{Path.GetRelativePath(folder, path)}", path, pictures));
            }
        }

        Console.WriteLine("| file | verdict | why |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var (file, verdict, why) in rows)
        {
            Console.WriteLine($"| {file} | {verdict} | {why.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }

        if (sheet is not null)
        {
            WriteSheet(sheet, pictures);
        }

        await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, rows.CountBy(row => row.Verdict).Select(count => $"{count.Value} {count.Key}")));
    }

    private static void WriteSheet(string path, List<ReadOnlyMemory<byte>> pictures)
    {
        Image[] small = [.. pictures.Select(picture => Image.ThumbnailBuffer(picture.ToArray(), Side, height: Side))];
        using var joined = Image.Arrayjoin(small, across: Columns, shim: 8, background: [128, 128, 128], halign: Enums.Align.Centre, valign: Enums.Align.Centre, hspacing: Side, vspacing: Side);
        joined.Jpegsave(path, q: 78, keep: Enums.ForeignKeep.None);
        Array.ForEach(small, picture => picture.Dispose());
    }

    private static IEnumerable<string> Chosen(string folder, string[] left)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".svg" or ".png" && !Array.Exists(left, part => path.Contains(part, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).ToArray();
        return Enumerable.Range(0, FilesOfEach).Select(i => files[i * files.Length / FilesOfEach]);
    }

    private static async Task<(string File, string Verdict, string Why)> ReadAsync(string name, string path, List<ReadOnlyMemory<byte>> pictures)
    {
        try
        {
            var picture = await new PictureImporter().ReadAsync(new CatalogueEntry { Path = path });
            pictures.Add(picture.PictureBytes);
            return (name, "imported", string.Create(CultureInfo.InvariantCulture, $"{picture.Width} × {picture.Height}"));
        }
        catch (PictureRejectedException refused)
        {
            return (name, "refused", refused.Message);
        }
    }
}
