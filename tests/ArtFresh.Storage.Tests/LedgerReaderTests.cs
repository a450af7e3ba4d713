using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>What the reader must return from any ledger; run over each kind of database.</summary>
public abstract class LedgerReaderTests(LedgerFile file) : IDisposable
{
    private const string Listener = "guest-a";
    private readonly Guid _session = Guid.CreateVersion7();
    private long _writer;
    private long _position;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What stands for each kind of parameter in <see cref="EveryRoleAnswersWithoutRows"/>.</summary>
    private static Dictionary<Type, object?> Samples { get; } = new()
    {
        [typeof(string)] = "none",
        [typeof(int)] = 1,
        [typeof(long)] = 1L,
        [typeof(Guid)] = Guid.CreateVersion7(),
        [typeof(DateTimeOffset)] = LedgerFile.Now,
        [typeof(DateOnly)] = new DateOnly(2026, 9, 21),
        [typeof(IReadOnlyCollection<long>)] = new long[] { 1, 2 },
        [typeof(IReadOnlyCollection<string>)] = new[] { "a", "b" },
        [typeof(OperatorAct)] = new OperatorAct(LedgerFile.Now, "ann", "try", null, "because"),
        [typeof(ReleasePolicy)] = new ReleasePolicy("r1", Delivery.Single, LedgerFile.Now),
        [typeof(DateTimeOffset?)] = LedgerFile.Now,
        [typeof(ReleaseNotice)] = new ReleaseNotice("fail/r1/1", LedgerFile.Now, "{}", 0, LedgerFile.Now),
        [typeof(ReleaseFailure)] = new ReleaseFailure("r1", 1, LedgerFile.Now, "[]", null, null),
        [typeof(WithdrawalWish)] = new WithdrawalWish(WithdrawBy.Author, "nobody"),
        [typeof(CancellationToken)] = CancellationToken.None,
    };

    public void Dispose()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Every query is SQL that this database understands, and its columns are what the reader takes them for.</summary>
    [Fact]
    public async Task EveryRoleAnswersWithoutRows()
    {
        object[] readers = [file.History, file.Aliases, file.Catalogue, file.Figures, file.Releases, file.Withdrawals];
        var calls = readers
            .SelectMany(reader => reader.GetType().GetInterfaces().SelectMany(role => role.GetMethods(), (role, method) => (reader, method)))
            .ToArray();
        Assert.True(calls.Length >= 25);
        foreach (var (reader, method) in calls)
        {
            var fault = await Record.ExceptionAsync(() => (Task)method.Invoke(reader, [.. method.GetParameters().Select(parameter => Samples[parameter.ParameterType])])!);
            Assert.True(fault is null, $"{method.DeclaringType!.Name}.{method.Name}: {fault}");
        }
    }

    [Theory]
    [InlineData(WithdrawBy.Id, "1", 1)]
    [InlineData(WithdrawBy.Hash, "CONTENT-1", 1)]
    [InlineData(WithdrawBy.Hash, "picture-2", 1)]
    [InlineData(WithdrawBy.Source, "shelf", 2)]
    [InlineData(WithdrawBy.Author, "Ada", 2)]
    [InlineData(WithdrawBy.Collection, "Boats", 1)]
    [InlineData(WithdrawBy.Licence, "CC0", 3)]
    [InlineData(WithdrawBy.Licence, "CC", 0)]
    [InlineData(WithdrawBy.Id, "one", 0)]
    public async Task ArtworksAreWithdrawnByWhatTheyHave(WithdrawBy by, string value, int count)
    {
        await CommitAsync(new ArtworksMade([Imported(1, "shelf", "Ada", null), Imported(2, "shelf", "Ben", "Boats"), Imported(3, "attic", "Ada", null)], LedgerFile.Now));

        Assert.Equal(new WithdrawalResult(count, count), await WithdrawAsync(by, value));
        Assert.Equal(new WithdrawalResult(count, 0), await WithdrawAsync(by, value));
        var changes = await file.Withdrawals.ReadChangesAsync(0, 10, Stop);
        Assert.Equal(Enumerable.Range(1, count).Select(change => (long)change), changes.Select(change => change.Change));
        Assert.All(changes, change => Assert.True(change.IsWithdrawn));
        Assert.Equal(count > 0 ? 1 : 0, (await file.Releases.ReadAsync(10, Stop)).Count);

        Assert.Equal(new WithdrawalResult(count, count), await WithdrawAsync(by, value, isUndone: true));
        Assert.Equal(new WithdrawalResult(count, 0), await WithdrawAsync(by, value, isUndone: true));
        Assert.All(await file.Withdrawals.ReadChangesAsync(count, 10, Stop), change => Assert.False(change.IsWithdrawn));
        Assert.Equal(count, (await file.Withdrawals.ReadChangesAsync(count, 10, Stop)).Count);
        Assert.Empty(await file.Withdrawals.ReadChangesAsync(2 * count, 10, Stop));
    }

