namespace ArtFresh.Bench;

/// <summary>A race, and what no race shows, in one table with what each figure should be.</summary>
internal static class AimsBench
{
    public static async Task RunAsync(RaceOptions options)
    {
        var figures = new List<Figure>(RaceFigures.Of(await RaceBench.RunAsync(options)));
        foreach (var measure in new Func<RaceOptions, Task<IReadOnlyList<Figure>>>[] { MinuteBench.RunAsync, TailBench.RunAsync, RollBench.RunAsync, IdleBench.RunAsync, HotBench.RunAsync })
        {
            figures.AddRange(await measure(options));
        }

        Figure.Write(figures);
    }
}
