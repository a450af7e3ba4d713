using System.Xml.Linq;

namespace ArtFresh.Layout.Tests;

/// <summary>A package can be restored only if every project that it refers to is a package too.</summary>
public class PackageTests(SourceTree tree) : IClassFixture<SourceTree>
{
    [Fact]
    public void PackagesAreTheClientTheTestClusterAndTheRoomsBelowThem()
    {
        var wanted = new[] { "ArtFresh.Client", "ArtFresh.Testing" }.SelectMany(room => Arrows.Reach(room, Arrows.Drawn).Append(room)).Distinct().Order();
        var packed = tree.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && Property(file, "IsPackable") == "true")
            .Select(file => Path.GetFileNameWithoutExtension(file)).ToArray();

        Assert.Equal(wanted, packed.Order());
        Assert.All(packed, room => Assert.NotEmpty(Property($"src/{room}/{room}.csproj", "Description")));
    }

    /// <summary>A version that no project resolves is a pin of something that went.</summary>
    [Fact]
    public void EveryPinnedVersionIsResolvedByAProject()
    {
        var pinned = XDocument.Parse(tree.Read("Directory.Packages.props")).Descendants("PackageVersion").Select(version => version.Attribute("Include")!.Value).ToArray();
        var locks = tree.Files.Where(file => Path.GetFileName(file) == "packages.lock.json").Select(tree.Read).ToArray();

        Assert.NotEmpty(pinned);
        Assert.DoesNotContain(pinned, package => !locks.Any(text => text.Contains($"\"{package}\": {{", StringComparison.Ordinal)));
    }

    private string Property(string file, string name) => XDocument.Parse(tree.Read(file)).Descendants(name).LastOrDefault()?.Value ?? "";
}
