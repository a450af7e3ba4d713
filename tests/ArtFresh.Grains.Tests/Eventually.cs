namespace ArtFresh.Grains.Tests;

/// <summary>Looks until there is something to see.</summary>
internal static class Eventually
{
    /// <summary>Asks until the answer is yes.</summary>
    /// <exception cref="OperationCanceledException">It was not within two minutes.</exception>
    public static Task Async(Func<Task<bool>> ask) => FindAsync<object>(async () => await ask() ? ask : null);

    /// <returns>The first that is not null.</returns>
    /// <exception cref="OperationCanceledException">There was none within two minutes.</exception>
    public static async Task<T> FindAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }
}
