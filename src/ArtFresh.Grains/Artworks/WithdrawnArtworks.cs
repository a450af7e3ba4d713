using System.Collections.Immutable;
using System.Globalization;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Artworks;

/// <summary>
/// The withdrawn artworks, in this silo's memory: read whole before the silo takes calls, and then once a second what has changed. A request compares one number; only after a
/// change does anybody look what it means for them. A ledger that has gone back gets the withdrawals again that it has lost and this silo remembers. Thread-safe.
/// </summary>
public sealed partial class WithdrawnArtworks(IWithdrawals withdrawals, ILedgerEpochs epochs, TimeProvider clock, ILogger<WithdrawnArtworks> logger) : SiloWork
{
    /// <summary>How often the ledger is asked for changes.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int ChangesPerRead = 10_000;
    private const string Lost = "the ledger had gone back, and lost it";

    private Known _known = Known.Nothing;
    private long _epoch;

    /// <summary>The last change that this silo knows; 0 before the first.</summary>
    public long Change => Volatile.Read(ref _known).Change;

    /// <summary>Whether an artwork is withdrawn.</summary>
    public bool Contains(long artworkId) => Volatile.Read(ref _known).Ids.Contains(artworkId);

    /// <summary>What was withdrawn after a change, of the artworks that somebody has. Costs as much as the fewer of the two.</summary>
    /// <param name="change">The last change that they know.</param>
    /// <param name="count">How many artworks they have.</param>
    /// <param name="theirs">All that they have.</param>
    /// <param name="isTheirs">Whether they have an artwork.</param>
    public ImmutableArray<long> Since(long change, long count, IEnumerable<long> theirs, Func<long, bool> isTheirs)
    {
        var known = Volatile.Read(ref _known);
        var first = known.FirstAfter(change);
        return known.Log.Length - first <= count
            ? [.. known.Log[first..].Where(entry => isTheirs(entry.ArtworkId)).Select(entry => entry.ArtworkId)]
            : [.. theirs.Where(known.Ids.Contains)];
    }

    /// <summary>The first artworks that were withdrawn after a change, at most <see cref="Limits.WithdrawalsToldMax"/>. Costs no more the more is withdrawn.</summary>
    public WithdrawalNews NewsAfter(long change)
    {
        var known = Volatile.Read(ref _known);
        var first = known.FirstAfter(change);
        var told = known.Log.AsSpan(first, Math.Min(Limits.WithdrawalsToldMax, known.Log.Length - first));
        var ids = ImmutableArray.CreateBuilder<long>(told.Length);
        foreach (var entry in told)
        {
            ids.Add(entry.ArtworkId);
        }

        return new WithdrawalNews(first + told.Length < known.Log.Length ? told[^1].Change : known.Change, ids.MoveToImmutable());
    }

    /// <summary>A withdrawn artwork whose picture is a look-alike of one with this print; null if there is none.</summary>
    public long? FindLookAlike(PicturePrint print) => LookAlikes.Of(Volatile.Read(ref _known).Log.Select(entry => (entry.ArtworkId, entry.PerceptualHash))).Find(print);

    /// <inheritdoc/>
    public override void Participate(ISiloLifecycle lifecycle)
    {
        // Before any grain is called: a silo that can't read what is withdrawn would serve it.
        lifecycle.Subscribe(GetType().Name, ServiceLifecycleStage.ApplicationServices, _ => ReadAsync());
        base.Participate(lifecycle);
    }

    /// <summary>Reads what has changed.</summary>
    internal async Task ReadAsync()
    {
        var epoch = epochs.Known.Current;
        if (epoch == _epoch)
        {
            Volatile.Write(ref _known, await ReadAfterAsync(_known).ConfigureAwait(false));
            return;
        }

        // Changes of another epoch may have the numbers of those that are lost.
        var stored = await ReadAfterAsync(Known.Nothing).ConfigureAwait(false);
        long[] lost = [.. _known.Log.Select(entry => entry.ArtworkId).Where(id => !stored.Ids.Contains(id))];
        foreach (var artworkId in lost)
        {
            var act = new OperatorAct(clock.GetUtcNow(), "server", "withdraw", null, string.Create(CultureInfo.InvariantCulture, $"id {artworkId}: {Lost}"));
            await withdrawals.WithdrawAsync(
                new WithdrawalWish(WithdrawBy.Id, artworkId.ToString(CultureInfo.InvariantCulture)), act, Lost, Stopping).ConfigureAwait(false);
        }

        if (lost.Length > 0)
        {
            LogLost(logger, lost.Length);
        }

        Volatile.Write(ref _known, await ReadAfterAsync(stored).ConfigureAwait(false));
        _epoch = epoch;
    }

    private async Task<Known> ReadAfterAsync(Known known)
    {
        IReadOnlyList<WithdrawalChange> changes;
        do
        {
            changes = await withdrawals.ReadChangesAsync(known.Change, ChangesPerRead, Stopping).ConfigureAwait(false);
            known = changes.Count > 0 ? known.With(changes) : known;
        }
        while (changes.Count == ChangesPerRead);
        return known;
    }

    /// <inheritdoc/>
    protected override Task RunAsync() => RepeatAsync(Interval, clock, ReadAsync, failure => LogFailed(logger, failure));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading the withdrawn artworks failed; this silo may serve what was withdrawn since, and retries in a second")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger had gone back, and lost {Count} withdrawals that this silo remembers; they are written again")]
    private static partial void LogLost(ILogger logger, int count);

    /// <summary>Never changes.</summary>
    /// <param name="Log">The withdrawn artworks in the order of their changes.</param>
    private sealed record Known(long Change, ArtworkSet Ids, ImmutableArray<WithdrawalChange> Log)
    {
        public static readonly Known Nothing = new(0, new ArtworkSet(), []);

        public Known With(IReadOnlyList<WithdrawalChange> changes)
        {
            var (ids, changed) = (Ids.Clone(), changes.Select(change => change.ArtworkId).ToHashSet());
            foreach (var change in changes)
            {
                _ = change.IsWithdrawn ? ids.Add(change.ArtworkId) : ids.Remove(change.ArtworkId);
            }

            return new Known(changes[^1].Change, ids, [.. Log.Where(entry => !changed.Contains(entry.ArtworkId)), .. changes.Where(change => change.IsWithdrawn)]);
        }

        /// <summary>The place in the log of the first change after one.</summary>
        public int FirstAfter(long change)
        {
            var (low, high) = (0, Log.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = Log[middle].Change > change ? (low, middle) : (middle + 1, high);
            }

            return low;
        }
    }
}
