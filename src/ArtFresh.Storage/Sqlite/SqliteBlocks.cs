using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>listener_block</c>, written.</summary>
internal sealed class SqliteBlocks(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        """
        insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, returned_ids, logged_at)
        values ($listener, $number, $kind, $session, $artworks, $returned, $now)
        on conflict do nothing
        """,
        "$listener", "$number", "$kind", "$session", "$artworks", "$returned", "$now");

    /// <returns>False when the listener has a block of that number.</returns>
    public bool Insert(SqliteTransaction transaction, BlockLogged block) => _insert.Run(
        transaction,
        block.ListenerId,
        block.BlockNumber,
        (int)block.Kind,
        SqliteIds.ToBlob(block.SessionId),
        PackedIds.Pack(block.ArtworkIds.AsSpan()),
        block.ReturnedIds.IsEmpty ? null : PackedIds.Pack(block.ReturnedIds.AsSpan()),
        block.LoggedAt.ToUnixTimeMilliseconds()) > 0;

    public void Dispose() => _insert.Dispose();
}
