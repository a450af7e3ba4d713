using System.Diagnostics;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests;

/// <summary>The examples of the browser library's README, as they stand.</summary>
internal static partial class ReadmeExamples
{
    private static readonly string Web = Path.Combine(ServerProcess.Repository, "src");

    /// <param name="language">Of the examples: <c>ts</c>, or <c>javascript</c> for those of a service worker.</param>
    public static async Task<IReadOnlyList<string>> ReadAsync(string language = "ts") =>
        [.. Examples().Matches(await File.ReadAllTextAsync(Path.Combine(Web, "artfresh-js", "README.md"))).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value)];

    /// <summary>Code of TypeScript and the library with it, in one file.</summary>
    public static async Task<string> BundleAsync(string code)
    {
        var start = new ProcessStartInfo(
            Path.Combine(Web, "node_modules", ".bin", "esbuild"),
            ["--bundle", "--format=esm", "--loader=ts", "--loader:.css=empty", "--loader:.glsl=text", "--log-level=error", $"--alias:artfresh={Source("index.ts")}", $"--alias:artfresh/stock={Source("stock.ts")}"])
        {
            WorkingDirectory = Web,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var esbuild = Process.Start(start)!;
        var bundle = esbuild.StandardOutput.ReadToEndAsync();
        var errors = esbuild.StandardError.ReadToEndAsync();
        await esbuild.StandardInput.WriteAsync(code);
        esbuild.StandardInput.Close();
        await esbuild.WaitForExitAsync();
        return esbuild.ExitCode == 0 ? await bundle : throw new InvalidOperationException($"The page does not compile:\n{await errors}");
    }

    private static string Source(string name) => Path.Combine(Web, "artfresh-js", "src", name);

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Examples();
}
