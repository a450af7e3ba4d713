using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ArtFresh.Layout.Tests;

/// <summary>.github: what GitHub would refuse or ignore, read by a parser.</summary>
public partial class WorkflowTests(SourceTree tree) : IClassFixture<SourceTree>
{
    public static TheoryData<string> Workflows => [.. new SourceTree().Files.Where(file => file.StartsWith(".github/workflows/", StringComparison.Ordinal))];

    [Fact]
    public void EveryFileIsYaml()
    {
        var files = tree.Files.Where(file => file.StartsWith(".github/", StringComparison.Ordinal) && file.EndsWith(".yml", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.NotEmpty(Parse(file).Children));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void EveryJobSaysWhereItRunsForHowLongAndWhatItDoes(string file)
    {
        var workflow = Parse(file);
        Assert.All(["name", "on", "permissions", "jobs"], key => Assert.True(workflow.Children.ContainsKey(key), $"{file} has no '{key}'"));
        foreach (var (name, job) in Jobs(workflow))
        {
            Assert.All(["runs-on", "timeout-minutes", "steps"], key => Assert.True(job.Children.ContainsKey(key), $"{file}: {name} has no '{key}'"));
            foreach (var needed in job.Children.TryGetValue("needs", out var needs) ? Texts(needs) : [])
            {
                Assert.Contains(needed, Jobs(workflow).Select(other => other.Name));
            }

            Assert.All(Steps(job), step => Assert.True(
                step.Children.ContainsKey("uses") != step.Children.ContainsKey("run"), $"{file}: a step of {name} needs either 'uses' or 'run'"));
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void ActionsArePinnedByCommit(string file) => Assert.All(
        Jobs(Parse(file)).SelectMany(job => Steps(job.Job)).Where(step => step.Children.ContainsKey("uses")).Select(step => step["uses"].ToString()),
        action => Assert.Matches(PinnedAction(), action));

    /// <summary>A title or a branch's name pasted into a script runs as one.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void NoScriptHasTextOfAStranger(string file) => Assert.All(
        Jobs(Parse(file)).SelectMany(job => Steps(job.Job)).Where(step => step.Children.ContainsKey("run")).Select(step => step["run"].ToString()),
        script => Assert.DoesNotMatch(TextOfAStranger(), script));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void FoldersAndScriptsOfTheRepositoryExist(string file) => Assert.All(
        Jobs(Parse(file)).SelectMany(job => Steps(job.Job)).SelectMany(PathsOf).Where(path => !path.Contains("${{", StringComparison.Ordinal)),
        path => Assert.True(Path.Exists(Path.Combine(tree.Root, path)), $"{file} names {path}, which is not there"));

    /// <summary>Directory.Build.props has the version; what cannot read it there says the same.</summary>
    [Theory]
    [InlineData("src/artfresh-js/package.json", @"""version"": ""([^""]+)""")]
    [InlineData("src/package-lock.json", @"""artfresh-js"": \{\s+""name"": ""artfresh"",\s+""version"": ""([^""]+)""")]
    [InlineData("docker-compose.yml", @"\$\{ARTFRESH_IMAGE:-artfresh:([^}]+)\}")]
    [InlineData("deploy/k8s/kustomization.yaml", @"newTag: (\S+)")]
    public void TheVersionIsOne(string file, string pattern)
    {
        var version = Regex.Match(tree.Read("Directory.Build.props"), "<Version>([^<]+)</Version>").Groups[1].Value;
        Assert.NotEmpty(version);
        Assert.Equal(version, Regex.Match(tree.Read(file), pattern).Groups[1].Value);
    }

    private YamlMappingNode Parse(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(tree.Read(file)));
        return Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
    }

    private static IEnumerable<(string Name, YamlMappingNode Job)> Jobs(YamlMappingNode workflow) =>
        ((YamlMappingNode)workflow["jobs"]).Children.Select(job => (job.Key.ToString(), (YamlMappingNode)job.Value));

    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode job) => ((YamlSequenceNode)job["steps"]).Children.Cast<YamlMappingNode>();

    private static IEnumerable<string> Texts(YamlNode node) => node is YamlSequenceNode list ? list.Select(item => item.ToString()) : [node.ToString()];

    private static IEnumerable<string> PathsOf(YamlMappingNode step)
    {
        if (step.Children.TryGetValue("working-directory", out var folder))
        {
            yield return folder.ToString();
        }

        if (step.Children.TryGetValue("run", out var script))
        {
            foreach (Match named in ScriptOfTheRepository().Matches(script.ToString()))
            {
                yield return named.Groups[1].Value;
            }
        }
    }

    [GeneratedRegex("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$")]
    private static partial Regex PinnedAction();

    [GeneratedRegex(@"\$\{\{\s*(github\.event|github\.head_ref|inputs)\b")]
    private static partial Regex TextOfAStranger();

    [GeneratedRegex(@"\bbash ((?:tests|deploy|src)/\S+)")]
    private static partial Regex ScriptOfTheRepository();
}
