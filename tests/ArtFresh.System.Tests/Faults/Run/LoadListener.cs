using System.Net;
using System.Text.Json;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Faults;

/// <summary>
/// One listener with several sessions at once, who takes art, reports it and ends sessions, at any of the front ends. What failed is tried again under the same
/// ids until it is done; now and then a batch is sent twice, or before the one in front of it, or never.
/// </summary>
internal sealed class LoadListener(int number, Uri[] addresses, History history, Random random, TimeSpan pause, bool isRestless) : IDisposable
{
    private const int SessionsAtOnce = 3;
    private const int BatchesPerSession = 25;
    private const int FreshMax = 10;
    private const string Release = "faults";

    private readonly HttpListenerClient _client = new(addresses[0], new AnyFrontEnd(addresses, random), TimeSpan.FromSeconds(15));
    private readonly LoadSession?[] _sessions = new LoadSession?[SessionsAtOnce];
    private (double Valence, double Energy) _mood = (random.NextDouble(), random.NextDouble());
    private int _requests;
    private CancellationToken _giveUp;

    public int Number => number;

    /// <summary>Tries that were answered with success, and those that were not.</summary>
    public int Done { get; private set; }

    public int Failed { get; private set; }

    public int Served { get; private set; }

    public void Dispose() => _client.Dispose();

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
        await TryUntilDoneAsync(Operation.Open, "", "sign-in", 0, [], () => NothingOfAsync(_client.SignInAsync()));
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
        await TryUntilDoneAsync(Operation.Open, "", NextId("open"), 0, [], async () =>
        {
            id = await _client.OpenAsync(Release);
            return Answer.Empty;
        });
        return new LoadSession(id);
    }

    private async Task TakeAndReportAsync(LoadSession session)
    {
        var requestId = NextId("fresh");
        var (count, (valence, energy)) = (random.Next(1, FreshMax + 1), _mood);
        var fresh = await TryUntilDoneAsync(
            Operation.Fresh, session.Id, requestId, 0, [], async () => Answer.Empty with { Served = await _client.FreshAnswerAsync(session.Id, count, valence, energy, requestId) });
        Served += fresh.Served.Length;

        // One in ten artworks never comes on screen.
        long[] shown = [.. fresh.Served.Where(_ => random.Next(10) > 0)];
        session.Unshown.AddRange(fresh.Served.Except(shown));
        if (shown.Length == 0)
        {
            return;
        }

        var batch = new PostedBatch(session.Id, Guid.CreateVersion7(), session.NextNumber, shown);
        session.NextNumber += shown.Length;
        if (random.Next(30) == 0)
        {
            history.Add(new NeverSent(history.NowMs, session.Id, batch.FirstNumber, shown));
            return;
        }

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

    private Task<Answer> ReportAsync(PostedBatch batch) => TryUntilDoneAsync(
        Operation.Batch, batch.SessionId, batch.BatchId.ToString(), batch.FirstNumber, batch.ArtworkIds, async () =>
        {
            var answer = await _client.PostForJsonAsync(batch);
            return new Answer(
                [], answer.GetProperty("recorded").GetInt32(), answer.GetProperty("duplicates").GetInt32(), answer.GetProperty("repeats").GetInt32(),
                [.. answer.GetProperty("unknown").EnumerateArray().Select(id => id.GetInt64())], answer.GetProperty("highWater").GetInt64(),
                answer.GetProperty("unserved").GetInt32());
        });

    private async Task EndAsync(LoadSession session)
    {
        await ReportDelayedAsync(session);
        long[] unshown = [.. session.Unshown];
        await TryUntilDoneAsync(Operation.End, session.Id, NextId("end"), 0, unshown, async () =>
        {
            await _client.EndAsync(session.Id, session.NextNumber - 1, unshown);
            return Answer.Empty;
        });
    }

    private static async Task<Answer> NothingOfAsync(Task done)
    {
        await done;
        return Answer.Empty;
    }

    private string NextId(string what) => FormattableString.Invariant($"{what}-{number}-{_requests++}");

    private async Task<Answer> TryUntilDoneAsync(Operation operation, string session, string requestId, long firstNumber, long[] ids, Func<Task<Answer>> send)
    {
        while (true)
        {
            var started = history.NowMs;
            var (outcome, status, answer) = await TryAsync(send);
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

    /// <returns>What became of it, and the status of a refusal.</returns>
    private static async Task<(Outcome Outcome, int Status, Answer? Answer)> TryAsync(Func<Task<Answer>> send)
    {
        try
        {
            return (Outcome.Done, (int)HttpStatusCode.OK, await send());
        }
        catch (HttpRequestException refused) when (refused.StatusCode is { } status)
        {
            return (status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests ? Outcome.Unknown : Outcome.Refused, (int)status, null);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException or JsonException)
        {
            return (Outcome.Unknown, 0, null);
        }
    }

    /// <summary>Sends each try to one of the front ends.</summary>
    private sealed class AnyFrontEnd(Uri[] addresses, Random random) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(addresses[random.Next(addresses.Length)], request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class LoadSession(string id)
    {
        public string Id { get; } = id;

        public long NextNumber { get; set; } = 1;

        public int Batches { get; set; }

        public PostedBatch? Delayed { get; set; }

        public List<long> Unshown { get; } = [];
    }
}
