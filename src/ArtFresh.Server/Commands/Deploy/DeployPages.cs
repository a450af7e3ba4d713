using System.Net;
using System.Text.RegularExpressions;

namespace ArtFresh.Server;

/// <summary>The checks that write nothing: pages, headers, schema, silos and metrics.</summary>
internal sealed partial class DeployPages(CheckedServer server, int? silos)
{
    private const string CheckProxies = "Check that no proxy in front of the servers changes headers, and that all servers run this release.";
    public const string GiveKey = "Give the operators' key (--key, ARTFRESH_OPERATORS_KEY in the environment, or --data with the server's data directory).";

    private string _page = "";

    public async Task<string> ReadyAsync()
    {
        (await server.AsStrangerAsync(HttpMethod.Get, "/healthz/live")).Expect(HttpStatusCode.OK, "Start the server, or check the proxies in front of it.");
        (await server.AsStrangerAsync(HttpMethod.Get, "/healthz/ready")).Expect(HttpStatusCode.OK, "The server runs, but its ledger does not answer or it is stopping: read its log, then check the database.");
        return "live and ready";
    }

    public async Task<string> BatchIsClosedAsync()
    {
        var answer = await server.AsStrangerAsync(HttpMethod.Post, "/api/artworks/batch-impressions", new { });
        var @do = answer.Status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => "The batch endpoint is missing: the servers run a release without it, or the balancer does not forward /api to them.",
            HttpStatusCode.Gone => "The batch endpoint is switched off; clients use the single one. Switch it on again when the release is fixed (see the command release).",
            _ => "The batch endpoint must refuse callers who are not signed in: find the proxy in front of the servers that answers in their place or adds credentials.",
        };
        answer.Expect(HttpStatusCode.Unauthorized, @do);
        return answer.Json.TryGetProperty("code", out var code) && code.GetString() == "not_signed_in"
            ? "present; 401 without a sign-in"
            : throw new DeployFaultException("the 401 does not come from the server", "Check the proxies in front of the servers.");
    }

    public async Task<string> PageAsync()
    {
        var answer = (await server.AsStrangerAsync(HttpMethod.Get, "/")).Expect(HttpStatusCode.OK, "The player's page is not served: build it (dotnet publish does), or check the balancer.");
        _page = answer.Text;
        return answer.Header("Cache-Control") == "no-cache"
            ? "no-cache"
            : throw new DeployFaultException($"Cache-Control of the page is '{answer.Header("Cache-Control")}'; it should be 'no-cache'", $"Browsers would keep an old page after a release. {CheckProxies}");
    }

    public async Task<string> AssetsAsync()
    {
        var assets = Asset().Matches(_page).Select(match => match.Groups[1].Value).Distinct().ToArray();
        if (assets.Length == 0)
        {
            throw new DeployFaultException("the page refers to no asset", "Build the player again: its page is not the one that Vite writes.");
        }

        foreach (var asset in assets)
        {
            var answer = (await server.AsStrangerAsync(HttpMethod.Get, asset)).Expect(HttpStatusCode.OK, "The page refers to an asset that is missing: page and assets come from different builds.");
            if (!answer.Header("Cache-Control").Contains("immutable", StringComparison.Ordinal))
            {
                throw new DeployFaultException($"Cache-Control of {asset} is '{answer.Header("Cache-Control")}'; it should contain 'immutable'", $"Every visit would load every asset again. {CheckProxies}");
            }
        }

        return $"{assets.Length} hashed, immutable";
    }

    public async Task<string> HeadersAsync()
    {
        var answer = await server.AsStrangerAsync(HttpMethod.Get, "/");
        if (!answer.Header("Content-Security-Policy").Contains("default-src 'self'", StringComparison.Ordinal))
        {
            throw new DeployFaultException("the page does not have the server's Content-Security-Policy", CheckProxies);
        }

        if (answer.Header("X-Content-Type-Options") != "nosniff" || answer.Header("Referrer-Policy").Length == 0)
        {
            throw new DeployFaultException("X-Content-Type-Options or Referrer-Policy is missing", CheckProxies);
        }

        return "Content-Security-Policy, nosniff, Referrer-Policy";
    }

    public async Task<string> TransportAsync()
    {
        if (server.Address.Scheme == Uri.UriSchemeHttps)
        {
            // HttpClient refuses an invalid certificate, so any answer proves a valid one.
            await server.AsStrangerAsync(HttpMethod.Get, "/healthz/live");
            return "TLS, with a valid certificate";
        }

        return server.Address.IsLoopback
            ? "without TLS, but on loopback"
            : throw new DeployFaultException("listeners' cookies travel without TLS", "Give the balancer a host name, so that it gets a certificate (ARTFRESH_SITE), and run this check on the https address.");
    }

    public async Task<string> SchemaAsync()
    {
        var cluster = (await server.AsOperatorAsync("/api/ops/cluster")).Expect(HttpStatusCode.OK, GiveKey).Json;
        var (applied, known) = (cluster.GetProperty("schemaApplied").GetInt32(), cluster.GetProperty("schemaKnown").GetInt32());
        return applied >= known
            ? $"script {applied} of {known}"
            : throw new DeployFaultException($"the schema is at script {applied}; the program has {known}", "Run the command migrate of this release.");
    }

    public async Task<string> SilosAsync()
    {
        var cluster = (await server.AsOperatorAsync("/api/ops/cluster")).Expect(HttpStatusCode.OK, GiveKey).Json;
        var states = cluster.GetProperty("silos").EnumerateArray().Select(silo => (Address: silo.GetProperty("address").GetString()!, Status: silo.GetProperty("status").GetString()!)).ToArray();
        var active = states.Count(silo => silo.Status == "active");
        var changing = states.Where(silo => silo.Status is not ("active" or "dead")).ToArray();
        if (changing.Length > 0)
        {
            throw new DeployFaultException($"silo {changing[0].Address} is {changing[0].Status}", "Wait until it is active or gone, then check again; if its status does not change, read its log.");
        }

        return active > 0 && (silos is null || active == silos)
            ? $"{active} active"
            : throw new DeployFaultException($"{active} silos are active{(silos is null ? "" : $"; {silos} should be")}", "Find the process that is missing, and read the end of its log.");
    }

    public async Task<string> MetricsAsync()
    {
        var metrics = (await server.AsOperatorAsync("/metrics")).Expect(HttpStatusCode.OK, GiveKey);
        return metrics.Text.Contains("http_server_request_duration_seconds", StringComparison.Ordinal)
            ? "readable with the key"
            : throw new DeployFaultException("/metrics has none of the server's metrics", "Check the proxies in front of the servers.");
    }

    [GeneratedRegex("""(?:src|href)="(/assets/[^"]+)""")]
    private static partial Regex Asset();
}
