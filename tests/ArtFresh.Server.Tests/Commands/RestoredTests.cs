using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>What <c>restored --report</c> says of a loss, against what the test has lost and brought back.</summary>
public sealed class RestoredTests : IAsyncLifetime
{
    private readonly ServerProcess _server = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Ledger => Path.Combine(_server.DataDirectory, SqliteDatabase.FileName);

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task LedgerThatNeverWentBackHasNothingToReport()
    {
        await _server.StopAsync();

        Assert.Contains("The ledger has never gone back.", (await ReportAsync()).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await ReportAsync("--json")).Json.GetArrayLength());
    }

    [Fact]
    public async Task ReportCountsWhatWasLostAndWhatWasBroughtBack()
    {
        using var ann = await Visit.OpenAsync(_server.Address);
        var early = await ann.TakeAsync(10);
        await ann.PostAsync(Guid.CreateVersion7(), 1, early[..5]);
        // Art that is in the copy, and that Ann is served after it.
        using var bob = await Visit.OpenAsync(_server.Address);
        await bob.TakeAsync(40);
        var copy = Path.Combine(_server.DataDirectory, "copy.db");
        _server.Ledger.CopyTo(copy);
        await ann.PostAsync(Guid.CreateVersion7(), 6, early[5..8]);
        var late = await ann.TakeAsync(40);
        using var cyn = await Visit.OpenAsync(_server.Address);
        var cynsArt = await cyn.TakeAsync(4);
        await cyn.PostAsync(Guid.CreateVersion7(), 1, cynsArt);
        await PutBackAsync(copy);

        // Ann's page has lost her second batch, and has kept what it showed; Cyn's still has her session's token.
        var annsBatch = await ann.PostAsync(Guid.CreateVersion7(), 9, early[8..]);
        var epoch = annsBatch.GetProperty("epoch").GetInt64();
        var added = await ann.OfferAsync(epoch, late);
        var cynsBatch = await cyn.PostAsync(Guid.CreateVersion7(), 1, cynsArt);
        await _server.StopAsync();

        var loss = Assert.Single((await ReportAsync("--json")).Json.EnumerateArray());
        Assert.Equal(epoch, loss.GetProperty("epoch").GetInt64());
        var counted = loss.GetProperty("loss");
        Assert.True(added > 0, "nothing of the offer was in the copy's catalogue");
        Assert.Equal(
            (2, 1, added, 2 + cynsBatch.GetProperty("recorded").GetInt64(), 3),
            (Of("listeners"), Of("sessionsReopened"), Of("artworksRemembered"), Of("impressionsBroughtBack"), Of("impressionsLostAtLeast")));
        Assert.Equal(cynsBatch.GetProperty("unknown").GetArrayLength(), Of("impressionsOfLostArt"));
        // Ann's numbers 6 to 8 are missing, and the art of two of them or all is in the copy.
        Assert.Equal(3, Of("numbersMissing"));
        var refused = await Tool.RunAsync("restored", "--lost-nothing", "--data", _server.DataDirectory);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"Something was lost with epoch {epoch}: 1 session opened again", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await Tool.RunAsync("restored", "--lost-nothing", "--force", "--data", _server.DataDirectory)).ExitCode);
        var printed = await ReportAsync();
        Assert.Contains("at least", printed.Output, StringComparison.Ordinal);
        Assert.Contains(epoch.ToString(CultureInfo.InvariantCulture), printed.Output, StringComparison.Ordinal);

        long Of(string name) => counted.GetProperty(name).GetInt64();
    }

    /// <summary>The file alone is put back: the mark that its server kept beside it is ahead. The proof outlives the server's start, which moves the mark on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MarkThatIsAheadIsProofOfALoss(bool isStarted)
    {
        await _server.StopAsync();
        var copy = Path.Combine(_server.DataDirectory, "copy.db");
        File.Copy(Ledger, copy);
        var held = MarkBeside();
        await _server.StartAsync();
        using (var ann = await Visit.OpenAsync(_server.Address))
        {
            await ann.PostAsync(Guid.CreateVersion7(), 1, await ann.TakeAsync(20));
        }

        await _server.StopAsync();
        var ahead = MarkBeside();
        File.Move(copy, Ledger, overwrite: true);
        if (isStarted)
        {
            await _server.StartAsync();
            await _server.StopAsync();
        }

        var refused = await Tool.RunAsync("restored", "--lost-nothing", "--data", _server.DataDirectory);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"goes with {held}, and {ahead} is beside it", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await Tool.RunAsync("restored", "--lost-nothing", "--data", _server.DataDirectory)).ExitCode);
        Assert.Equal(0, (await Tool.RunAsync("restored", "--lost-nothing", "--force", "--data", _server.DataDirectory)).ExitCode);
    }

    [Fact]
    public async Task FileThatIsMovedElsewhereMayHaveLostNothing()
    {
        await _server.StopAsync();
        var elsewhere = Path.Combine(_server.DataDirectory, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        File.Copy(Ledger, Path.Combine(elsewhere, SqliteDatabase.FileName));

        Assert.Equal(0, (await Tool.RunAsync("restored", "--lost-nothing", "--data", elsewhere)).ExitCode);
    }

    private string MarkBeside() => Path.GetFileName(Assert.Single(Directory.GetFiles(_server.DataDirectory, SqliteDatabase.FileName + ".mark-*")));

    private Task<Printed> ReportAsync(params string[] options) => Tool.RunAsync(["restored", "--report", "--data", _server.DataDirectory, .. options]);

    /// <summary>As after a crash: the copy is the ledger from now on.</summary>
    private async Task PutBackAsync(string copy)
    {
        await _server.KillAsync();
        Array.ForEach(["", "-wal", "-shm"], suffix => File.Delete(Ledger + suffix));
        File.Move(copy, Ledger);
        await _server.StartAsync();
    }

    /// <summary>A guest with one session.</summary>
    private sealed class Visit(HttpClient http) : IDisposable
    {
        private string _session = "";
        private string _token = "";

        public static async Task<Visit> OpenAsync(Uri address)
        {
            var visit = new Visit(new HttpClient { BaseAddress = address });
            await visit.SendAsync("api/sign-in/guest", new { });
            var opened = await visit.SendAsync("api/sessions", new { release = "test" });
            (visit._session, visit._token) = (opened.GetProperty("sessionId").GetString()!, opened.GetProperty("token").GetString()!);
            return visit;
        }

        public async Task<long[]> TakeAsync(int count)
        {
            var ids = new List<long>();
            while (ids.Count < count)
            {
                var fresh = await http.GetFromJsonAsync<JsonElement>($"api/artworks/fresh?sessionId={_session}&count={count - ids.Count}&valence=0.5&energy=0.5", Stop);
                ids.AddRange(fresh.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64()));
            }

            return [.. ids];
        }

        public Task<JsonElement> PostAsync(Guid batchId, long firstNumber, long[] artworkIds) =>
            SendAsync("api/artworks/batch-impressions", new { sessionId = _session, batchId, firstNumber, artworkIds, token = _token });

        /// <returns>How many the ledger did not have.</returns>
        public async Task<long> OfferAsync(long epoch, long[] artworkIds) =>
            (await SendAsync("api/listeners/me/shown", new { epoch, sinceMs = 0, artworkIds })).GetProperty("added").GetInt64();

        public void Dispose() => http.Dispose();

        private async Task<JsonElement> SendAsync(string path, object body)
        {
            using var answer = await http.PostAsJsonAsync(path, body, Stop);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Stop)}");
            return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        }
    }
}
