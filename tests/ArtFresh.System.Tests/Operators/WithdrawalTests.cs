using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>A collection is withdrawn from three silos while listeners look at it.</summary>
[Collection(typeof(MachineToItself))]
public sealed class WithdrawalTests
{
    private const int Listeners = 24;
    private const int Catalogue = 12_000;
    private const int TriesMax = 600;
    private const string Collection = "Shelf";

    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan DisplayTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<long, long> _served = new();
    private readonly ConcurrentDictionary<long, long> _displayed = new();
    private long _requests;

    [Fact]
    public async Task WithdrawnCollectionIsGoneFromThreeSilosUnderLoadWithin10Seconds()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var connectionString = PostgresServer.Shared.NewDatabase();
        var gone = await EnterCatalogueAsync(connectionString);
        ServerProcess[] members = [.. Enumerable.Range(0, 3).Select(_ => new ServerProcess(
            "--ConnectionStrings:Ledger", connectionString, "--ArtFresh:Cluster:Address", "127.0.0.1", "--ArtFresh:Operators:Key", "the operators' key",
            "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000", "--ArtFresh:Limits:SignInsPerMinute", "100000",
            "--ArtFresh:Limits:ArtworksServedPerHour", "1000000", "--ArtFresh:Limits:SessionsPerHour", "1000000", "--ArtFresh:Limits:ListenersPerNetwork", "10000"))];
        await Task.WhenAll(members.Select(member => member.StartAsync()));
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, Listeners).Select(i => Task.Run(() => ListenAsync(members[i % 3].Address, stop.Token), CancellationToken.None)).ToArray();
        await Eventually.TrueAsync(() => _displayed.Keys.Count(gone.Contains) > Listeners);

        var began = TimeProvider.System.GetTimestamp();
        var withdrawn = await Tool.RunAsync("withdraw", "--collection", Collection, "--reason", "a claim", "--ledger", connectionString, "--json");
        var committed = TimeProvider.System.GetTimestamp();
        await Task.Delay(Settled, TimeProvider.System, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.Equal((0, gone.Count), (withdrawn.ExitCode, withdrawn.Json.GetProperty("changed").GetInt32()));
        var (lastServe, lastDisplay) = (LastAfter(_served, gone, committed), LastAfter(_displayed, gone, committed));
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{gone.Count} artworks withdrawn by a command of {TimeProvider.System.GetElapsedTime(began, committed).TotalSeconds:0.0} s, {_requests} requests; after its end the last was served at {lastServe.TotalSeconds:0.0} s and displayed at {lastDisplay.TotalSeconds:0.0} s"));
        Assert.InRange(lastServe, TimeSpan.Zero, Promised);
        Assert.InRange(lastDisplay, TimeSpan.Zero, Promised);
        // The load went on: art that stays was served after that.
        Assert.Contains(_served, serve => !gone.Contains(serve.Key) && serve.Value > committed);
        var seen = _displayed.Keys.First(gone.Contains);
        foreach (var member in members)
        {
            using var http = new HttpClient { BaseAddress = member.Address };
            foreach (var width in Limits.PictureWidths.ToArray())
            {
                Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync(new Uri($"art/{seen}.png?width={width}", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
            }
        }

        Assert.Equal(0, (await Tool.RunAsync("verify", "--ledger", connectionString)).ExitCode);
        await Task.WhenAll(members.Select(member => member.DisposeAsync().AsTask()));
    }

    private static TimeSpan LastAfter(ConcurrentDictionary<long, long> times, HashSet<long> gone, long committed)
    {
        var last = times.Where(time => gone.Contains(time.Key)).Max(time => time.Value);
        return last < committed ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(committed, last);
    }

    /// <returns>The ids of the collection, every other one.</returns>
    private static async Task<HashSet<long>> EnterCatalogueAsync(string connectionString)
    {
        await using var database = new PostgresDatabase(connectionString);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), CancellationToken.None);
        await using var ledger = new PostgresLedger(database, TimeProvider.System);
        var cell = MoodGrid.CellOf(Mood.Neutral);
        await ledger.EnterAsync(
            [new ArtworksMade([.. Enumerable.Range(1, Catalogue).Select(i => new NewArtwork(
                cell, MoodGrid.CenterOf(cell), Artwork.Imported, null, $"{i:x64}", $"{i + Catalogue:x64}", i, "A title", null, null, new ArtworkCredit(Collection: i % 2 == 0 ? Collection : null)))], TimeProvider.System.GetUtcNow())],
            CancellationToken.None);
        return [.. Enumerable.Range(1, Catalogue).Where(i => i % 2 == 0).Select(i => (long)i)];
    }

    /// <summary>Keeps a small stock and shows one artwork after the other, as the player does, and obeys the answers.</summary>
    private async Task ListenAsync(Uri address, CancellationToken stop)
    {
        using var listener = new HttpListenerClient(address);
        await listener.SignInAsync();
        var viewer = new Viewer(this, listener, await PatientlyAsync(() => listener.OpenAsync()));
        while (!stop.IsCancellationRequested)
        {
            await viewer.RestockAsync();
            await viewer.ShowAsync();
            await viewer.ReportAsync();
        }
    }

    /// <summary>Asks again where a server turns it away for a moment: three have just started, on a machine that may be busy.</summary>
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException busy) when (busy.StatusCode == HttpStatusCode.ServiceUnavailable && tries < TriesMax)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    private sealed class Viewer(WithdrawalTests test, HttpListenerClient listener, string session)
    {
        private const int StockMin = 3;
        private const int Batch = 10;
        private const int Looks = 5;

        private readonly List<long> _stock = [];
        private readonly List<long> _shown = [];
        private long? _screen;
        private long _sent;

        public async Task RestockAsync()
        {
            if (_stock.Count >= StockMin)
            {
                return;
            }

            var answer = await PatientlyAsync(() => listener.GetAsync($"api/artworks/fresh?sessionId={session}&count=5"));
            Interlocked.Increment(ref test._requests);
            var now = TimeProvider.System.GetTimestamp();
            foreach (var artwork in answer.GetProperty("artworks").EnumerateArray())
            {
                _stock.Add(artwork.GetProperty("id").GetInt64());
                test._served[_stock[^1]] = now;
            }

            Obey(answer);
        }

        public async Task ShowAsync()
        {
            if (_stock.Count > 0)
            {
                _screen = _stock[0];
                _stock.RemoveAt(0);
                _shown.Add(_screen.Value);
            }

            for (var look = 0; look < Looks && _screen is { } artwork; look++)
            {
                test._displayed[artwork] = TimeProvider.System.GetTimestamp();
                await Task.Delay(DisplayTime / Looks, TimeProvider.System, CancellationToken.None);
            }
        }

        public async Task ReportAsync()
        {
            if (_shown.Count >= Batch)
            {
                var batch = new PostedBatch(session, Guid.CreateVersion7(), _sent + 1, [.. _shown]);
                Obey(await PatientlyAsync(() => listener.PostForJsonAsync(batch)));
                Interlocked.Increment(ref test._requests);
                _sent += _shown.Count;
                _shown.Clear();
            }
        }

        private void Obey(JsonElement answer)
        {
            foreach (var artworkId in answer.TryGetProperty("withdrawn", out var gone) ? gone.EnumerateArray().Select(one => one.GetInt64()) : [])
            {
                _stock.Remove(artworkId);
                _screen = _screen == artworkId ? null : _screen;
            }
        }
    }
}
