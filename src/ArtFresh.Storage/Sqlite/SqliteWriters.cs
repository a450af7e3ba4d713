using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>ledger_writer</c>, written.</summary>
internal sealed class SqliteWriters(SqliteConnection connection) : IDisposable
{
    private readonly Statement _start = new(
        connection,
        $"""
        insert into ledger_writer (writer_number, started_at, position, chain, block_position, block_chain, reads_snapshots, epoch)
        values (max((select coalesce(max(writer_number), 0) from ledger_writer), {SqlEpochs.LastSkipped(LedgerEpoch.WriterBits)}) + 1, $now, 0, $now, 0, $now, 1, (select max(epoch) from ledger_epoch)) returning writer_number
        """,
        "$now");

    private readonly Statement _save = new(
        connection,
        "update ledger_writer set position = $position, chain = $chain, block_position = $block_position, block_chain = $block_chain where writer_number = $writer",
        "$position", "$chain", "$block_position", "$block_chain", "$writer");

    public WriterHead Start(SqliteTransaction transaction, DateTimeOffset now)
    {
        var startedAt = now.ToUnixTimeMilliseconds();
        return WriterHead.Started((long)_start.Read(transaction, startedAt)!, startedAt);
    }

    public void Save(SqliteTransaction transaction, WriterHead head) =>
        _save.Run(transaction, head.Position, head.Chain, head.BlockPosition, head.BlockChain, head.WriterNumber);

    public void Dispose()
    {
        _start.Dispose();
        _save.Dispose();
    }
}
