using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>Where a request's tokens are taken.</summary>
/// <param name="Network">Where it comes from.</param>
/// <param name="Own">The listener's account; null where nobody is signed in, or where more listeners have one than are kept.</param>
/// <param name="Shared">The network's.</param>
internal sealed record Accounts(Network Network, TokenAccount? Own, TokenAccount Shared);

/// <summary>A user who keeps the accounts of their last request, so that the next one need not look them up.</summary>
internal interface IAccountHolder
{
    string ListenerId { get; }

    Accounts? Accounts { get; set; }
}

/// <summary>
/// Token buckets of listeners and networks, one for each quota. A listener's quota is more than a keen listener needs; a network has the quotas of several listeners, and
/// bounds guests, who cost nothing to make. The number of accounts is bounded; an account is dropped an hour after its last use, when it is full again.
/// </summary>
internal sealed class Quotas(ApiOptions options, TimeProvider clock)
{
    /// <summary>Of an hour. A listener beyond has the network's quota alone.</summary>
    private const int ListenersMax = 65_536;

    /// <summary>Of an hour. Networks beyond share the account of their wider network.</summary>
    private const int NetworksMax = 16_384;

    /// <summary>Accounts of wider networks: who holds ever so many networks, side by side, spends one of these.</summary>
    private const int WiderMax = 1024;

    /// <summary>A limit of key guesses for all that no single network can reach.</summary>
    private const int NetworksAtTheirLimit = 10;

    /// <summary>Whoever has not asked for so long has a full account, and may as well have a new one.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly Recent<string, TokenAccount> _listeners = new(Age, clock);
    private readonly Recent<Network, TokenAccount> _networks = new(Age, clock);
    private readonly TokenAccount?[] _wider = new TokenAccount?[WiderMax];
    private readonly TokenAccount _everybody = new();
    private volatile QuotaTable _table = new(options.Limits, clock.TimestampFrequency, frontEnds: 1);

    /// <summary>Gives each network this front end's share from now on. What was taken stays taken.</summary>
    public void ShareAmong(int frontEnds) => _table = new QuotaTable(options.Limits, clock.TimestampFrequency, frontEnds);

    /// <summary>A request's accounts. With a cookie that is known they are kept beside it: to look each up by name cost more than all that is taken of them.</summary>
    /// <param name="listenerId">Null where nobody is signed in.</param>
    public Accounts Of(HttpContext http, string? listenerId, Network network)
    {
        if (http.User is not IAccountHolder known || known.ListenerId != listenerId)
        {
            return Of(listenerId, network);
        }
        var kept = known.Accounts;
        return kept?.Network == network ? kept : known.Accounts = Of(listenerId, network);
    }

    /// <summary>The accounts of a listener and their network.</summary>
    public Accounts Of(string? listenerId, Network network) =>
        new(network, listenerId is null ? null : _listeners.Keep(listenerId, static _ => new TokenAccount(), ListenersMax), OfNetwork(network));

    /// <summary>Takes tokens of a listener and of their network; the refusal where either has too few, and then nothing is taken.</summary>
    public Problem? Take(Quota quota, Accounts accounts, int cost = 1)
    {
        var (now, table, own) = (clock.GetTimestamp(), _table, accounts.Own);
        if (own is not null && !own.TryTake(quota, cost, table.OfListener(quota), now))
        {
            return Refuse(quota, "You have", own, table.OfListener(quota), cost, now);
        }
        if (accounts.Shared.TryTake(quota, cost, table.OfNetwork(quota), now))
        {
            return null;
        }
        own?.Add(quota, -cost, table.OfListener(quota), now);
        return Refuse(quota, "Your network has", accounts.Shared, table.OfNetwork(quota), cost, now);
    }

