using ArtFresh.Contracts;
using Orleans.Streams;

namespace ArtFresh.Client;

/// <summary>Subscribes to what the ledger writers of a cluster have committed.</summary>
public static class ImpressionSubscription
{
    /// <summary>
    /// Calls <paramref name="onCommitted"/> for each <see cref="BatchesCommitted"/> from here on, about once a second a writer. Messages may be lost and may come
    /// twice: a position covers all positions before it.
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
