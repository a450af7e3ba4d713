namespace ArtFresh.Contracts;

/// <summary>Orleans' names of a cluster. Silos and clients connect only if both names are equal.</summary>
public static class ClusterNames
{
    /// <summary>Orleans' service id, the same for every cluster.</summary>
    public const string Service = "artfresh";

    /// <summary>Orleans' cluster id, unless <c>ArtFresh:Cluster:Name</c> sets another.</summary>
    public const string Default = "artfresh";
}

/// <summary>The streams for programs outside the cluster. A message is a hint and may be lost; the ledger is the truth.</summary>
public static class SharedStreams
{
    /// <summary>Name of the stream provider.</summary>
    public const string Provider = "shared";

    /// <summary>Namespace of the stream of <see cref="BatchesCommitted"/>, from all writers of the cluster.</summary>
    public const string Impressions = "impressions";

    /// <summary>Key of each stream: there is one of each for the cluster.</summary>
    public const long Key = 0;

    /// <summary>Queues of the provider; must be equal in silos and clients.</summary>
    public const int Partitions = 1;

    /// <summary>Name of the grain storage of subscriptions, which Orleans prescribes.</summary>
    public const string SubscriptionStorage = "PubSubStore";
}
