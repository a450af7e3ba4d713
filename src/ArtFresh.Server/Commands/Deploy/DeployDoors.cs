using System.Net;

namespace ArtFresh.Server;

/// <summary>What a stranger can get into: at the public address and at the servers themselves, whatever the request claims of itself.</summary>
internal sealed class DeployDoors(CheckedServer server, IReadOnlyList<Uri> direct)
{
    private static readonly string[] Pages = ["/metrics", "/api/ops/cluster", "/api/ops/legacy", "/api/ops/kpis", "/api/ops/releases", "/api/ops/audit", "/ops/orleans/DashboardCounters"];

    // Each has let strangers in somewhere: a server that trusts loopback sees a proxy on its machine, or what a request says of itself.
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
                    // An empty body: where the door is open it switches nothing.
                    var answer = await server.AsStrangerAsync(method, page, method == HttpMethod.Post ? new { } : null, address, claim);
                    if (IsLetIn(answer))
                    {
                        open.Add($"{method} {page} at {address.Authority}{(claim is var (name, value) ? $" with {name}: {value}" : "")} ({(int)answer.Status})");
                    }
                }
            }
        }

        return open.Count == 0
            ? $"metrics and operators' pages refuse strangers, at {1 + direct.Count} addresses in {Claims.Length} shapes"
            : throw new DeployFaultException(
                $"strangers get in: {open[0]}{(open.Count > 1 ? $", and {open.Count - 1} more" : "")}",
                "See that nothing in front of the servers sends the operators' key, and that all servers are of this release.");
    }

    /// <summary>Whether the server itself has answered as it answers an operator. A proxy that does not pass a page on keeps it closed as well.</summary>
    private static bool IsLetIn(Answer answer) => answer.ContentHeaders.ContentType?.MediaType switch
    {
        "application/json" => answer.Status == HttpStatusCode.OK,
        "application/problem+json" => answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.TooManyRequests),
        _ => answer.Status == HttpStatusCode.OK && answer.Text.Contains("# TYPE ", StringComparison.Ordinal),
    };
}
