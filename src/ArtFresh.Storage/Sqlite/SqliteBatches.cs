using System.Text.Json;
using ArtFresh.Ledger;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>impression_batch</c>, written, with the first views that belong to it.</summary>
internal sealed class SqliteBatches(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        """
        insert into impression_batch
          (session_id, batch_number, writer_number, position, batch_id, received_at, impressions, displayed_at, duplicates, missing_change, report, account, network, revisits, chain)
        values ($session, $number, $writer, $position, $batch, $received, $impressions, $displayed, $duplicates, $missing, $report, $account, $network, $revisits, $chain)
        on conflict (session_id, batch_number) do nothing
        """,
        "$session", "$number", "$writer", "$position", "$batch", "$received", "$impressions", "$displayed", "$duplicates", "$missing", "$report", "$account", "$network", "$revisits", "$chain");

    private readonly Statement _view = new(
        connection,
        "update artwork set viewed_at = $now where artwork_id = $artwork and viewed_at is null",
        "$now", "$artwork");

    /// <returns>False when the session has a batch of that number.</returns>
    public bool Insert(SqliteTransaction transaction, BatchRecorded batch, CommitGroup group, ref long position, ref WriterHead head)
    {
        var report = batch.Report is null ? null : JsonSerializer.Serialize(batch.Report);
        var next = head.After(batch, position, report);
        var receivedAt = batch.ReceivedAt.ToUnixTimeMilliseconds();
        var inserted = _insert.Run(
            transaction,
            SqliteIds.ToBlob(batch.SessionId),
            batch.BatchNumber,
            group.WriterNumber,
            position,
            SqliteIds.ToBlob(batch.BatchId),
            receivedAt,
            batch.Impressions,
            batch.DisplayedAt,
            batch.Duplicates,
            batch.MissingChange,
            report,
            batch.Account,
            batch.Network == 0 ? null : batch.Network,
            batch.Revisits == 0 ? null : batch.Revisits,
            next.Chain);
        if (inserted == 0)
        {
            return false;
        }

        position++;
        head = next;
        foreach (var artworkId in batch.ArtworkIds)
        {
            if (!group.KnownViewed.Contains(artworkId))
            {
                _view.Run(transaction, receivedAt, artworkId);
            }
        }

        return true;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _view.Dispose();
    }
}
