using System.Diagnostics;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("artfresh-import-");

    private string Folder => Directory.CreateDirectory(Path.Combine(_place.FullName, "shelf")).FullName;

    private string Data => Path.Combine(_place.FullName, "data");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Delete(recursive: true);

    [Fact]
    public async Task EachFileThatIsLeftOutIsNamed()
    {
        for (var file = 0; file < 45; file++)
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, $"broken-{file}.svg"), $"<svg xmlns='http://www.w3.org/2000/svg'><g id='{file}'>", Stop);
        }

        var printed = await Tool.RunAsync("import", Folder, "--data", Data);

        Assert.Equal(1, printed.ExitCode);
        Assert.All(Enumerable.Range(0, 45), file => Assert.Contains($"broken-{file}.svg: The drawing is not well-formed XML", printed.Errors, StringComparison.Ordinal));
        Assert.Contains("45 files: 0 artworks entered, 0 known already, 45 skipped.", printed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DoubleOfABrokenFileIsBrokenToo()
    {
        foreach (var file in new[] { "one.svg", "two.svg", "three.svg" })
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, file), "<svg xmlns='http://www.w3.org/2000/svg'><g>", Stop);
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "good.svg"), "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle cx='4' cy='4' r='3'/></svg>", Stop);
        File.Copy(Path.Combine(Folder, "good.svg"), Path.Combine(Folder, "good-too.svg"));

        Assert.Contains("5 files: 1 artwork entered, 1 known already, 3 skipped.", (await Tool.RunAsync("import", Folder, "--data", Data)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderWithoutPicturesIsNoSuccess()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "notes.txt"), "none", Stop);

        var empty = await Tool.RunAsync("import", Folder, "--data", Data);

        Assert.Equal(2, empty.ExitCode);
        Assert.Contains("There is nothing to import", empty.Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Folder, "old.svgz"), "x", Stop);
        await File.WriteAllTextAsync(Path.Combine(Folder, "new.AVIF"), "x", Stop);

        var other = await Tool.RunAsync("import", Folder, "--data", Data);

        Assert.Equal(1, other.ExitCode);
        Assert.Contains("old.svgz: .svgz files are not read: convert it to SVG, PNG, JPEG or WebP.", other.Errors, StringComparison.Ordinal);
        Assert.Contains("new.AVIF: .AVIF files are not read", other.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PipeIsLeftOutAndNotWaitedFor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using var made = Process.Start("mkfifo", [Path.Combine(Folder, "pipe.png")]);
        await made.WaitForExitAsync(Stop);

        var printed = await Tool.RunAsync("import", Folder, "--data", Data).WaitAsync(TimeSpan.FromSeconds(60), Stop);

        Assert.Equal(1, printed.ExitCode);
        Assert.Contains("pipe.png: The file is empty, or not a regular file.", printed.Errors, StringComparison.Ordinal);
    }
}
