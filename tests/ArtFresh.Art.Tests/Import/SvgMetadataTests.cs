
namespace ArtFresh.Art.Tests;

public sealed class SvgMetadataTests
{
    private const string Work = """
        <metadata><rdf:RDF xmlns:cc='http://web.resource.org/cc/' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
        <cc:Work rdf:about=''>
        <dc:publisher><cc:Agent><dc:title>Open Clip Art Library</dc:title></cc:Agent></dc:publisher>
        <dc:creator><cc:Agent><dc:title> Jane
          Doe </dc:title></cc:Agent></dc:creator>
        <dc:rights><cc:Agent><dc:title>Someone else</dc:title></cc:Agent></dc:rights>
        {title}
        <cc:license rdf:resource='http://web.resource.org/cc/PublicDomain'/>
        </cc:Work></rdf:RDF></metadata>
        """;

    [Fact]
    public void WorkHasTitleAuthorAndLicence()
    {
        var metadata = Inspect("<title>Page title</title>" + Work.Replace("{title}", "<dc:title>Red &amp; blue</dc:title>", StringComparison.Ordinal));

        Assert.Equal(new DescriptiveMetadata("Red & blue", "Jane Doe", "http://web.resource.org/cc/PublicDomain"), metadata);
    }

    [Fact]
    public void WorkHasSourceAndRights()
    {
        var metadata = Inspect(Work.Replace("{title}", "<dc:source>https://clips.test/1</dc:source>", StringComparison.Ordinal));

        Assert.Equal("https://clips.test/1", metadata.Source);
        Assert.Equal("CC BY 4.0", Inspect(Work
            .Replace("<dc:rights><cc:Agent><dc:title>Someone else</dc:title></cc:Agent></dc:rights>", "<dc:rights>CC BY 4.0</dc:rights>", StringComparison.Ordinal)
            .Replace("<cc:license rdf:resource='http://web.resource.org/cc/PublicDomain'/>", "", StringComparison.Ordinal)).Licence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<dc:title></dc:title>")]
    [InlineData("<dc:title>  </dc:title>")]
    public void RootTitleReplacesAnEmptyOne(string title)
    {
        var metadata = Inspect("<title>Page title</title><g><title>A detail</title></g>" + Work.Replace("{title}", title, StringComparison.Ordinal));

        Assert.Equal("Page title", metadata.Title);
    }

    [Fact]
    public void TitleOfANestedElementIsIgnored() => Assert.Null(Inspect("<g><title>A detail</title></g>").Title);

    [Fact]
    public void TextIsTidied()
    {
        Assert.Equal("a b", DescriptiveMetadata.Tidy("\u0007 a \r\n\t b\u202e "));
        Assert.Equal(200, DescriptiveMetadata.Tidy(new string('x', 5000))!.Length);
        Assert.Null(DescriptiveMetadata.Tidy("\u0000\u0001"));
    }

    [Theory]
    [InlineData("/a/red_fox_02.svg", "Red fox 02")]
    [InlineData("__.png", "Untitled")]
    [InlineData("été-indien.jpg", "Été indien")]
    public void FileNameIsMadeReadable(string path, string title) => Assert.Equal(title, PictureImporter.TitleOf(path));

    private static DescriptiveMetadata Inspect(string content) => SvgDocument.Inspect(Samples.Svg(content));
}
