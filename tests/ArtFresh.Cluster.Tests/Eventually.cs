namespace ArtFresh.Cluster.Tests;

/// <summary>Asks until the answer is yes.</summary>
internal static class Eventually
{
    /// <exception cref="OperationCanceledException">It was not within 20 s.</exception>
    public static async Task Async(Func<Task<bool>> ask)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await ask())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }
}
