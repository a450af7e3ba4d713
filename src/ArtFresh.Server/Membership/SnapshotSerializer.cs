using Orleans.Serialization;
using Orleans.Storage;

namespace ArtFresh.Server.Membership;

/// <summary>Snapshots as the bytes of Orleans' own serializer. A damaged one is as good as none: it can be rebuilt from the ledger.</summary>
internal sealed partial class SnapshotSerializer(Serializer serializer, ILogger<SnapshotSerializer> logger) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(serializer.SerializeToArray<T>(input!));

    public T Deserialize<T>(BinaryData input)
    {
        try
        {
            return serializer.Deserialize<T>(input.ToMemory()) ?? Activator.CreateInstance<T>();
        }
#pragma warning disable CA1031 // Damaged bytes fail in any way; the row's version is kept, so that the next snapshot takes its place.
        catch (Exception damage)
#pragma warning restore CA1031
        {
            LogDamaged(logger, typeof(T).Name, damage);
            return Activator.CreateInstance<T>();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A snapshot of {State} is damaged and is left aside")]
    private static partial void LogDamaged(ILogger logger, string state, Exception damage);
}
