namespace ArtFresh.Ledger;

/// <summary>Stands for the rows of a small table that only grows, up to a key: how many they are, and the sum of their checksums.</summary>
/// <param name="Last">The last key.</param>
public readonly record struct TableHead(string Table, long Last, long Rows, long Checksum);

/// <summary>What an operator keeps of a ledger elsewhere: it shows later that the rows that it stands for are still the same.</summary>
/// <param name="Tables">None where a release before gave the head.</param>
public sealed record LedgerHead(IReadOnlyList<WriterHead> Writers, IReadOnlyList<TableHead> Tables);
