using System.Text.RegularExpressions;

namespace ArtFresh.Layout.Tests;

public partial class ArrowTests(SourceTree tree) : IClassFixture<SourceTree>
{
    private Dictionary<string, string[]> References => tree.Sources(".csproj").ToDictionary(RoomOf, file => Arrows.ReferencesOf(tree.Read(file)));

    [Fact]
    public void ProjectsReferToEachOtherAlongTheArrows()
    {
        var references = References;
        Assert.Empty(Arrows.Faults(references));
        Assert.Equal(Arrows.Drawn.Keys.Order(), references.Keys.Order());
    }

    [Fact]
    public void SourcesNameOnlyRoomsThatTheirArrowsReach()
    {
        var sources = tree.Sources(".cs").ToArray();
        Assert.NotEmpty(sources);
        var named = sources.SelectMany(file => Arrows.RoomsNamedIn(tree.Read(file))
            .Where(room => room != RoomOf(file) && !Arrows.Reach(RoomOf(file), Arrows.Drawn).Contains(room))
            .Select(room => $"{file} names {room}"));
        Assert.Empty(named);
    }

    /// <summary>A reference that is wrong, however it is hidden, is found: the check itself is checked.</summary>
    [Theory]
    [InlineData("ArtFresh.Api", "ArtFresh.Storage", "ArtFresh.Api must not know ArtFresh.Storage")]
    [InlineData("ArtFresh.Api", "ArtFresh.Freshness", "ArtFresh.Api must not know ArtFresh.Freshness")]
    [InlineData("ArtFresh.Grains", "ArtFresh.Storage", "ArtFresh.Grains must not know ArtFresh.Storage")]
    [InlineData("ArtFresh.Contracts", "ArtFresh.Art", "ArtFresh.Freshness must not know ArtFresh.Art")]
    [InlineData("ArtFresh.Ledger", "ArtFresh.Storage", "ArtFresh.Ledger must not know ArtFresh.Storage")]
    [InlineData("ArtFresh.Ledger", "ArtFresh.Art", "ArtFresh.Ledger must not know ArtFresh.Art")]
    [InlineData("ArtFresh.Shared", "ArtFresh.Contracts", "ArtFresh.Shared is a room that nobody has drawn")]
    public void WrongArrowIsFound(string from, string to, string fault)
    {
        var references = References;
        references[from] = [.. references.GetValueOrDefault(from, []), to];
        Assert.Contains(fault, Arrows.Faults(references));
    }

    [Fact]
    public void NamesInUsingsAndInCodeAreFoundAndThoseInCommentsAndTextAreNot() => Assert.Equal(
        ["ArtFresh.Storage", "ArtFresh.Art"],
        Arrows.RoomsNamedIn("using ArtFresh.Storage; // ArtFresh.Api\nvar text = \"ArtFresh.Grains\"; var art = new ArtFresh.Art.Genome();"));

    /// <summary>A package can lead round an arrow as well as a project can.</summary>
    [Theory]
    [InlineData("ArtFresh.Api", "Sqlite|Npgsql|Orleans.Server|NetVips")]
    [InlineData("ArtFresh.Grains", "Sqlite|Npgsql|AspNetCore")]
    [InlineData("ArtFresh.Freshness", "^(?!System.IO.Hashing$)")]
    [InlineData("ArtFresh.Art", "Sqlite|Npgsql|Orleans|AspNetCore")]
    [InlineData("ArtFresh.Storage", "Orleans|AspNetCore")]
    [InlineData("ArtFresh.Contracts", "^(?!Microsoft.Orleans.(Sdk|Serialization|Core|Analyzers))")]
    public void PackagesDoNotLeadRoundAnArrow(string room, string forbidden) =>
        Assert.DoesNotContain(Arrows.PackagesOf(tree.Read($"src/{room}/{room}.csproj")), package => Regex.IsMatch(package, forbidden));

    [Fact]
    public void RulesArePure()
    {
        var rules = tree.Sources(".cs").Where(file => RoomOf(file) == "ArtFresh.Freshness").ToArray();
        Assert.NotEmpty(rules);
        Assert.DoesNotContain(rules, file => Impure().IsMatch(tree.Read(file)));
    }

    /// <summary>Orleans reaches the ledger's room through Contracts, and System.Data through the framework: no project file shows who uses them.</summary>
    [Fact]
    public void LedgerKnowsNeitherOrleansNorSql()
    {
        var ledger = tree.Sources(".cs").Where(file => RoomOf(file) == "ArtFresh.Ledger").ToArray();
        Assert.NotEmpty(ledger);
        Assert.DoesNotContain(ledger, file => OrleansOrSql().IsMatch(tree.Read(file)));
        Assert.Empty(Arrows.PackagesOf(tree.Read("src/ArtFresh.Ledger/ArtFresh.Ledger.csproj")));
    }

    private static string RoomOf(string file) => file.Split('/')[1];

    [GeneratedRegex(@"\b(TimeProvider|DateTime|DateTimeOffset|Stopwatch|FileStream|File\.|Directory\.|HttpClient|Random|Console\.|Environment\.|Task|async)\b")]
    private static partial Regex Impure();

    [GeneratedRegex(@"\b(Orleans|GenerateSerializer|Grain|IGrain\w*|System\.Data|Db[A-Z]\w+|Npgsql\w*|Sqlite\w*)\b")]
    private static partial Regex OrleansOrSql();
}
