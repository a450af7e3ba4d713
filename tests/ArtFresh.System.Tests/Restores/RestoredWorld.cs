using System.Collections.Concurrent;
using System.Globalization;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.SystemTests.Restores;

/// <summary>Listeners who are active while the ledger goes back, and what must hold afterwards.</summary>
internal sealed class RestoredWorld : IDisposable
{
    private const int Listeners = 6;

    private readonly List<RememberingListener> _listeners = [];
    private readonly ConcurrentDictionary<long, string> _pictures = [];
    private CancellationTokenSource _stop = new();
    private Task[] _load = [];

    public RestoredWorld(Uri address)
    {
        for (var i = 0; i < Listeners; i++)
        {
            _listeners.Add(new RememberingListener(address, new Random(i), _pictures));
        }
    }

    /// <summary>A server of a cluster of one.</summary>
    public static ServerProcess ServerOn(string ledger) => new(
    [
        .. RestoredFileTests.Generous, "--ConnectionStrings:Ledger", ledger, "--ArtFresh:Cluster:Address", "127.0.0.1",
        "--ArtFresh:Cluster:SiloPort", Text(FreePort.Find()), "--ArtFresh:Cluster:GatewayPort", Text(FreePort.Find()), "--ArtFresh:Operators:Key", "0123456789abcdef0123456789abcdef",
    ]);

    public int Delivered => _listeners.Sum(listener => listener.Delivered.Count);

    public int Served => _listeners.Sum(listener => listener.Served.Count);

    public void Begin()
    {
        _stop = new CancellationTokenSource();
        _load = [.. _listeners.Select(listener => Task.Run(() => listener.RunAsync(_stop.Token)))];
    }

    /// <summary>Waits until that much more has been served.</summary>
    public async Task ServesAsync(int artworks)
    {
        var goal = Served + artworks;
        await Eventually.TrueAsync(
            () => Served >= goal || _load.Any(load => load.IsFaulted), () => $"{Served} of {goal} served; {string.Join(", ", _load.Select(load => load.Status))}");
        await Task.WhenAll(_load.Where(load => load.IsFaulted));
    }

    /// <summary>Ends once every listener has an answer of the new epoch: one may wait for its time limit while the others are served.</summary>
    public async Task EndAsync()
    {
        await Eventually.TrueAsync(
            () => _listeners.TrueForAll(listener => listener.Offers > 0) || _load.Any(load => load.IsFaulted),
            () => $"told of the epoch: {string.Join(", ", _listeners.Select(listener => listener.Offers))} times");
        await _stop.CancelAsync();
        await Task.WhenAll(_load);
    }

    /// <summary>Nobody was served anything twice, no id names two pictures, and whoever was told of the epoch has offered once.</summary>
    /// <param name="recorded">Artworks by impressions in the ledger, of all listeners.</param>
    /// <returns>Impressions that were acknowledged at some time and are not in the ledger.</returns>
    public int Check(IReadOnlyCollection<long> recorded)
    {
        foreach (var listener in _listeners)
        {
            Assert.Empty(listener.Served.GroupBy(id => id).Where(served => served.Count() > 1).Select(served => served.Key));
            Assert.Empty(listener.Reborn);
            Assert.True(listener.Offers >= 1, "a listener was not told of the epoch");
        }

        var held = recorded.GroupBy(id => id).ToDictionary(of => of.Key, of => of.Count());
        var delivered = _listeners.SelectMany(listener => listener.Delivered).GroupBy(id => id);
        var unknown = _listeners.SelectMany(listener => listener.Unknown).ToHashSet();
        var lost = 0;
        foreach (var artwork in delivered)
        {
            var missing = artwork.Count() - held.GetValueOrDefault(artwork.Key);
            // What the ledger lacks it has said not to know: the artwork itself was lost.
            Assert.True(missing == 0 || unknown.Contains(artwork.Key), $"{missing} impressions of artwork {artwork.Key} are missing, and it is known");
            lost += missing;
        }

        return lost;
    }

    /// <summary>As <see cref="Check"/>, of a ledger in PostgreSQL; every impression has its first view, one epoch was found, and verification finds nothing.</summary>
    /// <returns>Impressions that were lost with their artworks, and how epochs were found.</returns>
    public async Task<(int Lost, string Reasons)> CheckAsync(string ledger)
    {
        var recorded = new List<long>();
        await using var connection = new NpgsqlConnection(ledger);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("select impressions from impression_batch", connection))
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                recorded.AddRange(PackedImpressions.Unpack(reader.GetFieldValue<byte[]>(0)).Where(one => one.Outcome == ImpressionOutcome.Recorded).Select(one => one.ArtworkId));
            }
        }

        await using var epochs = new NpgsqlCommand("select string_agg(reason, '; ' order by epoch) from ledger_epoch where epoch > 1", connection);
        var reasons = (string)(await epochs.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        Assert.Contains("the database was", reasons, StringComparison.Ordinal);
        Assert.DoesNotContain(';', reasons);
        await using var unviewed = new NpgsqlCommand("select count(*) from artwork where viewed_at is null and artwork_id = any($1)", connection) { Parameters = { new() { Value = recorded.Distinct().ToArray() } } };
        Assert.Equal(0L, await unviewed.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        await VerifyAsync(ledger);
        return (Check(recorded), reasons);
    }

    private static async Task VerifyAsync(string ledger)
    {
        await using var database = new PostgresDatabase(ledger);
        var result = new VerificationResult(20);
        await database.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, result, TestContext.Current.CancellationToken);
                return true;
            },
            TestContext.Current.CancellationToken);
        Assert.True(result.Holds, string.Join('\n', result.All.SelectMany(check => check.Rows.Select(row => $"{check.Name}: {row.What}"))));
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _stop.Dispose();
    }
}
