using System.Globalization;
using System.Text.Json;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>The ends of all writers' chains in the output of <c>verify --json</c>. Checksums are hexadecimal, because readers of JSON round numbers of 64 bits.</summary>
internal static class HeadFile
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static IEnumerable<Line> Of(IEnumerable<WriterHead> heads) => heads.OrderBy(head => head.WriterNumber).Select(head => new Line(
        head.WriterNumber, head.Position, Text(head.Chain), head.BlockPosition, Text(head.BlockChain)));

    /// <exception cref="InvalidDataException">The file is not what <c>verify --json</c> wrote.</exception>
    public static async Task<IReadOnlyList<WriterHead>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var written = await JsonSerializer.DeserializeAsync<Written>(file, Web, cancellationToken);
            return [.. (written?.Head ?? throw new FormatException("it has no head.")).Select(line => new WriterHead(line.Writer, line.Position, Number(line.Chain), line.BlockPosition, Number(line.BlockChain)))];
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

    private sealed record Written(Line[]? Head);
}
