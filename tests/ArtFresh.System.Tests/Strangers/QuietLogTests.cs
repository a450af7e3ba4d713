using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Strangers;

/// <summary>What a stranger sends must not fill the disk by way of the log.</summary>
public sealed class QuietLogTests
{
    private const int Times = 60;
    private const int LinesMax = 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThousandOddRequestsAreFewLines()
    {
        await using var server = new ServerProcess("--ArtFresh:Limits:ListenerRequestsBurst", "10000", "--ArtFresh:Limits:RepeatsPerMinute", "10000");
        await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(server.DataDirectory, "music")).FullName, "song.mp3"), new byte[10], Stop);
        await server.StartAsync();
        await server.StockAsync();
        using var guest = new HttpClient { BaseAddress = server.Address };
        await guest.PostAsync("api/sign-in/guest", null, Stop);
        var session = await (await guest.PostAsJsonAsync("api/sessions", new { }, Stop)).Content.ReadFromJsonAsync<JsonElement>(Stop);
        var sessionId = session.GetProperty("sessionId").GetString();
        await TakeAsync(guest, sessionId!);
        using var other = new HttpClient { BaseAddress = server.Address };
        await other.PostAsync("api/sign-in/guest", null, Stop);
        var others = await (await other.PostAsJsonAsync("api/sessions", new { }, Stop)).Content.ReadFromJsonAsync<JsonElement>(Stop);
        var strange = await TakeAsync(other, others.GetProperty("sessionId").GetString()!);
        var own = await TakeAsync(guest, sessionId!);
        var before = LinesOf(server.Log);

        for (var i = 0; i < Times; i++)
        {
            await AskAsync(server.Address, "music/song.mp3", ("Range", "bytes=100-200"));
            await AskAsync(server.Address, "api/artworks/1", ("Cookie", $"artfresh=forged{i}"));
            await AskAsync(server.Address, "api/artworks/1", ("Authorization", $"Bearer eyJ{i}"));
            await AskAsync(server.Address, "api/artworks/1", ("Authorization", $"Bearer aflt_{i}"));
            await AskAsync(server.Address, "api/ops/cluster", ("Authorization", $"Bearer eyJ{i}.e30."));
            await AskAsync(server.Address, $"api/%0Ainfo:%20forged/{i}");
            // Repeats, and numbers that are used again for another artwork.
            await ReportAsync(guest, sessionId!, own[0], 1 + i);
            await ReportAsync(guest, sessionId!, own[1 + (i % 4)], 1);
            await ReportAsync(guest, sessionId!, strange[0], 2 + i);
        }

        var lines = LinesOf(server.Log);
        Assert.True(lines.Length - before.Length <= LinesMax, string.Join('\n', lines[before.Length..]));
        Assert.DoesNotContain(lines, line => line.StartsWith("info: forged", StringComparison.Ordinal));
    }

    private static string[] LinesOf(string log) => log.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<long[]> TakeAsync(HttpClient guest, string sessionId)
    {
        var taken = await guest.GetFromJsonAsync<JsonElement>($"api/artworks/fresh?sessionId={sessionId}&count=5", Stop);
        return [.. taken.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
    }

    private static async Task AskAsync(Uri server, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        (await client.SendAsync(request, Stop)).Dispose();
    }

    private static async Task ReportAsync(HttpClient guest, string sessionId, long artworkId, long number)
    {
        var answer = await guest.PostAsJsonAsync("api/artworks/batch-impressions", new { sessionId, batchId = Guid.CreateVersion7(), firstNumber = number, artworkIds = new[] { artworkId } }, Stop);
        answer.EnsureSuccessStatusCode();
    }
}
