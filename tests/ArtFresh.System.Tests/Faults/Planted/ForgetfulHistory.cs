using ArtFresh.Ledger;

namespace ArtFresh.SystemTests.Faults.Planted;

/// <summary>Reads a listener's history without its artworks: the grain filters fresh art by an empty set after each activation.</summary>
internal sealed class ForgetfulHistory(IListenerHistory history) : IListenerHistory
{
    public const string Plant = "forget-history";

    public async Task<ListenerRead> ReadLogAsync(string listenerId, long without, CancellationToken cancellationToken)
    {
        var read = await history.ReadLogAsync(listenerId, 3, cancellationToken);
        return read with { Blocks = [.. read.Blocks.Select(block => block with { ArtworkIds = [] })] };
    }

    public Task<StoredSnapshot?> ReadSnapshotAsync(string listenerId, int slot, CancellationToken cancellationToken) => history.ReadSnapshotAsync(listenerId, slot, cancellationToken);

    public async Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken) =>
        [.. (await history.ReadBlocksAsync(listenerId, afterBlockNumber, cancellationToken)).Select(block => block with { ArtworkIds = [] })];

    public Task<IReadOnlyList<LoggedBlock>> ReadBlocksBackAsync(string listenerId, long beforeBlockNumber, int count, CancellationToken cancellationToken) =>
        history.ReadBlocksBackAsync(listenerId, beforeBlockNumber, count, cancellationToken);

    public Task<IReadOnlyList<Guid>> ReadServingSessionsAsync(string listenerId, DateTimeOffset from, CancellationToken cancellationToken) =>
        history.ReadServingSessionsAsync(listenerId, from, cancellationToken);
}
