using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using Npgsql;

namespace ArtFresh.SystemTests.Faults.Planted;

/// <summary>A ledger with one thing wrong.</summary>
internal abstract class PlantedLedger(ILedger ledger) : ILedger
{
    /// <exception cref="ArgumentException">There is no such plant.</exception>
    public static ILedger Of(string plant, ILedger ledger, PostgresDatabase database) => plant switch
    {
        "acknowledge-before-commit" => new AcknowledgesBeforeCommit(ledger),
        "skip-listener-write" => new SkipsListenerWrite(ledger),
        "drop-fence" => new DropsFence(ledger),
        "viewed-at-apart" => new SetsViewedAtApart(ledger, database),
        "count-replay-twice" => new CountsReplayTwice(ledger),
        _ => throw new ArgumentException($"There is no plant {plant}.", nameof(plant)),
    };

    public Task<long> StartWriterAsync(CancellationToken cancellationToken) => ledger.StartWriterAsync(cancellationToken);

    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) => ledger.FindFaultAsync(cancellationToken);

    public virtual Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken) => ledger.CommitAsync(group, cancellationToken);

    public Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken) => ledger.EnterAsync(entries, cancellationToken);

    public virtual Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken) => ledger.AdvanceAsync(advanced, cancellationToken);
}

/// <summary>Says that a group is on disk a second before it is.</summary>
internal sealed class AcknowledgesBeforeCommit(ILedger ledger) : PlantedLedger(ledger)
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);
    private readonly ILedger _ledger = ledger;
    private Task _last = Task.CompletedTask;

    public override async Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        if (!group.Entries.All(entry => entry is BatchRecorded))
        {
            await _last;
            return await _ledger.CommitAsync(group, cancellationToken);
        }

        _last = CommitLateAsync(_last, group);
        return [.. group.Entries.Select(_ => LedgerVerdict.Committed)];
    }

    private async Task CommitLateAsync(Task last, CommitGroup group)
    {
        await Task.WhenAll(last, Task.Delay(Late, TimeProvider.System));
        await _ledger.CommitAsync(group, CancellationToken.None);
    }
}

/// <summary>Writes no row of a listener's log.</summary>
internal sealed class SkipsListenerWrite(ILedger ledger) : PlantedLedger(ledger)
{
    private readonly ILedger _ledger = ledger;

    public override async Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        LedgerEntry[] written = [.. group.Entries.Where(entry => entry is not BlockLogged)];
        var verdicts = new Queue<LedgerVerdict>(written.Length == 0 ? [] : await _ledger.CommitAsync(group with { Entries = written }, cancellationToken));
        return [.. group.Entries.Select(entry => entry is BlockLogged ? LedgerVerdict.Committed : verdicts.Dequeue())];
    }
}

/// <summary>Writes what was fenced off under the next number that is free.</summary>
internal sealed class DropsFence(ILedger ledger) : PlantedLedger(ledger)
{
    private const int NumbersTried = 200;
    private readonly ILedger _ledger = ledger;

    public override async Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        var verdicts = await _ledger.CommitAsync(group, cancellationToken);
        var position = group.FirstPosition + group.Entries.Where((entry, i) => entry is BatchRecorded && verdicts[i] == LedgerVerdict.Committed).Count();
        for (var i = 0; i < verdicts.Length; i++)
        {
            for (var ahead = 1; ahead <= NumbersTried && verdicts[i] == LedgerVerdict.Fenced; ahead++)
            {
                LedgerEntry? again = group.Entries[i] switch
                {
                    BlockLogged block => block with { BlockNumber = block.BlockNumber + ahead },
                    BatchRecorded batch => batch with { BatchNumber = batch.BatchNumber + ahead },
                    _ => null,
                };
                if (again is null)
                {
                    break;
                }

                verdicts[i] = (await _ledger.CommitAsync(group with { FirstPosition = position, Entries = [again] }, cancellationToken))[0];
                position += again is BatchRecorded && verdicts[i] == LedgerVerdict.Committed ? 1 : 0;
            }
        }

        return verdicts;
    }
}

/// <summary>Sets viewed_at by itself, a while after the impressions are committed.</summary>
internal sealed class SetsViewedAtApart(ILedger ledger, PostgresDatabase database) : PlantedLedger(ledger)
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(0.5);
    private readonly ILedger _ledger = ledger;

    public override async Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        var shown = group.Entries.OfType<BatchRecorded>().SelectMany(batch => batch.ArtworkIds).Distinct().ToArray();
        var known = new ArtworkSet();
        known.UnionWith(shown);
        var verdicts = await _ledger.CommitAsync(group with { KnownViewed = known }, cancellationToken);
        if (shown.Length > 0)
        {
            _ = SetAsync(shown);
        }

        return verdicts;
    }

    private async Task SetAsync(long[] shown)
    {
        await Task.Delay(Late, TimeProvider.System);
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand("update artwork set viewed_at = $1 where artwork_id = any($2) and viewed_at is null", connection)
        {
            Parameters = { new() { Value = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() }, new() { Value = shown } },
        };
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Adds up again what a tally has added up already.</summary>
internal sealed class CountsReplayTwice(ILedger ledger) : PlantedLedger(ledger)
{
    private readonly ILedger _ledger = ledger;

    public override Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken)
    {
        var views = new ViewSums();
        foreach (var added in advanced.Views.Concat(advanced.Views))
        {
            views.Add(added);
        }

        return _ledger.AdvanceAsync(
            advanced with { Views = views, Counters = [.. advanced.Counters.Select(counter => counter with { Amount = 2 * counter.Amount })] }, cancellationToken);
    }
}
