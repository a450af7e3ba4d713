using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>Impressions that name artworks by the key of the table that the catalogue's CSV was exported from.</summary>
public sealed class BackfillColumnTests
{
    private const string Catalogue = "file,title,key\none.svg,First,11\ntwo.svg,Second,12\nnone.svg,Third,13\none.svg,Fourth,14\ntwo.svg,Fifth,14\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ArtworksAreFoundByAColumnOfTheImportedCatalogue()
    {
        await using var server = new ServerProcess();
        var (catalogue, impressions) = await WriteAsync(server, "2020-01-01,guest-a,11", "2020-01-01,guest-b,12", "2020-01-01,guest-b,old-11", "2020-01-01,guest-c,13", "2020-01-01,guest-c,14", "2020-01-01,guest-c,1");
        var map = Path.Combine(server.DataDirectory, "map.csv");
        await File.WriteAllTextAsync(map, "name,artwork\nold-11,11\n", Stop);
        Assert.Equal(1, (await server.CommandAsync("import", catalogue)).ExitCode);

        var printed = await Tool.RunAsync("backfill", impressions, "--artwork-by", "column", "--catalogue", catalogue, "--column", "key", "--map", map, "--data", server.DataDirectory);

        Assert.Equal(1, printed.ExitCode);
        Assert.Contains("6 impressions read: 3 added to listeners' sets, 0 known already, 3 of artworks that do not exist, 0 malformed.", printed.Output, StringComparison.Ordinal);
        Assert.Contains($"skipped: {impressions}:5: '13' is {Path.Combine(Path.GetDirectoryName(catalogue)!, "none.svg")}, which is not imported", printed.Output, StringComparison.Ordinal);
        Assert.Contains($"skipped: {impressions}:6: column key of {catalogue} has '14' for several files", printed.Output, StringComparison.Ordinal);
        Assert.Contains($"skipped: {impressions}:7: column key of {catalogue} has no '1'", printed.Output, StringComparison.Ordinal);
        Assert.Equal(["First", "Second"], server.Ledger.Texts("select title from artwork where viewed_at is not null order by title"));
    }

    [Theory]
    [InlineData("--artwork-by column needs --catalogue with the CSV that was imported, and --column with the column that names its artworks.", "--artwork-by", "column", "--column", "key")]
    [InlineData("--catalogue and --column go with --artwork-by column.", "--column", "key")]
    [InlineData("--artwork-by column takes no --files: the files are those of --catalogue.", "--artwork-by", "column", "--column", "key", "--catalogue", "CSV", "--files", ".")]
    [InlineData("CSV: the first line must name the columns file, sku.", "--artwork-by", "column", "--column", "sku", "--catalogue", "CSV")]
    public async Task WishThatIsNotClearIsRefused(string sentence, params string[] options)
    {
        await using var server = new ServerProcess();
        var (catalogue, impressions) = await WriteAsync(server, "2020-01-01,guest-a,11");
        await server.CommandAsync("import", catalogue);

        var printed = await Tool.RunAsync(["backfill", impressions, .. options.Select(option => option == "CSV" ? catalogue : option), "--data", server.DataDirectory]);

        Assert.Equal((2, sentence.Replace("CSV:", $"{catalogue}:", StringComparison.Ordinal)), (printed.ExitCode, printed.Errors.Trim()));
    }

    private static async Task<(string Catalogue, string Impressions)> WriteAsync(ServerProcess server, params string[] rows)
    {
        var folder = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "old")).FullName;
        foreach (var (file, shape) in new[] { ("one.svg", "circle cx='32' cy='32' r='20'"), ("two.svg", "path d='M4 60 L20 4 L60 50 Z M50 4 h10 v20 h-10 z'") })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, file), $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><{shape} fill='teal'/></svg>", Stop);
        }

        var (catalogue, impressions) = (Path.Combine(folder, "art.csv"), Path.Combine(folder, "impressions.csv"));
        await File.WriteAllTextAsync(catalogue, Catalogue, Stop);
        await File.WriteAllLinesAsync(impressions, ["viewed_at,listener,artwork", .. rows], Stop);
        return (catalogue, impressions);
    }
}
