using System.Text.Json;

namespace ArtFresh.Bench;

/// <summary>ArtFresh beside what a user would build instead, and beside the machine's own limits: all in one run.</summary>
internal static class RaceBench
{
    /// <summary>Artworks that a listener with a long history has seen.</summary>
    public const int DeepSeen = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<IReadOnlyList<Measurement>> RunAsync(RaceOptions options)
    {
        using var postgres = Race.StartPostgres();
        using var redis = new RedisServer();
        var world = new World(5_000, 200_000);
        Contestant[] contestants =
        [
            .. new Func<Contestant>[]
            {
                () => ArtFreshContestant.OnPostgres(world, postgres),
                () => ArtFreshContestant.OnSqlite(world),
                () => ArtFreshContestant.Cluster(world, postgres, 2),
                () => ArtFreshContestant.InMemory(world),
                () => PeerContestant.Express(world, postgres),
                () => PeerContestant.AspNet(world, postgres),
                () => PeerContestant.AspNetRedis(world, redis),
                () => PeerContestant.Limit(world),
            }.Select(make => make()).Where(contestant => options.Only.Length == 0 || options.Only.Any(part => contestant.Name.Contains(part, StringComparison.OrdinalIgnoreCase))),
            .. options.Variants.Select(variant => ArtFreshContestant.Variant(world, postgres, variant)),
        ];
        await using var race = new Race(contestants, options, postgres, redis);
        var measurements = await race.RunAsync();
        RaceTable.Write(measurements, options);
        await WriteJsonAsync(options.Json, measurements);
        return measurements;
    }

    /// <summary>Writes measurements where they are wanted.</summary>
    public static async Task WriteJsonAsync<T>(string? path, IReadOnlyList<T> measurements)
    {
        if (path is not null)
        {
            await File.WriteAllTextAsync(path, JsonSerializer.Serialize(measurements, Json));
        }
    }
}
