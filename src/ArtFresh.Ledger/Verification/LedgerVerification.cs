using ArtFresh.Contracts;

namespace ArtFresh.Ledger;

/// <summary>
/// Reads a consistent snapshot of a whole ledger and checks each promise against it. Keeps about 30 bytes an artwork of the catalogue in memory, and one
/// listener at a time.
/// </summary>
public static class LedgerVerification
{
    private const string Dropped = "months of batches were dropped, so their rows cannot be compared";
    private const string Damaged = "rows that cannot be read were skipped";

    /// <summary>Runs all checks.</summary>
    /// <param name="result">Collects the violations and the progress.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read.</exception>
    public static async Task RunAsync(ILedgerMoment moment, VerificationResult result, CancellationToken cancellationToken)
    {
        if (!await CanReadAsync(moment, result, cancellationToken))
        {
            return;
        }

        var rows = await moment.CountRowsAsync(cancellationToken);
        result.RowsToRead = rows.Artworks + rows.Blocks + (2 * rows.Batches) + rows.ViewPages + rows.Counters;
        var isWhole = !await moment.HasDroppedMonthsAsync(cancellationToken);
        var hasErasures = await moment.HasErasuresAsync(cancellationToken);
        var views = new FirstViews(result);
        await moment.ReadArtworksAsync(
            (artworkId, viewedAt) =>
            {
                result.RowsRead++;
                views.AddArtwork(artworkId, viewedAt?.ToUnixTimeMilliseconds());
            },
            cancellationToken);
        var writers = new Dictionary<long, WriterEnd>();
        await moment.ReadWritersAsync(writer => writers[writer.Writer] = writer, cancellationToken);
        var mayLack = HasOlderAfter(writers) && (!isWhole || hasErasures);
        var areDropped = await moment.HasDroppedBlocksAsync(cancellationToken);
        await CheckListenersAsync(moment, result, views, isWhole, hasErasures, areDropped, IsChained(writers), cancellationToken);
        if (!isWhole)
        {
            (result.ViewedAt.NotJudged, result.Positions.NotJudged, result.Views.NotJudged, result.Counters.NotJudged) = (Dropped, Dropped, Dropped, Dropped);
        }

        if (result.Readable.Faults > 0)
        {
            (result.Views.NotJudged, result.Counters.NotJudged) = (Damaged, Damaged);
        }

        var clockStep = await CheckTalliesAsync(moment, result, ChainsOf(result, writers, mayLack).Batches, isWhole, hasErasures, cancellationToken);
        views.Judge(isWhole && !hasErasures, clockStep);
        await CheckWrittenAsync(moment, result, writers, mayLack, cancellationToken);
    }

    /// <summary>The quick form: whether earlier heads are still those of the ledger, and whether what came after them is as it was written.</summary>
    /// <param name="head">As an earlier run gave it.</param>
    /// <param name="result">Takes what is wrong; only the checks <c>rows-as-written</c>, <c>head-holds</c>, <c>readable</c> and <c>schema-whole</c> are made, and <c>notes-agree</c> of small tables.</param>
    public static async Task RunSinceAsync(ILedgerMoment moment, LedgerHead head, VerificationResult result, CancellationToken cancellationToken)
    {
        if (!await CanReadAsync(moment, result, cancellationToken))
        {
            return;
        }

        var writers = new Dictionary<long, WriterEnd>();
        await moment.ReadWritersAsync(writer => writers[writer.Writer] = writer, cancellationToken);
        await SetHeadAsync(moment, result, writers, cancellationToken);
        foreach (var check in result.All.Where(check => check != result.Written && check != result.HeadHolds && check != result.Readable && check != result.Schema))
        {
            check.NotJudged = "only what came after the head was read";
        }

        result.Notes.NotJudged = "tables that grow with listeners and art were not compared";
        await moment.CheckNotesAsync(ofAllTables: false, what => result.Notes.Add(new Broken(what)), cancellationToken);
        var mayLack = HasOlderAfter(writers) && (await moment.HasDroppedMonthsAsync(cancellationToken) || await moment.HasErasuresAsync(cancellationToken));
        var known = head.Writers.ToDictionary(then => then.WriterNumber);
        foreach (var then in head.Writers)
        {
            var now = writers.GetValueOrDefault(then.WriterNumber)?.Head;
            await CompareAsync(moment, result, false, then.WriterNumber, (then.Position, then.Chain), now?.Position, cancellationToken);
            await CompareAsync(moment, result, true, then.WriterNumber, (then.BlockPosition, then.BlockChain), now?.BlockPosition, cancellationToken);
        }

        await moment.CompareTableHeadsAsync(head.Tables, what => result.HeadHolds.Add(new Broken(what)), cancellationToken);

        foreach (var writer in writers.Values)
        {
            if (writer.Head is { } now && (!known.TryGetValue(writer.Writer, out var before) || before != now))
            {
                var from = before == default ? WriterHead.Started(writer.Writer, writer.StartedAt.ToUnixTimeMilliseconds()) : before;
                await CheckRowsAsync(moment, result, writers, from, mayLack, cancellationToken);
            }
        }
    }

