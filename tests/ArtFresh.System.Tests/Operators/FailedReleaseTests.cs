using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>A server whose watch puts a failing release back on the old endpoint, and a receiver of what it tells.</summary>
public sealed class FailedReleaseTests
{
    private const int Listeners = 20;
    private const int HealthyBatches = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FailingReleaseIsBackOnTheOldEndpointWithinSecondsAndLosesNothing()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = new ServerProcess(
            [
                "--ArtFresh:Watch:Action", "single", "--ArtFresh:Watch:Webhook", receiver.Address.ToString(), "--ArtFresh:Watch:Interval", "00:00:01",
                .. Generous.Limits, "--ArtFresh:TrustedProxies", "127.0.0.1/32", "--ArtFresh:Watch:Quorum", "10",
            ]);
        await server.StartAsync();
        var proxy = new DroppingProxy();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        stop.CancelAfter(Patience);
        var listeners = Enumerable.Range(0, Listeners).Select(i => new Listener(server.Address, proxy, network: i)).ToArray();
        var shows = listeners.Select(listener => listener.PlayAsync(stop.Token)).ToArray();
        await Eventually.TrueAsync(() => listeners.Sum(listener => listener.Delivered) >= HealthyBatches);

        var sinceFirstBad = Stopwatch.StartNew();
        proxy.Drops = true;
        var notified = await receiver.NextAsync("fail", stop.Token);
        var toTrigger = sinceFirstBad.Elapsed;
        await Task.WhenAll(shows);
        var toOldEndpoint = sinceFirstBad.Elapsed;

        Console.WriteLine(FormattableString.Invariant(
            $"From the first bad batch: {toTrigger.TotalSeconds:0.0} s to the webhook, {toOldEndpoint.TotalSeconds:0.0} s until all {Listeners} clients are on the old endpoint."));
        Assert.Equal(("r1", "batchSuccess"), (notified.GetProperty("release").GetString(), notified.GetProperty("triggers")[0].GetString()));
        var (exitCode, shown) = await server.CommandAsync("release", "show");
        Assert.Equal(1, exitCode);
        Assert.Contains("delivery: single", shown, StringComparison.Ordinal);
        await AssertNothingIsLostAsync(server, listeners.Sum(listener => listener.Delivered));

