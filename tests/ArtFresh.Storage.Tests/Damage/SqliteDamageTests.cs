using System.Globalization;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.Storage.Tests;

public sealed class SqliteDamageTests(SqliteLivedLedgers ledgers) : DamageTests(ledgers), IClassFixture<SqliteLivedLedgers>
{
    public static TheoryData<string> Own => [.. Damages.OfSqlite.Select(damage => damage.Name)];

    [Theory, MemberData(nameof(Own))]
    public Task DamageOfItsOwnIsNamed(string kind) => NamesAsync(Damages.OfSqlite.Single(damage => damage.Name == kind));

    /// <summary>Bytes of the file that change what is in it. What is missed lies in small tables without checksums, which are a large part of so small a file.</summary>
    [Fact]
    public async Task FlippedBitsThatChangeTheContentAreFound()
    {
        // One file, without a log beside it.
        Ledgers.Whole.File.Scalar("pragma wal_checkpoint(truncate)");
        var whole = ((SqliteFile)Ledgers.Whole.File).Database.Path;
        var random = new Random(7);
        var (changed, found) = (0, 0);
        for (var flip = 0; changed < 46 && flip < 2_000; flip++)
        {
            using var copy = new Copy(whole);
            var before = copy.Dump();
            copy.Flip(random);
            if (copy.Dump() == before)
            {
                continue;
            }

            changed++;
            try
            {
                found += FaultsOf(await copy.VerifyAsync()).Length > 0 ? 1 : 0;
            }
            catch (Exception unreadable) when (unreadable is Contracts.LedgerUnavailableException or InvalidDataException or InvalidCastException or FormatException or ArgumentException or OverflowException)
            {
                found++;
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{found} of {changed} flips that changed the content were found");
        Assert.True(changed == 46, $"only {changed} flips changed the content");
        Assert.True(found >= changed * 4 / 5, $"{found} of {changed} were found");
    }

    /// <summary>However long the history, only what came after the head is read.</summary>
    [Fact]
    public async Task OnlyWhatCameAfterAHeadIsRead()
    {
        using var file = new SqliteFile();
        var writer = await file.Ledger.StartWriterAsync(Stop);
        await file.CommitAsync(writer, 1, LedgerFile.Made(200));
        var session = Guid.CreateVersion7();
        await file.CommitAsync(
            writer, 1,
            [new SessionOpened("ann", session, "test", LedgerFile.Now), .. Enumerable.Range(1, 5_000).Select(i => LedgerFile.Batch(session, i, (i * 20) - 19, [.. Enumerable.Range(1, 20).Select(id => (long)id)]))]);
        var (whole, head) = await TimeAsync((moment, result) => LedgerVerification.RunAsync(moment, result, Stop));
        await file.CommitAsync(writer, 5_001, LedgerFile.Batch(session, 5_001, 100_001, 1));

        var (since, _) = await TimeAsync((moment, result) => LedgerVerification.RunSinceAsync(moment, head, result, Stop));

        TestContext.Current.SendDiagnosticMessage($"5,000 batches: all in {whole.TotalMilliseconds:0} ms, one since the head in {since.TotalMilliseconds:0} ms");
        Assert.True(since < whole / 5, $"{since} of {whole}");

        async Task<(TimeSpan, LedgerHead)> TimeAsync(Func<ILedgerMoment, VerificationResult, Task> verify)
        {
            var (started, result) = (TimeProvider.System.GetTimestamp(), new VerificationResult(20));
            await file.Source.ReadMomentAsync(
                async moment =>
                {
                    await verify(moment, result);
                    return true;
                },
                Stop);
            Assert.Equal(0, result.All.Single(check => check.Name == "rows-as-written").Faults);
            return (TimeProvider.System.GetElapsedTime(started), result.Head);
        }
    }

    private sealed class Copy : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-").FullName;

        public Copy(string path) => File.Copy(path, FilePath);

        private string FilePath => Path.Combine(_directory, SqliteDatabase.FileName);

        public void Flip(Random random)
        {
            var bytes = File.ReadAllBytes(FilePath);
            var (at, bit) = (random.Next(100, bytes.Length), 1 << random.Next(8));
            bytes[at] ^= (byte)bit;
            File.WriteAllBytes(FilePath, bytes);
        }

        /// <summary>All that the tables hold, or that they cannot be read.</summary>
        public string Dump()
        {
            try
            {
                using var connection = Open();
                return string.Join('\n', Query(connection, "select name from sqlite_master where type = 'table' order by name").Select(table => table + string.Join('|', Query(connection, $"select * from {table}"))));
            }
            catch (SqliteException unreadable)
            {
                return unreadable.Message;
            }
        }

        public void Dispose()
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(_directory, recursive: true);
        }

        private static List<string> Query(SqliteConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of tables.
            command.CommandText = sql;
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
            {
                rows.Add(string.Join(',', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
            }

            return rows;
        }

        private SqliteConnection Open()
        {
            var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False;Foreign Keys=False");
            connection.Open();
            return connection;
        }

        public async Task<VerificationResult> VerifyAsync()
        {
            using var database = new SqliteDatabase(FilePath);
            var result = new VerificationResult(20);
            result.AddDamage(await database.FindDamageAsync(20, Stop));
            if (result.IsSound)
            {
                await database.ReadMomentAsync(
                    async moment =>
                    {
                        await LedgerVerification.RunAsync(moment, result, Stop);
                        return true;
                    },
                    Stop);
            }

            return result;
        }
    }
}