    /// <summary>
    /// The refusal of a listener who, with what was charged before, has no token left, or whose network has none. Who was never charged is not refused for others of the
    /// network.
    /// </summary>
    public Problem? RefuseIndebted(Quota quota, Accounts accounts)
    {
        var (now, table) = (clock.GetTimestamp(), _table);
        return accounts.Own is not { } own || own.Taken(quota, now) == 0 ? null
            : !own.Has(quota, 1, table.OfListener(quota), now) ? Refuse(quota, "You have", own, table.OfListener(quota), 1, now)
            : RefuseSpent(quota, accounts.Shared, table.OfNetwork(quota), now);
    }

    /// <summary>Takes tokens whether there are any or not: for what is known only after it was done.</summary>
    public void Charge(Quota quota, Accounts accounts, int cost)
    {
        var (now, table) = (clock.GetTimestamp(), _table);
        accounts.Own?.Add(quota, cost, table.OfListener(quota), now);
        accounts.Shared.Add(quota, cost, table.OfNetwork(quota), now);
    }

    /// <summary>Puts tokens back that were taken for what the server then could not do.</summary>
    public void GiveBack(Quota quota, Accounts accounts, int cost)
    {
        if (cost > 0)
        {
            Charge(quota, accounts, -cost);
        }
    }

    /// <summary>The refusal of a network that has guessed operators' keys too often: one wrong key is too often while all networks together send too many.</summary>
    public Problem? RefuseGuess(Network network)
    {
        var (now, allowance, account) = (clock.GetTimestamp(), _table.OfNetwork(Quota.WrongKeys), OfNetwork(network));
        var most = _everybody.Has(Quota.WrongKeys, 1, OfEverybody(allowance), now) ? allowance : allowance with { Burst = 1 };
        return RefuseSpent(Quota.WrongKeys, account, most, now);
    }

    /// <summary>Counts a wrong key.</summary>
    public void ChargeGuess(Network network)
    {
        var (now, allowance) = (clock.GetTimestamp(), _table.OfNetwork(Quota.WrongKeys));
        OfNetwork(network).Add(Quota.WrongKeys, 1, allowance, now);
        _everybody.Add(Quota.WrongKeys, 1, OfEverybody(allowance), now);
    }

    private static Allowance OfEverybody(Allowance ofNetwork) => new(Math.Max(1, ofNetwork.TokenTicks / NetworksAtTheirLimit), ofNetwork.Burst * NetworksAtTheirLimit);

    private TokenAccount OfNetwork(Network network)
    {
        if (_networks.Keep(network, static _ => new TokenAccount(), NetworksMax) is { } account)
        {
            return account;
        }
        // The hash differs from process to process, so that nobody can aim at another's place.
        ref var place = ref _wider[(uint)HashCode.Combine(network.Wider) % WiderMax];
        return Volatile.Read(ref place) ?? Interlocked.CompareExchange(ref place, new TokenAccount(), null) ?? place;
    }

    private Problem? RefuseSpent(Quota quota, TokenAccount shared, Allowance allowance, long now) =>
        shared.Has(quota, 1, allowance, now) ? null : Refuse(quota, "Your network has", shared, allowance, 1, now);

    private Problem Refuse(Quota quota, string whose, TokenAccount account, Allowance allowance, int cost, long now)
    {
        var wait = TimeSpan.FromSeconds((double)account.WaitFor(quota, cost, allowance, now) / clock.TimestampFrequency);
        var full = clock.GetUtcNow() + TimeSpan.FromSeconds((double)account.Taken(quota, now) / clock.TimestampFrequency);
        return Problems.QuotaSpent(QuotaTable.NameOf(quota), whose, full, wait);
    }
}

/// <summary>The quota of which each request of an endpoint takes one token.</summary>
internal sealed record QuotaMark(Quota Quota);

/// <summary>Marks endpoints with a quota.</summary>
internal static class QuotaMarks
{
    public static TBuilder TakesToken<TBuilder>(this TBuilder endpoint, Quota quota) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new QuotaMark(quota));
}
