namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>data_protection_key</c>: the keys that sign cookies and tokens.</summary>
public sealed class SqlKeys(SqlDatabase database)
{
    /// <summary>All keys, in the order in which they were added.</summary>
    public Task<List<StoredKey>> ReadAsync(CancellationToken cancellationToken) => database.QueryAsync(
        "select key_name, xml from data_protection_key order by added_at, key_name", row => new StoredKey(row.GetString(0), row.GetString(1)), cancellationToken);

    /// <summary>Adds a key; does nothing if it is there. It is on disk when the task ends.</summary>
    public Task AddAsync(StoredKey key, DateTimeOffset addedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return database.WriteAsync(
            "insert into data_protection_key (key_name, xml, added_at) values ($1, $2, $3) on conflict (key_name) do nothing",
            cancellationToken, key.Name, key.Xml, addedAt.ToUnixTimeMilliseconds());
    }

    /// <summary>Puts a key in the place of a broken one of that name. It is on disk when the task ends.</summary>
    public Task ReplaceAsync(StoredKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return database.WriteAsync("update data_protection_key set xml = $2 where key_name = $1", cancellationToken, key.Name, key.Xml);
    }
}

/// <summary>A key of cookies and tokens as it rests.</summary>
/// <param name="Name">Unique, and fit for a file's name.</param>
/// <param name="Xml">Encrypted where a certificate is set.</param>
public sealed record StoredKey(string Name, string Xml);
