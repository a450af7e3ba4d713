namespace ArtFresh.Grains;

/// <summary>Names of grain storages.</summary>
internal static class GrainStorages
{
    /// <summary>Keeps whole states, written now and then.</summary>
    public const string Snapshots = "snapshots";
}
