using System.Globalization;

namespace ArtFresh.Bench;

/// <summary>What a run of the bench does.</summary>
internal sealed record RaceOptions
{
    public IReadOnlyList<string> Works { get; init; } = ["w", "w1", "r", "m", "deep", "shallow", "constant"];

    public IReadOnlyList<int> Connections { get; init; } = [64, 256];

    public int Rounds { get; init; } = 3;

    /// <summary>Whether to see that all works, rather than to measure.</summary>
    public bool IsQuick { get; init; }

    public double Seconds { get; init; } = 5;

    /// <summary>Of one run of the warm-up, which ends when runs are no longer faster.</summary>
    public double WarmUpSeconds { get; init; } = 5;

    /// <summary>Parts of contestants' names, <c>;</c> between them; none for all.</summary>
    public string[] Only { get; init; } = [];

    /// <summary>Further contestants: ArtFresh on PostgreSQL with environment variables, as <c>NAME VARIABLE=VALUE …</c>; <c>;</c> between them.</summary>
    public string[] Variants { get; init; } = [];

    /// <summary>The published <c>ArtFresh.Server.dll</c> that is measured; null to publish this tree.</summary>
    public string? Server { get; init; }

    /// <summary>Where the measurements go, as JSON.</summary>
    public string? Json { get; init; }

    /// <exception cref="ArgumentException">There is no such option.</exception>
    public static RaceOptions Parse(string[] args)
    {
        var options = new RaceOptions();
        for (var i = 0; i < args.Length; i++)
        {
            string Next() => i + 1 < args.Length ? args[++i] : throw new ArgumentException($"{args[i]} needs a value.");
            options = args[i] switch
            {
                "--quick" => options with { IsQuick = true, Rounds = 1, Seconds = 3, WarmUpSeconds = 3, Connections = [64] },
                "--json" => options with { Json = Next() },
                "--only" => options with { Only = Next().Split(';') },
                "--variants" => options with { Variants = Next().Split(';') },
                "--server" => options with { Server = Next() },
                "--works" => options with { Works = Next().Split(',') },
                "--rounds" => options with { Rounds = int.Parse(Next(), CultureInfo.InvariantCulture) },
                "--seconds" => options with { Seconds = double.Parse(Next(), CultureInfo.InvariantCulture) },
                "--warm-up" => options with { WarmUpSeconds = double.Parse(Next(), CultureInfo.InvariantCulture) },
                "--connections" => options with { Connections = [.. Next().Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))] },
                _ => throw new ArgumentException($"There is no option {args[i]}."),
            };
        }

        return options;
    }
}
