namespace ArtFresh.Layout.Tests;

public class FolderTests(SourceTree tree) : IClassFixture<SourceTree>
{
    public static TheoryData<string> Rooms => [.. Arrows.Drawn.Keys];

    [Theory, MemberData(nameof(Rooms))]
    public void FoldersOfARoomKnowEachOtherInNoCircle(string room)
    {
        var start = $"src/{room}/";
        var sources = tree.Sources(".cs").Where(file => file.StartsWith(start, StringComparison.Ordinal)).Select(file => (file[start.Length..], tree.Read(file))).ToArray();
        Assert.NotEmpty(sources);
        Assert.Empty(Folders.Circles(sources));
    }

    /// <summary>The check itself is checked: a circle is found over a third folder too, and not by way of the root, a comment or a text.</summary>
    [Theory]
    [InlineData("class A { B b; }", "class B { C c; }", "class C { A a; }", 3)]
    [InlineData("class A { B b; }", "class B { A a; }", "class C;", 2)]
    [InlineData("class A { B b; }", "class B { C c; }", "class C;", 0)]
    [InlineData("class A { B b; Root root; }", "class B; // A\n", "class C { string s = \"A\"; B b; }", 0)]
    public void CircleIsFound(string one, string two, string three, int arrows) =>
        Assert.Equal(arrows, Folders.Circles([("One/A.cs", one), ("Two/B.cs", two), ("Three/Deeper/C.cs", three), ("Root.cs", "class Root { A a; B b; C c; }")]).Count());
}
