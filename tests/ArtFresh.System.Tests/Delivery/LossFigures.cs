using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The key figures of a release's losses, as an operator reads them.</summary>
internal sealed class LossFigures : IDisposable
{
    private static int Shows;
    private readonly HttpClient _http;

    private LossFigures(ServerProcess server)
    {
        _http = new HttpClient { BaseAddress = server.Address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.OperatorsKey);
    }

    /// <summary>A release of one show alone.</summary>
    public string Release { get; } = FormattableString.Invariant($"show-{Interlocked.Increment(ref Shows)}");

    public static async Task<LossFigures> StartAsync(ServerProcess server)
    {
        var figures = new LossFigures(server);
        using var known = await figures._http.PutAsJsonAsync($"api/ops/releases/{figures.Release}", new { reason = "a show of the tests" });
        known.EnsureSuccessStatusCode();
        return figures;
    }

    /// <returns>Null while the server is away.</returns>
    public async Task<(long Lost, long AtMost)?> ReadAsync()
    {
        try
        {
            var kpis = await _http.GetFromJsonAsync<JsonElement>($"api/ops/kpis?days=2&release={Release}");
            long Of(string name) => kpis.GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("name").GetString() == name).GetProperty("numerator").GetInt64();
            return (Of("lost"), Of("lostAtMost"));
        }
        catch (Exception away) when (away is HttpRequestException or IOException or TaskCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
