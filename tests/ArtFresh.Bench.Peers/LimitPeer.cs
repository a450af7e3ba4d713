namespace ArtFresh.Bench.Peers;

/// <summary>What the machine can do at most: Kestrel that answers a constant, and that reads a batch and does nothing with it.</summary>
internal static class LimitPeer
{
    public static async Task RunAsync(string[] args)
    {
        var app = PeerHost.CreateBuilder(args).Build();
        app.MapGet("/", () => "constant");
        app.MapPost("/api/artworks/batch-impressions", (BatchBody body) => new RecordedBody(body.ArtworkIds.Length, 0));
        app.MapGet("/healthz/ready", () => "ready");
        await app.RunAsync();
    }
}
