using ArtFresh.Api.Tests;

[assembly: AssemblyFixture(typeof(ScratchFolder))]

namespace ArtFresh.Api.Tests;

/// <summary>A folder for all front ends of these tests, deleted after the last.</summary>
public sealed class ScratchFolder : IDisposable
{
    public static string Path { get; } = Directory.CreateTempSubdirectory("artfresh-api-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
