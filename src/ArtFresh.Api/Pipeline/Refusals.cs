using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>Tells who wants to know of each request that was refused because it was wrong. Metrics do not tell from where it came.</summary>
internal sealed class Refusals
{
    public event Action<HttpContext>? Refused;

    public void Note(HttpContext http) => Refused?.Invoke(http);
}