    [Fact]
    public async Task WithdrawnPictureGetsItsHashAsAChange()
    {
        await CommitAsync(new ArtworksMade([Imported(1, "shelf", "Ada", null)], LedgerFile.Now));
        await WithdrawAsync(WithdrawBy.Id, "1");
        Assert.Equal([(1L, "picture-1")], await file.Withdrawals.FindUnhashedAsync(0, 10, Stop));

        await file.Withdrawals.NoteHashAsync(1, -5, Stop);

        Assert.Empty(await file.Withdrawals.FindUnhashedAsync(0, 10, Stop));
        Assert.Equal([new WithdrawalChange(2, 1, true, -5)], await file.Withdrawals.ReadChangesAsync(1, 10, Stop));
    }

    [Fact]
    public async Task CachesAreToldUntilItIsEnded()
    {
        await CommitAsync(new ArtworksMade([Imported(1, "shelf", "Ada", null), Imported(2, "shelf", "Ada", null)], LedgerFile.Now));
        await WithdrawAsync(WithdrawBy.Author, "Ada");
        var later = LedgerFile.Now.AddSeconds(30);

        Assert.Equal([1L, 2L], (await file.Withdrawals.TakeUntoldAsync(LedgerFile.Now, later, 10, Stop)).Select(change => change.ArtworkId).Order());
        Assert.Empty(await file.Withdrawals.TakeUntoldAsync(LedgerFile.Now, later, 10, Stop));
        var again = await file.Withdrawals.TakeUntoldAsync(later, later.AddSeconds(30), 10, Stop);
        Assert.Equal(2, again.Count);
        await file.Withdrawals.EndUntoldAsync([.. again.Select(change => change.Change)], Stop);
        Assert.Empty(await file.Withdrawals.TakeUntoldAsync(later.AddDays(1), later.AddDays(2), 10, Stop));
    }

    private Task<WithdrawalResult> WithdrawAsync(WithdrawBy by, string value, bool isUndone = false) =>
        file.Withdrawals.WithdrawAsync(new WithdrawalWish(by, value, isUndone), new OperatorAct(LedgerFile.Now, "ann", "withdraw", null, "because"), "because", Stop);

    private static NewArtwork Imported(int number, string source, string author, string? collection) => new(
        5, Mood.Neutral, "import", null, $"picture-{number}", $"content-{number}", null, "A title", author, source, new ArtworkCredit("CC0", Collection: collection));

    /// <summary>The schema's script takes apart what an import of an earlier release wrote as "source (licence)", where that can be read in one way.</summary>
    [Theory]
    [InlineData("https://pictures.test/a (CC0)", "https://pictures.test/a", "CC0")]
    [InlineData("https://pictures.test/a_(b) (http://creativecommons.org/licenses/by/4.0/)", "https://pictures.test/a_(b)", "http://creativecommons.org/licenses/by/4.0/")]
    [InlineData("(CC BY-SA 4.0)", null, "CC BY-SA 4.0")]
    [InlineData("A book (1990)", "A book (1990)", null)]
    [InlineData("A book (1990) (CC0)", "A book (1990) (CC0)", null)]
    [InlineData("A page (CC0 (or not))", "A page (CC0 (or not))", null)]
    [InlineData("plain", "plain", null)]
    public void LicenceInASourceIsTakenOut(string glued, string? source, string? licence)
    {
        foreach (var column in new[] { "licence", "collection", "digital_source_type" })
        {
            file.Scalar($"alter table artwork drop column {column}");
        }

        file.Scalar(
            $"insert into artwork (artwork_id, pool, valence, energy, generator, picture_hash, title, source, created_at) values (1, 0, 0, 0, 'import', 'p1', 't', '{glued}', 0), (2, 0, 0, 0, 'model', 'p2', 't', 'prompt (CC0)', 0)");
        var assembly = typeof(ArtFresh.Storage.Sql.SqlCatalogue).Assembly;
        var database = file is SqliteFile ? "Sqlite" : "Postgres";
        var name = assembly.GetManifestResourceNames().Single(name => name.Contains(database, StringComparison.Ordinal) && name.EndsWith("_credit.sql", StringComparison.Ordinal));
        using var script = new StreamReader(assembly.GetManifestResourceStream(name)!);
        file.Scalar(script.ReadToEnd());

        Assert.Equal(source, file.Scalar("select source from artwork where artwork_id = 1") as string);
        Assert.Equal(licence, file.Scalar("select licence from artwork where artwork_id = 1") as string);
        Assert.Equal("prompt (CC0)", file.Scalar("select source from artwork where artwork_id = 2"));
    }

