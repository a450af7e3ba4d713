using Microsoft.Extensions.Logging;
using Xunit;

namespace ArtFresh.Server.Tests.Hosting;

public sealed class BoundedLoggerTests
{
    private readonly Clock _clock = new();
    private readonly Book _book = new();

    [Fact]
    public void LinesThatAnybodyCausesAreBoundedAndTheRestIsCounted()
    {
        var logger = new BoundedLogger(_book, _clock);
        for (var i = 0; i < 1000; i++)
        {
            logger.Log(LogLevel.Warning, new EventId(7), i, null, (number, _) => $"line {number}");
        }

        Assert.Equal(BoundedLogger.LinesPerMinute + 1, _book.Written.Count);
        Assert.StartsWith("Warning More lines like the last one are counted", _book.Written[^1], StringComparison.Ordinal);

        _clock.Minutes = 1;
        logger.Log(LogLevel.Warning, new EventId(7), 0, null, (_, _) => "a later line");
        Assert.Equal(["Warning 970 more lines like the next one were not written", "Warning a later line"], _book.Written[^2..]);
        logger.Log(LogLevel.Warning, new EventId(7), 0, null, (_, _) => "another");
        Assert.Equal("Warning another", _book.Written[^1]);
    }

    [Fact]
    public void EachEventHasLinesOfItsOwnAndDebuggingHasAll()
    {
        var logger = new BoundedLogger(_book, _clock);
        for (var i = 0; i < 100; i++)
        {
            logger.Log(LogLevel.Information, new EventId(1), 0, null, (_, _) => "often");
            logger.Log(LogLevel.Debug, new EventId(2), 0, null, (_, _) => "debug");
        }

        logger.Log(LogLevel.Error, new EventId(3), 0, null, (_, _) => "rare");

        Assert.Equal(BoundedLogger.LinesPerMinute, _book.Written.Count(line => line == "Information often"));
        Assert.Equal(100, _book.Written.Count(line => line == "Debug debug"));
        Assert.Equal("Error rare", _book.Written[^1]);
    }

    private sealed class Clock : TimeProvider
    {
        public int Minutes { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 60 * Minutes;
    }

    private sealed class Book : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add($"{logLevel} {formatter(state, exception)}");
    }
}
