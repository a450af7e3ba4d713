using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Tests here wait for other processes most of the time: more at once than a small machine has processors.
[assembly: Parallelization(MaxThreads = 3)]
[assembly: TestCollectionOrderer(typeof(ArtFresh.SystemTests.LongestFirst))]

namespace ArtFresh.SystemTests;

/// <summary>Starts what takes minutes before what takes seconds, so that no long test is left to run alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_minutes = ["FaultRunTests", "PlantedFaultTests", "SongTests", "CatalogueTests", "RollingRestartTests", "ledgers", "JourneyTests", "KilledServerTests"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(RankOf)];

    private static int RankOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        Array.FindIndex(s_minutes, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is >= 0 and var rank ? rank : s_minutes.Length;
}
