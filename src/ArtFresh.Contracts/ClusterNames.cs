namespace ArtFresh.Contracts;

/// <summary>What silos and their clients call themselves in Orleans: they meet only where both names are the same.</summary>
public static class ClusterNames
{
    /// <summary>Orleans' service id, the same for every cluster.</summary>
    public const string Service = "artfresh";

    /// <summary>Orleans' cluster id, unless a setting names another.</summary>
    public const string Default = "artfresh";
}

/// <summary>The streams that programs outside the cluster subscribe to. They carry nudges: a message may be lost, and the ledger is the truth.</summary>
public static class SharedStreams
{
    /// <summary>Name of the stream provider.</summary>
    public const string Provider = "shared";

    /// <summary>Namespace of the stream of <see cref="BatchesCommitted"/>, of all writers of the cluster.</summary>
    public const string Impressions = "impressions";

    /// <summary>The streams' key: each is one for the cluster.</summary>
    public const long Key = 0;

    /// <summary>Queues of the provider, the same number in silos and clients.</summary>
    public const int Partitions = 1;

    /// <summary>Name of the grain storage that keeps who subscribes, as Orleans wants it.</summary>
    public const string SubscriptionStorage = "PubSubStore";
}
