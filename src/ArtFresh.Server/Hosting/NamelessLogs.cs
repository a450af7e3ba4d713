using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ArtFresh.Server;

/// <summary>
/// Keeps listeners' ids out of all logs, because an erasure cannot reach into a log. ArtFresh's own messages name none; but Orleans, and the text of its exceptions, name grains
/// by their keys, and a listener's key is the id. Bounds the lines of each event, too (<see cref="BoundedLogger"/>).
/// </summary>
internal static partial class NamelessLogs
{
    public static void UseNamelessLogs(this WebApplicationBuilder builder) => builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(services => new Factory(new LoggerFactory(
        services.GetServices<ILoggerProvider>(),
        services.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
        services.GetRequiredService<IOptions<LoggerFactoryOptions>>(),
        services.GetService<IExternalScopeProvider>()), services.GetService<TimeProvider>() ?? TimeProvider.System)));

    /// <summary>The text with a mark in place of each listener's id.</summary>
    internal static string WithoutNames(string text) => Key().Replace(Guest().Replace(text, "guest-***"), "$1/***");

    [GeneratedRegex("guest-[0-9a-f]{32}", RegexOptions.CultureInvariant)]
    private static partial Regex Guest();

    /// <summary>A grain's id as Orleans writes it.</summary>
    [GeneratedRegex("""\b(listener(?:-session)?)/[^\s\[\](){}"',;<>]+""", RegexOptions.CultureInvariant)]
    private static partial Regex Key();

    private sealed class Factory(LoggerFactory inner, TimeProvider clock) : ILoggerFactory
    {
        private readonly ConcurrentDictionary<string, Logger> _loggers = new(StringComparer.Ordinal);

        // One for each category, which counts its lines whoever writes them.
        public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, name => new Logger(new BoundedLogger(inner.CreateLogger(name), clock)));

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Logger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
            {
                return;
            }

            var (text, failure) = (formatter(state, exception), exception?.ToString());
            var (nameless, namelessFailure) = (WithoutNames(text), failure is null ? null : WithoutNames(failure));
            if (nameless == text && namelessFailure == failure)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
                return;
            }

            // Without the values, which sinks write beside the text.
            inner.Log(logLevel, eventId, nameless, namelessFailure is null ? null : new NamelessException(namelessFailure), (message, _) => message);
        }
    }

    /// <summary>An exception whose text named a listener.</summary>
    private sealed class NamelessException(string text) : Exception(text.Split('\n')[0])
    {
        public override string ToString() => text;
    }
}
