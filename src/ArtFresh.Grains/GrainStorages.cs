namespace ArtFresh.Grains;

/// <summary>Names of grain storages.</summary>
internal static class GrainStorages
{
    /// <summary>Keeps snapshots: whole states, written from time to time.</summary>
    public const string Snapshots = "snapshots";
}
