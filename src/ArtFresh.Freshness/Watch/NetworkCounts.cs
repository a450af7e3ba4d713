namespace ArtFresh.Freshness;

/// <summary>What the clients of one network claim: of each kind how many there were, and how many of them went wrong.</summary>
/// <param name="Attempts">Awaited requests.</param>
/// <param name="Failed">Of those, the ones without an answer.</param>
/// <param name="Impressions">Impressions recorded.</param>
/// <param name="Lost">Impressions that never arrived, beside those.</param>
/// <param name="Displays">Displays that were timed.</param>
/// <param name="Late">Of those, the ones that took 3 s or longer.</param>
public readonly record struct NetworkCount(long Attempts, long Failed, long Impressions, long Lost, long Displays, long Late)
{
    /// <summary>The sum of both.</summary>
    public static NetworkCount operator +(NetworkCount one, NetworkCount other) => new(
        one.Attempts + other.Attempts,
        one.Failed + other.Failed,
        one.Impressions + other.Impressions,
        one.Lost + other.Lost,
        one.Displays + other.Displays,
        one.Late + other.Late);
}

/// <summary>The counts of each network, by its daily hash. Packed: a version byte, then hash and counts of each network as varints.</summary>
public sealed class NetworkCounts
{
    private const byte Version = 1;

    private readonly SortedDictionary<int, NetworkCount> _counts = [];

    /// <summary>Each network with its counts.</summary>
    public IReadOnlyDictionary<int, NetworkCount> All => _counts;

    /// <summary>Adds to what a network claims.</summary>
    public void Add(int network, NetworkCount count) => _counts[network] = _counts.GetValueOrDefault(network) + count;

    /// <summary>Adds all that others have counted.</summary>
    public void Add(NetworkCounts others)
    {
        ArgumentNullException.ThrowIfNull(others);
        foreach (var (network, count) in others._counts)
        {
            Add(network, count);
        }
    }

    /// <summary>Takes away what was added before. False, and nothing is taken, if the network has less.</summary>
    public bool TryTake(int network, NetworkCount count)
    {
        var has = _counts.GetValueOrDefault(network);
        var left = new NetworkCount(
            has.Attempts - count.Attempts, has.Failed - count.Failed, has.Impressions - count.Impressions, has.Lost - count.Lost, has.Displays - count.Displays, has.Late - count.Late);
        if (left is { Attempts: < 0 } or { Failed: < 0 } or { Impressions: < 0 } or { Lost: < 0 } or { Displays: < 0 } or { Late: < 0 })
        {
            return false;
        }

        _counts[network] = left;
        return true;
    }

    /// <summary>The counts as one value.</summary>
    public byte[] Pack()
    {
        List<byte> packed = [Version];
        foreach (var (network, count) in _counts)
        {
            foreach (var number in (ReadOnlySpan<long>)[network, count.Attempts, count.Failed, count.Impressions, count.Lost, count.Displays, count.Late])
            {
                Write(packed, (ulong)Math.Max(0, number));
            }
        }

        return [.. packed];
    }

    /// <summary>Reads what <see cref="Pack"/> made.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static NetworkCounts Unpack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] != Version)
        {
            throw new InvalidDataException($"Counts of networks have version {Version}; these have {(bytes.IsEmpty ? 0 : bytes[0])}.");
        }

        var counts = new NetworkCounts();
        for (var rest = bytes[1..]; !rest.IsEmpty;)
        {
            var network = (int)Read(ref rest);
            counts.Add(network, new NetworkCount(Read(ref rest), Read(ref rest), Read(ref rest), Read(ref rest), Read(ref rest), Read(ref rest)));
        }

        return counts;
    }

    private static void Write(List<byte> to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.Add((byte)(value | 0x80));
        }

        to.Add((byte)value);
    }

    private static long Read(ref ReadOnlySpan<byte> from)
    {
        var (value, shift) = (0L, 0);
        while (!from.IsEmpty && shift < 64)
        {
            var next = from[0];
            from = from[1..];
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }

            shift += 7;
        }

        throw new InvalidDataException("Counts of networks are cut short.");
    }
}