    [Fact]
    public async Task CollectionHasAShelfAndTheOthersGetAnotherIfItTakesSomeOfTheirs()
    {
        await file.Collections.AddShelfAsync("New", Act("New"), Stop);
        await file.Collections.AddShelfAsync("New", Act("New"), Stop);
        await CommitAsync(new ArtworksMade([Imported(1, "a", "ann", "Old")], LedgerFile.Now));
        await file.Collections.SetWindowAsync("Old", LedgerFile.Now, LedgerFile.Now.AddDays(1), Act("Old"), Stop);
        await file.Collections.SetWindowAsync("New", null, LedgerFile.Now, Act("New"), Stop);
        await file.Collections.SetWindowAsync("Old", null, null, Act("Old"), Stop);

        var shelves = await file.Collections.ReadShelvesAsync(Stop);

        Assert.Equal([new(1, "New", null, LedgerFile.Now), new(2, "Old"), new(3, null)], shelves);
        Assert.Equal([false, true], [shelves[0].IsOpenAt(LedgerFile.Now), shelves[0].IsOpenAt(LedgerFile.Now.AddMilliseconds(-1))]);
        var audit = await file.Releases.ReadAsync(10, Stop);
        Assert.Equal(["Old", "New", "Old", "New"], audit.Select(entry => entry.Detail));

        static OperatorAct Act(string detail) => new(LedgerFile.Now, "ann", "collection", null, detail);
    }

    [Fact]
    public async Task ArtworksAreReadAsTheyWereEntered()
    {
        var imported = new NewArtwork(5, new Mood(0.25, 0.75), "import", null, "picture-1", "content-1", 77, "Tïtle “1”", null, "shelf/1.svg",
            new ArtworkCredit("CC BY 4.0", Collection: "Shelf", DigitalSourceType: "digitalArt"));
        var made = new NewArtwork(5, new Mood(0, 1), "neural", "genome-2", null, null, 78, "Second", "An author", null);
        var painted = new NewArtwork(5, new Mood(0, 1), "images-model", null, "picture-3", "content-3", null, "Third", null, "A prompt, which credits nobody",
            new ArtworkCredit(OriginalHash: "original-3"));
        var bare = new NewArtwork(5, new Mood(0, 1), "import", null, "picture-4", "content-4", null, "Fourth", null, null);
        await CommitAsync(new ArtworksMade([imported, made, painted, bare], LedgerFile.Now));

        Assert.Equal(
            [
                new Artwork(1, "import", null, "picture-1", imported.Mood, LedgerFile.Now, imported.Title, null, new ArtworkCredit("CC BY 4.0", "shelf/1.svg", "Shelf", "digitalArt")),
                new Artwork(2, "neural", "genome-2", null, made.Mood, LedgerFile.Now, "Second", "An author"),
                new Artwork(3, "images-model", null, "picture-3", painted.Mood, LedgerFile.Now, "Third", null, new ArtworkCredit(OriginalHash: "original-3")),
                new Artwork(4, "import", null, "picture-4", bare.Mood, LedgerFile.Now, "Fourth", null),
            ],
            await file.Catalogue.ReadArtworksAsync([4, 3, 2, 1], Stop));
        Assert.Equal(
            ["digitalArt", DigitalSourceTypes.Algorithmic, DigitalSourceTypes.TrainedAlgorithmic, null],
            (await file.Catalogue.ReadArtworksAsync([1, 2, 3, 4], Stop)).Select(artwork => artwork.DigitalSourceType));
        Assert.Equal("2 3", string.Join(' ', await file.Catalogue.ReadPoolAsync(5, 0, Stop)));
        Assert.Equal([new ImportedArtwork(1, 5, "Shelf", true), new ImportedArtwork(4, 5, null, false)], await file.Collections.ReadImportedAsync(0, 10, Stop));
        Assert.Equal(4, Assert.Single(await file.Collections.ReadImportedAsync(1, 1, Stop)).ArtworkId);
        Assert.Equal("genome-2", Assert.Single(await file.Catalogue.ReadNewestGenomesAsync(5, 10, Stop)));
        Assert.Empty(await file.Catalogue.ReadNewestGenomesAsync(6, 10, Stop));
        Assert.Equal(1, await file.Catalogue.FindContentAsync("content-1", Stop));
        Assert.Equal(1, await file.Catalogue.FindContentAsync("picture-1", Stop));
        Assert.Null(await file.Catalogue.FindContentAsync("genome-2", Stop));
        Assert.Null(await file.Catalogue.ReadViewsAsync(5, Stop));
        var views = (await file.Catalogue.ReadViewsAsync(2, Stop))!;
        Assert.Equal((null, 0, null), (views.ViewedAt, views.ViewCount, views.LastViewedAt));
    }

