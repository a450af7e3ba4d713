using System.Diagnostics;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Entries that are written together: one statement per table, however many rows.</summary>
/// <param name="Group">The writer's group that they are of; null for entries from outside, none of which is a batch.</param>
internal sealed record Portion(IReadOnlyList<LedgerEntry> Entries, CommitGroup? Group, List<int> Indexes, long FirstPosition)
{
    /// <summary>The position after its last batch row.</summary>
    public long NextPosition => FirstPosition + Indexes.Count(index => Entries[index] is BatchRecorded);

    /// <summary>Writes tables, and updated rows, in one order everywhere, so that silos wait for one another and do not deadlock.</summary>
    public void WriteTo(NpgsqlBatch batch)
    {
        var batches = new List<BatchRecorded>();
        var blocks = new List<BlockLogged>();
        var found = new List<ServedTwiceFound>();
        var opened = new List<SessionOpened>();
        var ended = new List<SessionEnded>();
        var made = new List<ArtworksMade>();
        var backfilled = new List<ViewsBackfilled>();
        foreach (var index in Indexes)
        {
            switch (Entries[index])
            {
                case BatchRecorded entry:
                    batches.Add(entry);
                    break;
                case BlockLogged entry:
                    blocks.Add(entry);
                    break;
                case ServedTwiceFound entry:
                    found.Add(entry);
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

        if (Group is not null)
        {
            CountCommit(batch, Group.WriterNumber);
        }

        PostgresArtworks.Insert(batch, made);
        PostgresSessions.Open(batch, opened);
        PostgresSessions.End(batch, ended);
        PostgresBlocks.Insert(batch, blocks);
        PostgresBlocks.Count(batch, blocks, found);
        if (Group is not null)
        {
            PostgresBatches.Insert(batch, batches, Group, FirstPosition);
        }

        PostgresArtworks.Backfill(batch, backfilled);
    }

    private static void CountCommit(NpgsqlBatch batch, long writerNumber) => batch.BatchCommands.Add(new NpgsqlBatchCommand("update ledger_writer set commits = commits + 1 where writer_number = $1")
    {
        Parameters = { new NpgsqlParameter<long> { TypedValue = writerNumber } },
    });
}
