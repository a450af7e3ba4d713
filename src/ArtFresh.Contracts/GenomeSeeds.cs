namespace ArtFresh.Contracts;

/// <summary>A run of seeds that is granted to one session and to no other: what its client makes from them without a network is art that nobody had.</summary>
/// <param name="From">The first seed.</param>
/// <param name="Count">How many follow each other from there.</param>
[GenerateSerializer, Immutable, Alias("genome-seeds")]
public sealed record GenomeSeeds([property: Id(0)] ulong From, [property: Id(1)] int Count)
{
    /// <summary>The seeds of a grant. The ledger numbers grants from 1 and gives no number twice.</summary>
    public static GenomeSeeds Of(long grantNumber) => new((ulong)grantNumber * Limits.GenomeSeedsMax, Limits.GenomeSeedsMax);

    /// <summary>The grant that a seed is of, 0 for none.</summary>
    public static long GrantOf(ulong seed) => (long)(seed / Limits.GenomeSeedsMax);

    /// <summary>Whether the seed is one of them.</summary>
    public bool Contains(ulong seed) => seed >= From && seed - From < (ulong)Count;
}