    [Fact]
    public async Task BatchesAndStrikesAreReadAsTheyAreStored()
    {
        var records = new SqlRecords((SqlDatabase)file.Source);
        var batch = LedgerFile.Batch(_session, 1, 1, 1, 2) with { Network = 951, Revisits = 1 };
        await CommitAsync(LedgerFile.Made(2), new SessionOpened(Listener, _session, "test", LedgerFile.Now), batch);
        var act = new OperatorAct(LedgerFile.Now, "ann", "strike-claims", null, "lies");
        await file.Releases.StrikeAsync(Listener, act, Stop);

        var read = Assert.Single(await records.ReadBatchesBackAsync(_session, long.MaxValue, 2, Stop));
        var strike = Assert.Single(await records.ReadStrikesAsync(Listener, Stop));

        Assert.Equal((1, batch.BatchId, LedgerFile.Now, 951, 1), (read.Number, read.BatchId, read.ReceivedAt, read.Network, read.Revisits));
        Assert.Equal("beacon", System.Text.Json.JsonSerializer.Deserialize<DeliveryReport>(read.Report!)!.Transport);
        Assert.Equal(new RecordedStrike(0, null, LedgerFile.Now), strike);
    }

    [Fact]
    public async Task NewestPerceptualHashesComeFirst()
    {
        await CommitAsync(new ArtworksMade([.. Enumerable.Range(1, 5).Select(hash => new NewArtwork(5, Mood.Neutral, "neural", $"g{hash}", null, null, hash, "t", null, null))], LedgerFile.Now));

        Assert.Equal("g3 g4 g5", string.Join(' ', await file.Catalogue.ReadNewestGenomesAsync(5, 3, Stop)));
    }

    [Fact]
    public async Task EarliestBackfilledViewStands()
    {
        await CommitAsync(LedgerFile.Made(3), LedgerFile.Batch(_session, 1, 1, 1, 2));
        await CommitAsync(new ViewsBackfilled(new Dictionary<long, DateTimeOffset> { [1] = LedgerFile.Now.AddDays(-1), [2] = LedgerFile.Now.AddDays(1), [3] = LedgerFile.Now }));

        Assert.Equal(LedgerFile.Now.AddDays(-1), (await file.Catalogue.ReadViewsAsync(1, Stop))!.ViewedAt);
        Assert.Equal(LedgerFile.Now, (await file.Catalogue.ReadViewsAsync(2, Stop))!.ViewedAt);
        Assert.Equal(LedgerFile.Now, (await file.Catalogue.ReadViewsAsync(3, Stop))!.ViewedAt);
    }

