using StackExchange.Redis;

namespace ArtFresh.Bench.Peers;

/// <summary>Impressions and fresh art as many would write them: ASP.NET and Redis, a set a listener, the catalogue in memory.</summary>
internal static class RedisPeer
{
    private const int PageArtworks = 200;

    public static async Task RunAsync(string[] args, string store)
    {
        var builder = PeerHost.CreateBuilder(args);
        var redis = await ConnectionMultiplexer.ConnectAsync(store);
        var database = redis.GetDatabase();
        var catalogue = await ReadCatalogueAsync(database);
        var app = builder.Build();
        app.MapPost("/api/artworks/batch-impressions", async (BatchBody body, HttpRequest request) => PeerHost.IsBatch(body)
            ? TypedResults.Ok(await RecordAsync(database, PeerHost.ListenerOf(request), body.ArtworkIds))
            : Results.Problem("artworkIds must be 1 to 200 integers", statusCode: 400));
        app.MapPost("/api/artworks/{id:long}/impression", (long id, SingleBody body, HttpRequest request) =>
            RecordAsync(database, PeerHost.ListenerOf(request), [id]));
        app.MapGet("/api/artworks/fresh", (int count, HttpRequest request) => FreshAsync(database, catalogue, PeerHost.ListenerOf(request), Math.Min(count, 50)));
        app.MapGet("/healthz/ready", () => "ready");
        await app.RunAsync();
    }

    private static async Task<RecordedBody> RecordAsync(IDatabase database, long listener, long[] artworkIds)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var transaction = database.CreateTransaction();
        var added = transaction.SetAddAsync($"seen:{listener}", [.. artworkIds.Select(id => (RedisValue)id)]);
        _ = transaction.SortedSetAddAsync("viewed_at", [.. artworkIds.Select(id => new SortedSetEntry(id, now))], SortedSetWhen.NotExists);
        await transaction.ExecuteAsync();
        var recorded = (int)await added;
        return new RecordedBody(recorded, artworkIds.Length - recorded);
    }

    private static async Task<FreshBody> FreshAsync(IDatabase database, ArtworkBody[] catalogue, long listener, int count)
    {
        var fresh = new List<ArtworkBody>(count);
        var page = count * 4;
        for (var from = 0; from < catalogue.Length && fresh.Count < count; from += page, page = PageArtworks)
        {
            var candidates = catalogue[from..Math.Min(catalogue.Length, from + page)];
            var seen = await database.SetContainsAsync($"seen:{listener}", [.. candidates.Select(artwork => (RedisValue)artwork.Id)]);
            fresh.AddRange(candidates.Where((_, i) => !seen[i]).Take(count - fresh.Count));
        }

        return new FreshBody(fresh);
    }

    private static async Task<ArtworkBody[]> ReadCatalogueAsync(IDatabase database)
    {
        var rows = await database.ListRangeAsync("catalogue");
        return [.. rows.Select(row => System.Text.Json.JsonSerializer.Deserialize((string)row!, BodyJson.Default.ArtworkBody)!)];
    }
}
