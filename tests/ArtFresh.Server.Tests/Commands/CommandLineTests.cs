using System.CommandLine;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>Options, errors and exit statuses that all commands share.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Commands => [.. LeavesOf(OperatorCommands.Root, [])];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task CommandHasHelpAndJson(string command)
    {
        var help = await Tool.RunAsync([.. command.Split(' '), "--help"]);

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        Assert.Contains("--json", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--json", "settings")]
    [InlineData("settings", "--json")]
    public async Task OptionMayStandBeforeTheCommand(params string[] arguments)
    {
        var printed = await Tool.RunAsync(arguments);

        Assert.Equal((0, ""), (printed.ExitCode, printed.Errors));
        Assert.True(printed.Json.GetArrayLength() > 37);
    }

    [Theory]
    [InlineData("There is no ledger at ", "--data", "verify", "kpi")]
    [InlineData("There is no ledger at ", "--json", "release", "show", "--data", "nowhere")]
    [InlineData("Unrecognized command or argument '--dada'", "kpi", "--dada", "x")]
    [InlineData("--data names the data directory", "verify", "--ArtFresh:DataDirectory", "x")]
    [InlineData("--days must be a number from 1 to 400.", "kpi", "--days", "0")]
    [InlineData("Required command was not provided.", "release")]
    [InlineData("is not a month; write it as 2026-07", "drop-month", "July")]
    [InlineData("Name the ledger with --ledger", "drop-month", "2026-07")]
    [InlineData("Name the ledger with --ledger", "migrate")]
    [InlineData("is not an address such as", "ready", "--url", "here")]
    [InlineData("--ledger is not a connection string of PostgreSQL", "migrate", "--ledger", "Hots=nowhere")]
    [InlineData("There is no option --jason", "--jason", "x")]
    [InlineData("There is no command impotr. Did you mean import?", "impotr", "x")]
    [InlineData("There is no command shwo. Did you mean show?", "release", "shwo")]
    [InlineData("check -- --ArtFresh:Role web --ArtFresh:Guests true", "--ArtFresh:Role", "web", "check", "--ArtFresh:Guests", "true")]
    [InlineData("The command kpi takes none of a server's settings", "--ArtFresh:Role", "web", "kpi")]
    [InlineData("The ledger (ConnectionStrings:Ledger or --ledger) cannot be read: PostgreSQL does not answer", "kpi", "--ledger", "Host=127.0.0.1;Port=1")]
    [InlineData("Start it, or check Host=… and Port=….", "verify", "--ledger", "Host=127.0.0.1;Port=1")]
    public async Task RefusalIsOnStandardErrorWithExitCode2(string sentence, params string[] arguments)
    {
        var printed = await Tool.RunAsync(arguments);

        Assert.Equal((2, ""), (printed.ExitCode, printed.Output));
        Assert.Contains(sentence, printed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", printed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MisspeltCommandHasOneSentenceAndNoneForItsWords()
    {
        var printed = await Tool.RunAsync("impotr", "x");

        Assert.Collection(
            printed.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            sentence => Assert.Equal("There is no command impotr. Did you mean import?", sentence.TrimEnd()),
            help => Assert.Equal("'--help' shows the commands.", help.TrimEnd()));
    }

    [Fact]
    public async Task ReadmeNamesEachCommand()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(ServerProcess.Repository, "README.md"), TestContext.Current.CancellationToken);
        var table = readme[readme.IndexOf("| command | what it does |", StringComparison.Ordinal)..];

        Assert.All(OperatorCommands.Root.Subcommands, command => Assert.Matches($"`{command.Name}[` ]", table));
    }

    [Theory]
    [InlineData("kpi")]
    [InlineData("verify")]
    [InlineData("sessions")]
    [InlineData("import", ".")]
    public async Task CommandDoesNotCreateALedger(params string[] command)
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-");
        try
        {
            // A server would use the directory from the environment. For a command that is not enough to create it.
            var printed = await Tool.RunAsync(new Dictionary<string, string> { ["ArtFresh__DataDirectory"] = Path.Combine(folder.FullName, "data") }, command);

            Assert.Equal((2, ""), (printed.ExitCode, printed.Output));
            Assert.Contains($"There is no ledger at {folder.FullName}", printed.Errors, StringComparison.Ordinal);
            Assert.Empty(folder.GetFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task ImportThatSkipsAFileExitsWith1AndNamesItInOneLine()
    {
        await using var server = new ServerProcess();
        var folder = Directory.CreateDirectory(Path.Combine(server.DataDirectory, new string('f', 200), new string('g', 200))).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "good.svg"), """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="20" fill="teal"/></svg>""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "bad.png"), "no picture", TestContext.Current.CancellationToken);

        var printed = await Tool.RunAsync("import", folder, "--data", server.DataDirectory, "--json");
        var again = await Tool.RunAsync(new Dictionary<string, string> { ["ArtFresh__DataDirectory"] = server.DataDirectory }, "import", folder);

        Assert.Equal((1, 1), (printed.ExitCode, again.ExitCode));
        Assert.Equal((1, 2, 1), (printed.Json.GetProperty("entered").GetInt32(), printed.Json.GetProperty("files").GetInt32(), printed.Json.GetProperty("leftOut").GetArrayLength()));
        Assert.Equal("2 files: 0 artworks entered, 1 known already, 1 skipped.", again.Output.Trim());
        Assert.Contains(again.Errors.Split('\n'), line => line.StartsWith("skipped: ", StringComparison.Ordinal) && line.Contains(Path.Combine(folder, "bad.png"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task DefaultDataDirectoryIsInTheCloneFromAnyWorkingDirectory()
    {
        // The tests' working directory is not the clone's root.
        var printed = await Tool.RunAsync("check");

        Assert.Equal(0, printed.ExitCode);
        Assert.Contains($"embedded, {Path.Combine(ServerProcess.Repository, "data", "artfresh.db")}", printed.Output, StringComparison.Ordinal);
    }

    /// <summary>Each member would make a key of its own: an operator would be let in by one request and refused by the next.</summary>
    [Fact]
    public async Task CheckSaysThatAClusterNeedsItsOperatorsKeys()
    {
        string[] cluster = ["check", "--", "--ConnectionStrings:Ledger", "Host=database.invalid;Database=artfresh"];

        var without = await Tool.RunAsync(cluster);
        var silo = await Tool.RunAsync([.. cluster, "--ArtFresh:Role", "silo"]);
        var with = await Tool.RunAsync([.. cluster, "--ArtFresh:Operators:Key", "a key of sixteen and more", "--ArtFresh:Operators:MetricsKey", "another key of sixteen"]);

        Assert.Equal((0, 0, 0), (without.ExitCode, silo.ExitCode, with.ExitCode));
        Assert.Contains("Set ArtFresh:Operators:Key and ArtFresh:Operators:MetricsKey to the same for all", without.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("advice", silo.Output + with.Output, StringComparison.Ordinal);
    }

    /// <summary>Each command that does something, with the names before it.</summary>
    private static IEnumerable<string> LeavesOf(Command command, string[] names) => command.Subcommands.Count == 0
        ? [string.Join(' ', names)]
        : command.Subcommands.SelectMany(below => LeavesOf(below, [.. names, below.Name]));
}
