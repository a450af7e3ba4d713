using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>withdrawal</c>. One transaction at a time mints changes, so that they become visible in their order.</summary>
public sealed class SqlWithdrawals(SqlDatabase database) : IWithdrawals
{
    private const string NextChange = "(select coalesce(max(change), 0) from withdrawal)";

    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WithdrawalChange>> ReadChangesAsync(long afterChange, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        """
        select w.change, w.artwork_id, w.withdrawn, a.perceptual_hash from withdrawal w join artwork a on a.artwork_id = w.artwork_id
        where w.change > $1 order by w.change limit $2
        """,
        ReadChange, cancellationToken, afterChange, (long)count);

    /// <inheritdoc/>
    public async Task<WithdrawalResult> WithdrawAsync(WithdrawalWish wish, OperatorAct act, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(act);
        var (condition, value) = ConditionOf(wish);
        var found = (await database.QueryAsync($"select count(*) from artwork a where {condition}", StoredRows.ReadNumber, cancellationToken, value)).Single();
        var changed = 0;
        await database.ActAsync(
            act,
            async connection =>
            {
                await TakeTurnAsync(database, connection, cancellationToken).ConfigureAwait(false);
                return changed = await database.ExecuteAsync(
                    connection,
                    $"""
                    insert into withdrawal (artwork_id, change, withdrawn, changed_at, reason, untold_at)
                    select a.artwork_id, {NextChange} + row_number() over (order by a.artwork_id), cast($2 as bigint), cast($3 as bigint), cast($4 as text), cast($3 as bigint)
                    from artwork a left join withdrawal w on w.artwork_id = a.artwork_id
                    where {condition} and coalesce(w.withdrawn, 0) <> $2
                    on conflict (artwork_id) do update set change = excluded.change, withdrawn = excluded.withdrawn, changed_at = excluded.changed_at,
                      reason = excluded.reason, untold_at = excluded.untold_at
                    """,
                    cancellationToken, value, wish.IsUndone ? 0L : 1L, act.At.ToUnixTimeMilliseconds(), reason).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return new WithdrawalResult((int)found, changed);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(long ArtworkId, string PictureHash)>> FindUnhashedAsync(long afterArtworkId, int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            """
            select a.artwork_id, a.picture_hash from withdrawal w join artwork a on a.artwork_id = w.artwork_id
            where w.withdrawn = 1 and a.perceptual_hash is null and a.picture_hash is not null and a.artwork_id > $1 order by a.artwork_id limit $2
            """,
            row => (row.GetInt64(0), row.GetString(1)), cancellationToken, afterArtworkId, (long)count);

    /// <inheritdoc/>
    public Task NoteHashAsync(long artworkId, long perceptualHash, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await TakeTurnAsync(database, connection, cancellationToken).ConfigureAwait(false);
            // The row's checksum is of an artwork without the hash.
            await database.ExecuteAsync(
                connection, "update artwork set perceptual_hash = $2, checksum = null where artwork_id = $1", cancellationToken, artworkId, perceptualHash).ConfigureAwait(false);
            return await database.ExecuteAsync(
                connection, $"update withdrawal set change = {NextChange} + 1 where artwork_id = $1", cancellationToken, artworkId).ConfigureAwait(false) > 0;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WithdrawalChange>> TakeUntoldAsync(DateTimeOffset now, DateTimeOffset again, int count, CancellationToken cancellationToken)
    {
        // A cheap look first: this is called again and again, and there is rarely something.
        var isAny = await database.QueryAsync("select 1 from withdrawal where untold_at <= $1 limit 1", _ => true, cancellationToken, now.ToUnixTimeMilliseconds());
        var taken = new List<WithdrawalChange>();
        if (isAny.Count == 0)
        {
            return taken;
        }

        await database.WriteAsync(
            async connection =>
            {
                await using var command = _dialect.CommandOf(
                    connection,
                    """
                    update withdrawal set untold_at = $2
                    where untold_at <= $1 and change in (select change from withdrawal where untold_at <= $1 order by change limit $3)
                    returning change, artwork_id, withdrawn, null
                    """,
                    now.ToUnixTimeMilliseconds(), again.ToUnixTimeMilliseconds(), (long)count);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    taken.Add(ReadChange(reader));
                }

                return taken.Count > 0;
            },
            cancellationToken).ConfigureAwait(false);
        return taken;
    }

    /// <inheritdoc/>
    public Task EndUntoldAsync(IReadOnlyCollection<long> changes, CancellationToken cancellationToken) =>
        database.WriteAsync($"update withdrawal set untold_at = null where {_dialect.OneOf("change", 1)}", cancellationToken, [changes.ToArray()]);

    private static WithdrawalChange ReadChange(DbDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2) == 1, StoredRows.NumberOrNull(row, 3));

    /// <summary>The condition for the artworks <c>a</c> that a wish names.</summary>
    internal static (string Condition, object Value) ConditionOf(WithdrawalWish wish) => wish.By switch
    {
        WithdrawBy.Id => ("a.artwork_id = $1", long.TryParse(wish.Value, out var id) ? id : -1L),
        WithdrawBy.Hash => ("(a.content_hash = $1 or a.picture_hash = $1)", wish.Value.ToLowerInvariant()),
        WithdrawBy.Source => ("a.source = $1", wish.Value),
        WithdrawBy.Author => ("a.author = $1", wish.Value),
        WithdrawBy.Collection => ("a.collection = $1", wish.Value),
        WithdrawBy.Licence => ("a.licence = $1", wish.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(wish), wish.By, "Artworks are not named so."),
    };

    /// <summary>Waits until no other transaction mints changes, or shelves.</summary>
    internal static Task<int> TakeTurnAsync(SqlDatabase database, DbConnection connection, CancellationToken cancellationToken) =>
        database.ExecuteAsync(connection, "update withdrawal_turn set turn = turn + 1", cancellationToken);
}
