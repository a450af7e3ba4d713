namespace ArtFresh.Contracts;

/// <summary>Consecutive seeds that are granted to one session only. Art that its client makes from them, without a network, is fresh to everybody.</summary>
/// <param name="From">The first seed.</param>
/// <param name="Count">Number of seeds.</param>
[GenerateSerializer, Immutable, Alias("genome-seeds")]
public sealed record GenomeSeeds([property: Id(0)] ulong From, [property: Id(1)] int Count)
{
    /// <summary>The seeds of a grant. The ledger numbers grants from 1 and uses no number twice.</summary>
    public static GenomeSeeds Of(long grantNumber) => new((ulong)grantNumber * Limits.GenomeSeedsMax, Limits.GenomeSeedsMax);

    /// <summary>Number of a seed's grant; 0 for a seed that is never granted.</summary>
    public static long GrantOf(ulong seed) => (long)(seed / Limits.GenomeSeedsMax);

    /// <summary>Whether the seed is one of them.</summary>
    public bool Contains(ulong seed) => seed >= From && seed - From < (ulong)Count;
}
