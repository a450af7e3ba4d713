using System.Globalization;
using System.Text.Json;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>The head in the output of <c>verify --json</c>: the ends of all writers' chains, and of small tables that only grow. Checksums are hexadecimal, because readers of JSON round numbers of 64 bits.</summary>
internal static class HeadFile
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static IEnumerable<Line> Of(IEnumerable<WriterHead> heads) => heads.OrderBy(head => head.WriterNumber).Select(head => new Line(
        head.WriterNumber, head.Position, Text(head.Chain), head.BlockPosition, Text(head.BlockChain)));

    public static IEnumerable<TableLine> Of(IEnumerable<TableHead> tables) => tables.Select(table => new TableLine(table.Table, table.Last, table.Rows, Text(table.Checksum)));

    /// <exception cref="InvalidDataException">The file is not what <c>verify --json</c> wrote.</exception>
    public static async Task<LedgerHead> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var written = await JsonSerializer.DeserializeAsync<Written>(file, Web, cancellationToken);
            return new LedgerHead(
                [.. (written?.Head ?? throw new FormatException("it has no head.")).Select(line => new WriterHead(line.Writer, line.Position, Number(line.Chain), line.BlockPosition, Number(line.BlockChain)))],
                [.. (written.Tables ?? []).Select(line => new TableHead(line.Table, line.Last, line.Rows, Number(line.Checksum)))]);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"--since {path} cannot be read as the output of verify --json: {fault.Message}", fault);
        }
    }

    private static string Text(long chain) => chain.ToString("x16", CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>One writer.</summary>
    internal sealed record Line(long Writer, long Position, string Chain, long BlockPosition, string BlockChain);

    /// <summary>One table.</summary>
    internal sealed record TableLine(string Table, long Last, long Rows, string Checksum);

    private sealed record Written(Line[]? Head, TableLine[]? Tables);
}
