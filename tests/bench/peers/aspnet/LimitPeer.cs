using System.Text.Json;

namespace ArtFresh.Bench.Peers;

/// <summary>What the machine can do at most: Kestrel that answers a constant, short or as long as five artworks, and that reads a batch and does nothing with it. Nobody signs in.</summary>
internal static class LimitPeer
{
    private const int Artworks = 5;

    public static async Task RunAsync(string[] args)
    {
        var app = PeerHost.CreateBuilder(args).Build();
        var fresh = RenderFresh();
        app.MapGet("/", () => "constant");
        app.MapGet("/api/artworks/fresh", http =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = fresh.Length;
            return http.Response.Body.WriteAsync(fresh).AsTask();
        });
        app.MapPost("/api/artworks/batch-impressions", (BatchBody body) => new RecordedBody(body.ArtworkIds.Length, 0));
        app.MapGet("/healthz/ready", () => "ready");
        await app.RunAsync();
    }

    /// <summary>As long as what ArtFresh answers from the bench's world.</summary>
    private static byte[] RenderFresh()
    {
        var artwork = new ArtworkBody(
            50_000, "/art/50000.png", "1-nebula-9e3779b97f4a7c15-moss-500-50", new MoodBody(-0.125, 0.375), new DateTime(2026, 11, 1, 10, 20, 30, DateTimeKind.Utc),
            "neural", "Ember Cloud in Blue", null);
        return JsonSerializer.SerializeToUtf8Bytes(new FreshBody([.. Enumerable.Repeat(artwork, Artworks)]), BodyJson.Default.FreshBody);
    }
}
