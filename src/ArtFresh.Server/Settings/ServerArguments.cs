namespace ArtFresh.Server;

/// <summary>Checks a server's command line: ASP.NET would ignore unknown options.</summary>
internal static class ServerArguments
{
    /// <summary>The command that takes a server's settings.</summary>
    public const string CheckName = "check";

    private static readonly string[] Known =
    [
        "ArtFresh", "ConnectionStrings", "Logging", "Kestrel", "AllowedHosts", "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName",
        "shutdownTimeoutSeconds",
    ];

    /// <summary>Refuses an unknown option, and a command after settings.</summary>
    /// <param name="args">A server's arguments.</param>
    /// <param name="isCommand">Whether an argument is a command's name.</param>
    /// <exception cref="SettingException">An option is unknown, or has no value.</exception>
    public static void Check(IReadOnlyList<string> args, Func<string, bool> isCommand)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (isCommand(args[i]))
            {
                throw new SettingException(args[i] == CheckName
                    ? $"The command stands first, and a server's settings stand after two dashes: {CheckName} -- {string.Join(' ', args.Where((_, at) => at != i))}"
                    : $"The command {args[i]} takes none of a server's settings: '{args[i]} --help' shows its options.");
            }

            var name = args[i].TrimStart('-', '/');
            var equals = name.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new SettingException(Suggest(name) ?? $"{args[i]} has no value.");
            }

            name = equals < 0 ? name : name[..equals];
            if (Suggest(name) is { } wrong || (args[i][0] == '-' && !args[i].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new SettingException(Suggest(name) ?? $"{args[i]} has one dash; write --{name}.");
            }

            i += equals < 0 ? 1 : 0;
        }
    }

    /// <summary>Whether an argument names a server's setting or a section of settings.</summary>
    public static bool IsKnown(string argument) => Suggest(argument.TrimStart('-', '/').Split('=', 2)[0]) is null;

    private static string? Suggest(string name)
    {
        var section = name.Split(':', 2)[0];
        return Known.Contains(section, StringComparer.OrdinalIgnoreCase) || section.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
            ? null
            : $"There is no option --{name}{Spelling.Suggestion(section, Known, "--")} A server's settings are --urls and --ArtFresh:Name; the command 'settings' lists them.";
    }
}
