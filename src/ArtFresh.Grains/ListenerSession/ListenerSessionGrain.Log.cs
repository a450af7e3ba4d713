using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>What a session writes to the log.</summary>
public sealed partial class ListenerSessionGrain
{
    // Any client can claim these as often as it likes: they are counted, and logged for debugging alone.
    private void LogOddities(JudgedBatch judged)
    {
        if (judged.NumbersReused > 0)
        {
            LogNumbersReused(services.Logger, _sessionId, judged.NumbersReused);
        }

        if (judged.Repeats > 0)
        {
            LogRepeats(services.Logger, judged.Repeats, _sessionId);
        }

        if (judged.Unserved > 0)
        {
            LogUnserved(services.Logger, judged.Unserved, _sessionId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another activation of session {SessionId} wrote batch {BatchNumber} first; reading its batches")]
    private static partial void LogFenced(ILogger logger, Guid sessionId, long batchNumber);

    [LoggerMessage(Level = LogLevel.Debug, Message = "[Impressions] session {SessionId} reports {Repeats} repeats")]
    private static partial void LogRepeats(ILogger logger, int repeats, Guid sessionId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "[Impressions] session {SessionId} reports {Unserved} artworks that the listener was never served")]
    private static partial void LogUnserved(ILogger logger, int unserved, Guid sessionId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "[Impressions] session {SessionId} used {Count} impression numbers for a second artwork")]
    private static partial void LogNumbersReused(ILogger logger, Guid sessionId, int count);
}
