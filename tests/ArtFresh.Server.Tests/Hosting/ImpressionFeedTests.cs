using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class ImpressionFeedTests
{
    /// <summary>The receiver refuses at first, and the server is killed while some of it is posted.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task EveryCommittedImpressionIsPostedAtLeastOnceThoughTheServerIsKilled(bool isCluster)
    {
        Assert.SkipUnless(!isCluster || PostgresServer.IsInstalled, "PostgreSQL is not installed");
        await using var receiver = new Receiver { Answer = HttpStatusCode.ServiceUnavailable };
        string[] settings = ["--ArtFresh:Export:Webhook", receiver.Address, "--ArtFresh:Export:Listeners", "id"];
        await using var server = new ServerProcess(isCluster ? [.. settings, "--ConnectionStrings:Ledger", PostgresServer.Shared.NewDatabase()] : settings);
        await server.StartAsync();
        var committed = new HashSet<string>();
        string? listener = null;
        await PostAsync(3);
        await Eventually.TrueAsync(() => receiver.Posts > 0);
        Assert.Empty(receiver.Events);

        receiver.Answer = HttpStatusCode.NoContent;
        await Eventually.TrueAsync(() => committed.IsSubsetOf(receiver.Events.Keys));
        receiver.Answer = HttpStatusCode.InternalServerError;
        await PostAsync(3);
        await server.KillAsync();
        receiver.Answer = HttpStatusCode.OK;
        await server.StartAsync();
        await PostAsync(2);

        await Eventually.TrueAsync(() => committed.IsSubsetOf(receiver.Events.Keys), () => $"{committed.Except(receiver.Events.Keys).Count()} of {committed.Count} are not posted:\n{server.Log}");
        Assert.Equal(committed.Order(), receiver.Events.Keys.Order());
        var one = receiver.Events[committed.Last()];
        Assert.Equal(("1.0", "artfresh.impression", "application/json"), (Text(one, "specversion"), Text(one, "type"), Text(one, "datacontenttype")));
        Assert.Equal(("recorded", listener), (Text(one.GetProperty("data"), "outcome"), Text(one.GetProperty("data"), "listener")));
        Assert.StartsWith("/artfresh/", Text(one, "source"), StringComparison.Ordinal);
        Assert.Equal(["application/cloudevents-batch+json"], receiver.ContentTypes.Distinct());
        // What was taken before the kill is not posted from the start again.
        Assert.True(receiver.Taken < 2 * committed.Count, $"{receiver.Taken} events of {committed.Count} were taken");

        async Task PostAsync(int batches)
        {
            using var client = new HttpListenerClient(server.Address);
            listener = await client.SignInAsync();
            var session = await client.OpenAsync();
            for (var i = 0; i < batches; i++)
            {
                var art = await client.FreshAsync(session, 10, 0.3, 0.7);
                Assert.Equal(10, await client.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), (i * 10) + 1, art)));
                committed.UnionWith(art.Select((artwork, n) => $"{session} {(i * 10) + 1 + n} {artwork}"));
            }
        }
    }

    private static string? Text(JsonElement from, string name) => from.GetProperty(name).GetString();

    /// <summary>Takes batches of CloudEvents, or refuses them.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly HttpListener _http = new();
        private readonly Task _running;
        private int _posts;
        private int _taken;

        public Receiver()
        {
            Address = $"http://127.0.0.1:{FreePort.Find()}/hook/";
            _http.Prefixes.Add(Address);
            _http.Start();
            _running = Task.Run(TakeAllAsync);
        }

        public string Address { get; }

        public HttpStatusCode Answer { get; set; }

        public int Posts => Volatile.Read(ref _posts);

        public int Taken => Volatile.Read(ref _taken);

        /// <summary>What was taken, by session, number and artwork.</summary>
        public ConcurrentDictionary<string, JsonElement> Events { get; } = [];

        public ConcurrentBag<string?> ContentTypes { get; } = [];

        public async ValueTask DisposeAsync()
        {
            _http.Stop();
            await _running;
            _http.Close();
        }

        private async Task TakeAllAsync()
        {
            while (_http.IsListening)
            {
                try
                {
                    await TakeAsync(await _http.GetContextAsync());
                }
                catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException or IOException)
                {
                    // Stopped, or the server was killed while it posted.
                }
            }
        }

        private async Task TakeAsync(HttpListenerContext context)
        {
            using var body = await JsonDocument.ParseAsync(context.Request.InputStream);
            Interlocked.Increment(ref _posts);
            ContentTypes.Add(context.Request.ContentType?.Split(';')[0]);
            var answer = Answer;
            foreach (var one in answer < HttpStatusCode.Ambiguous ? body.RootElement.EnumerateArray().ToArray() : [])
            {
                var data = one.GetProperty("data");
                Events[$"{Text(data, "sessionId")} {data.GetProperty("number")} {data.GetProperty("artworkId")}"] = one.Clone();
                Interlocked.Increment(ref _taken);
            }

            context.Response.StatusCode = (int)answer;
            context.Response.Close();
        }
    }
}
