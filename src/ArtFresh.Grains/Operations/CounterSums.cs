using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Operations;

/// <summary>Adds amounts up by release, span of time and counter.</summary>
/// <param name="length">Of a span: an hour, or a minute.</param>
internal sealed class CounterSums(TimeSpan length)
{
    private readonly Dictionary<(string Release, DateTimeOffset Span, string Counter), long> _sums = [];

    /// <summary>The sums that are not zero.</summary>
    public IReadOnlyCollection<CounterAdded> All =>
        [.. _sums.Select(pair => new CounterAdded(pair.Key.Release, pair.Key.Span, pair.Key.Counter, pair.Value))];

    public void Add(string release, DateTimeOffset at, IEnumerable<(string Counter, long Amount)> amounts)
    {
        var span = CounterAdded.StartOf(at, length);
        foreach (var (counter, amount) in amounts)
        {
            if (amount != 0)
            {
                var key = (release, span, counter);
                _sums[key] = _sums.GetValueOrDefault(key) + amount;
            }
        }
    }
}
