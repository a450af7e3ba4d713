using System.CommandLine;
using System.Net;

namespace ArtFresh.Server;

/// <summary><c>ready</c>: asks a server whether it is ready, for containers without a shell or curl.</summary>
internal static class ReadyCommand
{
    private const int SecondsMax = 300;

    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "The address of the server's readiness check.", DefaultValueFactory = _ => $"{ListenUrls.Default}/healthz/ready" };
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait for its answer.", DefaultValueFactory = _ => 3 }.Between(1, SecondsMax);
        var json = OperatorCommands.JsonOption();
        var ready = new Command("ready", "Asks a server whether it is ready. Exits with 0 if it is, 1 if not.") { url, seconds, json };
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
            OperatorConsole.WriteResult(isJson, new { Ready = isReady, Status = (int?)answer.StatusCode }, $"{url} answers {(int)answer.StatusCode}.");
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
