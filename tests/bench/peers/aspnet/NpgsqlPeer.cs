using System.Security.Claims;
using Npgsql;

namespace ArtFresh.Bench.Peers;

/// <summary>Impressions and fresh art as many would write them: ASP.NET and Npgsql, a row an impression.</summary>
internal static class NpgsqlPeer
{
    private const string Record =
        """
        with recorded as (
          insert into impression (listener_id, artwork_id, session_id, number)
          select $1, artwork_id, $2, $3 + n - 1 from unnest($4) with ordinality as a (artwork_id, n)
          on conflict do nothing returning artwork_id
        ), viewed as (
          update artwork set viewed_at = now() from recorded where artwork.artwork_id = recorded.artwork_id and viewed_at is null
        )
        select count(*)::int from recorded
        """;

    private const string Fresh =
        """
        select artwork_id, image_url, genome, valence, energy, created_at, generator, title, author
        from artwork a
        where not exists (select 1 from impression i where i.listener_id = $1 and i.artwork_id = a.artwork_id)
        order by artwork_id limit $2
        """;

    public static async Task RunAsync(string[] args, string store)
    {
        var builder = PeerHost.CreateBuilder(args);
        builder.Services.AddSingleton(NpgsqlDataSource.Create(store + ";Maximum Pool Size=32;Max Auto Prepare=10;Auto Prepare Min Usages=2"));
        builder.Services.AddSignIn();
        var app = builder.Build();
        var artworks = app.MapSignIn();
        artworks.MapPost("batch-impressions", async (BatchBody body, ClaimsPrincipal user, NpgsqlDataSource database) => PeerHost.IsBatch(body)
            ? TypedResults.Ok(await RecordAsync(database, user.ListenerId(), body.SessionId, body.FirstNumber, body.ArtworkIds))
            : Results.Problem("artworkIds must be 1 to 200 integers", statusCode: 400));
        artworks.MapPost("{id:long}/impression", (long id, SingleBody body, ClaimsPrincipal user, NpgsqlDataSource database) =>
            RecordAsync(database, user.ListenerId(), body.SessionId, body.Number, [id]));
        artworks.MapGet("fresh", (int count, ClaimsPrincipal user, NpgsqlDataSource database) =>
            FreshAsync(database, user.ListenerId(), Math.Min(count, 50)));
        app.MapGet("/healthz/ready", () => "ready");
        await app.RunAsync();
    }

    private static async Task<RecordedBody> RecordAsync(NpgsqlDataSource database, long listener, Guid session, long firstNumber, long[] artworkIds)
    {
        await using var command = database.CreateCommand(Record);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = listener });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = firstNumber });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = artworkIds });
        var recorded = (int)(await command.ExecuteScalarAsync())!;
        return new RecordedBody(recorded, artworkIds.Length - recorded);
    }

    private static async Task<FreshBody> FreshAsync(NpgsqlDataSource database, long listener, int count)
    {
        await using var command = database.CreateCommand(Fresh);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = listener });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await using var reader = await command.ExecuteReaderAsync();
        var artworks = new List<ArtworkBody>(count);
        while (await reader.ReadAsync())
        {
            artworks.Add(new ArtworkBody(
                reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), new MoodBody(reader.GetDouble(3), reader.GetDouble(4)),
                reader.GetDateTime(5), reader.GetString(6), reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8)));
        }

        return new FreshBody(artworks);
    }
}
