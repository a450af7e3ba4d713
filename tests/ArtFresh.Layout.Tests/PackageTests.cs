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

    private string Property(string file, string name) => XDocument.Parse(tree.Read(file)).Descendants(name).LastOrDefault()?.Value ?? "";
}
