using System.Net;
using System.Text.RegularExpressions;

namespace ArtFresh.Server;

/// <summary>What can be seen of a server without doing anything: its pages, headers and silos.</summary>
internal sealed partial class DeployPages(CheckedServer server, int? silos)
{
    private const string OldBalancer = "See that nothing in front of the servers changes headers, and that all servers are of this release.";
    public const string GiveKey = "Give the operators' key (--key, ARTFRESH_OPERATORS_KEY in the environment, or --data with the server's data directory).";

    private string _page = "";

    public async Task<string> ReadyAsync()
    {
        (await server.AsStrangerAsync(HttpMethod.Get, "/healthz/live")).Expect(HttpStatusCode.OK, "Start the server, or see what stands in front of it.");
        (await server.AsStrangerAsync(HttpMethod.Get, "/healthz/ready")).Expect(HttpStatusCode.OK, "The server runs and its ledger does not answer, or it is about to stop: see its log, then the database.");
        return "live and ready";
    }

    public async Task<string> BatchIsClosedAsync()
    {
        var answer = await server.AsStrangerAsync(HttpMethod.Post, "/api/artworks/batch-impressions", new { });
        var @do = answer.Status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => "The batch endpoint is not there: the servers are of a release before it, or the balancer does not send /api to them.",
            HttpStatusCode.Gone => "The batch endpoint is switched off; clients use the single one. Switch it on again when the release is mended (release).",
            _ => "The batch endpoint must refuse whoever is not signed in: see what in front of the servers answers, or signs requests.",
        };
        answer.Expect(HttpStatusCode.Unauthorized, @do);
        return answer.Json.TryGetProperty("code", out var code) && code.GetString() == "not_signed_in"
            ? "there, and 401 without a sign-in"
            : throw new DeployFaultException("401 comes from something that is not the server", "See what stands in front of the servers.");
    }

    public async Task<string> PageAsync()
    {
        var answer = (await server.AsStrangerAsync(HttpMethod.Get, "/")).Expect(HttpStatusCode.OK, "The player's page is not served: build it (dotnet publish does), or see the balancer.");
        _page = answer.Text;
        return answer.Header("Cache-Control") == "no-cache"
            ? "no-cache"
            : throw new DeployFaultException($"Cache-Control of the page is '{answer.Header("Cache-Control")}'; it should be 'no-cache'", $"Listeners would keep an old page after a release. {OldBalancer}");
    }

    public async Task<string> AssetsAsync()
    {
        var assets = Asset().Matches(_page).Select(match => match.Groups[1].Value).Distinct().ToArray();
        if (assets.Length == 0)
        {
            throw new DeployFaultException("the page names no asset", "Build the player again: its page is not the one that Vite makes.");
        }

        foreach (var asset in assets)
        {
            var answer = (await server.AsStrangerAsync(HttpMethod.Get, asset)).Expect(HttpStatusCode.OK, "The page names an asset that is not there: page and assets are of different builds.");
            if (!answer.Header("Cache-Control").Contains("immutable", StringComparison.Ordinal))
            {
                throw new DeployFaultException($"Cache-Control of {asset} is '{answer.Header("Cache-Control")}'; it should say immutable", $"Every visit would ask for every asset again. {OldBalancer}");
            }
        }

        return $"{assets.Length} hashed, immutable";
    }

    public async Task<string> HeadersAsync()
    {
        var answer = await server.AsStrangerAsync(HttpMethod.Get, "/");
        if (!answer.Header("Content-Security-Policy").Contains("default-src 'self'", StringComparison.Ordinal))
        {
            throw new DeployFaultException("the page has no Content-Security-Policy of ours", OldBalancer);
        }

        if (answer.Header("X-Content-Type-Options") != "nosniff" || answer.Header("Referrer-Policy").Length == 0)
        {
            throw new DeployFaultException("X-Content-Type-Options or Referrer-Policy is missing", OldBalancer);
        }

        return "Content-Security-Policy, nosniff, Referrer-Policy";
    }

    public async Task<string> TransportAsync()
    {
        if (server.Address.Scheme == Uri.UriSchemeHttps)
        {
            // The client has refused a certificate that is wrong before this was asked.
            await server.AsStrangerAsync(HttpMethod.Get, "/healthz/live");
            return "TLS, with a certificate that is right for the name";
        }

        return server.Address.IsLoopback
            ? "without TLS, on this machine alone"
            : throw new DeployFaultException("listeners' cookies travel without TLS", "Give the balancer a name and let it get a certificate (ARTFRESH_SITE), and check the https address.");
    }

    public async Task<string> SchemaAsync()
    {
        var cluster = (await server.AsOperatorAsync("/api/ops/cluster")).Expect(HttpStatusCode.OK, GiveKey).Json;
        var (applied, known) = (cluster.GetProperty("schemaApplied").GetInt32(), cluster.GetProperty("schemaKnown").GetInt32());
        return applied >= known
            ? $"script {applied} of {known}"
            : throw new DeployFaultException($"the schema has had script {applied}; the program knows {known}", "Run migrate with this release's program.");
    }

    public async Task<string> SilosAsync()
    {
        var cluster = (await server.AsOperatorAsync("/api/ops/cluster")).Expect(HttpStatusCode.OK, GiveKey).Json;
        var states = cluster.GetProperty("silos").EnumerateArray().Select(silo => (Address: silo.GetProperty("address").GetString()!, Status: silo.GetProperty("status").GetString()!)).ToArray();
        var active = states.Count(silo => silo.Status == "active");
        var halfway = states.Where(silo => silo.Status is not ("active" or "dead")).ToArray();
        if (halfway.Length > 0)
        {
            throw new DeployFaultException($"silo {halfway[0].Address} is {halfway[0].Status}", "Wait until it is active or gone, then check again; if it stays so, see its log.");
        }

        return active > 0 && (silos is null || active == silos)
            ? $"{active} active"
            : throw new DeployFaultException($"{active} silos are active{(silos is null ? "" : $"; {silos} should be")}", "See which process is missing, and the last lines of its log.");
    }

    public async Task<string> MetricsAsync()
    {
        var metrics = (await server.AsOperatorAsync("/metrics")).Expect(HttpStatusCode.OK, GiveKey);
        return metrics.Text.Contains("http_server_request_duration_seconds", StringComparison.Ordinal)
            ? "can be scraped with the key"
            : throw new DeployFaultException("/metrics has no metrics of ours", "See what stands in front of the servers.");
    }

    [GeneratedRegex("""(?:src|href)="(/assets/[^"]+)""")]
    private static partial Regex Asset();
}
