namespace ArtFresh.Api;

/// <summary>Memory that a client holds for as long as it likes, by reading or sending slowly.</summary>
internal sealed class SlowClients(TimeProvider clock)
{
    /// <summary>Pictures that are being sent. Twenty of the largest; a page reads its hundred small ones within a second.</summary>
    public HeldBytes Pictures { get; } = new("pictures-unread", 32L * 1024 * 1024, clock);

    /// <summary>Bodies of requests of which a part has arrived. A hundred of the largest, or a thousand as players send them; most arrive in one piece and are not counted.</summary>
    public HeldBytes Bodies { get; } = new("bodies-unfinished", 8L * 1024 * 1024, clock);
}

/// <summary>Bounds the bytes that are held at once, for each network and for all. Thread-safe.</summary>
/// <param name="quota">The quota's name.</param>
/// <param name="networkBytesMax">At most for one network.</param>
internal sealed class HeldBytes(string quota, long networkBytesMax, TimeProvider clock)
{
    private const long BytesMax = 256L * 1024 * 1024;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Network, long> _ofNetworks = [];
    private long _ofAll;

    /// <summary>Counts bytes that are held from here on; the refusal where the network, or all together, hold too many.</summary>
    public Problem? Begin(Network network, int bytes)
    {
        lock (_ofNetworks)
        {
            var ofNetwork = _ofNetworks.GetValueOrDefault(network);
            // One is taken however large it is.
            if (ofNetwork > 0 && ofNetwork + bytes > networkBytesMax)
            {
                return Problems.QuotaSpent(quota, "Your network has", clock.GetUtcNow() + Soon, Soon);
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

    /// <summary>Takes bytes off the count that <see cref="Begin"/> has counted.</summary>
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