    /// <summary>What stands for the ledger as it is.</summary>
    private static async Task SetHeadAsync(ILedgerMoment moment, VerificationResult result, Dictionary<long, WriterEnd> writers, CancellationToken cancellationToken) => result.Head = new LedgerHead(
        [.. writers.Values.Select(writer => writer.Head).OfType<WriterHead>()], await moment.ReadTableHeadsAsync(cancellationToken));

    /// <summary>Compares the schema with what its scripts make.</summary>
    /// <returns>False where rows cannot be read.</returns>
    private static async Task<bool> CanReadAsync(ILedgerMoment moment, VerificationResult result, CancellationToken cancellationToken)
    {
        var schema = await moment.CheckSchemaAsync(cancellationToken);
        foreach (var what in schema.Faults)
        {
            result.Schema.Add(new Broken(what));
        }

        (result.Schema.Note, result.Schema.NotJudged) = (schema.Note, schema.NotJudged);
        foreach (var check in schema.CanRead ? [] : result.All.Where(check => check != result.Schema))
        {
            check.NotJudged = "tables or columns are missing, so that the rows were not read";
        }

        return schema.CanRead;
    }

    /// <summary>Whether no release without checksums has ever written: then no row is without.</summary>
    private static bool IsChained(Dictionary<long, WriterEnd> writers) => writers.Count > 0 && writers.Values.All(writer => writer.Head is not null);

    /// <summary>Whether a release without checksums has written after one with them, as after a rollback.</summary>
    private static bool HasOlderAfter(Dictionary<long, WriterEnd> writers) =>
        writers.Values.Where(writer => writer.Head is not null).Select(writer => writer.Writer).DefaultIfEmpty(long.MaxValue).Min() is var first
        && writers.Values.Any(writer => writer.Head is null && writer.Writer > first);

    private static async Task CompareAsync(
        ILedgerMoment moment, VerificationResult result, bool isBlock, long writer, (long Position, long Chain) head, long? now, CancellationToken cancellationToken)
    {
        if (head.Position == 0 && now is not null)
        {
            return;
        }

        var (chain, isDropped) = now is null ? (null, false) : await moment.FindChainAsync(isBlock, writer, head.Position, cancellationToken);
        if (chain != head.Chain && !isDropped)
        {
            result.HeadHolds.Add(new Broken($"{(isBlock ? "block" : "batch")} {head.Position} of writer {writer} {(chain is null ? "is gone" : "or a row before it is another")}"));
        }
    }

    private static async Task CheckRowsAsync(
        ILedgerMoment moment, VerificationResult result, IReadOnlyDictionary<long, WriterEnd> writers, WriterHead from, bool mayLack, CancellationToken cancellationToken)
    {
        var writer = from.WriterNumber;
        var (batches, blocks) = ChainsOf(result, writers, mayLack);
        batches.Begin(writer, from.Position, from.Chain);
        await moment.ReadBatchesByWriterAsync(
            writer, from.Position,
            row =>
            {
                result.BatchRows++;
                Take(batches, row);
            },
            cancellationToken);
        batches.End();
        blocks.Begin(writer, from.BlockPosition, from.BlockChain);
        await moment.ReadBlocksByWriterAsync(
            writer, from.BlockPosition,
            row =>
            {
                result.BlockRows++;
                Take(blocks, row);
            },
            cancellationToken);
        blocks.End();
    }

    private static (ChainCheck Batches, ChainCheck Blocks) ChainsOf(VerificationResult result, IReadOnlyDictionary<long, WriterEnd> writers, bool mayLack) => (
        new ChainCheck(result, writers, "batches", head => (head.Position, head.Chain), mayLack),
        new ChainCheck(result, writers, "blocks", head => (head.BlockPosition, head.BlockChain), mayLack));

    private static void Take(ChainCheck chain, WriterRow row) => chain.Take(
        row.Writer, row.FirstPosition, row.Position, row.Chain, row.IsErased ? null : before => WriterHead.ChainOf(before, row),
        () => $"batch {row.Number} of session {row.Session}, at position {row.Position} of writer {row.Writer},");

