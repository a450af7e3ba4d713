using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Text.Json;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>The operator's commands.</summary>
internal static class OperatorCommands
{
    /// <summary>Exit status of a command that failed.</summary>
    private const int NotDone = ServerProgram.NotStarted;

    private static readonly string[] AboutItself = ["--help", "-h", "-?", "--version"];

    /// <summary>All commands.</summary>
    public static RootCommand Root { get; } = new("ArtFresh: art for listeners, never twice. Without a command it starts a server; the command 'settings' lists a server's settings.")
    {
        AnnounceCommand.Create(),
        BackfillCommand.Create(),
        BackupCommand.Create(),
        CertificatesCommand.Create(),
        CheckCommand.Create(),
        DeployCommand.Create(),
        DrillCommand.Create(),
        DropMonthCommand.Create(),
        ErasuresCommand.Create(),
        HeldCommand.Create(),
        ExportCommand.Create(),
        ImportCommand.Create(),
        JoinCommand.Create(),
        KpiCommand.Create(),
        LegacyCommand.Create(),
        ListenerCommand.Create(),
        LookAlikesCommand.Create(),
        MigrateCommand.Create(),
        PlanCommand.Create(),
        ReadyCommand.Create(),
        ReleaseCommand.Create(),
        RestoreCommand.Create(),
        RestoredCommand.Create(),
        SessionsCommand.Create(),
        SettingsCommand.Create(),
        VerifyCommand.Create(),
        WithdrawCommand.Create(),
        CollectionCommand.Create(),
    };

    /// <summary>Whether the arguments name a command or ask for help. Settings begin with a dash or have an equals sign; a command's options may stand before it.</summary>
    public static bool AreIn(string[] args) => args is [{ Length: > 0 } first, ..]
        && (args.Any(AboutItself.Contains) || !IsSetting(first) || (!ServerArguments.IsKnown(first) && args.Any(IsCommand)));

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>0 for success; 1 if a check failed or something was skipped; 2 if the command could not run, with the reason on standard error.</returns>
    public static Task<int> RunAsync(string[] args)
    {
        var parsed = Root.Parse(CommandFirst(args));
        if (parsed.Action is not ParseErrorAction)
        {
            return parsed.InvokeAsync();
        }

        foreach (var error in UnknownCommandOf(parsed) is { } unknown ? [unknown] : parsed.Errors.Select(error => error.Message))
        {
            OperatorConsole.Complain(error);
        }

        if (args.Any(IsDataDirectory) && parsed.CommandResult.Command.Options.Any(option => option.Name == "--data"))
        {
            OperatorConsole.Complain("A command takes none of a server's settings: --data names the data directory.");
        }

        var options = parsed.CommandResult.Command.Subcommands.Count > 0 ? "the commands" : "its options";
        OperatorConsole.Complain($"'{string.Join(' ', NamesOf(parsed.CommandResult).Append("--help"))}' shows {options}.");
        return Task.FromResult(NotDone);
    }

    private static bool IsDataDirectory(string argument) => argument.StartsWith("--ArtFresh:DataDirectory", StringComparison.OrdinalIgnoreCase);

    /// <summary>The connection string of the cluster's PostgreSQL; by default the one that a server would use.</summary>
    public static Option<string?> LedgerOption(string description) =>
        new("--ledger") { Description = description, DefaultValueFactory = _ => LedgerChoice.Defaults.GetConnectionString("Ledger") };

    /// <summary>Who the audit says has run a command.</summary>
    public static string Actor => $"{Environment.UserName} at the command line";

