using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.WebUtilities;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>What the proxy saw of impressions: requests, and those that carried what the server had already committed.</summary>
/// <param name="impressionsIn">The impressions that a request carries, each by a name of its own.</param>
public sealed partial class Arrivals(Func<ProxiedRequest, IEnumerable<string>> impressionsIn)
{
    private readonly ConcurrentDictionary<string, bool> _committed = [];
    private readonly ConcurrentDictionary<(Guid Session, long ArtworkId), bool> _served = [];
    private readonly ConcurrentQueue<string> _log = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();
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

    /// <summary>Artworks in the server's answers, whether these arrived or not.</summary>
    public ICollection<(Guid Session, long ArtworkId)> Served => _served.Keys;

    /// <summary>Those requests one by one: when, and what each was for.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Whether the server has answered for it.</summary>
    public bool HasArrived(string impression) => _committed.ContainsKey(impression);

    public void See(ProxiedRequest request)
    {
        if (IsForArt(request))
        {
            Interlocked.Increment(ref _freshCalls);
        }

        var impressions = impressionsIn(request).ToArray();
        if (impressions.Length > 0)
        {
            Interlocked.Increment(ref _calls);
            Interlocked.Add(ref _sent, impressions.Length);
            Interlocked.Add(ref _useless, impressions.Count(_committed.ContainsKey));
            Note(request, $"{impressions[0]} ({impressions.Length})");
        }
    }

    public void SeeAnswer(ProxiedRequest request, int status, byte[] body)
    {
        if (status != 200)
        {
            return;
        }

        foreach (var impression in impressionsIn(request))
        {
            _committed[impression] = true;
        }

        if (IsForArt(request) && QueryHelpers.ParseQuery(new Uri(new Uri("http://proxy"), request.Path).Query).TryGetValue("sessionId", out var session))
        {
            using var answer = JsonDocument.Parse(body);
            foreach (var artwork in answer.RootElement.GetProperty("artworks").EnumerateArray())
            {
                _served[(Guid.Parse(session!), artwork.GetProperty("id").GetInt64())] = true;
            }
        }
    }

    private static bool IsForArt(ProxiedRequest request) => request.Method == "GET" && request.Path.StartsWith("/api/artworks/fresh", StringComparison.Ordinal);

    private void Note(ProxiedRequest request, string what)
    {
        var report = string.Join(' ', Report().Matches(request.Body).Select(match => match.Value));
        _log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds,7:0.00} s {what} {report}"));
    }

    [GeneratedRegex("\"earlier\":[^\\]]*|\"report\":[^}]*")]
    private static partial Regex Report();
}
