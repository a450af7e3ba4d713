using System.CommandLine;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Grains.Releases;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>release show</c> and <c>release delivery</c>: shows the releases' health and sets a release's delivery.</summary>
internal static class ReleaseCommand
{
    public static Command Create() => new("release", "Shows the health of releases and sets how one delivers.") { CreateShow(), CreateDelivery() };

    private static Command CreateShow()
    {
        var json = new Option<bool>("--json") { Description = "Prints JSON, in the format of GET /api/ops/releases." };
        var show = new Command("show", "Shows each release with its triggers. Exits with 1 while one fails.") { json };
        new LedgerChoice().SetAction(show, async (parsed, open, stop) =>
        {
            var releases = await ReleaseReports.ReadAsync(open.Releases, open.Figures, TimeProvider.System, stop);
            if (parsed.GetValue(json))
            {
                OperatorConsole.WriteJson(releases);
            }
            else if (releases.IsEmpty)
            {
                OperatorConsole.Say("No release was seen recently.");
            }
            else
            {
                releases.ToList().ForEach(Show);
            }

            return releases.All(release => release.Verdict != "fail");
        });
        return show;
    }

    private static Command CreateDelivery()
    {
        var release = new Argument<string>("release") { Description = "The release's name, as its clients state it." };
        var delivery = new Argument<string>("delivery") { Description = "batch, or single: one impression a request, on the old endpoint." };
        delivery.AcceptOnlyFromAmong(DeliveryWords.Batch, DeliveryWords.Single);
        var reason = new Option<string>("--reason") { Description = "The reason; recorded in the audit.", Required = true };
        var json = OperatorCommands.JsonOption();
        var command = new Command("delivery", "Sets how a release's clients deliver. Servers apply it within seconds, clients with their next request.") { release, delivery, reason, json };
        new LedgerChoice().SetAction(command, async (parsed, open, stop) =>
        {
            var (name, word) = (parsed.GetValue(release)!, parsed.GetValue(delivery)!);
            if (!(await open.Releases.ReadReleasesAsync(DateTimeOffset.UnixEpoch, stop)).Any(known => known.Release == name))
            {
                throw new SettingException($"There is no release '{name}'; 'release show' lists the known releases.");
            }

            await ReleaseReports.SwitchAsync(
                open.Releases, name, DeliveryWords.Read(word), $"{Environment.UserName} at the command line", parsed.GetValue(reason)!, TimeProvider.System.GetUtcNow(), stop);
            OperatorConsole.Answer(parsed.GetValue(json), new { Release = name, Delivery = word }, $"{name} delivers by '{word}'.");
            return true;
        });
        return command;
    }

    private static void Show(ReleaseHealth release)
    {
        OperatorConsole.Out.MarkupLineInterpolated($"[bold]{release.Release}[/]  {release.Verdict}  delivery: {release.Delivery}  last seen {release.LastSeenAt:yyyy-MM-dd HH:mm}");
        if (release.FailedAt is { } failedAt)
        {
            var over = release.RecoveredAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"over at {at:yyyy-MM-dd HH:mm}") : "lasting";
            OperatorConsole.Out.MarkupLineInterpolated($"failed at {failedAt:yyyy-MM-dd HH:mm} ({over}); action: {release.Action}");
        }

        var table = OperatorConsole.NewTable("trigger", "verdict", "value", "threshold", "samples", "minutes", "source");
        foreach (var trigger in release.Triggers)
        {
            table.AddRow(
                trigger.Name,
                trigger.Verdict == "fail" ? "[red]fail[/]" : trigger.Verdict,
                trigger.Value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "-",
                trigger.Threshold.ToString(CultureInfo.InvariantCulture),
                trigger.Samples.ToString(CultureInfo.InvariantCulture),
                trigger.WindowMinutes.ToString(CultureInfo.InvariantCulture),
                trigger.Source);
        }

        OperatorConsole.Out.Write(table);
    }
}
