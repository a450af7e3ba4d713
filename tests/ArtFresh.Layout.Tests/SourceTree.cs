using System.Diagnostics;

namespace ArtFresh.Layout.Tests;

/// <summary>The files of this working tree that git would keep: bin, obj and node_modules are never looked at.</summary>
public sealed class SourceTree
{
    private static readonly string[] BinaryExtensions = [".png", ".jpg", ".jpeg", ".webp", ".ico", ".woff2", ".ogg", ".gif"];

    public SourceTree()
    {
        Root = Git(AppContext.BaseDirectory, "rev-parse", "--show-toplevel").Trim();
        Files = [.. Git(Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .Where(file => File.Exists(Path.Combine(Root, file)))
            .Order(StringComparer.Ordinal)];
    }

    public string Root { get; }

    /// <summary>Paths from the root, with forward slashes.</summary>
    public IReadOnlyList<string> Files { get; }

    public IEnumerable<string> TextFiles => Files.Where(file => !BinaryExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase));

    public IEnumerable<string> Sources(params string[] extensions) =>
        Files.Where(file => file.StartsWith("src/", StringComparison.Ordinal) && extensions.Contains(Path.GetExtension(file)));

    public string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string Git(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {git.ExitCode}.");
    }
}
