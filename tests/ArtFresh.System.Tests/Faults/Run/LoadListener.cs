using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ArtFresh.SystemTests.Faults;

/// <summary>
/// One listener with several sessions at once, who takes art, reports it and ends sessions, at any of the front ends. What failed is tried again under the same
/// ids until it is done; now and then a batch is sent twice, or before the one in front of it.
/// </summary>
internal sealed class LoadListener(int number, Uri[] addresses, History history, Random random, TimeSpan pause, bool isRestless) : IDisposable
{
    private const int SessionsAtOnce = 3;
    private const int BatchesPerSession = 25;
    private const int FreshMax = 10;
    private const string Release = "faults";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private readonly LoadSession?[] _sessions = new LoadSession?[SessionsAtOnce];
    private (double Valence, double Energy) _mood = (random.NextDouble(), random.NextDouble());
    private int _requests;
    private CancellationToken _giveUp;

    public int Number => number;

    /// <summary>Tries that were answered with success, and those that were not.</summary>
    public int Done { get; private set; }

    public int Failed { get; private set; }

    public int Served { get; private set; }

    public void Dispose() => _http.Dispose();

    /// <summary>Whether a request was still running when it was stopped.</summary>
    public bool HasGivenUp { get; private set; }

    /// <param name="stop">Begins nothing new.</param>
    /// <param name="giveUp">Tries nothing again.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        _giveUp = giveUp;
        try
        {
            await ListenAsync(stop);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            HasGivenUp = true;
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        await TryUntilDoneAsync(Operation.Open, "", "sign-in", 0, [], address => _http.PostAsync(new Uri(address, "api/sign-in/guest"), null), null);
        while (!stop.IsCancellationRequested)
        {
            var tab = random.Next(SessionsAtOnce);
            var session = _sessions[tab] ??= await OpenAsync();
            if (isRestless || random.Next(40) == 0)
            {
                _mood = (random.NextDouble(), random.NextDouble());
            }

            await TakeAndReportAsync(session);
            if (++session.Batches >= BatchesPerSession || random.Next(60) == 0)
            {
                await EndAsync(session);
                _sessions[tab] = null;
            }

            await Task.Delay(pause * (2 * random.NextDouble()), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<LoadSession> OpenAsync()
    {
        var id = "";
        await TryUntilDoneAsync(Operation.Open, "", NextId("open"), 0, [], address => _http.PostAsJsonAsync(new Uri(address, "api/sessions"), new { release = Release }), answer =>
        {
            id = answer.GetProperty("sessionId").GetString()!;
            return Answer.Empty;
        });
        return new LoadSession(id);
    }

    private async Task TakeAndReportAsync(LoadSession session)
    {
        var requestId = NextId("fresh");
        var query = FormattableString.Invariant(
            $"api/artworks/fresh?sessionId={session.Id}&count={random.Next(1, FreshMax + 1)}&valence={_mood.Valence}&energy={_mood.Energy}&requestId={requestId}");
        var fresh = await TryUntilDoneAsync(Operation.Fresh, session.Id, requestId, 0, [], address => _http.GetAsync(new Uri(address, query)), answer =>
            Answer.Empty with { Served = [.. answer.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())] });
        Served += fresh.Served.Length;

        // One in ten artworks never comes on screen.
        long[] shown = [.. fresh.Served.Where(_ => random.Next(10) > 0)];
        session.Unshown.AddRange(fresh.Served.Except(shown));
        if (shown.Length == 0)
        {
            return;
        }

        var batch = new LoadBatch(session.Id, Guid.CreateVersion7(), session.NextNumber, shown);
        session.NextNumber += shown.Length;
        if (session.Delayed is null && random.Next(12) == 0)
        {
            session.Delayed = batch;
            return;
        }

        await ReportAsync(batch);
        if (random.Next(12) == 0)
        {
            await ReportAsync(batch);
        }

        await ReportDelayedAsync(session);
    }

    private async Task ReportDelayedAsync(LoadSession session)
    {
        if (session.Delayed is { } delayed)
        {
            session.Delayed = null;
            await ReportAsync(delayed);
        }
    }

    private Task<Answer> ReportAsync(LoadBatch batch) => TryUntilDoneAsync(
        Operation.Batch, batch.SessionId, batch.BatchId.ToString(), batch.FirstNumber, batch.ArtworkIds,
        address => _http.PostAsJsonAsync(new Uri(address, "api/artworks/batch-impressions"), batch, JsonSerializerOptions.Web),
        answer => new Answer(
            [], answer.GetProperty("recorded").GetInt32(), answer.GetProperty("duplicates").GetInt32(), answer.GetProperty("repeats").GetInt32(),
            [.. answer.GetProperty("unknown").EnumerateArray().Select(id => id.GetInt64())], answer.GetProperty("highWater").GetInt64(),
            answer.GetProperty("unserved").GetInt32()));

    private async Task EndAsync(LoadSession session)
    {
        await ReportDelayedAsync(session);
        long[] unshown = [.. session.Unshown];
        await TryUntilDoneAsync(
            Operation.End, session.Id, NextId("end"), 0, unshown, address => _http.PostAsJsonAsync(new Uri(address, $"api/sessions/{session.Id}/end"), new { unshown }), _ => Answer.Empty);
    }

    private string NextId(string what) => FormattableString.Invariant($"{what}-{number}-{_requests++}");

    private async Task<Answer> TryUntilDoneAsync(
        Operation operation, string session, string requestId, long firstNumber, long[] ids, Func<Uri, Task<HttpResponseMessage>> send, Func<JsonElement, Answer>? read)
    {
        while (true)
        {
            var started = history.NowMs;
            var (outcome, status, answer) = await TryAsync(send, read);
            history.Add(new ListenerCall(number, operation, session, requestId, firstNumber, ids, started, history.NowMs, outcome, status, answer));
            if (outcome == Outcome.Done)
            {
                Done++;
                return answer!;
            }

            Failed++;
            _giveUp.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 250)), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<(Outcome Outcome, int Status, Answer? Answer)> TryAsync(Func<Uri, Task<HttpResponseMessage>> send, Func<JsonElement, Answer>? read)
    {
        try
        {
            using var response = await send(addresses[random.Next(addresses.Length)]);
            var status = (int)response.StatusCode;
            if (!response.IsSuccessStatusCode)
            {
                var isBusy = response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;
                return (isBusy ? Outcome.Unknown : Outcome.Refused, status, null);
            }

            return (Outcome.Done, status, read is null || response.StatusCode == HttpStatusCode.NoContent ? Answer.Empty : read(await response.Content.ReadFromJsonAsync<JsonElement>()));
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException or JsonException)
        {
            return (Outcome.Unknown, 0, null);
        }
    }

    private sealed class LoadSession(string id)
    {
        public string Id { get; } = id;

        public long NextNumber { get; set; } = 1;

        public int Batches { get; set; }

        public LoadBatch? Delayed { get; set; }

        public List<long> Unshown { get; } = [];
    }

    private sealed record LoadBatch(string SessionId, Guid BatchId, long FirstNumber, long[] ArtworkIds);
}
