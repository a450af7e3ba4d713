namespace ArtFresh.TestWorld;

/// <summary>The database and the browser that tests share end with the last test.</summary>
public sealed class SharedServers : IDisposable
{
    public void Dispose() => EndedWithProgram.EndAll();
}
