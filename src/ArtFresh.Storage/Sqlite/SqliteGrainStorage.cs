using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Storage;

namespace ArtFresh.Storage.Sqlite;

/// <summary>
/// Orleans grain storage in the ledger's file, for snapshots: states that can be rebuilt from the ledger, so that a damaged one is as good as none. Writes go through the ledger's writer, so that a snapshot neither blocks a grain's turn nor competes
/// with a commit; the ETag is the version of the row.
/// </summary>
public sealed partial class SqliteGrainStorage(
    SqliteDatabase database, LedgerWriter ledger, Serializer serializer, TimeProvider clock, ILogger<SqliteGrainStorage> logger) : IGrainStorage
{
    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (payload, version) = await database.ReadAsync(connection => Read(connection, stateName, grainId.ToString()), CancellationToken.None);
        grainState.ETag = version == 0 ? null : version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = payload is not null && TryDeserialize(payload, stateName, grainId, grainState);
        if (!grainState.RecordExists)
        {
            grainState.State = Activator.CreateInstance<T>();
        }
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = await SaveAsync(stateName, grainId, serializer.SerializeToArray(grainState.State), grainState.ETag);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null)
        {
            grainState.ETag = await SaveAsync(stateName, grainId, null, grainState.ETag);
        }

        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private bool TryDeserialize<T>(byte[] payload, string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            grainState.State = serializer.Deserialize<T>(payload);
            return true;
        }
#pragma warning disable CA1031 // Damaged bytes fail in any way; the version is kept, so that the next snapshot takes their place.
        catch (Exception damage)
#pragma warning restore CA1031
        {
            LogDamaged(logger, stateName, grainId, damage);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The snapshot {StateName} of {GrainId} is damaged and is left aside")]
    private static partial void LogDamaged(ILogger logger, string stateName, GrainId grainId, Exception damage);

    private async Task<string> SaveAsync(string stateName, GrainId grainId, byte[]? payload, string? etag)
    {
        var version = etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);
        var verdict = await ledger.AppendAsync(new StateSaved(stateName, grainId.ToString(), payload, version, clock.GetUtcNow()));
        return verdict switch
        {
            LedgerVerdict.Committed => (version + 1).ToString(CultureInfo.InvariantCulture),
            LedgerVerdict.Fenced => throw new InconsistentStateException(
                $"The state {stateName} of {grainId} was written by another activation since it was read.", "unknown", etag ?? ""),
            _ => throw new LedgerUnavailableException($"The state {stateName} of {grainId} was not written."),
        };
    }

    private static (byte[]? Payload, long Version) Read(SqliteConnection connection, string stateName, string grainKey)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select payload, version from grain_state where state_name = $name and grain_key = $key";
        command.Parameters.AddWithValue("$name", stateName);
        command.Parameters.AddWithValue("$key", grainKey);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.IsDBNull(0) ? null : reader.GetFieldValue<byte[]>(0), reader.GetInt64(1)) : (null, 0);
    }
}