        Assert.Equal(0, (await server.CommandAsync("release", "delivery", "r1", "batch", "--reason", "the proxy is mended")).ExitCode);
        proxy.Drops = false;
        await Eventually.TrueAsync(listeners[0].TryBatchAsync);
        using var operatorClient = server.NewOperator();
        await AuditedAsync(operatorClient, "switch-delivery", "batch: the proxy is mended");
        await AuditedAsync(operatorClient, "webhook", "fail: answered 200");
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }
    }

    [Fact]
    public async Task ArtworkServedTwiceRunsTheOperatorsCommandWithItsArgumentsAsTheyAre()
    {
        var sign = Path.Combine(Path.GetTempPath(), $"artfresh {Guid.CreateVersion7()} $(x)");
        await using var server = new ServerProcess(
            "--ArtFresh:Watch:Action", "command", "--ArtFresh:Watch:Command:0", "touch", "--ArtFresh:Watch:Command:1", sign, "--ArtFresh:Watch:Interval", "00:00:01");
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var session = await listener.OpenAsync("r1");
        var ids = await listener.FreshAsync(session, 1, 0.5, 0.5);
        await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, ids));
        Plant(server, ReleaseCounters.ServedTwice);

        using var operatorClient = server.NewOperator();
        await AuditedAsync(operatorClient, "command", "touch exited with 0");

        Assert.True(File.Exists(sign));
        File.Delete(sign);
    }

    /// <summary>As if the ledger had counted one of the release in this minute.</summary>
    private static void Plant(ServerProcess server, string counter)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "insert into release_minute (release, minute, counter, amount) values ('r1', $minute, $counter, 1)";
        command.Parameters.AddWithValue("$minute", CounterAdded.StartOf(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$counter", counter);
        command.ExecuteNonQuery();
    }

    private static Task AuditedAsync(HttpClient operatorClient, string what, string detail) => Eventually.TrueAsync(async () =>
        (await operatorClient.GetFromJsonAsync<JsonElement>("api/ops/audit?count=100", Stop)).EnumerateArray()
        .Any(row => row.GetProperty("what").GetString() == what && row.GetProperty("detail").GetString() == detail));

    private static async Task AssertNothingIsLostAsync(ServerProcess server, int delivered)
    {
        JsonElement Figure(JsonElement kpis, string name) => kpis.GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("name").GetString() == name);
        using var http = server.NewOperator();
        await Eventually.TrueAsync(async () =>
        {
            var lost = Figure(await http.GetFromJsonAsync<JsonElement>("api/ops/kpis?release=r1", Stop), "lost");
            return (lost.GetProperty("numerator").GetInt64(), lost.GetProperty("denominator").GetInt64()) == (0, delivered);
        });
        var (_, printed) = await server.CommandAsync("kpi", "--json");
        Assert.Equal(0, Figure(JsonDocument.Parse(printed).RootElement, "duplicatesRecorded").GetProperty("numerator").GetInt64());
    }

    private sealed class DroppingProxy
    {
        /// <summary>Whether the first try of each batch never arrives.</summary>
        public volatile bool Drops;
    }

    /// <summary>A client in a network of its own that shows an artwork every 50 ms, until it is switched to single delivery.</summary>
    private sealed class Listener(Uri address, DroppingProxy proxy, int network) : IDisposable
    {
        private readonly HttpListenerClient _client = new(address) { Headers = { { "X-Forwarded-For", $"10.0.{network}.1" } } };
        private string _sessionId = "";
        private long _number;

        public int Delivered { get; private set; }

        public async Task PlayAsync(CancellationToken stop)
        {
            await _client.SignInAsync();
            _sessionId = await _client.OpenAsync("r1");
            var isSingle = false;
            while (!isSingle)
            {
                foreach (var artworkId in await FreshAsync(10))
                {
                    isSingle = await DeliverAsync(artworkId, isSingle);
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
                }
            }
        }

        /// <summary>Posts one batch more.</summary>
        /// <returns>Whether the batch endpoint is on.</returns>
        public async Task<bool> TryBatchAsync() => await PostBatchAsync(Guid.CreateVersion7(), ++_number, (await FreshAsync(1))[0], 1);

        public void Dispose() => _client.Dispose();

        private Task<long[]> FreshAsync(int count) => _client.FreshAnswerAsync(_sessionId, count, 0.5, 0.5);

        private async Task<bool> DeliverAsync(long artworkId, bool isSingle)
        {
            var number = ++_number;
            var batchId = Guid.CreateVersion7();
            for (var attempts = 1; !isSingle; attempts++)
            {
                if (attempts == 1 && proxy.Drops)
                {
                    // A client tries at most once a second: more attempts are no figure.
                    await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
                    continue;
                }

                isSingle = !await PostBatchAsync(batchId, number, artworkId, attempts);
                if (!isSingle)
                {
                    Delivered++;
                    return false;
                }
            }

            await _client.PostSingleAsync(_sessionId, artworkId, number, new PostedReport(1, [200]));
            Delivered++;
            return true;
        }

        private async Task<bool> PostBatchAsync(Guid batchId, long number, long artworkId, int attempts)
        {
            try
            {
                await _client.PostAsync(new PostedBatch(_sessionId, batchId, number, [artworkId], new PostedReport(1, [200], attempts)));
                return true;
            }
            catch (HttpRequestException off) when (off.StatusCode == HttpStatusCode.Gone)
            {
                return false;
            }
        }
    }

    /// <summary>Receives the webhook's notifications.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly Channel<JsonElement> _news = Channel.CreateUnbounded<JsonElement>();
        private LoopbackSite? _site;

        public Uri Address => _site!.Address;

        public static async Task<Receiver> StartAsync()
        {
            var receiver = new Receiver();
            receiver._site = await LoopbackSite.StartAsync(async http => receiver._news.Writer.TryWrite(await http.Request.ReadFromJsonAsync<JsonElement>(http.RequestAborted)));
            return receiver;
        }

        public async Task<JsonElement> NextAsync(string what, CancellationToken stop)
        {
            await foreach (var news in _news.Reader.ReadAllAsync(stop))
            {
                if (news.GetProperty("what").GetString() == what)
                {
                    return news;
                }
            }

            throw new InvalidOperationException("The receiver was closed.");
        }

        public ValueTask DisposeAsync() => _site!.DisposeAsync();
    }
}
