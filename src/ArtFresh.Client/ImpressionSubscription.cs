using ArtFresh.Contracts;
using Orleans.Streams;

namespace ArtFresh.Client;

/// <summary>Subscribes to the commits of a cluster's ledger writers.</summary>
public static class ImpressionSubscription
{
    /// <summary>
    /// Calls <paramref name="onCommitted"/> for each <see cref="BatchesCommitted"/> from now on, about once a second for each writer. Messages may be lost or repeated. A
    /// position covers all earlier positions.
    /// </summary>
    /// <param name="client">A client with the streams of <see cref="ArtFreshClientServices.AddArtFreshStreams"/>.</param>
    /// <param name="onCommitted">Called one message at a time. A message whose call throws is delivered again, until it succeeds or grows old.</param>
    /// <returns>The subscription; unsubscribe it before the program ends, or the cluster keeps trying to reach it.</returns>
    public static Task<StreamSubscriptionHandle<BatchesCommitted>> SubscribeToImpressionsAsync(this IClusterClient client, Func<BatchesCommitted, Task> onCommitted)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(onCommitted);
        return client.GetStreamProvider(SharedStreams.Provider)
            .GetStream<BatchesCommitted>(SharedStreams.Impressions, SharedStreams.Key)
            .SubscribeAsync((committed, _) => onCommitted(committed));
    }
}
