using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>release</c>: shows the releases' health, sets a release's delivery, vouches for one, and strikes claims.</summary>
internal static class ReleaseCommand
{
    public static Command Create() => new("release", "Shows the health of releases, sets how one delivers, vouches for one, and strikes claims from the figures.") { CreateShow(), CreateKnow(), CreateDelivery(), StrikeCommand.Create() };

    /// <summary>Reads under which name each release is counted.</summary>
    public static async Task<Func<string, string>> ReadLabelsAsync(OpenLedger open, CancellationToken stop)
    {
        var watch = SettingsReader.Read(LedgerChoice.Defaults).Watch;
        var known = new KnownReleases(open.Releases, watch.Releases, watch.Quorum, TimeProvider.System);
        await known.RefreshAsync(stop);
        return known.LabelOf;
    }

    private static Task<ImmutableArray<ReleaseHealth>> ReadAsync(OpenLedger open, CancellationToken stop)
    {
        var watch = SettingsReader.Read(LedgerChoice.Defaults).Watch;
        var known = new KnownReleases(open.Releases, watch.Releases, watch.Quorum, TimeProvider.System);
        return ReleaseOperations.ReadAsync(open.Releases, open.Figures, known, watch.Quorum, TimeProvider.System, stop);
    }

    private static Command CreateShow()
    {
        var json = new Option<bool>("--json") { Description = "Prints JSON, in the format of GET /api/ops/releases." };
        var show = new Command("show", "Shows each release with its triggers. Exits with 1 while one fails.") { json };
        new LedgerChoice().SetAction(show, async (parsed, open, stop) =>
        {
            var releases = await ReadAsync(open, stop);
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

    private static Command CreateKnow()
    {
        var release = new Argument<string>("release") { Description = "The release's name, as its clients will state it." };
        var reason = OperatorCommands.ReasonOption();
        var json = OperatorCommands.JsonOption();
        var command = new Command("know", "Vouches for a release: it has figures of its own, before a quorum of networks uses it.") { release, reason, json };
        new LedgerChoice().SetAction(command, async (parsed, open, stop) =>
        {
            var name = parsed.GetValue(release)!;
            RefuseOther(name);
            if (!ReleaseName.IsName(name))
            {
                throw new SettingException($"'{name}' is no release's name: 1 to {Limits.ReleaseLengthMax} letters, digits and . - _ +, the first a letter or digit.");
            }

            var act = new OperatorAct(TimeProvider.System.GetUtcNow(), OperatorCommands.Actor, "know-release", name, parsed.GetValue(reason)!);
            await open.Releases.KnowAsync(name, act, stop);
            OperatorConsole.WriteResult(parsed.GetValue(json), new { Release = name }, $"{name} has figures of its own from now on.");
            return true;
        });
        return command;
    }

    private static Command CreateDelivery()
    {
        var release = new Argument<string>("release") { Description = "The release's name, as its clients state it." };
        var delivery = new Argument<string>("delivery") { Description = "batch, or single: one impression a request, on the old endpoint." };
        delivery.AcceptOnlyFromAmong(DeliveryWords.Batch, DeliveryWords.Single);
        var reason = OperatorCommands.ReasonOption();
        var json = OperatorCommands.JsonOption();
        var command = new Command("delivery", "Sets how a release's clients deliver. Servers apply it within seconds, clients with their next request.") { release, delivery, reason, json };
        new LedgerChoice().SetAction(command, async (parsed, open, stop) =>
        {
            var (name, word) = (parsed.GetValue(release)!, parsed.GetValue(delivery)!);
            RefuseOther(name);
            if (!(await open.Releases.ReadReleasesAsync(DateTimeOffset.UnixEpoch, stop)).Any(known => known.Release == name))
            {
                throw new SettingException((await open.Releases.ReadKnownAsync(DateTimeOffset.UnixEpoch, stop)).Any(known => known.Release == name)
                    ? $"Release '{name}' is known, and nothing is counted under its name yet: what its clients did before is counted as '{ReleaseName.Other}'. Set its delivery once 'release show' lists it."
                    : $"There is no known release '{name}'; 'release show' lists the known releases. What clients of another did is counted as '{ReleaseName.Other}', and 'release know … --reason …' makes it known.");
            }

            await ReleaseOperations.SwitchAsync(
                open.Releases, name, DeliveryWords.Read(word), OperatorCommands.Actor, parsed.GetValue(reason)!, TimeProvider.System.GetUtcNow(), stop);
            OperatorConsole.WriteResult(parsed.GetValue(json), new { Release = name, Delivery = word }, $"{name} delivers by '{word}'.");
            return true;
        });
        return command;
    }

    private static void RefuseOther(string name)
    {
        if (name == ReleaseName.Other)
        {
            throw new SettingException($"'{name}' is no release: all that are not known are counted under it. Name one by the text that its clients send.");
        }
    }

    private static void Show(ReleaseHealth release)
    {
        OperatorConsole.Out.MarkupLineInterpolated($"[bold]{release.Release}[/]  {release.Verdict}  delivery: {release.Delivery}  last seen {release.LastSeenAt:yyyy-MM-dd HH:mm}");
        if (release.FailedAt is { } failedAt)
        {
            var over = release.RecoveredAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"over at {at:yyyy-MM-dd HH:mm}") : "lasting";
            OperatorConsole.Out.MarkupLineInterpolated($"failed at {failedAt:yyyy-MM-dd HH:mm} ({over}); action: {release.Action}");
        }

        var table = OperatorConsole.NewTable("trigger", "verdict", "value", "threshold", "samples", "minutes", "source", "networks");
        foreach (var trigger in release.Triggers)
        {
            table.AddRow(
                trigger.Name,
                trigger.Verdict == "fail" ? "[red]fail[/]" : trigger.Verdict,
                trigger.Value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "-",
                trigger.Threshold.ToString(CultureInfo.InvariantCulture),
                trigger.Samples.ToString(CultureInfo.InvariantCulture),
                trigger.WindowMinutes.ToString(CultureInfo.InvariantCulture),
                trigger.Source,
                trigger.Networks.ToString(CultureInfo.InvariantCulture));
        }

        OperatorConsole.Out.Write(table);
    }
}
