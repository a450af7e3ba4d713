using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>How noted views become artworks' counts, on each kind of database.</summary>
public abstract class ViewCountTests(LedgerFile file) : IDisposable
{
    private readonly LedgerFile _file = file;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ViewsAreCountedOnceHoweverManyCountThem()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(600));
        var counting = Enumerable.Range(0, 3).Select(_ => Task.Run(CountAsync, Stop)).ToArray();
        var views = new ViewSums();
        views.Add([.. Enumerable.Range(1, 600).Select(id => (long)id)], LedgerFile.Now);
        for (var position = 0; position < 30; position++)
        {
            Assert.True(await _file.Ledger.AdvanceAsync(new TallyAdvanced(writer, position, position + 1, views, [], []), Stop));
        }

        await Task.WhenAll(counting);
        await _file.CountViewsAsync();

        foreach (var id in new[] { 1, 255, 256, 600 })
        {
            Assert.Equal(30, (await _file.Catalogue.ReadViewsAsync(id, Stop))!.ViewCount);
        }

        async Task CountAsync()
        {
            for (var times = 0; times < 20; times++)
            {
                await _file.CountViewsAsync();
            }
        }
    }

    /// <summary>What is written in a minute does not grow with the catalogue.</summary>
    [Fact]
    public async Task ViewsOfManyPagesWaitLonger()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        var views = new ViewSums();
        views.Add([.. Enumerable.Range(0, 256).Select(page => page * 256L)], LedgerFile.Now);
        await _file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, views, [], []), Stop);
        Assert.False(await CountAsync(seconds: 59));
        // Nothing is known of the pages that there are to be.
        Assert.True(await CountAsync(seconds: 60));
        await _file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 1, 2, views, [], []), Stop);

        Assert.False(await CountAsync(seconds: 239));
        Assert.True(await CountAsync(seconds: 240));

        Task<bool> CountAsync(int seconds) => _file.Views.CountAsync(LedgerFile.Now.AddSeconds(seconds), TimeSpan.FromMinutes(1), Stop);
    }
}

public sealed class SqliteViewCountTests() : ViewCountTests(new SqliteFile());

[Collection("postgres")]
public sealed class PostgresViewCountTests(PostgresWorld world) : ViewCountTests(new PostgresFile(world.Server));
