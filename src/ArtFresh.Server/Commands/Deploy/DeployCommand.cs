using System.CommandLine;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>deploy check &lt;address&gt;</c>: the deployment checklist, run for real.</summary>
internal static class DeployCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "Where listeners reach it, such as https://art.example.org." };
        var key = new Option<string?>("--key") { Description = "The operators' key.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ARTFRESH_OPERATORS_KEY") };
        var data = LedgerChoice.DataOption("A server's data directory, whose operators.key is taken where no key is given; sent to this machine alone, unless the option is given.");
        var servers = new Option<string[]>("--server") { Description = "Where a server itself listens, such as http://10.0.0.5:5080, to try the way around the proxy. May be given several times." };
        var silos = new Option<int?>("--silos") { Description = "So many silos must be active." };
        var json = OperatorCommands.JsonOption();
        var check = new Command(
            "check",
            "Runs the deployment checklist against a server or a cluster's balancer: pages, headers, schema, silos, what strangers may see, and a listener's journeys by batch, beacon and single endpoint, "
            + "which leave one session of release deploy-check behind. Ends with 0 when all is as it should be, else 1, with what to do.")
        {
            address, key, data, servers, silos, json,
        };
        check.SetAction((parsed, _) => OperatorCommands.JudgeAsync(() =>
        {
            var at = OperatorCommands.AddressOf(parsed.GetValue(address)!);
            var isNamed = parsed.GetResult(data) is { Implicit: false };
            var known = KeyOf(parsed.GetValue(key), isNamed || at.IsLoopback ? DataDirectory.At(parsed.GetValue(data)!) : null);
            Uri[] direct = [.. (parsed.GetValue(servers) ?? []).Select(OperatorCommands.AddressOf)];
            return CheckAsync(at, known, direct, parsed.GetValue(silos), parsed.GetValue(json));
        }));
        return new Command("deploy", "Looks at a deployment.") { check };
    }

    private static string? KeyOf(string? given, DataDirectory? directory) =>
        given is { Length: > 0 } ? given
        : LedgerChoice.Surroundings["ArtFresh:Operators:Key"] is { Length: > 0 } set ? set
        : directory is null ? null : KeyFiles.TryReadOperators(directory);

    private static async Task<bool> CheckAsync(Uri address, string? key, Uri[] direct, int? silos, bool isJson)
    {
        using var server = new CheckedServer(address, key);
        var findings = new List<DeployFinding>();
        var checks = ChecksOf(new DeployPages(server, silos), new DeployDoors(server, direct), new DeployJourneys(server));
        await OperatorConsole.ShowAsync("Checking", () => (findings.Count, checks.Length), async () =>
        {
            foreach (var (name, look) in checks)
            {
                findings.Add(await LookAsync(name, look));
            }

            return true;
        });
        Show(address, findings, isJson);
        return findings.TrueForAll(finding => finding.Passed);
    }

    private static (string Name, Func<Task<string>> Look)[] ChecksOf(DeployPages pages, DeployDoors doors, DeployJourneys journeys) =>
    [
        ("ready", pages.ReadyAsync),
        ("transport", pages.TransportAsync),
        ("batch-endpoint", pages.BatchIsClosedAsync),
        ("page", pages.PageAsync),
        ("assets", pages.AssetsAsync),
        ("headers", pages.HeadersAsync),
        ("closed-to-strangers", doors.ClosedAsync),
        ("schema", pages.SchemaAsync),
        ("silos", pages.SilosAsync),
        ("metrics", pages.MetricsAsync),
        ("sign-in", journeys.SignInAsync),
        ("fresh-art", journeys.FreshAsync),
        ("picture", journeys.PictureAsync),
        ("batch-journey", journeys.BatchAsync),
        ("beacon-journey", journeys.BeaconAsync),
        ("single-journey", journeys.SingleAsync),
        ("session-end", journeys.EndAsync),
    ];

    private static async Task<DeployFinding> LookAsync(string name, Func<Task<string>> look)
    {
        try
        {
            return new DeployFinding(name, true, await look());
        }
        catch (DeployFaultException fault)
        {
            return new DeployFinding(name, false, fault.Message, fault.Do);
        }
        catch (Exception odd) when (odd is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new DeployFinding(name, false, $"an answer has another shape than this release's: {odd.Message}", "See that all servers are of this release, and what stands in front of them.");
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

        OperatorConsole.Say($"{passed} of {findings.Count} are as they should be at {address}");
    }
}
