using System.CommandLine;
using System.Net;

namespace ArtFresh.Server;

/// <summary><c>ready</c>: whether the server of this machine takes requests. A container without shell and curl is asked by it.</summary>
internal static class ReadyCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "The server's readiness page.", DefaultValueFactory = _ => $"{Hosting.DefaultUrl}/healthz/ready" };
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait for its answer.", DefaultValueFactory = _ => 3 };
        var ready = new Command("ready", "Asks a server whether it takes requests; ends with 0 if it does.") { url, seconds };
        ready.SetAction((parsed, stop) => AskAsync(parsed.GetValue(url)!, TimeSpan.FromSeconds(parsed.GetValue(seconds)), stop));
        return ready;
    }

    private static async Task<int> AskAsync(string text, TimeSpan timeout, CancellationToken stop)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            await Console.Error.WriteLineAsync($"'{text}' is no address such as {Hosting.DefaultUrl}/healthz/ready.");
            return 1;
        }

        using var http = new HttpClient { Timeout = timeout };
        try
        {
            using var answer = await http.GetAsync(url, stop);
            Console.WriteLine($"{url} answers {(int)answer.StatusCode}.");
            return answer.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer: {silent.Message}");
            return 1;
        }
    }
}
