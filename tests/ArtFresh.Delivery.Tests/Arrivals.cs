using System.Collections.Concurrent;

namespace ArtFresh.Delivery.Tests;

/// <summary>What the proxy saw of impressions: requests, and those that carried what the server had already committed.</summary>
/// <param name="impressionsIn">The impressions that a request carries, each by a name of its own.</param>
public sealed class Arrivals(Func<ProxiedRequest, IEnumerable<string>> impressionsIn)
{
    private readonly ConcurrentDictionary<string, bool> _committed = [];
    private int _calls;
    private int _freshCalls;
    private int _sent;
    private int _useless;

    /// <summary>Requests that carried impressions.</summary>
    public int Calls => _calls;

    /// <summary>Requests for fresh art.</summary>
    public int FreshCalls => _freshCalls;

    /// <summary>Impressions in all those requests.</summary>
    public int Sent => _sent;

    /// <summary>Impressions that were committed when they were sent.</summary>
    public int Useless => _useless;

    /// <summary>Whether the server has answered for it.</summary>
    public bool HasArrived(string impression) => _committed.ContainsKey(impression);

    public void See(ProxiedRequest request)
    {
        if (request.Path.StartsWith("/api/artworks/fresh", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _freshCalls);
        }

        var impressions = impressionsIn(request).ToArray();
        if (impressions.Length > 0)
        {
            Interlocked.Increment(ref _calls);
            Interlocked.Add(ref _sent, impressions.Length);
            Interlocked.Add(ref _useless, impressions.Count(_committed.ContainsKey));
        }
    }

    public void SeeAnswer(ProxiedRequest request, int status)
    {
        foreach (var impression in status == 200 ? impressionsIn(request) : [])
        {
            _committed[impression] = true;
        }
    }
}
