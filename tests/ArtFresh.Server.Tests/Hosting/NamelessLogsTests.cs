using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ArtFresh.Server.Tests.Hosting;

public sealed class NamelessLogsTests
{
    [Theory]
    [InlineData("sub-ann")]
    [InlineData("auth0|0123456789")]
    [InlineData("guest-0123456789abcdef0123456789abcdef")]
    public void NoLogNamesAListenerWhoeverWritesIt(string listener)
    {
        var key = SessionKey.Of(listener, Guid.CreateVersion7());
        var written = Write(logger =>
        {
            logger.LogWarning("Response of {Grain} did not arrive", $"listener/{listener}");
            logger.LogWarning(new TimeoutException($"Request [S127.0.0.1:11111 listener-session/{key}]->[listener/{listener}] timed out"), "A call failed");
            logger.LogWarning(new InvalidOperationException("outer", new TimeoutException($"listener/{listener}, again")), "Grain listener-session/{Key} is stuck", key);
        });

        Assert.Equal(3, written.Count);
        Assert.DoesNotContain(written, line => line.Contains(listener, StringComparison.Ordinal));
        Assert.Contains("Response of listener/*** did not arrive", written[0], StringComparison.Ordinal);
        Assert.Contains("TimeoutException", written[1], StringComparison.Ordinal);
    }

    [Fact]
    public void OtherMessagesKeepTheirValuesAndExceptions()
    {
        var failure = new TimeoutException("late");
        var written = Write(logger => logger.LogWarning(failure, "Writing {Rows} rows failed", 7));

        Assert.Equal($"Writing 7 rows failed [Rows, 7][{{OriginalFormat}}, Writing {{Rows}} rows failed] {failure}", Assert.Single(written));
    }

    /// <summary>Of all loggers of a category together.</summary>
    [Fact]
    public void LinesOfAnEventAreBoundedWhoeverWritesThem()
    {
        var written = Write(logger =>
        {
            for (var i = 0; i < 100; i++)
            {
                logger.LogWarning("Line {Number}", i);
            }
        });

        Assert.Equal(BoundedLogger.LinesPerMinute, written.Count(line => line.StartsWith("Line ", StringComparison.Ordinal)));
    }

    [Fact]
    public void DisabledLevelsAreNotWritten() => Assert.Empty(Write(logger => logger.LogTrace("listener/ann")));

    private static List<string> Write(Action<ILogger> write)
    {
        var builder = WebApplication.CreateSlimBuilder();
        using var book = new Book();
        builder.Logging.ClearProviders().AddProvider(book);
        builder.UseNamelessLogs();
        using var services = builder.Services.BuildServiceProvider();
        write(services.GetRequiredService<ILogger<NamelessLogsTests>>());
        return book.Written;
    }

    /// <summary>A sink that writes text, values and exception.</summary>
    private sealed class Book : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add(
            $"{formatter(state, exception)} {string.Concat((state as IEnumerable<KeyValuePair<string, object?>> ?? []).Select(value => value.ToString()))} {exception}");

        public void Dispose()
        {
        }
    }
}
