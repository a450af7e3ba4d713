using System.Collections.Concurrent;
using System.Text.Json;

namespace ArtFresh.Delivery.Tests;

/// <summary>What the proxy saw of impressions: requests, and those that carried what the server had already committed.</summary>
public sealed class Arrivals
{
    private readonly ConcurrentDictionary<(string Session, long Number), bool> _committed = [];
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

    public void See(ProxiedRequest request)
    {
        if (request.Path.StartsWith("/api/artworks/fresh", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _freshCalls);
        }

        var impressions = ImpressionsOf(request).ToArray();
        if (impressions.Length > 0)
        {
            Interlocked.Increment(ref _calls);
            Interlocked.Add(ref _sent, impressions.Length);
            Interlocked.Add(ref _useless, impressions.Count(_committed.ContainsKey));
        }
    }

    public void SeeAnswer(ProxiedRequest request, int status)
    {
        foreach (var impression in status == 200 ? ImpressionsOf(request) : [])
        {
            _committed[impression] = true;
        }
    }

    private static IEnumerable<(string Session, long Number)> ImpressionsOf(ProxiedRequest request)
    {
        if (request.Method != "POST" || !request.Path.StartsWith("/api/artworks/", StringComparison.Ordinal))
        {
            yield break;
        }

        using var body = JsonDocument.Parse(request.Body);
        var session = body.RootElement.GetProperty("sessionId").GetString()!;
        var first = body.RootElement.GetProperty(request.Path.EndsWith("/impression", StringComparison.Ordinal) ? "number" : "firstNumber").GetInt64();
        for (var i = 0; i < body.RootElement.GetProperty("artworkIds").GetArrayLength(); i++)
        {
            yield return (session, first + i);
        }
    }
}