    private static void Take(ChainCheck chain, WrittenBlock row)
    {
        var block = row.Block;
        // A guest who was erased alone leaves the row of their joining, which no longer says whose it was.
        var written = block is { Kind: BlockKind.Backfilled } && block.Session == Guid.Empty ? block with { Session = ListenerJoined.JoiningSession } : block;
        chain.Take(
            row.Writer, row.FirstPosition, row.Position, row.Chain,
            block is null ? null : before => WriterHead.ChainOf(before, row.Writer, row.Position, block) is var asIs && asIs == row.Chain ? asIs : WriterHead.ChainOf(before, row.Writer, row.Position, written!),
            () => $"block {block?.Number} of listener {block?.Listener}, at position {row.Position} of writer {row.Writer},");
    }

    private static async Task CheckWrittenAsync(ILedgerMoment moment, VerificationResult result, Dictionary<long, WriterEnd> writers, bool mayLack, CancellationToken cancellationToken)
    {
        await SetHeadAsync(moment, result, writers, cancellationToken);
        var blocks = ChainsOf(result, writers, mayLack).Blocks;
        await moment.ReadBlocksByWriterAsync(null, 0, row => Take(blocks, row), cancellationToken);
        blocks.JudgeRest();
        await moment.CheckSealedAsync(what => result.Written.Add(new Broken(what)), cancellationToken);
        await moment.CheckNotesAsync(ofAllTables: true, what => result.Notes.Add(new Broken(what)), cancellationToken);
    }

    private static async Task CheckListenersAsync(
        ILedgerMoment moment, VerificationResult result, FirstViews views, bool isWhole, bool hasErasures, bool areDropped, bool isChained, CancellationToken cancellationToken)
    {
        ListenerCheck? listener = null;
        var served = new ServedCount(result);
        var joins = new JoinCheck(result);
        var withdrawn = new Dictionary<long, DateTimeOffset>();
        await moment.ReadWithdrawnAsync(withdrawn.Add, cancellationToken);
        await moment.ReadAliasesAsync(joins.Add, cancellationToken);
        await moment.ReadLateBlocksAsync(joins.AddLate, cancellationToken);
        await moment.ReadListenersAsync(
            snapshot => CheckOf(snapshot.Snapshot.ListenerId).Take(snapshot),
            block => CheckOf(block.Listener).Take(block),
            batch => CheckOf(batch.Listener).Take(batch),
            cancellationToken);
        listener?.End();
        joins.Judge();
        await moment.ReadServedSumsAsync(sum => served.Compare(sum, isWhole && !hasErasures, areDropped), cancellationToken);
        served.JudgeRest();

        ListenerCheck CheckOf(string? name)
        {
            result.RowsRead++;
            if (listener is null || listener.Listener != name)
            {
                listener?.End();
                listener = new ListenerCheck(name, result, views, joins, served, withdrawn, isWhole && !hasErasures, areDropped, isChained);
            }

            return listener;
        }
    }

    /// <returns>How far a writer's clock was set back.</returns>
    private static async Task<TimeSpan> CheckTalliesAsync(
        ILedgerMoment moment, VerificationResult result, ChainCheck chain, bool isWhole, bool hasErasures, CancellationToken cancellationToken)
    {
        var checkpoints = new Dictionary<long, long>();
        var last = new Dictionary<long, long>();
        await moment.ReadCheckpointsAsync(checkpoints.Add, cancellationToken);
        var tally = new TallyCheck(result, checkpoints, hasErasures);
        await moment.ReadMinutesAsync(tally.ExpectMinute, cancellationToken);
        await moment.ReadBatchesByWriterAsync(
            null, 0,
            row =>
            {
                result.RowsRead++;
                last[row.Writer] = row.Position;
                Take(chain, row);
                tally.Take(row, isWhole);
            },
            cancellationToken);
        chain.JudgeRest();
        if (isWhole)
        {
            tally.JudgeCheckpoints(last);
        }

        if (result.Views.NotJudged is null)
        {
            await CompareTalliesAsync(moment, result, tally, cancellationToken);
        }

        return tally.ClockStep;
    }

    private static async Task CompareTalliesAsync(ILedgerMoment moment, VerificationResult result, TallyCheck tally, CancellationToken cancellationToken)
    {
        await moment.ReadNotedViewsAsync(
            (writer, noted) =>
            {
                result.RowsRead++;
                tally.TakeNoted(writer, noted);
            },
            cancellationToken);
        await moment.ReadViewsAsync(
            (page, views) =>
            {
                result.RowsRead++;
                tally.TakePage(page, views);
            },
            cancellationToken);
        tally.JudgeViewsWithoutPage();
        await moment.ReadCountersAsync(
            counter =>
            {
                result.RowsRead++;
                tally.TakeCounter(counter);
            },
            cancellationToken);
        tally.JudgeCounters();
        await moment.ReadMinutesAsync(tally.TakeMinute, cancellationToken);
        tally.JudgeMinutes();
        await moment.ReadNetworksAsync(tally.TakeNetworks, cancellationToken);
        tally.JudgeNetworks();
    }
}
