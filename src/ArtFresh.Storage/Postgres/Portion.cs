using System.Diagnostics;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Entries that are written together: one statement per table, however many rows.</summary>
/// <param name="Group">The writer's group that they are of; null for entries from outside, none of which is a batch.</param>
/// <param name="ErasureKey">The key of the hashes by which erased listeners are known.</param>
/// <param name="Head">The ends of the writer's chains before it.</param>
internal sealed record Portion(IReadOnlyList<LedgerEntry> Entries, CommitGroup? Group, List<int> Indexes, long FirstPosition, byte[] ErasureKey, WriterHead Head)
{
    /// <summary>The ends of the writer's chains after it, once it has been written to a batch.</summary>
    public WriterHead NextHead { get; private set; } = Head;

    /// <summary>The position after its last batch row.</summary>
    public long NextPosition => FirstPosition + Indexes.Count(index => Entries[index] is BatchRecorded);

    /// <summary>Writes tables, and updated rows, in one order everywhere, so that silos wait for one another and do not deadlock.</summary>
    public void WriteTo(NpgsqlBatch batch)
    {
        var tables = new Tables();
        foreach (var index in Indexes)
        {
            tables.Add(Entries[index]);
        }

        var head = Head;
        // A writer's row is locked before all others.
        var counted = CountCommit(batch);
        PostgresArtworks.Insert(batch, tables.Made);
        PostgresArtworks.Compare(batch, tables.Compared);
        PostgresSessions.Open(batch, tables.Opened);
        PostgresSessions.End(batch, tables.Ended, Group?.WriterNumber ?? 0);
        PostgresSessions.Correct(batch, tables.Corrected, Group?.WriterNumber ?? 0);
        PostgresBlocks.Insert(batch, tables.Blocks, ref head);
        PostgresBlocks.Count(batch, tables.Blocks, tables.Found);
        PostgresSessions.Count(batch, tables.Blocks, Group?.WriterNumber ?? 0);
        if (Group is null)
        {
            PostgresBlocks.EndServed(batch, tables.Blocks);
        }

        PostgresAliases.Insert(batch, tables.Joined);
        PostgresSnapshots.Write(batch, tables.Taken);
        if (Group is not null)
        {
            PostgresBatches.Insert(batch, tables.Batches, Group, FirstPosition, ref head);
        }

        PostgresArtworks.Backfill(batch, tables.Backfilled);
        RefuseErased(batch);
        NextHead = head;
        if (counted is not null)
        {
            Array.ForEach([head.Position, head.Chain, head.BlockPosition, head.BlockChain], number => counted.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number }));
        }
    }

    /// <summary>Last: an erasure waits for transactions that have written something, and so sees what this one wrote, or this one sees the erasure.</summary>
    private void RefuseErased(NpgsqlBatch batch)
    {
        byte[][] proofs = [.. Indexes.SelectMany(index => Entries[index].Listeners).Distinct().Select(listener => ErasureHash.Of(ErasureKey, listener))];
        if (proofs.Length > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select refuse_erased($1)") { Parameters = { new NpgsqlParameter<byte[][]> { TypedValue = proofs } } });
        }
    }

    /// <returns>The statement, whose numbers of the head follow; null for entries from outside that write to no log.</returns>
    private NpgsqlBatchCommand? CountCommit(NpgsqlBatch batch)
    {
        if (Head.WriterNumber == 0)
        {
            return null;
        }

        var count = new NpgsqlBatchCommand(
            "update ledger_writer set commits = commits + 1, position = $2, chain = $3, block_position = $4, block_chain = $5 where writer_number = $1")
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = Head.WriterNumber } },
        };
        batch.BatchCommands.Add(count);
        return count;
    }

    /// <summary>Entries by the table that they are written to.</summary>
    private sealed class Tables
    {
        public List<BatchRecorded> Batches { get; } = [];

        public List<BlockLogged> Blocks { get; } = [];

        public List<ListenerJoined> Joined { get; } = [];

        public List<SnapshotTaken> Taken { get; } = [];

        public List<ServedTwiceFound> Found { get; } = [];

        public List<SessionOpened> Opened { get; } = [];

        public List<SessionEnded> Ended { get; } = [];

        public List<EndCorrected> Corrected { get; } = [];

        public List<ArtworksMade> Made { get; } = [];

        public List<ArtworkCompared> Compared { get; } = [];

        public List<ViewsBackfilled> Backfilled { get; } = [];

        public void Add(LedgerEntry entry)
        {
            switch (entry)
            {
                case BatchRecorded batch:
                    Batches.Add(batch);
                    if (batch.UnshownChange != 0)
                    {
                        Corrected.Add(new EndCorrected(batch.SessionId, batch.UnshownChange));
                    }

                    break;
                case BlockLogged block:
                    Blocks.Add(block);
                    break;
                case ListenerJoined joined:
                    Blocks.AddRange(joined.BlockRows);
                    Joined.Add(joined);
                    break;
                case SnapshotTaken taken:
                    Taken.Add(taken);
                    break;
                case ServedTwiceFound found:
                    Found.Add(found);
                    break;
                case SessionOpened opened:
                    Opened.Add(opened);
                    break;
                case SessionEnded ended:
                    Ended.Add(ended);
                    break;
                case EndCorrected corrected:
                    Corrected.Add(corrected);
                    break;
                case ArtworksMade made:
                    Made.Add(made);
                    break;
                case ArtworkCompared compared:
                    Compared.Add(compared);
                    break;
                case ViewsBackfilled backfilled:
                    Backfilled.Add(backfilled);
                    break;
                default:
                    throw new UnreachableException($"The ledger in PostgreSQL does not keep {entry.GetType().Name}.");
            }
        }
    }
}
