using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Tables <c>erasure</c>, <c>erasure_key</c> and <c>erased_batch</c>, and the deletion of all rows of a listener.</summary>
public sealed class SqlErasures(SqlDatabase database) : IErasures
{
    /// <summary>Sessions deleted in one transaction: a few milliseconds, so that nobody waits.</summary>
    private const int SessionsPerTransaction = 64;

    /// <summary>Listeners read at once, of a list of all.</summary>
    private const int ListenersPerPage = 10_000;

    /// <summary>Reads the key of the hashes.</summary>
    internal const string KeySql = "select secret from erasure_key";

    private const string ProofColumns = "proof, asked_at, done_at, row_count";

    /// <summary>What names listeners, each with a column <c>listener_id</c>.</summary>
    private static readonly string[] ListenerSources =
    [
        "session", "listener_block", "kept_artwork", "claim_strike", "block_ending", "listener_snapshot",
        "(select guest as listener_id from listener_alias union select account from listener_alias) as alias",
    ];

    private readonly SqlDialect _dialect = database.Dialect;
    private byte[]? _key;

    /// <inheritdoc/>
    public async Task<long> AskAsync(string listenerId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var asked = await ReadPersonAsync(listenerId, cancellationToken).ConfigureAwait(false);
        await database.WriteAsync(
            async connection =>
            {
                foreach (var (listener, proof) in asked)
                {
                    await AskAsync(connection, listener, proof, at, isLapse: false, cancellationToken).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return (await database.QueryAsync("select erasure_id from erasure where proof = $1", StoredRows.ReadNumber, cancellationToken, asked[0].Proof).ConfigureAwait(false)).Single();
    }

    /// <inheritdoc/>
    public async Task<byte[]> ProofOfAsync(string listenerId, CancellationToken cancellationToken) =>
        ErasureHash.Of(await KeyAsync(cancellationToken).ConfigureAwait(false), listenerId);

    /// <inheritdoc/>
    public async Task<ErasureProof?> FindAsync(byte[] proof, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select {ProofColumns} from erasure where proof = $1", ReadProof, cancellationToken, proof).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<bool> IsErasedAsync(string listenerId, CancellationToken cancellationToken) =>
        await FindAsync(await ProofOfAsync(listenerId, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false) is not null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ErasureDue>> ReadDueAsync(int count, CancellationToken cancellationToken)
    {
        var (found, key, lastLapse, lastId) = (new List<ErasureDue>(), (byte[]?)null, -1L, 0L);
        while (true)
        {
            var page = await database.QueryAsync(
                // Who asked for it waits for nobody who has not come back.
                """
                select erasure_id, listener_id, asked_at, is_lapse, proof from erasure
                where done_at is null and (is_lapse > $2 or (is_lapse = $2 and erasure_id > $3)) order by is_lapse, erasure_id limit $1
                """,
                row => (Due: new ErasureDue(row.GetInt64(0), StoredRows.TextOrNull(row, 1), StoredRows.Time(row.GetInt64(2)), row.GetInt64(3) == 1), Proof: row.GetFieldValue<byte[]>(4), Lapse: row.GetInt64(3)),
                cancellationToken, (long)count, lastLapse, lastId).ConfigureAwait(false);
            // Proofs of a copy may have brought another key.
            key ??= page.Count > 0 ? await ReadKeyAsync(cancellationToken).ConfigureAwait(false) : null;
            found.AddRange(page.Where(row => row.Due.ListenerId is not { } listener || row.Proof.AsSpan().SequenceEqual(ErasureHash.Of(key!, listener))).Select(row => row.Due));
            if (page.Count < count || found.Count >= count)
            {
                return [.. found.Take(count)];
            }

            (lastLapse, lastId) = (page[^1].Lapse, page[^1].Due.Erasure);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Guid>> ReadSessionsAsync(string listenerId, CancellationToken cancellationToken) => await database.QueryAsync(
        "select session_id from session where listener_id = $1", row => _dialect.ReadId(row, 0), cancellationToken, listenerId);

    /// <inheritdoc/>
    public async Task<bool> HasUntalliedAsync(string listenerId, CancellationToken cancellationToken) => (await database.QueryAsync(
        """
        select 1 from session s join impression_batch b on b.session_id = s.session_id
        where s.listener_id = $1
          and b.position > coalesce((select position from tally_checkpoint c where c.writer_number = b.writer_number), 0)
        limit 1
        """,
        row => true, cancellationToken, listenerId)).Count > 0;

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(ErasureDue due, CancellationToken cancellationToken)
    {
        // What began before the erasure was asked for, or before the last deletion, may write until it ends. What begins later is fenced off.
        await database.SettleAsync(cancellationToken).ConfigureAwait(false);
        var (listenerId, all) = (due.ListenerId ?? throw new ArgumentException("Nothing is left to delete.", nameof(due)), 0L);
        while (true)
        {
            var sessions = (await database.QueryAsync(
                "select session_id from session where listener_id = $1 limit $2", row => _dialect.ReadId(row, 0), cancellationToken, listenerId, (long)SessionsPerTransaction)
                .ConfigureAwait(false)).ToArray();
            var deleted = await DeleteAsync(due.Erasure, connection => DeleteSessionsAsync(connection, sessions, cancellationToken), cancellationToken).ConfigureAwait(false);
            all += deleted;
            if (sessions.Length < SessionsPerTransaction)
            {
                break;
            }
        }

        var key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        return all + await DeleteAsync(due.Erasure, connection => DeleteRestAsync(connection, due, key, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> FinishAsync(IReadOnlyList<ErasureDue> deleted, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // First the ids, then what the database keeps of them, then the time: a crash in between leaves the erasures due.
        var erasures = deleted.Select(due => due.Erasure).ToArray();
        await database.WriteAsync($"update erasure set listener_id = null where {_dialect.OneOf("erasure_id", 1)}", cancellationToken, erasures).ConfigureAwait(false);
        if (!await database.ForgetDeletedAsync([.. deleted.Select(due => due.ListenerId)], cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await database.WriteAsync(
            // One that was asked for again meanwhile has its id, and stays due.
            $"update erasure set done_at = $2 where {_dialect.OneOf("erasure_id", 1)} and done_at is null and listener_id is null and is_lapse = 0",
            cancellationToken, erasures, at.ToUnixTimeMilliseconds()).ConfigureAwait(false);
        await database.WriteAsync($"delete from erasure where is_lapse = 1 and listener_id is null and {_dialect.OneOf("erasure_id", 1)}", cancellationToken, erasures).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async Task<(byte[] Key, IReadOnlyList<ErasureProof> Proofs)> ExportAsync(CancellationToken cancellationToken) => (
        await KeyAsync(cancellationToken).ConfigureAwait(false),
        await database.QueryAsync($"select {ProofColumns} from erasure where is_lapse = 0 order by erasure_id", ReadProof, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<ErasuresApplied> ApplyAsync(byte[] key, IReadOnlyList<ErasureProof> proofs, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await TakeOverAsync(key, cancellationToken).ConfigureAwait(false);
        var added = 0;
        await database.WriteAsync(
            async connection =>
            {
                foreach (var proof in proofs)
                {
                    added += await database.ExecuteAsync(
                        connection,
                        "insert into erasure (proof, listener_id, asked_at, done_at, row_count) values ($1, null, $2, $3, $4) on conflict (proof) do nothing",
                        cancellationToken,
                        proof.Proof, proof.AskedAt.ToUnixTimeMilliseconds(), (proof.DoneAt ?? at).ToUnixTimeMilliseconds(), proof.Rows).ConfigureAwait(false);
                }

                return added > 0;
            },
            cancellationToken).ConfigureAwait(false);
        var erased = proofs.Select(proof => Convert.ToHexString(proof.Proof)).ToHashSet();
        var again = new HashSet<string>();
        foreach (var source in ListenerSources)
        {
            await EachListenerAsync(source, NoteErased, cancellationToken).ConfigureAwait(false);
        }

        foreach (var listener in again)
        {
            await AskAsync(listener, at, cancellationToken).ConfigureAwait(false);
        }

        return new ErasuresApplied(again.Count, added);

        void NoteErased(string listener)
        {
            if (erased.Contains(Convert.ToHexString(ErasureHash.Of(key, listener))))
            {
                again.Add(listener);
            }
        }
    }

    private static ErasureProof ReadProof(DbDataReader row) =>
        new(row.GetFieldValue<byte[]>(0), StoredRows.Time(row.GetInt64(1)), StoredRows.TimeOrNull(row, 2), row.GetInt64(3));

    /// <summary>A ledger without proofs takes the key of the others, so that it knows by it whom it must refuse.</summary>
    private async Task TakeOverAsync(byte[] key, CancellationToken cancellationToken)
    {
        _key = null;
        if (!(await KeyAsync(cancellationToken).ConfigureAwait(false)).AsSpan().SequenceEqual(key)
            && !await database.WriteAsync(
                async connection =>
                {
                    var isTaken = await database.ExecuteAsync(
                        connection, "update erasure_key set secret = $1 where not exists (select 1 from erasure)", cancellationToken, key).ConfigureAwait(false) > 0;
                    await SealedRows.SealAsync(database, connection, "erasure_key", "1 = 1", cancellationToken).ConfigureAwait(false);
                    return isTaken;
                },
                cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidDataException("The proofs are another ledger's: their key is not this ledger's, which has proofs of its own.");
        }

        _key = key;
    }

    /// <summary>Reads all listeners of a table, some at a time.</summary>
    private async Task EachListenerAsync(string source, Action<string> read, CancellationToken cancellationToken)
    {
        for (var last = ""; ;)
        {
            var page = await database.QueryAsync(
                $"select distinct listener_id from {source} where listener_id > $1 order by listener_id limit $2",
                row => row.GetString(0), cancellationToken, last, (long)ListenersPerPage).ConfigureAwait(false);
            page.ForEach(read);
            if (page.Count < ListenersPerPage)
            {
                return;
            }

            last = page[^1];
        }
    }

    /// <summary>A listener and the guests who have joined it.</summary>
    internal async Task<IReadOnlyList<(string Listener, byte[] Proof)>> ReadPersonAsync(string listenerId, CancellationToken cancellationToken)
    {
        List<string> ids = [listenerId];
        for (var i = 0; i < ids.Count; i++)
        {
            var joined = await database.QueryAsync(
                "select guest from listener_alias where account = $1", row => row.GetString(0), cancellationToken, ids[i]).ConfigureAwait(false);
            ids.AddRange(joined.Where(guest => !ids.Contains(guest)));
        }

        var key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        return ids.ConvertAll(id => (id, ErasureHash.Of(key, id)));
    }

    /// <param name="isLapse">Whether nobody asked for it: the retention's erasure. One that was asked for stays so.</param>
    internal Task<int> AskAsync(DbConnection connection, string listenerId, byte[] proof, DateTimeOffset at, bool isLapse, CancellationToken cancellationToken) => database.ExecuteAsync(
        connection,
        // Asked for again where rows have come back: a restored copy, or a write under way.
        """
        insert into erasure (proof, listener_id, asked_at, row_count, is_lapse) values ($1, $2, $3, 0, $4)
        on conflict (proof) do update set listener_id = excluded.listener_id, done_at = null, is_lapse = erasure.is_lapse * excluded.is_lapse
        """,
        cancellationToken, proof, listenerId, at.ToUnixTimeMilliseconds(), isLapse ? 1 : 0);

    private async Task<long> DeleteAsync(long erasure, Func<DbConnection, Task<long>> delete, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        await database.WriteAsync(
            async connection =>
            {
                deleted = await delete(connection).ConfigureAwait(false);
                await database.ExecuteAsync(
                    connection, "update erasure set row_count = row_count + $2 where erasure_id = $1", cancellationToken, erasure, deleted).ConfigureAwait(false);
                return deleted > 0;
            },
            cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    private async Task<long> DeleteSessionsAsync(DbConnection connection, Guid[] sessions, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        await new StruckSums(database, connection, cancellationToken).TakeOutAsync(sessions.Cast<object>()).ConfigureAwait(false);
        foreach (var session in sessions)
        {
            await database.ExecuteAsync(
                connection,
                """
                insert into erased_batch (writer_number, position, chain) select writer_number, position, chain from impression_batch where session_id = $1
                on conflict (writer_number, position) do nothing
                """,
                cancellationToken, session).ConfigureAwait(false);
            foreach (var sql in (string[])["delete from impression_batch where session_id = $1", "delete from session where session_id = $1"])
            {
                deleted += await database.ExecuteAsync(connection, sql, cancellationToken, session).ConfigureAwait(false);
            }
        }

        return deleted;
    }

    private async Task<long> DeleteRestAsync(DbConnection connection, ErasureDue due, byte[] key, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        foreach (var guest in await DeleteAliasesAsync(connection, due.ListenerId!, cancellationToken).ConfigureAwait(false))
        {
            // Those who joined after the erasure was asked for too: without the alias, nothing would name them.
            deleted += await AskAsync(connection, guest, ErasureHash.Of(key, guest), due.AskedAt, due.IsLapse, cancellationToken).ConfigureAwait(false);
        }

        // For a guest erased alone: the account keeps what it must not be served, and the row is of no joining.
        deleted += await database.ExecuteAsync(
            connection,
            "update listener_block set session_id = $2 where (listener_id, block_number) = (select account, block_number from listener_alias where guest = $1)",
            cancellationToken, due.ListenerId, Guid.Empty).ConfigureAwait(false);
        // A release before this one wrote the ids of struck listeners to the audit.
        deleted += await database.ExecuteAsync(
            connection,
            """
            update operator_audit set detail = 'listener ' || $2 || substr(detail, length($1) + 10), checksum = null
            where what in ('strike-claims', 'lift-strike') and substr(detail, 1, length($1) + 10) = 'listener ' || $1 || ':'
            """,
            cancellationToken, due.ListenerId, ErasureProof.NameOf(ErasureHash.Of(key, due.ListenerId!))).ConfigureAwait(false);
        string[] statements =
        [
            "insert into erased_block (writer_number, position, chain) select writer_number, position, chain from listener_block where listener_id = $1 and chain is not null on conflict (writer_number, position) do nothing",
            "delete from listener_block where listener_id = $1", "delete from listener_snapshot where listener_id = $1", "delete from kept_artwork where listener_id = $1", "delete from listener_alias where guest = $1",
            "delete from block_ending where listener_id = $1",
            "delete from claim_strike where listener_id = $1", $"delete from {_dialect.SnapshotOf}",
        ];
        foreach (var sql in statements)
        {
            var changed = await database.ExecuteAsync(connection, sql, cancellationToken, due.ListenerId).ConfigureAwait(false);
            deleted += sql.StartsWith("delete", StringComparison.Ordinal) ? changed : 0;
        }

        return deleted;
    }

    private async Task<List<string>> DeleteAliasesAsync(DbConnection connection, string accountId, CancellationToken cancellationToken)
    {
        var guests = new List<string>();
        await using var command = _dialect.CommandOf(connection, "delete from listener_alias where account = $1 returning guest", accountId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            guests.Add(reader.GetString(0));
        }

        return guests;
    }

    private async Task<byte[]> KeyAsync(CancellationToken cancellationToken) => _key ?? await ReadKeyAsync(cancellationToken).ConfigureAwait(false);

    private async Task<byte[]> ReadKeyAsync(CancellationToken cancellationToken) => _key = (await database.QueryAsync(
        KeySql, row => row.GetFieldValue<byte[]>(0), cancellationToken).ConfigureAwait(false)).Single();
}
