using ArtFresh.Ledger;

namespace ArtFresh.Grains.Records;

/// <summary>The ids of one person.</summary>
public static class PersonIds
{
    /// <summary>The listener's id, and those of guests who have joined it or one another.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(IListenerAliases aliases, string listenerId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(aliases);
        var ids = new List<string> { listenerId };
        for (var i = 0; i < ids.Count; i++)
        {
            ids.AddRange((await aliases.ReadGuestsAsync(ids[i], cancellationToken)).Select(alias => alias.Guest).Where(guest => !ids.Contains(guest)));
        }

        return ids;
    }
}
