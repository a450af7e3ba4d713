using System.Security.Claims;
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
        builder.Services.AddSignIn();
        var app = builder.Build();
        var artworks = app.MapSignIn();
        artworks.MapPost("batch-impressions", async (BatchBody body, ClaimsPrincipal user) => PeerHost.IsBatch(body)
            ? TypedResults.Ok(await RecordAsync(database, user.ListenerId(), body.ArtworkIds))
            : Results.Problem("artworkIds must be 1 to 200 integers", statusCode: 400));
        artworks.MapPost("{id:long}/impression", (long id, SingleBody body, ClaimsPrincipal user) => RecordAsync(database, user.ListenerId(), [id]));
        artworks.MapGet("fresh", (int count, ClaimsPrincipal user) => FreshAsync(database, catalogue, user.ListenerId(), Math.Min(count, 50)));
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
