using System.Diagnostics;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Entries of a group that are written together: a statement a table, however many rows.</summary>
internal sealed record Portion(CommitGroup Group, List<int> Indexes, long FirstPosition)
{
    /// <summary>The position after its last batch row.</summary>
    public long NextPosition => FirstPosition + Indexes.Count(index => Group.Entries[index] is BatchRecorded);

    /// <summary>Always in the same order of tables, and of keys where rows are updated, so that silos wait for one another and do not deadlock.</summary>
    public void WriteTo(NpgsqlBatch batch)
    {
        var batches = new List<BatchRecorded>();
        var blocks = new List<BlockLogged>();
        var opened = new List<SessionOpened>();
        var ended = new List<SessionEnded>();
        var made = new List<ArtworksMade>();
        var backfilled = new List<ViewsBackfilled>();
        foreach (var index in Indexes)
        {
            switch (Group.Entries[index])
            {
                case BatchRecorded entry:
                    batches.Add(entry);
                    break;
                case BlockLogged entry:
                    blocks.Add(entry);
                    break;
                case SessionOpened entry:
                    opened.Add(entry);
                    break;
                case SessionEnded entry:
                    ended.Add(entry);
                    break;
                case ArtworksMade entry:
                    made.Add(entry);
                    break;
                case ViewsBackfilled entry:
                    backfilled.Add(entry);
                    break;
                case var entry:
                    throw new UnreachableException($"The ledger in PostgreSQL does not keep {entry.GetType().Name}.");
            }
        }

        CountCommit(batch);
        PostgresArtworks.Insert(batch, made);
        PostgresSessions.Open(batch, opened);
        PostgresSessions.End(batch, ended);
        PostgresBlocks.Insert(batch, blocks);
        PostgresBatches.Insert(batch, batches, Group, FirstPosition);
        PostgresArtworks.Backfill(batch, backfilled);
    }

    private void CountCommit(NpgsqlBatch batch) => batch.BatchCommands.Add(new NpgsqlBatchCommand("update ledger_writer set commits = commits + 1 where writer_number = $1")
    {
        Parameters = { new NpgsqlParameter<long> { TypedValue = Group.WriterNumber } },
    });
}
