using System.Globalization;
using ArtFresh.Contracts;

namespace ArtFresh.Art.Tests.Genomes;

/// <summary>
/// Sheets of pictures to look at. Run with <c>-explicit only -class "*SheetTests"</c>; ARTFRESH_SHEET names the file, and may give its rows, columns, the pixels of a
/// picture and the first seed, or a structure: <c>sheet.webp,6,10,200,1,knot</c>.
/// </summary>
public sealed class SheetTests
{
    private const int Gap = 4;

    [Fact(Explicit = true)]
    public void UnselectedPicturesAreLaidOut()
    {
        var words = (Environment.GetEnvironmentVariable("ARTFRESH_SHEET") ?? "sheet.webp").Split(',');
        int Word(int index, int other) => words.Length > index && words[index].Length > 0 ? int.Parse(words[index], CultureInfo.InvariantCulture) : other;
        var (rows, columns, side, first) = (Word(1, 6), Word(2, 10), Word(3, 160), Word(4, 1));
        var structures = words.Length > 5 ? words[5].Split('+') : null;
        var (width, height) = ((columns * (side + Gap)) + Gap, (rows * (side + Gap)) + Gap);
        var sheet = new byte[width * height * 4];
        Array.Fill(sheet, (byte)255);
        for (var index = 0; index < rows * columns; index++)
        {
            var random = new Random(first + index);
            var mood = new Mood(random.NextDouble(), random.NextDouble());
            var seed = (ulong)(first + index) * 7919;
            var genome = structures is null ? BredGenerator.Draw(mood, seed) : BredGenerator.Draw(structures[index % structures.Length], mood, seed);
            var picture = GenomeRenderer.RenderRgba(genome, side, side, TestContext.Current.CancellationToken);
            var start = ((((index / columns * (side + Gap)) + Gap) * width) + (index % columns * (side + Gap)) + Gap) * 4;
            for (var row = 0; row < side; row++)
            {
                picture.AsSpan(row * side * 4, side * 4).CopyTo(sheet.AsSpan(start + (row * width * 4)));
            }
        }

        File.WriteAllBytes(words[0], PictureEncoder.EncodeWebp(sheet, width, height));
    }
}
