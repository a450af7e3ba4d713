using System.Diagnostics;
using System.Runtime.InteropServices;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>The server as the README has it published, without the page.</summary>
internal sealed class PublishedServer
{
    private static PublishedServer? OfThisTree;

    private PublishedServer(string path) => Path = path;

    /// <summary>Of its <c>ArtFresh.Server.dll</c>.</summary>
    public string Path { get; }

    /// <summary>Of all its files.</summary>
    public double Megabytes => new FileInfo(Path).Directory!.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1e6;

    /// <summary>Publishes this tree, once in a program.</summary>
    /// <param name="path">A server that was published before, to take in its place; null for none.</param>
    public static async Task<PublishedServer> FindAsync(string? path = null) => path is null ? OfThisTree ??= await MakeAsync() : new PublishedServer(path);

    private static async Task<PublishedServer> MakeAsync()
    {
        var directory = Directory.CreateTempSubdirectory("artfresh-publish-").FullName;
        _ = EndedWithProgram.Add(() => Directory.Delete(directory, recursive: true));
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                "publish", System.IO.Path.Combine(ServerProcess.Repository, "src", "ArtFresh.Server"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
                "--self-contained", "false", "-p:SkipPlayer=true", "-p:RestoreLockedMode=true", "-o", directory, "-v", "q",
            ])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0
            ? new PublishedServer(System.IO.Path.Combine(directory, "ArtFresh.Server.dll"))
            : throw new InvalidOperationException($"The server was not published: {output}");
    }
}
