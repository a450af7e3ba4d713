using System.Buffers.Binary;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using Xunit;

namespace ArtFresh.Storage.Tests;

public sealed class SqliteStatesTests : IDisposable
{
    private readonly SqliteFile _file = new();
    private readonly SqliteStates _states;

    public SqliteStatesTests() => _states = new SqliteStates(_file.Database, (SqliteLedger)_file.Ledger);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task OneOfTwoActivationsIsFencedByTheVersion()
    {
        Assert.Equal((null, 0), await _states.ReadStateAsync("set", "a", Stop));
        Assert.True(await _states.SaveStateAsync(State("a", 0, 1), Stop));

        Assert.False(await _states.SaveStateAsync(State("a", 0, 2), Stop));
        Assert.True(await _states.SaveStateAsync(State("a", 1, 3), Stop));
        Assert.False(await _states.SaveStateAsync(State("a", 1, 4), Stop));

        var (payload, version) = await _states.ReadStateAsync("set", "a", Stop);
        Assert.Equal([3], payload!);
        Assert.Equal(2, version);
    }

    [Fact]
    public async Task ClearedStateKeepsItsVersion()
    {
        await _states.SaveStateAsync(State("a", 0, 1), Stop);

        Assert.True(await _states.SaveStateAsync(State("a", 1) with { Payload = null }, Stop));

        Assert.Equal((null, 2), await _states.ReadStateAsync("set", "a", Stop));
    }

    [Fact]
    public async Task StatesThatWaitAreWrittenInOneTransaction()
    {
        await _states.SaveStateAsync(State("first", 0, 1), Stop);
        var commits = CommitsInLog();
        Task<bool>[] saved;
        using (var other = _file.Database.Open())
        {
            // Holds the file's write lock: the first state waits for it, and the others gather.
            using var transaction = other.BeginTransaction(deferred: false);
            saved = [.. Enumerable.Range(0, 50).Select(i => _states.SaveStateAsync(State(i.ToString(CultureInfo.InvariantCulture), 0, 1), Stop))];
            Assert.DoesNotContain(saved, save => save.IsCompleted);
        }

        Assert.All(await Task.WhenAll(saved), Assert.True);
        Assert.Equal(51L, _file.Scalar("select count(*) from grain_state"));
        Assert.InRange(CommitsInLog() - commits, 1, 2);
    }

    [Fact]
    public async Task FailureReachesEachWaitingCaller()
    {
        _file.Scalar("alter table grain_state rename to gone");

        var saves = Enumerable.Range(0, 5).Select(i => _states.SaveStateAsync(State(i.ToString(CultureInfo.InvariantCulture), 0, 1), Stop)).ToArray();

        foreach (var save in saves)
        {
            await Assert.ThrowsAsync<LedgerUnavailableException>(() => save);
        }

        _file.Scalar("alter table gone rename to grain_state");
        Assert.True(await _states.SaveStateAsync(State("a", 0, 1), Stop));
    }

    /// <summary>Frames of the write-ahead log that end a transaction: their second number is not 0 (sqlite.org/fileformat2.html, section 4).</summary>
    private int CommitsInLog()
    {
        const int FileHeader = 32;
        const int FrameHeader = 24;
        const int Page = 4096;
        using var file = new FileStream(_file.Database.Path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var log = new byte[file.Length];
        file.ReadExactly(log);
        return Enumerable.Range(0, (log.Length - FileHeader) / (FrameHeader + Page))
            .Count(frame => BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(FileHeader + (frame * (FrameHeader + Page)) + 4)) != 0);
    }

    private static StateSaved State(string key, long version, params byte[] payload) => new("set", key, payload, version, LedgerFile.Now);
}
