using System.Globalization;

namespace ArtFresh.Server;

/// <summary>Prints what a backfill did, or would do.</summary>
internal static class BackfillConsole
{
    public static void Show(BackfillProgress done, BackfillReport report, long? run, bool isJson)
    {
        var isDry = run is null;
        if (isJson)
        {
            ShowJson(done, report, run);
            return;
        }

        foreach (var row in report.Shown)
        {
            OperatorConsole.Say($"skipped: {row.Where}: {row.Why}");
        }

        if (done.Unknown + done.Bad > report.Shown.Count)
        {
            OperatorConsole.Say(Text($"… and {done.Unknown + done.Bad - report.Shown.Count:N0} more; --left-out FILE has all."));
        }

        if (isDry)
        {
            Report(report);
        }

        OperatorConsole.Say(Text(
            $"{OperatorConsole.Counted(done.Rows, "impression")} read: {done.Added} {(isDry ? "would be added" : "added")} to listeners' sets, {done.Known} known already, {done.Unknown} of artworks that do not exist, {done.Bad} malformed."));
        OperatorConsole.Say(isDry ? "Nothing was written." : Text($"This was run {run}; backfill --undo {run} takes it out."));
    }

    private static void Report(BackfillReport report)
    {
        foreach (var (reason, rows) in report.Reasons)
        {
            OperatorConsole.Say(Text($"left out: {rows:N0} rows, {reason}"));
        }

        foreach (var (name, rows) in report.Unknown)
        {
            OperatorConsole.Say(Text($"unknown: '{name}' in {rows:N0} rows"));
        }

        foreach (var (reading, (rows, sample)) in report.Readings)
        {
            OperatorConsole.Say(Text($"times: {rows:N0} read as {reading}; {sample}"));
        }

        if (report.First is { } first)
        {
            OperatorConsole.Say(Text($"times: from {first:yyyy-MM-dd HH:mm:ss} to {report.Last:yyyy-MM-dd HH:mm:ss} UTC"));
        }

        OperatorConsole.Say(Text($"listeners: {report.Listeners.Guests:N0} guests, known by their cookie; {report.Listeners.Subjects:N0} who sign in with their subject"));
    }

    private static void ShowJson(BackfillProgress done, BackfillReport report, long? run) => OperatorConsole.WriteJson(new
    {
        DryRun = run is null,
        Run = run,
        done.Rows,
        done.Added,
        done.Known,
        done.Unknown,
        done.Bad,
        LeftOut = report.Shown.Select(row => new { row.Where, row.Why }),
        report.Reasons,
        UnknownNames = report.Unknown.Select(name => new { name.Name, name.Rows }),
        Times = new { report.First, report.Last, Readings = report.Readings.Select(reading => new { Reading = reading.Key, reading.Value.Rows, reading.Value.Sample }) },
        Listeners = new { report.Listeners.Guests, report.Listeners.Subjects },
    });

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
