using ArtFresh.Freshness;
using Microsoft.Data.Sqlite;

namespace ArtFresh.TestWorld;

/// <summary>One impression, as the ledger holds it.</summary>
public sealed record LedgerImpression(Guid Session, long Number, long ArtworkId, ImpressionOutcome Outcome, string Report);

/// <summary>The embedded ledger's file, read beside the server.</summary>
public sealed class ServerLedger(string path)
{
    public IReadOnlyList<LedgerImpression> Impressions()
    {
        var impressions = new List<LedgerImpression>();
        Read("select session_id, impressions, coalesce(report, '') from impression_batch order by session_id, batch_number", row =>
        {
            foreach (var impression in PackedImpressions.Unpack(row.GetFieldValue<byte[]>(1)))
            {
                impressions.Add(new LedgerImpression(SessionOf(row), impression.Number, impression.ArtworkId, impression.Outcome, row.GetString(2)));
            }
        });
        return impressions;
    }

    /// <summary>Artworks that browsers made themselves, by genome.</summary>
    public IReadOnlyDictionary<string, long> GenomeIds()
    {
        var ids = new Dictionary<string, long>();
        Read("select genome, artwork_id from artwork where genome is not null and content_hash is not null", row => ids[row.GetString(0)] = row.GetInt64(1));
        return ids;
    }

    /// <summary>Whatever was set aside for a listener, to be served fresh.</summary>
    public IReadOnlySet<long> SetAsideFor(string listenerId)
    {
        var ids = new HashSet<long>();
        Read("select listener_id, artwork_ids from listener_block where kind = 0", row =>
        {
            if (row.GetString(0) == listenerId)
            {
                ids.UnionWith(PackedIds.Unpack(row.GetFieldValue<byte[]>(1)));
            }
        });
        return ids;
    }

    /// <summary>What sessions gave back of what an answer had.</summary>
    public IReadOnlySet<(Guid Session, long ArtworkId)> GivenBack()
    {
        var ids = new HashSet<(Guid, long)>();
        Read("select session_id, returned_ids from listener_block where kind = 2", row =>
            ids.UnionWith(PackedIds.Unpack(row.GetFieldValue<byte[]>(1)).Select(id => (SessionOf(row), id))));
        return ids;
    }

    /// <summary>The sessions that a release has opened.</summary>
    public IReadOnlySet<Guid> Sessions(string release)
    {
        var sessions = new HashSet<Guid>();
        Read("select session_id, release from session", row =>
        {
            if (row.GetString(1) == release)
            {
                sessions.Add(SessionOf(row));
            }
        });
        return sessions;
    }

    /// <summary>The pool of each artwork.</summary>
    /// <param name="isImported">Of imported artworks, or of those that were made.</param>
    public IReadOnlyDictionary<long, int> Pools(bool isImported)
    {
        var pools = new Dictionary<long, int>();
        Read($"select artwork_id, pool from artwork where (generator = 'import') = {(isImported ? 1 : 0)}", row => pools[row.GetInt64(0)] = row.GetInt32(1));
        return pools;
    }

    /// <summary>The artworks that look alike, or look like others that do, by artwork; those that look like no other are left out.</summary>
    public IReadOnlyDictionary<long, HashSet<long>> AlikeGroups()
    {
        var groups = new Dictionary<long, HashSet<long>>();
        Read("select artwork_id, earlier_id from alike_artwork", row =>
        {
            var (one, other) = (row.GetInt64(0), row.GetInt64(1));
            HashSet<long> joined = [.. groups.GetValueOrDefault(one, [one]), .. groups.GetValueOrDefault(other, [other])];
            foreach (var artworkId in joined)
            {
                groups[artworkId] = joined;
            }
        });
        return groups;
    }

    public long Count(string sql)
    {
        var count = 0L;
        Read(sql, row => count = row.GetInt64(0));
        return count;
    }

    public IReadOnlyList<string> Texts(string sql)
    {
        var texts = new List<string>();
        Read(sql, row => texts.Add(row.GetString(0)));
        return texts;
    }

    /// <summary>Copies it whole, as a backup does.</summary>
    public void CopyTo(string copy)
    {
        using var from = new SqliteConnection($"Data Source={path};Pooling=False");
        using var to = new SqliteConnection($"Data Source={copy};Pooling=False");
        from.Open();
        to.Open();
        from.BackupDatabase(to);
    }

    /// <summary>Waits until no erasure is due.</summary>
    public Task HasErasedAsync() => Eventually.TrueAsync(() => Count("select count(*) from erasure where done_at is null") == 0);

    /// <summary>Waits until the ledger holds that many impressions.</summary>
    public async Task<IReadOnlyList<LedgerImpression>> HoldsAsync(int count)
    {
        IReadOnlyList<LedgerImpression> impressions = [];
        await Eventually.TrueAsync(() => (impressions = Impressions()).Count >= count, () => $"{impressions.Count} of {count} impressions");
        return impressions;
    }

    private static Guid SessionOf(SqliteDataReader row) => new(row.GetFieldValue<byte[]>(0), bigEndian: true);

    private void Read(string sql, Action<SqliteDataReader> read)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            read(reader);
        }
    }
}
