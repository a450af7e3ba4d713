namespace ArtFresh.Ledger;

/// <summary>
/// The ends of a writer's two chains: of its batches and of its rows in listeners' logs. The checksum of each row is made of the row and of the checksum before it, so that a head stands for all
/// rows up to it. The first of a writer begins with the time at which the writer started.
/// </summary>
public readonly record struct WriterHead(long WriterNumber, long Position, long Chain, long BlockPosition, long BlockChain)
{
    /// <summary>The head of a writer without rows.</summary>
    /// <param name="startedAt">Unix milliseconds.</param>
    public static WriterHead Started(long writerNumber, long startedAt) => new(writerNumber, 0, startedAt, 0, startedAt);

    /// <param name="report">The batch's report, as it is stored.</param>
    public WriterHead After(BatchRecorded batch, long position, string? report) => this with
    {
        Position = position,
        Chain = ChainOf(
            Chain, WriterNumber, position, batch.SessionId, batch.BatchNumber, batch.BatchId, batch.ReceivedAt.ToUnixTimeMilliseconds(), batch.Impressions, batch.DisplayedAt, batch.Duplicates,
            batch.MissingChange, report, batch.Account, batch.Network == 0 ? null : batch.Network, batch.Revisits == 0 ? null : batch.Revisits),
    };

    /// <param name="artworkIds">The block's artworks, as they are stored.</param>
    /// <param name="returnedIds">What it gives back, as it is stored.</param>
    public WriterHead After(BlockLogged block, byte[] artworkIds, byte[]? returnedIds) => this with
    {
        BlockPosition = BlockPosition + 1,
        BlockChain = ChainOf(
            BlockChain, WriterNumber, BlockPosition + 1, block.ListenerId, block.BlockNumber, block.Kind, block.SessionId, artworkIds, returnedIds, block.LoggedAt.ToUnixTimeMilliseconds()),
    };

    /// <summary>The checksum that a batch's row must have after another.</summary>
    public static long ChainOf(long before, WriterRow row) => ChainOf(
        before, row.Writer, row.Position, row.Session, row.Number, row.BatchId, row.ReceivedAt.ToUnixTimeMilliseconds(), row.Impressions, row.DisplayedAt, row.Duplicates, row.MissingChange,
        row.Report, row.Account, row.Network, row.Revisits);

    /// <summary>The checksum that a row of a listener's log must have after another.</summary>
    public static long ChainOf(long before, long writer, long position, BlockRow row) =>
        ChainOf(before, writer, position, row.Listener, row.Number, row.Kind, row.Session, row.ArtworkIds, row.ReturnedIds, row.LoggedAt.ToUnixTimeMilliseconds());

    private static long ChainOf(
        long before, long writer, long position, Guid session, long number, Guid batchId, long receivedAt, byte[] impressions, byte[]? displayedAt, long duplicates, long missingChange, string? report,
        long? account, long? network, long? revisits) => new RowChecksum(before)
        .Number(writer).Number(position).Id(session).Number(number).Id(batchId).Number(receivedAt).Bytes(impressions).Bytes(displayedAt).Number(duplicates).Number(missingChange).Text(report)
        .Number(account).Number(network).Number(revisits).End();

    private static long ChainOf(
        long before, long writer, long position, string listener, long number, BlockKind kind, Guid session, byte[] artworkIds, byte[]? returnedIds, long loggedAt) => new RowChecksum(before)
        .Number(writer).Number(position).Text(listener).Number(number).Number((long)kind).Id(session).Bytes(artworkIds).Bytes(returnedIds).Number(loggedAt).End();
}
