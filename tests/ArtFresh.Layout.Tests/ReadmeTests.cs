using System.Text.RegularExpressions;

namespace ArtFresh.Layout.Tests;

/// <summary>What README shows in C# is cut from the samples, which the gate builds and runs.</summary>
public partial class ReadmeTests(SourceTree tree) : IClassFixture<SourceTree>
{
    [Fact]
    public void EachLineOfCSharpStandsInASample()
    {
        var samples = tree.Files.Where(file => file.StartsWith("samples/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => Flat(tree.Read(file))).ToArray();
        var blocks = CSharpBlock().Matches(tree.Read("README.md")).Select(match => Flat(match.Groups[1].Value)).ToArray();

        Assert.NotEmpty(samples);
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(samples, sample => sample.Contains(block, StringComparison.Ordinal)));
    }

    /// <summary>The first build takes minutes: at the default verbosity <c>dotnet run</c> says nothing of it.</summary>
    [Fact]
    public void FirstCommandShowsTheProgressOfTheBuild()
    {
        var first = ShellBlock().Match(tree.Read("README.md")).Groups[1].Value.Trim();

        Assert.StartsWith("dotnet run -v m ", first, StringComparison.Ordinal);
    }

    /// <summary>Without indentation and empty lines.</summary>
    private static string Flat(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
