using System.CommandLine;
using ArtFresh.Api;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary><c>join</c>: joins a listener to an account for good. Clients join guests alone; an operator joins two accounts as well.</summary>
internal static class JoinCommand
{
    /// <summary>Both may be served meanwhile, and each block of theirs fences the joining off.</summary>
    private const int FencedTriesMax = 64;

    public static Command Create()
    {
        var joining = new Argument<string>("listener") { Description = "The id of the listener who joins, an account or a guest." };
        var account = new Argument<string>("account") { Description = "The id of the account that the listener is from now on." };
        var subjects = new Option<bool>("--subjects") { Description = "An id that is no guest's is the subject of a sign-in (a JWT's sub) instead of the listener's id." };
        var reason = OperatorCommands.ReasonOption("The reason; recorded in the audit, so it must not name the two.");
        var json = OperatorCommands.JsonOption();
        var join = new Command(
            "join",
            "Joins a listener to an account, for good: what the one was shown is never served to the other, and what is held of the one is the account's. Servers may run meanwhile. Run it again after a stop.")
        {
            joining, account, subjects, reason, json,
        };
        new LedgerChoice().SetAction(join, async (parsed, ledger, stop) =>
        {
            string[] given = [parsed.GetValue(joining)!, parsed.GetValue(account)!];
            string[] named = [.. given.Select(id => parsed.GetValue(subjects) && !ListenerNames.IsGuest(id) ? ListenerIds.OfSubject(id) : id)];
            var (guest, target) = (named[0], await ledger.Aliases.FindAccountAsync(named[1]) ?? named[1]);
            ListenerCommand.RefuseNaming(parsed.GetValue(reason)!, [.. given, .. named, target]);
            var isNew = await RefuseAsync(ledger, guest, target, stop);
            var artworks = isNew ? await JoinAsync(ledger, guest, target, parsed.GetValue(reason)!, stop) : 0;
            await ServedBlocks.EndedAsync(ledger, TimeProvider.System, stop);
            OperatorConsole.WriteResult(
                parsed.GetValue(json),
                new { Joined = guest, Account = target, IsNew = isNew, Artworks = artworks },
                isNew ? $"{guest} has joined {target}, with {OperatorConsole.Counted(artworks, "artwork")}." : $"{guest} had joined {target} already.");
            return true;
        });
        return join;
    }

    /// <returns>False if the listener has joined the account already.</returns>
    /// <exception cref="SettingException">The two cannot be joined.</exception>
    private static async Task<bool> RefuseAsync(OpenLedger ledger, string guest, string account, CancellationToken stop)
    {
        if (guest == account)
        {
            throw new SettingException($"{guest} is that account already.");
        }

        if (ListenerNames.IsGuest(account))
        {
            throw new SettingException($"{account} is a guest. Name an account that the listener joins: its id begins with the sign-in's prefix, 'sub-'.");
        }

        foreach (var listener in new[] { guest, account })
        {
            if (await ledger.Erasures.IsErasedAsync(listener, stop))
            {
                throw new SettingException($"{listener} is erased, or is to be.");
            }

            // A mistyped id would hide from the person what the other listener was shown.
            if ((await ledger.Listeners.ReadBlocksBackAsync(listener, long.MaxValue, 1, stop)).Count == 0
                && (await ledger.Erasures.ReadSessionsAsync(listener, stop)).Count == 0)
            {
                throw new SettingException($"There is no listener '{listener}'; 'sessions' lists listeners.");
            }
        }

        return await ledger.Aliases.FindAccountAsync(guest) is not { } joined
            || (joined == account ? false : throw new SettingException($"{guest} has joined {joined}, and stays there."));
    }

    /// <returns>How many artworks the listener brought along.</returns>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written, or both are served too fast.</exception>
    private static async Task<long> JoinAsync(OpenLedger ledger, string guest, string account, string reason, CancellationToken stop)
    {
        var detail = $"listener {await NameOfAsync(guest)}, account {await NameOfAsync(account)}: {reason}";
        await ledger.Audit.AppendAsync(new OperatorAct(TimeProvider.System.GetUtcNow(), OperatorCommands.Actor, "join-listener", null, detail), stop);
        for (var tries = 0; tries < FencedTriesMax; tries++)
        {
            var rows = await ledger.Logs.ReadBlockRowsAsync(guest, stop);
            var log = new ListenerReplay(guest, await ledger.Logs.ReadSnapshotsAsync(guest, stop));
            foreach (var row in rows)
            {
                log.Take(row);
            }

            if (!log.IsWhole)
            {
                throw new SettingException($"The blocks of {guest} before block {log.First} are dropped, and no snapshot that can be read covers them: run verify.");
            }

            var last = await ledger.Listeners.ReadBlocksBackAsync(account, long.MaxValue, 1, stop);
            var joined = new ListenerJoined(
                guest, rows.Count == 0 ? 1 : rows[^1].Number + 1, account, last.Count == 0 ? 1 : last[0].BlockNumber + 1, [.. log.Log.Has], TimeProvider.System.GetUtcNow());
            switch ((await ledger.Writer.EnterAsync([joined], stop))[0])
            {
                case LedgerVerdict.Committed:
                    return joined.ArtworkIds.Length;
                case LedgerVerdict.Unavailable:
                    throw new LedgerUnavailableException("The ledger cannot be written.");
                case LedgerVerdict.Fenced when await ledger.Aliases.FindAliasAsync(guest, stop) is { } other:
                    throw new SettingException($"{guest} has joined {other.Account} meanwhile.");
            }
        }

        throw new LedgerUnavailableException($"The two were served {FencedTriesMax} times in a row meanwhile. Run it again.");

        async Task<string> NameOfAsync(string listener) => ErasureProof.NameOf(await ledger.Erasures.ProofOfAsync(listener, stop));
    }
}