    [Fact]
    public async Task BlocksAreReadInOrderFromANumberOn()
    {
        await CommitAsync(
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2]),
            LedgerFile.Block(Listener, 2, _session, BlockKind.TakenBack, [], 2),
            LedgerFile.Block("guest-b", 3, _session, BlockKind.SetAside, [9]),
            LedgerFile.Block(Listener, 3, _session, BlockKind.Backfilled, [7], 1));

        var blocks = await file.History.ReadBlocksAsync(Listener, 1, Stop);

        Assert.Equal([(2L, BlockKind.TakenBack, _session), (3, BlockKind.Backfilled, _session)], blocks.Select(block => (block.BlockNumber, block.Kind, block.SessionId)));
        Assert.Equal(["|2", "7|1"], blocks.Select(block => $"{string.Join(' ', block.ArtworkIds)}|{string.Join(' ', block.ReturnedIds)}"));
        Assert.Equal(3, (await file.History.ReadBlocksAsync(Listener, 0, Stop)).Count);
    }

    [Fact]
    public async Task FirstEndOfASessionStandsAndItsAccountsAreKept()
    {
        var account = (new BatchAccount { IsFirst = true, IsReported = true }).Pack();
        await CommitAsync(
            LedgerFile.Made(2), Opened(_session),
            LedgerFile.Batch(_session, 1, 1, 1) with { Account = account }, LedgerFile.Batch(_session, 2, 2, 2));
        await CommitAsync(new SessionEnded(_session, LedgerFile.Now.AddMinutes(1)));
        await CommitAsync(new SessionEnded(_session, LedgerFile.Now.AddMinutes(9)));

        Assert.True((await file.History.ReadSessionAsync(Listener, _session, Stop))!.Ended);
        Assert.Equal([account, null], (await file.Figures.ReadBatchesAsync(1, 0, 9, Stop)).Select(batch => batch.Account));
        var found = Assert.Single(await FindAsync(new SessionFilter(_session, null, null, false, 9)));
        Assert.Equal(LedgerFile.Now.AddMinutes(1), found.EndedAt);
    }

    [Fact]
    public async Task BatchesOfAWriterAreReadInPortions()
    {
        await CommitAsync(LedgerFile.Made(9), Opened(_session), LedgerFile.Batch(_session, 1, 1, 1), LedgerFile.Batch(_session, 2, 2, 2), LedgerFile.Batch(_session, 3, 3, 3));

        Assert.Equal([2L], (await file.Figures.ReadBatchesAsync(1, 1, 1, Stop)).Select(batch => batch.Position));
        Assert.Equal([3L], (await file.Figures.ReadBatchesAsync(1, 2, 9, Stop)).Select(batch => batch.Position));
        Assert.Empty(await file.Figures.ReadBatchesAsync(2, 0, 9, Stop));
    }

    [Fact]
    public async Task SchemaIsTheLatest()
    {
        var (applied, known) = await file.Figures.ReadSchemaAsync(Stop);

        Assert.True(known >= 3);
        Assert.Equal(known, applied);
    }

    [Fact]
    public async Task SessionsAreFoundByEachOfTheirProperties()
    {
        // Ids sort by their milliseconds.
        var later = TimeProvider.System.GetUtcNow().AddMinutes(1);
        var (other, ended) = (Guid.CreateVersion7(later), Guid.CreateVersion7(later.AddSeconds(1)));
        await CommitAsync(
            LedgerFile.Made(9), Opened(_session), new SessionOpened("guest-b", other, "r2", LedgerFile.Now), Opened(ended), new SessionEnded(ended, LedgerFile.Now),
            LedgerFile.Batch(_session, 1, 1, 1, 2) with { Duplicates = 4 }, LedgerFile.Batch(_session, 2, 6, 3) with { ReceivedAt = LedgerFile.Now.AddMinutes(1) });

        var found = Assert.Single(await FindAsync(new SessionFilter(_session, null, null, false, 9)));
        Assert.Equal((Listener, "r1", LedgerFile.Now.AddMinutes(1)), (found.Listener, found.Release, found.LastBatchAt));
        Assert.Equal((2, 3, 4, 0, 2, 3), (found.Batches, found.Impressions, found.Duplicates, found.Repeats, found.HighWater, found.Missing));
        Assert.Equal([new NumberRange(3, 5)], found.MissingNumbers);
        Assert.Equal([ended, other, _session], (await FindAsync(new SessionFilter(null, null, null, false, 9))).Select(session => session.Session));
        Assert.Equal([ended], (await FindAsync(new SessionFilter(null, null, null, false, 1))).Select(session => session.Session));
        Assert.Equal([other, _session], (await FindAsync(new SessionFilter(null, null, null, true, 9))).Select(session => session.Session));
        Assert.Equal([other], (await FindAsync(new SessionFilter(null, "guest-b", null, false, 9))).Select(session => session.Session));
        Assert.Equal([other], (await FindAsync(new SessionFilter(null, null, "r2", false, 9))).Select(session => session.Session));
        Assert.Empty(await FindAsync(new SessionFilter(other, Listener, null, false, 9)));
    }

    [Fact]
    public async Task ArtworksAreFoundByWhatOthersCallThem()
    {
        var (content, picture) = (new string('a', 64), new string('b', 64));
        NewArtwork Of(string? contentHash, string? pictureHash, string title, string? source) =>
            new(1, Mood.Neutral, "import", pictureHash is null ? "g" : null, pictureHash, contentHash, null, title, null, source);
        await CommitAsync(new ArtworksMade([Of(content, picture, "One", "shelf/1"), Of(null, null, "Two", "shelf/2"), Of(null, null, "Two", null), Of(null, null, "shelf/1", null)], LedgerFile.Now));

        var found = await file.Source.ReadMomentAsync(
            moment => moment.FindArtworksAsync([content.ToUpperInvariant(), picture, "shelf/1", "shelf/2", "Two", "One", "none"], ArtworkNaming.Any, Stop), Stop);

        Assert.Equal((1, 1, 1), (found[content.ToUpperInvariant()], found[picture], found["shelf/1"]));
        Assert.Equal((2, 1), (found["shelf/2"], found["One"]));
        Assert.DoesNotContain(found.Keys, name => name is "Two" or "none");
    }

    [Fact]
    public async Task VerifyPassesASoundLedgerAndFindsAFault()
    {
        var other = Guid.CreateVersion7();
        await CommitAsync(
            LedgerFile.Made(9), Opened(_session), new SessionOpened("Guest-b", other, "r1", LedgerFile.Now),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2, 3]),
            LedgerFile.Block("Guest-b", 1, other, BlockKind.SetAside, [1]),
            LedgerFile.Batch(_session, 1, 1, 1, 2));
        Assert.True((await VerifyAsync()).Holds);

        file.Scalar("update artwork set viewed_at = null where artwork_id = 2");

        Assert.False((await VerifyAsync()).Holds);
    }

    [Fact]
    public async Task MomentDoesNotSeeLaterCommits()
    {
        await CommitAsync(LedgerFile.Made(2));
        var counts = await file.Source.ReadMomentAsync(
            async moment =>
            {
                var first = await moment.CountRowsAsync(Stop);
                await CommitAsync(LedgerFile.Made(3));
                return (first, again: await moment.CountRowsAsync(Stop));
            },
            Stop);

        Assert.Equal((2, 2), (counts.first.Artworks, counts.again.Artworks));
        Assert.Equal("1 2 3 4 5", string.Join(' ', await file.Catalogue.ReadPoolAsync(3, 0, Stop)));
    }

    private static SessionOpened Opened(Guid session) => new(Listener, session, "r1", LedgerFile.Now);

    private async Task CommitAsync(params LedgerEntry[] entries)
    {
        var writer = _writer == 0 ? _writer = await file.Ledger.StartWriterAsync(Stop) : _writer;
        var verdicts = await file.CommitAsync(writer, _position + 1, entries);
        _position += entries.OfType<BatchRecorded>().Count();
        Assert.All(verdicts, verdict => Assert.Equal(LedgerVerdict.Committed, verdict));
    }

    private Task<IReadOnlyList<SessionSummary>> FindAsync(SessionFilter filter) =>
        file.Source.ReadMomentAsync(moment => moment.FindSessionsAsync(filter, Stop), Stop);

    private async Task<VerificationResult> VerifyAsync()
    {
        var report = new VerificationResult(9);
        await file.Source.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, report, Stop);
                return true;
            },
            Stop);
        return report;
    }
}

public sealed class SqliteLedgerReaderTests() : LedgerReaderTests(new SqliteFile());

[Collection("postgres")]
public sealed class PostgresLedgerReaderTests(PostgresWorld world) : LedgerReaderTests(new PostgresFile(world.Server));
