using ArtFresh.Contracts;

namespace ArtFresh.Ledger;

/// <summary>
/// Leaves the claims of struck listeners out of sums: what their batches added is subtracted, exactly, by the rules of the tally. What a batch added to a release before it was
/// known is in <see cref="ReleaseName.Other"/>.
/// </summary>
public static class StruckClaims
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Counters by the hour or minute.</summary>
    /// <param name="counters">The sums of all batches.</param>
    /// <param name="struck">The struck listeners' batches that are in these sums.</param>
    /// <param name="span">An hour or a minute.</param>
    public static IReadOnlyList<CounterAdded> LeaveOut(IEnumerable<CounterAdded> counters, IEnumerable<TalliedBatch> struck, TimeSpan span)
    {
        var sums = new CounterSums(span);
        foreach (var batch in struck)
        {
            batch.AddClaims(sums.Of(batch.Batch.Release, batch.Batch.ReceivedAt));
            batch.AddSessionClaims(sums.Of(batch.Batch.Release, span == Hour ? batch.Batch.OpenedAt : batch.Batch.ReceivedAt));
        }

        var left = counters.ToDictionary(counter => (counter.Release, counter.Hour, counter.Counter), counter => counter.Amount);
        foreach (var (release, at, counter, amount) in sums.All)
        {
            var rest = Take(left, (release, at, counter), amount);
            Take(left, (ReleaseName.Other, at, counter), rest);
        }

        return [.. left.Where(counter => counter.Value != 0).Select(counter => new CounterAdded(counter.Key.Release, counter.Key.Hour, counter.Key.Counter, counter.Value))];
    }

    /// <summary>The claims of networks by the minute. The rows are changed.</summary>
    /// <param name="networks">The sums of all batches.</param>
    /// <param name="struck">The struck listeners' batches that are in these sums.</param>
    public static IReadOnlyList<NetworksAdded> LeaveOut(IReadOnlyList<NetworksAdded> networks, IEnumerable<TalliedBatch> struck)
    {
        var left = networks.ToDictionary(minute => (minute.Release, minute.Minute), minute => minute.Counts);
        foreach (var batch in struck.Where(batch => batch.Batch.Network > 0))
        {
            var minute = CounterAdded.StartOf(batch.Batch.ReceivedAt, TimeSpan.FromMinutes(1));
            var claims = batch.Claims();
            _ = left.GetValueOrDefault((batch.Batch.Release, minute))?.TryTake(batch.Batch.Network, claims) == true
                || left.GetValueOrDefault((ReleaseName.Other, minute))?.TryTake(batch.Batch.Network, claims) == true;
        }

        return networks;
    }

    /// <returns>What was not there to take.</returns>
    private static long Take(Dictionary<(string, DateTimeOffset, string), long> left, (string, DateTimeOffset, string) key, long amount)
    {
        var taken = Math.Min(amount, left.GetValueOrDefault(key));
        if (taken > 0)
        {
            left[key] -= taken;
        }

        return amount - taken;
    }
}
