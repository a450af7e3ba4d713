using System.Text.RegularExpressions;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>deploy/README.md: what it has operators type.</summary>
internal static partial class Runbook
{
    public static string Text { get; } = DeployFile.Read("deploy/README.md");

    /// <summary>The variables of the .env file that it tells to make; secrets are made up, each another.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentFile()
    {
        var made = EnvironmentFileCommand().Match(Text).Groups[1].Value;
        return made.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Secret().Replace(pair[1].Trim('"'), $"0123456789abcdef of {pair[0]}"));
    }

    /// <summary>The keys of the Kubernetes secret that it tells to make.</summary>
    public static string[] SecretKeys() => [.. SecretLiteral().Matches(Text).Select(literal => literal.Groups[1].Value).Distinct()];

    /// <summary>The files that it tells to make for the members, with the folder; not the authority's key.</summary>
    public static string[] Certificates { get; } = [.. new[] { "authority.pem", "member.pem", "member.key" }.Where(_ => Text.Contains(" certificates /certificates", StringComparison.Ordinal)).Select(file => $"./certificates/{file}")];

    [GeneratedRegex(@"^cat > \.env <<END\n(.*?)^END$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex EnvironmentFileCommand();

    [GeneratedRegex(@"\$\(openssl rand -hex \d+\)")]
    private static partial Regex Secret();

    [GeneratedRegex("--from-literal=([a-z-]+)=")]
    private static partial Regex SecretLiteral();
}
