using System.Collections.Concurrent;
using System.Globalization;
using NetVips;

namespace ArtFresh.Art.Tests;

/// <summary>Imports a real catalogue, Debian's package openclipart-svg.</summary>
public sealed class CatalogueCalibrationTests
{
    private const string Openclipart = "/usr/share/openclipart";
    private const int GridSide = 8;

    [Fact]
    public async Task RealDrawingsAreReadAndSpreadOverTheMoods()
    {
        Assert.SkipUnless(Directory.Exists(Openclipart), "The package openclipart-svg is not installed.");
        var (pictures, rejections) = await ReadAsync(every: 30);

        Assert.InRange(rejections.Count, 0, pictures.Count / 20);
        Assert.All(rejections, reason => Assert.False(string.IsNullOrWhiteSpace(reason)));
        Assert.All(pictures, picture => Assert.InRange(Math.Max(picture.Picture.Width, picture.Picture.Height), 16, 1024));
        Assert.InRange(pictures.Count(picture => picture.Picture.Author is not null), pictures.Count * 95 / 100, pictures.Count);

        // About 250 samples in 64 cells are spread out if no column or row is empty or has more than twice its share, and most cells are not empty.
        var grid = GridOf(pictures);
        for (var i = 0; i < GridSide; i++)
        {
            var (column, row) = (Enumerable.Range(0, GridSide).Sum(energy => grid[i, energy]), Enumerable.Range(0, GridSide).Sum(valence => grid[valence, i]));
            Assert.InRange(column, pictures.Count / 32, pictures.Count / 4);
            Assert.InRange(row, pictures.Count / 32, pictures.Count / 4);
        }

        Assert.InRange(grid.Cast<int>().Count(cell => cell > 0), 40, 64);
    }

    /// <summary>Prints the constants of <see cref="ColourMood"/>: <c>dotnet run -c Release --project tests/ArtFresh.Art.Tests -- -explicit only -showLiveOutput</c>.</summary>
    [Fact(Explicit = true)]
    public async Task PrintQuantilesOfTheWholeCatalogue()
    {
        var (read, rejections) = await ReadAsync(every: 1);
        var pictures = read.DistinctBy(picture => picture.Picture.ContentHash).ToList();
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"read {read.Count}, different files {pictures.Count}, different pictures {pictures.DistinctBy(picture => picture.Picture.PictureHash).Count()}, "
            + $"titles {pictures.Select(picture => picture.Picture.Title).Distinct().Count()}, authors {pictures.Select(picture => picture.Picture.Author).OfType<string>().Distinct().Count()}");
        foreach (var reason in rejections.GroupBy(reason => reason).OrderByDescending(reason => reason.Count()))
        {
            output.WriteLine($"rejected {reason.Count()}: {reason.Key}");
        }

        output.WriteLine("valence " + Quantiles(pictures.Select(picture => picture.Features.RawValence)));
        output.WriteLine("energy  " + Quantiles(pictures.Select(picture => picture.Features.RawEnergy)));
        var grid = GridOf(pictures);
        for (var energy = GridSide - 1; energy >= 0; energy--)
        {
            output.WriteLine(string.Join(' ', Enumerable.Range(0, GridSide).Select(valence => $"{grid[valence, energy],5}")));
        }

        Assert.NotEmpty(pictures);
    }

    private static async Task<(IReadOnlyCollection<Measured> Pictures, IReadOnlyCollection<string> Rejections)> ReadAsync(int every)
    {
        var importer = new PictureImporter(TimeSpan.FromMinutes(5), TimeProvider.System);
        var pictures = new ConcurrentBag<Measured>();
        var rejections = new ConcurrentBag<string>();
        var entries = CatalogueReader.Read(Openclipart, fault => rejections.Add(fault.Reason)).Where((_, i) => i % every == 0);
        await Parallel.ForEachAsync(entries, TestContext.Current.CancellationToken, async (entry, cancellationToken) =>
        {
            try
            {
                var picture = await importer.ReadAsync(entry, cancellationToken);
                using var pixels = Image.NewFromBuffer(picture.PictureBytes.ToArray());
                pictures.Add(new Measured(picture, ColourMood.FeaturesOf(pixels)));
            }
            catch (PictureRejectedException rejected)
            {
                rejections.Add(rejected.Message);
            }
        });
        return (pictures, rejections);
    }

    private static int[,] GridOf(IEnumerable<Measured> pictures)
    {
        var grid = new int[GridSide, GridSide];
        foreach (var mood in pictures.Select(picture => picture.Picture.Mood))
        {
            grid[Math.Min(GridSide - 1, (int)(mood.Valence * GridSide)), Math.Min(GridSide - 1, (int)(mood.Energy * GridSide))]++;
        }

        return grid;
    }

    private static string Quantiles(IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        return string.Join(", ", Enumerable.Range(0, 17).Select(i => ordered[(ordered.Length - 1) * i / 16].ToString("0.000", CultureInfo.InvariantCulture)));
    }

    private sealed record Measured(ImportedPicture Picture, ColourFeatures Features);
}
