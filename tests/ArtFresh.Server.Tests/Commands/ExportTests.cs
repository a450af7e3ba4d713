using System.Globalization;
using System.Text.Json;
using ArtFresh.Freshness;
using ArtFresh.TestWorld;
using Parquet.Serialization;
using Xunit;

namespace ArtFresh.Server.Tests;

[Collection("ledgers")]
public sealed class ExportTests(SoundLedgers ledgers) : IDisposable
{
    private const long Day = 86_400_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("artfresh-export-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, InlineData(false), InlineData(true)]
    public async Task EveryCommittedImpressionIsExportedExactlyOnce(bool isCluster)
    {
        using var ledger = DaysAgo(isCluster);

        var printed = await ExportAsync(ledger);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        var rows = Lines("impressions");
        Assert.Equal(Committed(ledger), rows.Select(KeyOf).Order());
        Assert.Equal(rows.Count, rows.Select(row => row.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(rows, row => Assert.Matches("^[0-9a-f]{64}$", row.GetProperty("listener").GetString()!));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "impressions")).Count(file => new FileInfo(file).Length > 0));
        Assert.Equal(ledger.Count("select count(*) from artwork"), Lines("artworks").Count);
        Assert.Equal(ledger.Count("select sum(amount) from release_counter"), Lines("figures").Sum(row => row.GetProperty("amount").GetInt64()));
        Assert.Equal(rows.Count, printed.Json.GetProperty("sorts")[0].GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task FinishedDayIsNotWrittenAgain()
    {
        using var ledger = DaysAgo(false);
        await ExportAsync(ledger);
        var before = Lines("impressions").Select(KeyOf).Order().ToArray();
        var files = Directory.GetFiles(Path.Combine(_folder, "impressions"), "*.ndjson").Order().ToArray();
        await File.WriteAllTextAsync(files[0], "kept", Stop);
        File.Delete(files[1]);
        await File.WriteAllTextAsync(files[1] + ".partial", "what a killed export has left", Stop);

        var printed = await ExportAsync(ledger);

        Assert.Equal((1, files.Length - 1), (printed.Json.GetProperty("sorts")[0].GetProperty("written").GetInt64(), printed.Json.GetProperty("sorts")[0].GetProperty("kept").GetInt64()));
        Assert.Equal("kept", await File.ReadAllTextAsync(files[0], Stop));
        Assert.False(File.Exists(files[1] + ".partial"));
        await ExportAsync(ledger, "--again");
        Assert.Equal(before, Lines("impressions").Select(KeyOf).Order());
    }

    /// <summary>They say who saw what. Whoever else may read them is for the operator to say, who gives the folder its permissions.</summary>
    [Fact]
    public async Task FolderThatAnExportMakesIsTheUsersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Permissions of Unix.");
        using var ledger = DaysAgo(false);
        Directory.Delete(_folder, recursive: true);
        await ExportAsync(ledger);
#pragma warning disable CA1416
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        var shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        File.SetUnixFileMode(_folder, shared);
        await ExportAsync(ledger, "--again");
        Assert.Equal(shared, File.GetUnixFileMode(_folder));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task ParquetHoldsTheSameRows()
    {
        using var ledger = DaysAgo(false);

        var printed = await ExportAsync(ledger, "--format", "parquet", "--listeners", "id");

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        var rows = new List<ImpressionRow>();
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "impressions"), "*.parquet"))
        {
            await using var content = File.OpenRead(file);
            rows.AddRange((await ParquetSerializer.DeserializeAsync<ImpressionRow>(content, cancellationToken: Stop)).Data);
        }

        Assert.Equal(Committed(ledger), rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.SessionId} {row.Number} {row.ArtworkId} {row.Outcome}")).Order());
        Assert.Equal(Listeners.Count, rows.Select(row => row.Listener).Distinct().Count(listener => listener!.StartsWith("guest-", StringComparison.Ordinal)));
        Assert.All(rows, row => Assert.InRange(row.ReceivedAt, DateTime.UnixEpoch.AddYears(55), TimeProvider.System.GetUtcNow().UtcDateTime));
    }

    [Fact]
    public async Task ListenersWhoseErasureIsAskedForAreLeftOut()
    {
        using var ledger = DaysAgo(false);
        var erased = (string)ledger.Scalar("select min(listener_id) from session")!;
        ledger.Execute("insert into erasure (proof, listener_id, asked_at, row_count) values ($1, $2, 1, 0)", new byte[32], erased);

        await ExportAsync(ledger, "--listeners", "id");

        Assert.Equal(Listeners.Count - 1, Lines("impressions").Select(row => row.GetProperty("listener").GetString()).Distinct().Count());
        Assert.DoesNotContain(Lines("impressions"), row => row.GetProperty("listener").GetString() == erased);
    }

    [Fact]
    public async Task DaysAreThoseThatAreNamedAndOver()
    {
        using var ledger = DaysAgo(false);
        ledger.Execute("update impression_batch set received_at = $1 where position = 1", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var yesterday = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-1);

        await ExportAsync(ledger, "--what", "impressions", "--from", yesterday.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "--until", "2999-01-01");

        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().AddHours(-1).UtcDateTime);
        Assert.Equal(
            Enumerable.Range(0, today.DayNumber - yesterday.DayNumber).Select(i => yesterday.AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            Directory.GetFiles(Path.Combine(_folder, "impressions")).Select(Path.GetFileNameWithoutExtension).Order());
        Assert.False(Directory.Exists(Path.Combine(_folder, "artworks")));
    }

    /// <summary>A ledger whose rows are one to three days old.</summary>
    private LedgerCopy DaysAgo(bool isCluster)
    {
        var ledger = ledgers.Copy(isCluster);
        ledger.Execute($"update impression_batch set received_at = received_at - {2 * Day} - {Day} * (position % 3)");
        ledger.Execute($"update artwork set created_at = created_at - {2 * Day}");
        ledger.Execute($"update release_counter set hour = hour - {2 * Day}");
        return ledger;
    }

    private static List<string> Committed(LedgerCopy ledger)
    {
        using var connection = ledger.Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select session_id, impressions from impression_batch";
        using var rows = command.ExecuteReader();
        var impressions = new List<string>();
        while (rows.Read())
        {
            var session = rows.GetValue(0) is Guid id ? id : new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true);
            impressions.AddRange(PackedImpressions.Unpack(rows.GetFieldValue<byte[]>(1)).Select(impression => string.Create(
                CultureInfo.InvariantCulture, $"{session} {impression.Number} {impression.ArtworkId} {JsonNamingPolicy.CamelCase.ConvertName(impression.Outcome.ToString())}")));
        }

        Assert.NotEmpty(impressions);
        return [.. impressions.Order()];
    }

    private static string KeyOf(JsonElement row) =>
        $"{row.GetProperty("sessionId").GetString()} {row.GetProperty("number")} {row.GetProperty("artworkId")} {row.GetProperty("outcome").GetString()}";

    private List<JsonElement> Lines(string sort) =>
        [.. Directory.GetFiles(Path.Combine(_folder, sort), "*.ndjson").SelectMany(File.ReadAllLines).Where(line => line != "kept").Select(line => JsonElement.Parse(line))];

    private Task<Printed> ExportAsync(LedgerCopy ledger, params string[] options) => Tool.RunAsync(["export", _folder, "--json", .. options, .. ledger.Where]);
}
