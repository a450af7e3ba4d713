using System.CommandLine;
using System.Globalization;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>sessions</c>: lists sessions.</summary>
internal static class SessionsCommand
{
    private const int RangesShownMax = 6;

    public static Command Create()
    {
        var session = new Argument<Guid?>("session") { Description = "Only this session.", Arity = ArgumentArity.ZeroOrOne };
        var listener = new Option<string?>("--listener") { Description = "Only sessions of this listener." };
        var release = new Option<string?>("--release") { Description = "Only sessions of this release of the client." };
        var open = new Option<bool>("--open") { Description = "Only sessions that have not ended." };
        var limit = OperatorCommands.LimitOption("Sessions to list, the newest first.", 20);
        var json = OperatorCommands.JsonOption();
        var sessions = new Command("sessions", "Lists sessions, the newest first, with the number of impressions that arrived and the impression numbers that are missing. Exits with 1 if there is none.")
        {
            session, listener, release, open, limit, json,
        };
        new LedgerChoice().SetAction(sessions, async (parsed, ledger, stop) =>
        {
            var filter = new SessionFilter(parsed.GetValue(session), parsed.GetValue(listener), parsed.GetValue(release), parsed.GetValue(open), parsed.GetValue(limit));
            var found = await ledger.Source.ReadMomentAsync(moment => moment.FindSessionsAsync(filter, stop), stop);
            Show(found, parsed.GetValue(json));
            return found.Count > 0;
        });
        return sessions;
    }

    private static void Show(IReadOnlyList<SessionSummary> sessions, bool isJson)
    {
        if (isJson)
        {
            OperatorConsole.WriteJson(sessions);
            return;
        }

        var table = OperatorConsole.NewTable("session", "listener", "release", "opened", "ended", "impressions", "missing");
        foreach (var session in sessions)
        {
            table.AddRow(
                session.Session.ToString(),
                Markup.Escape(session.Listener),
                Markup.Escape(session.Release),
                OperatorCommands.TimeOf(session.OpenedAt),
                session.EndedAt is { } endedAt ? OperatorCommands.TimeOf(endedAt) : "open",
                session.Impressions.ToString(CultureInfo.InvariantCulture),
                TextOf(session));
        }

        OperatorConsole.Out.Write(table);
    }

    private static string TextOf(SessionSummary session)
    {
        var ranges = session.MissingNumbers.Take(RangesShownMax)
            .Select(range => range.First == range.Last ? $"{range.First}" : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}"));
        var more = session.MissingNumbers.Count > RangesShownMax ? " …" : "";
        return session.Missing == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{session.Missing}: {string.Join(' ', ranges)}{more}");
    }
}
