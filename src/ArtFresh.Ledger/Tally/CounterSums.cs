using System.Runtime.InteropServices;

namespace ArtFresh.Ledger;

/// <summary>Sums amounts by release, hour or minute, and counter.</summary>
/// <param name="length">An hour or a minute.</param>
public sealed class CounterSums(TimeSpan length)
{
    private readonly Dictionary<(string Release, DateTimeOffset Span), Sums> _sums = [];

    /// <summary>The sums that are not zero.</summary>
    public IReadOnlyCollection<CounterAdded> All =>
        [.. _sums.SelectMany(pair => pair.Value.All.Select(sum => new CounterAdded(pair.Key.Release, pair.Key.Span, sum.Key, sum.Value)))];

    /// <summary>The sums of the hour or minute that contains a moment.</summary>
    public Sums Of(string release, DateTimeOffset at)
    {
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (release, CounterAdded.StartOf(at, length)), out _);
        return sums ??= new Sums();
    }

    /// <summary>The sums of one release in one hour or minute.</summary>
    public sealed class Sums
    {
        private readonly Dictionary<string, long> _amounts = [];

        public IEnumerable<KeyValuePair<string, long>> All => _amounts;

        public void Add(string counter, long amount)
        {
            if (amount != 0)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_amounts, counter, out _) += amount;
            }
        }
    }
}
