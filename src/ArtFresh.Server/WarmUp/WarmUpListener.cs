using System.Globalization;
using System.Text.Json;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>Guests of a warm-up, one after the other: each signs in, opens a session, takes fresh art and reports it, as the player does.</summary>
internal static class WarmUpListener
{
    private const int ArtworksAtOnce = 5;

    /// <summary>Of a guest: sign-ins are rare beside requests for art.</summary>
    private const int Rounds = 40;

    /// <summary>Asks until it is cancelled.</summary>
    /// <returns>How many requests were answered.</returns>
    public static async Task<int> RunAsync(Uri server, Mood mood, CancellationToken stop)
    {
        var requests = 0;
        while (!stop.IsCancellationRequested)
        {
            // The proxy of the environment is for addresses outside.
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server };
            requests += await LiveAsync(http, mood, stop);
        }

        return requests;
    }

    private static async Task<int> LiveAsync(HttpClient http, Mood mood, CancellationToken stop)
    {
        (await http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null, CancellationToken.None)).EnsureSuccessStatusCode().Dispose();
        var session = (await PostAsync(http, "api/sessions", new { release = "warm-up" })).GetProperty("sessionId").GetString();
        var fresh = new Uri(string.Create(CultureInfo.InvariantCulture, $"api/artworks/fresh?sessionId={session}&count={ArtworksAtOnce}&valence={mood.Valence}&energy={mood.Energy}"), UriKind.Relative);
        var firstNumber = 1;
        var requests = 2;
        for (var round = 0; round < Rounds && !stop.IsCancellationRequested; round++, requests += 2)
        {
            var art = await http.GetFromJsonAsync<JsonElement>(fresh, CancellationToken.None);
            long[] artworkIds = [.. art.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
            await PostAsync(http, "api/artworks/batch-impressions", new { sessionId = session, batchId = Guid.CreateVersion7(), firstNumber, artworkIds });
            firstNumber += artworkIds.Length;
        }

        return requests;
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
    }
}
