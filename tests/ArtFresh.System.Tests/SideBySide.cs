namespace ArtFresh.SystemTests;

/// <summary>Runs that wait more than they compute, some at a time, in the order of their names. The first test to ask for its run starts them all.</summary>
/// <param name="atOnce">How many run at the same time.</param>
internal sealed class SideBySide<TResult>(IReadOnlyCollection<string> names, int atOnce, Func<string, Task<TResult>> run) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);
    private readonly Lock _starting = new();
    private Dictionary<string, Task<TResult>> _runs = [];

    /// <summary>What the run of that name gives.</summary>
    public Task<TResult> Of(string name)
    {
        lock (_starting)
        {
            if (_runs.Count == 0)
            {
                _runs = names.ToDictionary(each => each, RunAsync);
            }

            return _runs[name];
        }
    }

    /// <summary>Waits for all that were started: they own processes.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_runs.Values.Select(started => started.ContinueWith(_ => { }, TaskScheduler.Default)));
        _free.Dispose();
    }

    private async Task<TResult> RunAsync(string name)
    {
        await _free.WaitAsync();
        try
        {
            return await Task.Run(() => run(name));
        }
        finally
        {
            _free.Release();
        }
    }
}
