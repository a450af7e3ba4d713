using System.Net;

namespace ArtFresh.Server;

/// <summary>Checks that strangers reach no operators' page, at the public address and at the servers' own addresses, even with forged headers.</summary>
internal sealed class DeployDoors(CheckedServer server, IReadOnlyList<Uri> direct)
{
    private static readonly string[] Pages = ["/metrics", "/api/ops/cluster", "/api/ops/legacy", "/api/ops/kpis", "/api/ops/releases", "/api/ops/audit", "/ops/orleans/DashboardCounters"];

    // Each can let strangers in if a server trusts loopback: by a proxy on its own machine, or by a forged header.
    private static readonly (string Name, string Value)?[] Claims =
        [null, ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=127.0.0.1"), ("Host", "localhost")];

    public async Task<string> ClosedAsync()
    {
        var open = new List<string>();
        foreach (var address in (Uri[])[server.Address, .. direct])
        {
            foreach (var claim in Claims)
            {
                foreach (var (method, page) in (IEnumerable<(HttpMethod, string)>)[.. Pages.Select(page => (HttpMethod.Get, page)), (HttpMethod.Post, "/api/ops/releases/deploy-check/delivery")])
                {
                    // An empty body changes nothing if the request is let in.
                    var answer = await server.AsStrangerAsync(method, page, method == HttpMethod.Post ? new { } : null, address, claim);
                    if (IsLetIn(answer))
                    {
                        open.Add($"{method} {page} at {address.Authority}{(claim is var (name, value) ? $" with {name}: {value}" : "")} ({(int)answer.Status})");
                    }
                }
            }
        }

        return open.Count == 0
            ? $"metrics and the operators' pages refuse strangers, at {1 + direct.Count} addresses with {Claims.Length} variants of headers"
            : throw new DeployFaultException(
                $"strangers get in: {open[0]}{(open.Count > 1 ? $", and {open.Count - 1} more" : "")}",
                "Check that no proxy in front of the servers adds the operators' key, and that all servers run this release.");
    }

    /// <summary>Whether the server itself answered as it answers an operator. A proxy that does not forward a page closes it as well.</summary>
    private static bool IsLetIn(Answer answer) => answer.ContentHeaders.ContentType?.MediaType switch
    {
        "application/json" => answer.Status == HttpStatusCode.OK,
        "application/problem+json" => answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.TooManyRequests),
        _ => answer.Status == HttpStatusCode.OK && answer.Text.Contains("# TYPE ", StringComparison.Ordinal),
    };
}
