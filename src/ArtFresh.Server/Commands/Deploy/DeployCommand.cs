using System.CommandLine;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>deploy check &lt;address&gt;</c>: runs the deployment checklist against a running server.</summary>
internal static class DeployCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "The address that listeners use, such as https://art.example.org." };
        var key = OperatorCommands.KeyOption();
        var data = LedgerChoice.DataOption("A server's data directory: without a key, its operators.key is used. By default the key is sent to loopback only; with this option, to any address.");
        var servers = new Option<string[]>("--server") { Description = "A server's own address behind the proxy, such as http://10.0.0.5:5080, to check what it accepts without the proxy. May be given several times." };
        var silos = new Option<int?>("--silos") { Description = "The number of silos that must be active." };
        var json = OperatorCommands.JsonOption();
        var check = new Command(
            "check",
            "Runs the deployment checklist against a server or a cluster's balancer: pages, headers, schema, silos, access without a sign-in, and a listener's journey by batch, by beacon and by the single endpoint. "
            + "It leaves one session of release deploy-check in the ledger. Exits with 0 if every check passes, 1 if one fails; each failure says what to do.")
        {
            address, key, data, servers, silos, json,
        };
        check.SetAction((parsed, _) => OperatorCommands.JudgeAsync(() =>
        {
            var at = OperatorCommands.AddressOf(parsed.GetValue(address)!);
            var known = OperatorCommands.KeyOf(parsed.GetValue(key), LedgerChoice.DirectoryFor(parsed, data, at));
            var directory = LedgerChoice.IsNamed(parsed, data) ? DataDirectory.At(parsed.GetValue(data)!) : null;
            Uri[] direct = [.. (parsed.GetValue(servers) ?? []).Select(OperatorCommands.AddressOf)];
            return CheckAsync(at, known, direct, directory, parsed.GetValue(silos), parsed.GetValue(json));
        }));
        return new Command("deploy", "Checks a deployment.") { check };
    }

    private static async Task<bool> CheckAsync(Uri address, string? key, Uri[] direct, DataDirectory? data, int? silos, bool isJson)
    {
        using var server = new CheckedServer(address, key);
        var findings = new List<DeployFinding>();
        var checks = ChecksOf(new DeployPages(server, silos), new DeployProxy(server), new DeployDoors(server, direct, data), new DeployJourneys(server));
        await OperatorConsole.ShowAsync("Checking", () => (findings.Count, checks.Length), async () =>
        {
            foreach (var (name, run) in checks)
            {
                findings.Add(await FindAsync(name, run));
            }

            return true;
        });
        Show(address, findings, isJson);
        return findings.TrueForAll(finding => finding.Passed);
    }

    private static (string Name, Func<Task<string>> RunAsync)[] ChecksOf(DeployPages pages, DeployProxy proxy, DeployDoors doors, DeployJourneys journeys) =>
    [
        ("ready", pages.ReadyAsync),
        ("transport", pages.TransportAsync),
        ("batch-endpoint", pages.BatchIsClosedAsync),
        ("page", pages.PageAsync),
        ("assets", pages.AssetsAsync),
        ("headers", pages.HeadersAsync),
        ("https-only", proxy.StrictTransportAsync),
        ("callers", proxy.CallerAsync),
        ("closed-to-strangers", doors.ClosedAsync),
        ("operators-key", doors.KeyAsync),
        ("files", doors.FilesAsync),
        ("schema", pages.SchemaAsync),
        ("silos", pages.SilosAsync),
        ("silo-ports", doors.PortsAsync),
        ("metrics", pages.MetricsAsync),
        ("sign-in", journeys.SignInAsync),
        ("private-answers", proxy.PrivateAsync),
        ("other-sites", doors.OriginsAsync),
        ("fresh-art", journeys.FreshAsync),
        ("picture", journeys.PictureAsync),
        ("batch-journey", journeys.BatchAsync),
        ("beacon-journey", journeys.BeaconAsync),
        ("single-journey", journeys.SingleAsync),
        ("session-end", journeys.EndAsync),
    ];

    private static async Task<DeployFinding> FindAsync(string name, Func<Task<string>> run)
    {
        try
        {
            return new DeployFinding(name, true, await run());
        }
        catch (DeployFaultException fault)
        {
            return new DeployFinding(name, false, fault.Message, fault.Do);
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new DeployFinding(name, false, $"an answer does not have this release's format: {malformed.Message}", "Check that all servers run this release, and that no proxy in front of them changes answers.");
        }
    }

    private static void Show(Uri address, List<DeployFinding> findings, bool isJson)
    {
        var passed = findings.Count(finding => finding.Passed);
        if (isJson)
        {
            OperatorConsole.WriteJson(new { Address = address, Holds = passed == findings.Count, Checks = findings });
            return;
        }

        var table = OperatorConsole.NewTable("", "check", "found");
        foreach (var finding in findings)
        {
            table.AddRow(finding.Passed ? "[green]ok[/]" : "[red]FAULT[/]", finding.Name, Markup.Escape(finding.Found));
        }

        OperatorConsole.Out.Write(table);
        foreach (var fault in findings.Where(finding => !finding.Passed))
        {
            OperatorConsole.Say($"{fault.Name}: {fault.Do}");
        }

        OperatorConsole.Say($"{passed} of {findings.Count} checks passed at {address}");
    }
}
