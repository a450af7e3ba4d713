using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ArtFresh.Contracts;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary>What an operator runs instead of a server, beside those that run.</summary>
internal static class OperatorCommands
{
    /// <summary>As many as GET /api/ops/kpis takes.</summary>
    public const int DaysMax = 400;

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
        LegacyCommand.Create(),
        VerifyCommand.Create(),
        SessionsCommand.Create(),
        BackfillCommand.Create(),
        DeployCommand.Create(),
        DrillCommand.Create(),
        AnnounceCommand.Create(),
    }.Parse(args).InvokeAsync();

    /// <summary>How to connect to the cluster's PostgreSQL, by default as a server would.</summary>
    public static Option<string?> LedgerOption(string description) =>
        new("--ledger") { Description = description, DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ConnectionStrings__Ledger") };

    /// <summary>For programs.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Prints JSON to the standard output, and nothing else there." };

    /// <summary>How many rows to show.</summary>
    public static Option<int> LimitOption(string description, int rows)
    {
        var limit = new Option<int>("--limit") { Description = description, DefaultValueFactory = _ => rows };
        limit.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 0)
            {
                given.AddError("--limit is a number from 0.");
            }
        });
        return limit;
    }

    /// <summary>Over how many days, today included.</summary>
    public static Option<int> DaysOption(string description) => new Option<int>("--days") { Description = description, DefaultValueFactory = _ => 7 }.Between(1, DaysMax);

    /// <summary>Refuses what is under or over.</summary>
    public static Option<int> Between(this Option<int> number, int min, int max)
    {
        number.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < min || given.GetValueOrDefault<int>() > max)
            {
                given.AddError($"{number.Name} is a number from {min} to {max}.");
            }
        });
        return number;
    }

    /// <summary>A server's address.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public static Uri AddressOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https")
        ? address
        : throw new SettingException($"'{text}' is no address such as {Hosting.DefaultUrl}.");

    /// <summary>Runs a command that finds out whether something is so.</summary>
    /// <returns>0 for yes, 1 for no, 2 when it cannot tell; why is on the standard error.</returns>
    public static Task<int> JudgeAsync(Func<Task<bool>> judge) => GuardAsync(async () => await judge() ? 0 : 1, 2);

    /// <summary>Runs a command; what keeps it from doing what it says is told in a sentence.</summary>
    /// <param name="failed">The exit code for that.</param>
    public static async Task<int> GuardAsync(Func<Task<int>> run, int failed = 1)
    {
        try
        {
            return await run();
        }
        catch (Exception wrong) when (wrong is SettingException or LedgerUnavailableException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            OperatorConsole.Error.MarkupLineInterpolated($"[red]{wrong.Message}[/]");
            return failed;
        }
        catch (OperationCanceledException)
        {
            OperatorConsole.Error.MarkupLine("Stopped.");
            return failed;
        }
    }

    /// <summary>As in JSON.</summary>
    public static string WordOf<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>A time in a table.</summary>
    public static string TimeOf(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
