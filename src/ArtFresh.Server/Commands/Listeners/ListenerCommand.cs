using System.CommandLine;
using ArtFresh.Api;
using ArtFresh.Contracts;
using ArtFresh.Grains.Records;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>listener</c>: shows, exports and erases what is held of a listener, and joins listeners. Each use is in the audit, which has the keyed hash of the id and not the id.</summary>
internal static class ListenerCommand
{
    public static Command Create() => new("listener", "Shows, exports or erases what is held of a listener; joins a listener to an account.")
    {
        CreateShow(), CreateExport(), ListenerErasure.Create(), JoinCommand.Create(),
    };

    public static Argument<string> IdArgument() => new("id") { Description = "The listener's id, as 'sessions' prints it: guest-…, or sub-… for an account." };

    public static Option<bool> SubjectOption() => new("--subject") { Description = "The id is the subject of a sign-in (a JWT's sub) instead of the listener's id." };

    public static Option<string> ReasonOption() => OperatorCommands.ReasonOption("The reason; recorded in the audit, so it must not name the listener.");

    /// <summary>Writes to the audit and returns all ids of the person.</summary>
    /// <exception cref="SettingException">It cannot be a listener's id, or the reason names the person.</exception>
    public static async Task<IReadOnlyList<string>> BeginAsync(OpenLedger open, string what, string given, bool isSubject, string reason, CancellationToken stop)
    {
        var listenerId = isSubject ? ListenerIds.OfSubject(given) : given;
        if (listenerId.Length is 0 or > Limits.ListenerIdLengthMax || listenerId.Contains('/', StringComparison.Ordinal))
        {
            throw new SettingException($"'{listenerId}' is no listener's id: 1 to {Limits.ListenerIdLengthMax} characters without a slash.");
        }

        var ids = await PersonIds.ReadAsync(open.Aliases, listenerId, stop);
        RefuseNaming(reason, [given, .. ids]);
        var name = ErasureProof.NameOf(await open.Erasures.ProofOfAsync(listenerId, stop));
        await open.Audit.AppendAsync(
            new OperatorAct(TimeProvider.System.GetUtcNow(), OperatorCommands.Actor, what, null, $"listener {name}: {reason}"), stop);
        return ids;
    }

    /// <exception cref="SettingException">A reason for the audit names one of the listeners.</exception>
    public static void RefuseNaming(string reason, params IReadOnlyCollection<string> listenerIds)
    {
        if (listenerIds.Any(listenerId => ListenerIds.AreNamedIn(reason, listenerId)))
        {
            throw new SettingException("--reason must not name the listener: the audit is kept after an erasure.");
        }
    }

    private static Command CreateShow()
    {
        var (listener, subject, reason, json) = (IdArgument(), SubjectOption(), ReasonOption(), OperatorCommands.JsonOption());
        var show = new Command("show", "Counts what is held of a listener and of guests who have joined it. Exits with 1 if nothing is held.") { listener, subject, reason, json };
        new LedgerChoice().SetAction(show, async (parsed, open, stop) =>
        {
            var holdings = new List<ShownListener>();
            foreach (var id in await BeginAsync(open, "show-listener", parsed.GetValue(listener)!, parsed.GetValue(subject), parsed.GetValue(reason)!, stop))
            {
                holdings.Add(await ReadAsync(open, id, stop));
            }

            if (parsed.GetValue(json))
            {
                OperatorConsole.WriteJson(holdings);
            }
            else
            {
                Show(holdings);
            }

            return holdings.Any(one => one.Held.Rows > 0);
        });
        return show;
    }

    private static Command CreateExport()
    {
        var (listener, subject, reason) = (IdArgument(), SubjectOption(), ReasonOption());
        var export = new Command("export", "Writes all that is held of a listener to standard output, as lines of JSON: the same as GET /api/listeners/me/export. Exits with 1 if nothing is held.")
        {
            listener, subject, reason, new Option<bool>("--json") { Description = "Changes nothing: the output is lines of JSON." },
        };
        new LedgerChoice().SetAction(export, async (parsed, open, stop) =>
        {
            var ids = await BeginAsync(open, "export-listener", parsed.GetValue(listener)!, parsed.GetValue(subject), parsed.GetValue(reason)!, stop);
            var held = 0L;
            for (string? place = null; ;)
            {
                var (lines, next) = (await new ListenerExport(open.Records, open.Listeners, open.Aliases, ids).ReadAsync(place, stop))!.Value;
                Console.Out.Write(string.Concat(lines.Select(line => line + "\n")));
                held += lines.Count;
                if (next is null)
                {
                    // Each id has a line of its own, whatever is held.
                    return held > ids.Count;
                }

                place = next;
            }
        });
        return export;
    }

    private static async Task<ShownListener> ReadAsync(OpenLedger open, string id, CancellationToken stop)
    {
        var held = await open.Records.CountAsync(id, stop);
        var sessions = await open.Source.ReadMomentAsync(moment => moment.FindSessionsAsync(new SessionFilter(null, id, null, false, int.MaxValue), stop), stop);
        var proof = await open.Erasures.ProofOfAsync(id, stop);
        return new ShownListener(
            id,
            ErasureProof.NameOf(proof),
            sessions.Count > 0 ? sessions.Min(session => session.OpenedAt) : null,
            sessions.Count > 0 ? sessions.Max(session => session.LastBatchAt ?? session.OpenedAt) : null,
            sessions.Sum(session => session.Impressions),
            held,
            await open.Erasures.FindAsync(proof, stop) is { } erasure ? ShownErasure.Of(erasure) : null);
    }

    private static void Show(List<ShownListener> listeners)
    {
        var table = OperatorConsole.NewTable("listener", "in the audit", "first visit", "last seen", "sessions", "batches", "impressions", "served", "kept", "joined", "strikes", "erasure");
        foreach (var one in listeners)
        {
            string[] cells =
            [
                one.Listener, one.Name, TimeOf(one.FirstVisitAt), TimeOf(one.LastSeenAt),
                .. new[] { one.Held.Sessions, one.Held.Batches, one.Impressions, one.Held.Served, one.Held.Kept, one.Held.Joined, one.Held.Strikes }.Select(count => $"{count}"),
                one.Erasure is null ? "-" : one.Erasure.DoneAt is { } at ? $"done {OperatorCommands.TimeOf(at)}" : "asked for",
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        OperatorConsole.Out.Write(table);
    }

    private static string TimeOf(DateTimeOffset? time) => time is { } at ? OperatorCommands.TimeOf(at) : "-";

    /// <param name="Name">What the audit calls the listener.</param>
    private sealed record ShownListener(
        string Listener, string Name, DateTimeOffset? FirstVisitAt, DateTimeOffset? LastSeenAt, long Impressions, ListenerHoldings Held, ShownErasure? Erasure);
}
