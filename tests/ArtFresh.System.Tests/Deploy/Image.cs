using System.Text.RegularExpressions;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>deploy/Dockerfile, as instructions.</summary>
internal static partial class Image
{
    /// <summary>Each instruction with what follows it, lines joined and comments gone.</summary>
    public static IReadOnlyList<(string Name, string What)> Instructions { get; } =
    [
        .. Joined().Replace(Comment().Replace(DeployFile.Read("deploy/Dockerfile"), ""), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries)).Select(line => (line[0], line[1])),
    ];

    /// <summary>The instructions of the stage that becomes the image.</summary>
    public static IEnumerable<(string Name, string What)> LastStage => Instructions.Skip(Instructions.Select(instruction => instruction.Name).ToList().LastIndexOf("FROM"));

    public static Dictionary<string, string> Environment() => LastStage.Where(instruction => instruction.Name == "ENV")
        .SelectMany(instruction => instruction.What.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    [GeneratedRegex(@"^\s*#.*\n", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Joined();
}
