using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace ArtFresh.Layout.Tests;

/// <summary>The server rounds other widths up, so that the player would fetch more pixels than it asks for.</summary>
public partial class PictureWidthTests(SourceTree tree) : IClassFixture<SourceTree>
{
    [Fact]
    public void PlayerAsksForWidthsThatTheServerMakes()
    {
        var limits = tree.Read("src/ArtFresh.Contracts/Limits.cs");
        var narrowest = Number(limits, "PictureWidthStep");
        var widest = Number(limits, "PictureWidthMax");
        var widths = PlayerWidth().Matches(tree.Read("src/player/src/stage/picture.ts"))
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();

        Assert.NotEmpty(widths);
        Assert.All(widths, width => Assert.True(BitOperations.IsPow2(width) && width >= narrowest && width <= widest, $"{width} is not a width that the server makes"));
    }

    private static int Number(string source, string name) =>
        int.Parse(Regex.Match(source, $@"\b{name} = (\d+)[,;]").Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^const [A-Z]+_WIDTH = (\d+);$", RegexOptions.Multiline)]
    private static partial Regex PlayerWidth();
}
