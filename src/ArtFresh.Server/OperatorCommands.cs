using System.CommandLine;

namespace ArtFresh.Server;

/// <summary>What an operator runs instead of a server, beside those that run.</summary>
internal static class OperatorCommands
{
    private static readonly string[] AboutItself = ["--help", "-h", "-?", "--version"];

    /// <summary>Whether the arguments name a command or ask for help; settings begin with a dash or have an equals sign.</summary>
    public static bool AreIn(string[] args) =>
        args is [{ Length: > 0 } first, ..] && (AboutItself.Contains(first) || !(first[0] is '-' or '/' || first.Contains('=', StringComparison.Ordinal)));

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>0 when it did what it says; else 1, and why is on the standard error.</returns>
    public static Task<int> RunAsync(string[] args) => new RootCommand("ArtFresh: art for listeners, never twice. Without a command it is a server; see the README for its settings.")
    {
        ImportCommand.Create(),
        MigrateCommand.Create(),
        DropMonthCommand.Create(),
        CheckCommand.Create(),
        KpiCommand.Create(),
        ReleaseCommand.Create(),
        ReadyCommand.Create(),
    }.Parse(args).InvokeAsync();

    /// <summary>How to connect to the cluster's PostgreSQL, by default as a server would.</summary>
    public static Option<string?> LedgerOption(string description) =>
        new("--ledger") { Description = description, DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ConnectionStrings__Ledger") };
}
