using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ArtFresh.Bench;

/// <summary>A server that takes the load, with its data.</summary>
internal abstract class Contestant(string name, World world) : IAsyncDisposable
{
    private const int SignInsAtOnce = 32;

    public string Name { get; } = name;

    /// <summary>What it has before the load begins.</summary>
    public World World { get; } = world;

    /// <summary>Whether it can be asked afterwards for what it was sent.</summary>
    public bool Keeps { get; protected init; } = true;

    /// <summary>How many times as many connections as others it is asked over.</summary>
    public int ConnectionsTimes { get; protected init; } = 1;

    /// <summary>What it can be asked for: w, w1, r, m, deep, shallow, constant.</summary>
    public abstract IReadOnlyCollection<string> Works { get; }

    /// <summary>Where the load goes.</summary>
    public abstract Uri Address { get; }

    /// <summary>Its own processes by what they do; a database that others share is not among them.</summary>
    public abstract IReadOnlyDictionary<string, int> Processes { get; }

    /// <summary>The file of its listeners, by work.</summary>
    public abstract string WorldOf(string work);

    /// <summary>Makes its world and starts.</summary>
    /// <param name="works">What it will be asked for: whom nobody asks for is not made.</param>
    public abstract Task StartAsync(IReadOnlyCollection<string> works);

    /// <summary>Impressions that are durably there.</summary>
    public abstract Task<long> CountImpressionsAsync();

    /// <summary>Room that the impressions and their indexes take on disk, or null where the store does not tell.</summary>
    public abstract Task<long?> ReadDiskBytesAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Signs in guests as a browser does, where nobody is served who has not.</summary>
    /// <param name="path">Where the guest of a number signs in.</param>
    protected async Task<BenchListener[]> SignInAsync(int first, int count, Func<int, string> path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address };
        using var stranger = await http.GetAsync(new Uri($"api/artworks/fresh?sessionId={Guid.CreateVersion7()}&count=5", UriKind.Relative));
        if (stranger.StatusCode != HttpStatusCode.Unauthorized)
        {
            throw new InvalidOperationException($"{Name} answers {stranger.StatusCode} to whom it does not know.");
        }

        var listeners = new BenchListener[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = SignInsAtOnce }, async (i, cancellationToken) =>
        {
            using var answer = await http.PostAsync(new Uri(path(first + i), UriKind.Relative), null, cancellationToken);
            var body = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            var cookies = string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
            listeners[i] = new BenchListener(first + i, body.GetProperty("listenerId").GetString()!, cookies, Guid.CreateVersion7(), Guid.CreateVersion7());
        });
        return listeners;
    }

    /// <summary>How many batches, or singles, each listener has sent.</summary>
    public long BatchesSent { get; set; }

    /// <inheritdoc cref="BatchesSent"/>
    public long SinglesSent { get; set; }
}
