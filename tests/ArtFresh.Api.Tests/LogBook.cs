using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api.Tests;

/// <summary>Keeps the warnings and errors of a front end.</summary>
public sealed class LogBook : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Category, string Message)> _entries = new();

    /// <summary>The entries of a level and above, without what data protection says of each new key.</summary>
    public IReadOnlyList<string> From(LogLevel level) => [.. _entries.Where(entry => entry.Level >= level && !entry.Category.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal)).Select(entry => entry.Message)];

    public ILogger CreateLogger(string categoryName) => new Page(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Page(LogBook book, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Kestrel warns of a machine that is busy.
            if (IsEnabled(logLevel) && eventId.Name != "HeartbeatSlow")
            {
                book._entries.Enqueue((logLevel, category, formatter(state, exception) + exception));
            }
        }
    }
}
