using ArtFresh.Contracts;

namespace ArtFresh.Art.Tests;

public sealed class CatalogueReaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<CatalogueFault> _faults = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PicturesOfAFolderAreReadInAFixedOrder()
    {
        foreach (var name in new[] { "b.PNG", "a.svg", "z/c.webp", "m/n/d.jpeg", "m/e.jpg", "notes.txt", "picture.gif", "png" })
        {
            _folder.Write(name, "x");
        }

        Assert.Equal(["a.svg", "b.PNG", "m/e.jpg", "m/n/d.jpeg", "z/c.webp"], Read(_folder.Path));
        // A picture that is not read is said; other files are none.
        Assert.Equal("picture.gif", Path.GetFileName(Assert.Single(_faults).Where));
    }

    [Fact]
    public void LinksInsideAreFollowedAndLinksOutsideAreNot()
    {
        using var outside = new ScratchFolder();
        var secret = outside.Write("secret.png", "x");
        var inside = _folder.Write("a/inside.png", "x");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link.png"), inside);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "twice.png"), Path.Combine(_folder.Path, "link.png"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "leak.png"), secret);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "dead.png"), Path.Combine(_folder.Path, "nothing.png"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "outside"), outside.Path);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "a/loop"), _folder.Path);

        Assert.Equal(["link.png", "twice.png", "a/inside.png"], Read(_folder.Path));
        Assert.Equal(["dead.png", "leak.png"], _faults.Select(fault => Path.GetFileName(fault.Where)));
        Assert.Contains("outside", _faults[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void CatalogueMayBeReachedThroughALink()
    {
        using var elsewhere = new ScratchFolder();
        _folder.Write("a.png", "x");
        var link = Path.Combine(elsewhere.Path, "catalogue");
        Directory.CreateSymbolicLink(link, _folder.Path);

        Assert.Equal(["a.png"], Read(link));
    }

    [Fact]
    public void RowsOfACsvAreRead()
    {
        _folder.Write("art/a.svg", "x");
        _folder.Write("b, c.png", "x");
        var csv = _folder.Write("catalogue.csv", """"
            File,title,author,source,licence,collection,digitalSourceType,valence,energy
            art/a.svg,"Red, and ""blue""",Jane,attic,CC0,Shelf,digitalArt,0.25,1

            "b, c.png",,,,,,,,
            b.jpg
            """");
        _folder.Write("b.jpg", "x");

        var entries = CatalogueReader.Read(csv, _faults.Add).ToList();

        Assert.Empty(_faults);
        Assert.Equal(3, entries.Count);
        Assert.Equal(
            new CatalogueEntry { Path = Path.Combine(_folder.Path, "art/a.svg"), Title = "Red, and \"blue\"", Author = "Jane", Source = "attic", Licence = "CC0", Collection = "Shelf", DigitalSourceType = "digitalArt", Mood = new Mood(0.25, 1) },
            entries[0]);
        Assert.Equal(new CatalogueEntry { Path = Path.Combine(_folder.Path, "b, c.png") }, entries[1]);
    }

    [Fact]
    public void BadRowIsReportedWithItsLineAndTheRestIsRead()
    {
        _folder.Write("good.png", "x");
        _folder.Write("notes.txt", "x");
        var csv = _folder.Write("catalogue.csv", """
            title,file,valence,energy
            one,good.png,0.5,0.5
            two,,0.5,0.5
            three,missing.png,,
            four,notes.txt,,

            five,good.png,1.5,0.5
            six,good.png,0.5,
            seven,good.png,NaN,0.5
            eight,good.png,0.5,0.5,extra
            "nine,good.png,0.5,0.5
            ten,../../etc/x.png,,
            eleven,/etc/x.png,,
            twelve,good.png,,
            """);

        var read = CatalogueReader.Read(csv, _faults.Add).Select(entry => entry.Title).ToList();

        Assert.Equal(["one", "twelve"], read);
        Assert.Equal([3, 4, 5, 7, 8, 9, 10, 11, 12, 13], _faults.Select(fault => int.Parse(fault.Where.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(
            ["names no file", "does not exist", "not a .svg", "from 0 to 1", "from 0 to 1", "from 0 to 1", "quote fields", "quotes", "outside", "outside"],
            _faults.Select((fault, i) => fault.Reason.Contains(Expected[i], StringComparison.Ordinal) ? Expected[i] : fault.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("title,author\nx,y\n")]
    public void CsvWithoutAFileColumnIsReported(string content)
    {
        Assert.Empty(CatalogueReader.Read(_folder.Write("c.csv", content), _faults.Add));
        Assert.Contains("column named file", Assert.Single(_faults).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void EndlessRowEndsTheReading()
    {
        _folder.Write("a.png", "x");
        var csv = _folder.Write("c.csv", "file,title\na.png,fine\na.png," + new string('x', 1 << 20) + "\na.png,after\n");

        Assert.Single(CatalogueReader.Read(csv, _faults.Add));
        Assert.Contains("longer than 65536 bytes", Assert.Single(_faults).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void NeitherFolderNorCsvIsAnError()
    {
        Assert.Throws<FileNotFoundException>(() => CatalogueReader.Read(Path.Combine(_folder.Path, "none"), _faults.Add));
        Assert.Throws<FileNotFoundException>(() => CatalogueReader.Read(_folder.Write("a.txt", "x"), _faults.Add));
    }

    private static string[] Expected => ["names no file", "does not exist", "not a .svg", "from 0 to 1", "from 0 to 1", "from 0 to 1", "quote fields", "quotes", "outside", "outside"];

    private List<string> Read(string path) => [.. CatalogueReader.Read(path, _faults.Add).Select(entry => Path.GetRelativePath(_folder.Path, entry.Path))];
}
