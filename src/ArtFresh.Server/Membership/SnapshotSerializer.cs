using Orleans.Serialization;
using Orleans.Storage;

namespace ArtFresh.Server.Membership;

/// <summary>Stores snapshots in the format of Orleans' serializer. A damaged snapshot is ignored: the ledger can rebuild it.</summary>
internal sealed partial class SnapshotSerializer(Serializer serializer, ILogger<SnapshotSerializer> logger) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(serializer.SerializeToArray<T>(input!));

    public T Deserialize<T>(BinaryData input)
    {
        try
        {
            return serializer.Deserialize<T>(input.ToMemory()) ?? Activator.CreateInstance<T>();
        }
#pragma warning disable CA1031 // Damaged bytes can throw anything. The row keeps its version, so that the next snapshot replaces it.
        catch (Exception damage)
#pragma warning restore CA1031
        {
            LogDamaged(logger, typeof(T).Name, damage);
            return Activator.CreateInstance<T>();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A snapshot of {State} is damaged; rebuilding it from the ledger")]
    private static partial void LogDamaged(ILogger logger, string state, Exception damage);
}
