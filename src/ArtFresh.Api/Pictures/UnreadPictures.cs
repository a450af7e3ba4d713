namespace ArtFresh.Api;

/// <summary>
/// Bounds the bytes of pictures that are being sent, to each network and to all: a client that reads nothing holds a picture's memory for as long as it keeps its connection.
/// Thread-safe.
/// </summary>
internal sealed class UnreadPictures(TimeProvider clock)
{
    /// <summary>Twenty of the largest pictures. A page reads its hundred small ones within a second.</summary>
    private const long NetworkBytesMax = 32L * 1024 * 1024;

    private const long BytesMax = 8 * NetworkBytesMax;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Network, long> _ofNetworks = [];
    private long _ofAll;

    /// <summary>Counts a picture that is about to be sent; the refusal where the network, or all together, leave too much unread.</summary>
    public Problem? Begin(Network network, int bytes)
    {
        lock (_ofNetworks)
        {
            var ofNetwork = _ofNetworks.GetValueOrDefault(network);
            // One picture is sent however large it is.
            if (ofNetwork > 0 && ofNetwork + bytes > NetworkBytesMax)
            {
                return Problems.QuotaSpent("pictures-unread", "your network", clock.GetUtcNow() + Soon, Soon);
            }
            if (_ofAll + bytes > BytesMax)
            {
                return Problems.Unavailable;
            }
            _ofNetworks[network] = ofNetwork + bytes;
            _ofAll += bytes;
            return null;
        }
    }

    /// <summary>Takes a picture off the count: it was sent, or its client is gone.</summary>
    public void End(Network network, int bytes)
    {
        lock (_ofNetworks)
        {
            _ofAll -= bytes;
            if ((_ofNetworks[network] -= bytes) == 0)
            {
                _ofNetworks.Remove(network);
            }
        }
    }
}
