using System.Text.RegularExpressions;

namespace ArtFresh.Layout.Tests;

public partial class HouseRuleTests(SourceTree tree) : IClassFixture<SourceTree>
{
    private const int LinesMax = 400;
    private const int ProgramLinesMax = 80;

    [Fact]
    public void NothingIsNamedForWantOfAName()
    {
        var files = tree.Sources(".cs", ".ts", ".tsx", ".csproj", ".sql", ".css").ToArray();
        Assert.NotEmpty(files);
        var types = files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => TypeDeclaration().Matches(tree.Read(file)).Select(match => (file, name: match.Groups[1].Value)));
        Assert.DoesNotContain(files, file => file.Split('/', '.').Any(SaysNothing));
        Assert.DoesNotContain(types, type => SaysNothing(type.name));
    }

    [Theory]
    [InlineData("StringUtils", true)]
    [InlineData("utils", true)]
    [InlineData("date-helpers", true)]
    [InlineData("CommonTypes", true)]
    [InlineData("BatchProcessor", true)]
    [InlineData("SessionManager", true)]
    [InlineData("LedgerWriter", false)]
    [InlineData("Managed", false)]
    [InlineData("Uncommon", false)]
    public void EmptyNamesAreKnown(string name, bool saysNothing) => Assert.Equal(saysNothing, SaysNothing(name));

    [Fact]
    public void SourceFilesAreShort() =>
        Assert.DoesNotContain(
            tree.Files.Where(file => Path.GetExtension(file) is ".cs" or ".ts" or ".tsx").Select(file => (file, lines: LinesOf(file))),
            source => source.lines > LinesMax);

    /// <summary>An erasure cannot reach into a log.</summary>
    [Fact]
    public void NoLogMessageNamesAListener()
    {
        var values = tree.Sources(".cs").Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(file => LogMessage().Matches(tree.Read(file)).SelectMany(message => LogValue().Matches(message.Value).Select(value => (file, name: value.Groups[1].Value))))
            .ToArray();
        Assert.Contains(values, value => value.name == "SessionId");
        Assert.DoesNotContain(values, value => NamesAListener(value.name));
    }

    [Theory]
    [InlineData("ListenerId", true)]
    [InlineData("Guest", true)]
    [InlineData("GrainKey", true)]
    [InlineData("Listeners", false)]
    [InlineData("SessionId", false)]
    public void ValuesThatNameAListenerAreKnown(string name, bool namesListener) => Assert.Equal(namesListener, NamesAListener(name));

    [Fact]
    public void ProgramsAreTablesOfContents() =>
        Assert.DoesNotContain(
            tree.Sources(".cs").Where(file => Path.GetFileName(file) == "Program.cs").Select(file => (file, lines: LinesOf(file))),
            program => program.lines > ProgramLinesMax);

    [Fact]
    public void NoFileNamesADirectoryOfOneMachineOrAPackageRegistry() =>
        Assert.Empty(tree.TextFiles.SelectMany(file => OfOneMachine().Matches(tree.Read(file)).Select(match => $"{file}: {match.Value}")));

    [Theory]
    [InlineData("cd /", "work/main", true)]
    [InlineData("\"/", "root/.nuget\"", true)]
    [InlineData("\"resolved\": \"ht", "tps://example.test/a.tgz\"", true)]
    [InlineData("https://registry", ".npmjs.org/a", true)]
    [InlineData("registry=ht", "tp://example.test", true)]
    [InlineData("https://example.test/artwork/", "work/7", false)]
    [InlineData("src/work/", "x", false)]
    public void TracesOfOneMachineAreKnown(string start, string end, bool isTrace) => Assert.Equal(isTrace, OfOneMachine().IsMatch(start + end));

    [Fact]
    public void BrowserClientDependsOnNothingAtRunTimeAndNotOnThePlayer()
    {
        Assert.DoesNotContain("\"dependencies\"", tree.Read("src/artfresh-js/package.json"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            tree.Sources(".ts", ".tsx").Where(file => file.StartsWith("src/artfresh-js/src/", StringComparison.Ordinal)),
            file => PlayerImport().IsMatch(tree.Read(file)));
    }

    private static bool SaysNothing(string name) => Words().Matches(name).Any(word => EmptyWord().IsMatch(word.Value));

    private int LinesOf(string file) => tree.Read(file).AsSpan().Count('\n');

    private static bool NamesAListener(string name) => name is "Listener" or "ListenerId" or "Guest" or "Account" or "Subject" or "Caller" or "Key" or "GrainKey" or "GrainId";

    [GeneratedRegex("""\[LoggerMessage\([^\n]*""")]
    private static partial Regex LogMessage();

    [GeneratedRegex("""\{(\w+)[:}]""")]
    private static partial Regex LogValue();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+([A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")]
    private static partial Regex Words();

    [GeneratedRegex("^(utils?|utility|utilities|common|helpers?|managers?|processors?)$", RegexOptions.IgnoreCase)]
    private static partial Regex EmptyWord();

    [GeneratedRegex(@"(?<![\w.\-}/])/(?:work|root)/|""resolved""\s*:\s*""https?:|registry\s*=\s*[""']?https?:|registry\.npmjs\.org|api\.nuget\.org")]
    private static partial Regex OfOneMachine();

    [GeneratedRegex(@"from\s+[""'](?:\.\./)+player(?!/package\.json)")]
    private static partial Regex PlayerImport();
}
