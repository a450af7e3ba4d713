namespace ArtFresh.Api;

/// <summary>How a bucket is refilled.</summary>
/// <param name="TokenTicks">The time that one token takes, in ticks of the clock's timestamps.</param>
/// <param name="Burst">Tokens of a full bucket.</param>
internal readonly record struct Allowance(long TokenTicks, long Burst);

/// <summary>
/// The buckets of one listener or network, each one number: when it is full again (the generic cell rate algorithm, ITU-T I.371). Thread-safe.
/// </summary>
internal sealed class TokenAccount
{
    private static readonly int QuotaCount = Enum.GetValues<Quota>().Length;

    private readonly long[] _fullAt = new long[QuotaCount];

    /// <summary>Takes the tokens where there are as many.</summary>
    public bool TryTake(Quota quota, int cost, Allowance allowance, long now)
    {
        ref var place = ref _fullAt[(int)quota];
        while (true)
        {
            var fullAt = Volatile.Read(ref place);
            var next = Math.Max(fullAt, now) + (cost * allowance.TokenTicks);
            if (next - now > allowance.Burst * allowance.TokenTicks)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref place, next, fullAt) == fullAt)
            {
                return true;
            }
        }
    }

    /// <summary>Takes the tokens whether there are as many or not, or puts them back.</summary>
    public void Add(Quota quota, int cost, Allowance allowance, long now)
    {
        ref var place = ref _fullAt[(int)quota];
        long fullAt;
        do
        {
            fullAt = Volatile.Read(ref place);
        }
        while (Interlocked.CompareExchange(ref place, Math.Max(fullAt, now) + (cost * allowance.TokenTicks), fullAt) != fullAt);
    }

    public bool Has(Quota quota, int cost, Allowance allowance, long now) => WaitFor(quota, cost, allowance, now) == 0;

    /// <summary>Ticks until there are as many tokens; of more than the bucket holds, until it is full.</summary>
    public long WaitFor(Quota quota, int cost, Allowance allowance, long now) =>
        Math.Max(0, Taken(quota, now) - ((allowance.Burst - Math.Min(cost, allowance.Burst)) * allowance.TokenTicks));

    /// <summary>Ticks until the bucket is full.</summary>
    public long Taken(Quota quota, long now) => Math.Max(0, Volatile.Read(ref _fullAt[(int)quota]) - now);
}
