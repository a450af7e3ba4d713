namespace ArtFresh.Ledger;

/// <summary>Finds in a listener's log what was served twice.</summary>
public static class ServedTwiceFinder
{
    /// <summary>Artworks that a block sets aside though an earlier row gave them to the listener, and none gave them back.</summary>
    /// <param name="log">The listener's rows from the first on, in order.</param>
    /// <param name="blockNumber">The block.</param>
    /// <returns>Empty for a block that is not in the log.</returns>
    /// <exception cref="InvalidDataException">A row up to the block is damaged.</exception>
    public static IReadOnlyList<long> Find(IEnumerable<BlockRow> log, long blockNumber)
    {
        var replayed = new ListenerLog("");
        foreach (var row in log)
        {
            var again = replayed.Take(row);
            if (row.Number == blockNumber)
            {
                return again;
            }
        }

        return [];
    }
}
