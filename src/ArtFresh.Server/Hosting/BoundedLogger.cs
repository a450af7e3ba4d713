using System.Collections.Concurrent;

namespace ArtFresh.Server;

/// <summary>
/// Writes some lines a minute of each event and counts the rest: whatever strangers or a part that is down can cause as often as they like must not fill the disk, nor bury the
/// other lines. Lines for debugging are all written, as somebody has asked for them.
/// </summary>
internal sealed partial class BoundedLogger(ILogger inner, TimeProvider clock) : ILogger
{
    /// <summary>Lines that one event of one category writes a minute.</summary>
    internal const int LinesPerMinute = 30;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<int, Lines> _lines = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        var isLast = false;
        if (logLevel >= LogLevel.Information)
        {
            var lines = _lines.GetOrAdd(eventId.Id, static _ => new Lines());
            if (!lines.Take(clock, out isLast, out var omitted))
            {
                return;
            }

            if (omitted > 0)
            {
                LogOmitted(inner, logLevel, omitted);
            }
        }

        inner.Log(logLevel, eventId, state, exception, formatter);
        if (isLast)
        {
            LogLast(inner, logLevel, LinesPerMinute);
        }
    }

    [LoggerMessage(Message = "{Omitted} more lines like the next one were not written")]
    private static partial void LogOmitted(ILogger logger, LogLevel level, long omitted);

    [LoggerMessage(Message = "More lines like the last one are counted and not written until a minute is over: {LinesPerMinute} a minute are")]
    private static partial void LogLast(ILogger logger, LogLevel level, int linesPerMinute);

    /// <summary>The lines of one event in the current minute. Thread-safe.</summary>
    private sealed class Lines
    {
        private readonly Lock _lock = new();
        private long _began;
        private long _count;

        /// <summary>Whether a line is to be written.</summary>
        /// <param name="isLast">Whether it is the minute's last one.</param>
        /// <param name="omitted">Lines of the minute before that were not written; told once.</param>
        public bool Take(TimeProvider clock, out bool isLast, out long omitted)
        {
            lock (_lock)
            {
                omitted = 0;
                if (_count == 0 || clock.GetElapsedTime(_began) >= Minute)
                {
                    omitted = Math.Max(0, _count - LinesPerMinute);
                    (_began, _count) = (clock.GetTimestamp(), 0);
                }

                isLast = ++_count == LinesPerMinute;
                return _count <= LinesPerMinute;
            }
        }
    }
}
