using System.CommandLine;
using System.Net;

namespace ArtFresh.Server;

/// <summary><c>ready</c>: asks this machine's server whether it takes requests, for containers without shell and curl.</summary>
internal static class ReadyCommand
{
    private const int SecondsMax = 300;

    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "The server's readiness page.", DefaultValueFactory = _ => $"{Hosting.DefaultUrl}/healthz/ready" };
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait for its answer.", DefaultValueFactory = _ => 3 }.Between(1, SecondsMax);
        var json = OperatorCommands.JsonOption();
        var ready = new Command("ready", "Asks a server whether it takes requests. Ends with 0 when it does, 1 when it does not.") { url, seconds, json };
        ready.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(
            () => AskAsync(OperatorCommands.AddressOf(parsed.GetValue(url)!), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(json), stop)));
        return ready;
    }

    private static async Task<bool> AskAsync(Uri url, TimeSpan timeout, bool isJson, CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = timeout };
        try
        {
            using var answer = await http.GetAsync(url, stop);
            var isReady = answer.StatusCode == HttpStatusCode.OK;
            OperatorConsole.Answer(isJson, new { Ready = isReady, Status = (int?)answer.StatusCode }, $"{url} answers {(int)answer.StatusCode}.");
            return isReady;
        }
        catch (Exception silent) when (silent is HttpRequestException || (silent is TaskCanceledException && !stop.IsCancellationRequested))
        {
            if (isJson)
            {
                OperatorConsole.WriteJson(new { Ready = false, Status = (int?)null });
            }

            OperatorConsole.Complain($"{url} does not answer: {silent.Message}");
            return false;
        }
    }
}
