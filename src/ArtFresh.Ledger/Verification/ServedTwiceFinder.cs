namespace ArtFresh.Ledger;

/// <summary>Finds in a listener's log what was served twice.</summary>
public static class ServedTwiceFinder
{
    /// <summary>Artworks that blocks set aside though an earlier row gave them to the listener, and none gave them back.</summary>
    /// <param name="log">The listener's rows, in order.</param>
    /// <param name="snapshots">The listener's snapshots, read after the rows.</param>
    /// <param name="blockNumbers">The blocks to look at.</param>
    /// <returns>By block; only blocks that have such artworks.</returns>
    /// <exception cref="InvalidDataException">A row up to the last of the blocks is damaged.</exception>
    public static IReadOnlyDictionary<long, IReadOnlyList<long>> Find(IEnumerable<BlockRow> log, IEnumerable<StoredSnapshot> snapshots, IReadOnlySet<long> blockNumbers)
    {
        ArgumentNullException.ThrowIfNull(blockNumbers);
        var last = blockNumbers.Max();
        var found = new Dictionary<long, IReadOnlyList<long>>();
        var replayed = new ListenerReplay("", snapshots);
        foreach (var row in log.TakeWhile(row => row.Number <= last))
        {
            if (replayed.Take(row) is { Count: > 0 } again && blockNumbers.Contains(row.Number))
            {
                found[row.Number] = again;
            }
        }

        return found;
    }
}
