using System.Globalization;
using System.Text.RegularExpressions;

namespace ArtFresh.Layout.Tests;

/// <summary>The server rounds other widths up, so that the player would fetch more pixels than it asks for.</summary>
public partial class PictureWidthTests(SourceTree tree) : IClassFixture<SourceTree>
{
    [Fact]
    public void PlayerAsksForWidthsThatTheServerMakes()
    {
        var made = MadeWidths().Match(tree.Read("src/ArtFresh.Contracts/Limits.cs")).Groups[1].Value
            .Split(", ").Select(width => int.Parse(width, CultureInfo.InvariantCulture)).ToArray();
        var widths = PlayerWidth().Matches(tree.Read("src/player/src/stage/picture.ts"))
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();

        Assert.NotEmpty(widths);
        Assert.All(widths, width => Assert.Contains(width, made));
    }

    [GeneratedRegex(@"PictureWidths => \[([\d, ]+)\];")]
    private static partial Regex MadeWidths();

    [GeneratedRegex(@"^const [A-Z]+_WIDTH = (\d+);$", RegexOptions.Multiline)]
    private static partial Regex PlayerWidth();
}
