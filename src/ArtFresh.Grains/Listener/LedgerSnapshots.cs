using System.Globalization;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Storage;

namespace ArtFresh.Grains.Listener;

/// <summary>
/// Orleans grain storage of snapshots in the ledger's database. The ETag is the version of the state. A damaged snapshot reads as none, because the ledger holds the rows
/// that it was made from.
/// </summary>
public sealed partial class LedgerSnapshots(
    IStateLog states, Serializer serializer, TimeProvider clock, ILogger<LedgerSnapshots> logger) : IGrainStorage
{
    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (payload, version) = await states.ReadStateAsync(stateName, grainId.ToString(), CancellationToken.None);
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
#pragma warning disable CA1031 // Damaged bytes may throw anything. The version stays, so that the next snapshot replaces them.
        catch (Exception damage)
#pragma warning restore CA1031
        {
            LogDamaged(logger, stateName, damage);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A snapshot {StateName} is damaged; reading its state from the ledger instead")]
    private static partial void LogDamaged(ILogger logger, string stateName, Exception damage);

    private async Task<string> SaveAsync(string stateName, GrainId grainId, byte[]? payload, string? etag)
    {
        var version = etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);
        var isSaved = await states.SaveStateAsync(new StateSaved(stateName, grainId.ToString(), payload, version, clock.GetUtcNow()), CancellationToken.None);
        return isSaved
            ? (version + 1).ToString(CultureInfo.InvariantCulture)
            : throw new InconsistentStateException(
                // Without the grain's key: it is the listener's id, and the text is logged.
                $"Another activation wrote this state ({stateName}) after this one had read it, or its listener is erased.", "unknown", etag ?? "");
    }
}