    /// <summary>Why an operator does it, for the audit.</summary>
    public static Option<string> ReasonOption(string description = "The reason; recorded in the audit.")
    {
        var reason = new Option<string>("--reason") { Description = description, Required = true };
        reason.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>()?.Trim().Length is not (> 0 and <= Limits.ReasonLengthMax))
            {
                given.AddError($"--reason must have 1 to {Limits.ReasonLengthMax} characters.");
            }
        });
        return reason;
    }

    /// <summary>JSON instead of text.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Prints JSON, and nothing else, to standard output." };

    /// <summary>The operators' key, for commands that ask a server.</summary>
    public static Option<string?> KeyOption() =>
        new("--key") { Description = "The operators' key.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ARTFRESH_OPERATORS_KEY") };

    /// <summary>The operators' key: the given one, that of the settings, or else the one in the data directory; null where none is known.</summary>
    public static string? KeyOf(string? given, DataDirectory? directory) =>
        given is { Length: > 0 } ? given
        : LedgerChoice.Defaults["ArtFresh:Operators:Key"] is { Length: > 0 } set ? set
        : directory is null ? null : KeyFiles.TryReadOperators(directory);

    /// <summary>The number of rows to list.</summary>
    public static Option<int> LimitOption(string description, int rows)
    {
        var limit = new Option<int>("--limit") { Description = description, DefaultValueFactory = _ => rows };
        limit.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 0)
            {
                given.AddError("--limit must be 0 or more.");
            }
        });
        return limit;
    }

    /// <summary>The number of days, today included.</summary>
    public static Option<int> DaysOption(string description) => new Option<int>("--days") { Description = description, DefaultValueFactory = _ => 7 }.Between(1, Limits.KpiDaysMax);

    /// <summary>Refuses a number out of range.</summary>
    public static Option<int> Between(this Option<int> number, int min, int max)
    {
        number.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < min || given.GetValueOrDefault<int>() > max)
            {
                given.AddError($"{number.Name} must be a number from {min} to {max}.");
            }
        });
        return number;
    }

    /// <summary>Reads a server's address.</summary>
    /// <exception cref="SettingException">It is not an HTTP address.</exception>
    public static Uri AddressOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https")
        ? address
        : throw new SettingException($"'{text}' is not an address such as {ListenUrls.Default}.");

    /// <summary>Runs a command that checks something or may skip something.</summary>
    /// <returns>0 for true, 1 for false, 2 if the command failed.</returns>
    public static Task<int> JudgeAsync(Func<Task<bool>> judge) => GuardAsync(async () => await judge() ? 0 : 1);

    /// <summary>Runs a command and explains an expected failure in one sentence on standard error.</summary>
    /// <returns>What <paramref name="run"/> returned, or 2.</returns>
    public static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception wrong) when (StartFaults.Explain(wrong) is { } sentence)
        {
            OperatorConsole.Complain(sentence);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            OperatorConsole.Complain(wrong.Message);
        }
        catch (OperationCanceledException)
        {
            OperatorConsole.Complain("Stopped.");
        }

        return NotDone;
    }

    /// <summary>An enum's value as JSON spells it.</summary>
    public static string WordOf<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>A time in a table.</summary>
    public static string TimeOf(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static bool IsSetting(string argument) => argument[0] is '-' or '/' || argument.Contains('=', StringComparison.Ordinal);

    /// <summary>One sentence for a misspelt command: the parser has one for each of the words after it.</summary>
    private static string? UnknownCommandOf(ParseResult parsed) =>
        parsed.CommandResult.Command.Subcommands is { Count: > 0 } known && parsed.UnmatchedTokens is [var word, ..] && !IsSetting(word)
            ? $"There is no command {word}{Spelling.Suggestion(word, known.Select(command => command.Name), "")}"
            : null;

    /// <summary>Whether an argument is a command's name.</summary>
    public static bool IsCommand(string argument) => Root.Subcommands.Any(command => command.Name == argument);

    /// <summary>Moves options from before the command to after it. If several arguments are names of commands, the first that parses without error is the command.</summary>
    private static string[] CommandFirst(string[] args)
    {
        if (!IsSetting(args[0]) || AboutItself.Contains(args[0]))
        {
            return args;
        }

        string[][] ways = [.. Enumerable.Range(0, args.Length).Where(i => IsCommand(args[i])).Select(From)];
        return Array.Find(ways, way => Root.Parse(way).Errors.Count == 0) ?? ways.FirstOrDefault(args);

        string[] From(int command)
        {
            var dashes = Array.IndexOf(args, "--", command);
            var end = dashes < 0 ? args.Length : dashes;
            return [.. args[command..end], .. args[..command], .. args[end..]];
        }
    }

    private static IEnumerable<string> NamesOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent ? NamesOf(parent).Append(command.Command.Name) : [];
}
