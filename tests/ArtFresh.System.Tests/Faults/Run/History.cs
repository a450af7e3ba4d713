using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace ArtFresh.SystemTests.Faults;

/// <summary>Everything that happens in a run, on disk as JSON lines while it happens, and in memory for the checker.</summary>
internal sealed class History : IAsyncDisposable
{
    private readonly Channel<HistoryEvent> _events = Channel.CreateUnbounded<HistoryEvent>();
    private readonly List<HistoryEvent> _kept = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Task _writing;

    public History(string path) => _writing = WriteAsync(path);

    /// <summary>Milliseconds since the run began.</summary>
    public long NowMs => (long)Stopwatch.GetElapsedTime(_started).TotalMilliseconds;

    public void Add(HistoryEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>Ends the history.</summary>
    public async Task<IReadOnlyList<HistoryEvent>> CloseAsync()
    {
        _events.Writer.TryComplete();
        await _writing;
        return _kept;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task WriteAsync(string path)
    {
        await using var file = new StreamWriter(path);
        await foreach (var happened in _events.Reader.ReadAllAsync())
        {
            _kept.Add(happened);
            await file.WriteLineAsync(JsonSerializer.Serialize(happened));
            if (_events.Reader.Count == 0)
            {
                await file.FlushAsync();
            }
        }
    }
}
