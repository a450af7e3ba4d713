using System.Text.RegularExpressions;

namespace ArtFresh.Layout.Tests;

/// <summary>What the documents say about the repository: links, scripts, projects and commands that they name.</summary>
public partial class DocumentTests(SourceTree tree) : IClassFixture<SourceTree>
{
    private const int ProseLineMax = 120;

    private string[] Documents => [.. tree.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void EveryLinkLeadsToAFileAndItsHeading()
    {
        var links = Documents.SelectMany(document => Links(tree.Read(document)).Select(target => (document, target))).ToArray();
        Assert.NotEmpty(links);
        Assert.Empty(links.Where(link => !LeadsSomewhere(link.document, link.target)).Select(link => $"{link.document} links to {link.target}"));
    }

    [Fact]
    public void EveryScriptAndProjectInACommandExists()
    {
        var named = Documents.SelectMany(document => PathsInCommands(tree.Read(document)).Select(path => (document, path))).ToArray();
        Assert.NotEmpty(named);
        Assert.Empty(named.Where(name => !Exists(name.path)).Select(name => $"{name.document} names {name.path}"));
    }

    /// <summary>Documents of history name what is gone.</summary>
    [Fact]
    public void EveryPathOfTheRepositoryThatADocumentNamesExists()
    {
        var named = Documents.Where(document => document is not ("CHANGELOG.md" or "docs/performance-log.md"))
            .SelectMany(document => NamedPath().Matches(tree.Read(document)).Select(match => (document, path: match.Groups[1].Value))).ToArray();
        Assert.NotEmpty(named);
        Assert.Empty(named.Where(name => !Exists(name.path)).Select(name => $"{name.document} names {name.path}"));
    }

    [Fact]
    public void EveryCommandOfTheServerIsOne()
    {
        var known = tree.Sources(".cs").Where(file => file.StartsWith("src/ArtFresh.Server/", StringComparison.Ordinal))
            .SelectMany(file => DeclaredCommand().Matches(tree.Read(file)).Select(match => match.Groups[1].Value)).ToHashSet();
        var named = Documents.SelectMany(document => ServerCommand().Matches(tree.Read(document)).Select(match => (document, name: match.Groups[1].Value))).ToArray();
        Assert.NotEmpty(named);
        Assert.Empty(named.Where(command => !known.Contains(command.name)).Select(command => $"{command.document} runs {command.name}"));
    }

    [Fact]
    public void TheContractNamesEveryRouteAndEveryRefusal()
    {
        var front = tree.Sources(".cs").Where(file => file.StartsWith("src/ArtFresh.Api/", StringComparison.Ordinal)).Select(tree.Read).ToArray();
        var routes = front.SelectMany(source => MappedRoute().Matches(source)).Select(match => match.Groups[1].Value).ToArray();
        var refusals = front.SelectMany(source => RefusalCode().Matches(source)).Select(match => $"`{match.Groups[1].Value}`").ToArray();
        Assert.NotEmpty(routes);
        Assert.NotEmpty(refusals);
        var contract = tree.Read("docs/design.md");
        Assert.DoesNotContain(routes.Concat(refusals), name => !contract.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public void LinesOfProseAreShort() => Assert.Empty(Documents
        .SelectMany(document => Prose(tree.Read(document)).Where(line => line.Length > ProseLineMax).Select(line => $"{document}: {line}")));

    [Theory]
    [InlineData("[a](docs/none.md)", false)]
    [InlineData("[a](docs/design.md#none)", false)]
    [InlineData("[a](docs/design.md#fresh-art-step-by-step)", true)]
    [InlineData("![a](docs/bench.svg)", true)]
    [InlineData("[a](https://example.test/none)", true)]
    public void LinksAreJudged(string text, bool leadsSomewhere) => Assert.Equal(leadsSomewhere, LeadsSomewhere("README.md", Links(text).Single()));

    private static IEnumerable<string> Links(string text) => Link().Matches(text).Select(match => match.Groups[1].Value);

    private bool LeadsSomewhere(string document, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal))
        {
            return true;
        }

        var (path, heading) = target.Split('#', 2) is [var file, var anchor] ? (file, anchor) : (target, "");
        var full = path.Length == 0 ? Path.Combine(tree.Root, document) : Path.GetFullPath(Path.Combine(tree.Root, Path.GetDirectoryName(document)!, path));
        return Path.Exists(full) && (heading.Length == 0 || Headings(File.ReadAllText(full)).Contains(heading));
    }

    /// <summary>The anchors that GitHub gives to a document's headings.</summary>
    private static IEnumerable<string> Headings(string text) => Heading().Matches(text)
        .Select(match => NotInAnchor().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    private static IEnumerable<string> PathsInCommands(string text) =>
        CommandBlock().Matches(text).SelectMany(block => PathInCommand().Matches(block.Value)).Select(match => match.Groups[1].Value);

    private bool Exists(string path) => Path.Exists(Path.Combine(tree.Root, path));

    private static IEnumerable<string> Prose(string text)
    {
        var withoutCode = CodeBlock().Replace(text, "");
        return withoutCode.Split('\n').Where(line => !(line.StartsWith('|') || line.StartsWith("![", StringComparison.Ordinal) || line.StartsWith('<')));
    }

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^```sh\n.*?^```|`(?:bash|node|dotnet) [^`]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CommandBlock();

    [GeneratedRegex(@"\b(?:bash|node|--project|dotnet publish|dotnet build|-f|apply -[fk]) ((?:src|tests|deploy|samples)/[\w./-]*\w)")]
    private static partial Regex PathInCommand();

    [GeneratedRegex(@"`((?:src|tests|deploy|docs|samples)/(?![^`]*/bin/)[\w./-]*\w)`")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"\bnew(?: Command)?\(\s*""([a-z][a-z-]+)"",")]
    private static partial Regex DeclaredCommand();

    [GeneratedRegex(@"\bMap(?:Get|Post|Put|Delete|Methods)\(""(/[^""]+)""")]
    private static partial Regex MappedRoute();

    [GeneratedRegex(@"\b(?:Status\d{3}\w+|status), ""([a-z_]+)""")]
    private static partial Regex RefusalCode();

    [GeneratedRegex(@"(?:ArtFresh\.Server\.dll|--project src/ArtFresh\.Server --) ([a-z][a-z-]+)")]
    private static partial Regex ServerCommand();
}
