using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>Pictures that wait for an operator, in each kind of database.</summary>
public abstract class HeldPicturesTests(LedgerFile file) : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task WaitingPictureIsReadAsItCameAndIsNoArtwork()
    {
        var whole = new NewArtwork(5, new Mood(0.25, 0.75), "import", null, "picture-1", "content-1", -77, "Tïtle", "Ada", "shelf/1.svg",
            new ArtworkCredit("CC0", Collection: "Boats", DigitalSourceType: "digitalArt", OriginalHash: "original-1"));
        var bare = new NewArtwork(6, Mood.Neutral, "model", null, "picture-2", "content-2", null, "Two", null, null, new ArtworkCredit());

        Assert.Equal(2, await file.Held.HoldAsync([whole, bare], LedgerFile.Now, Stop));
        Assert.Equal(0, await file.Held.HoldAsync([whole, bare with { ContentHash = "content-3" }], LedgerFile.Now, Stop));

        Assert.Equal([new(1, whole, LedgerFile.Now, HeldState.Waiting), new(2, bare, LedgerFile.Now, HeldState.Waiting)], await file.Held.ReadAsync(HeldState.Waiting, 0, 10, Stop));
        Assert.Equal(2, Assert.Single(await file.Held.ReadAsync(HeldState.Waiting, 1, 1, Stop)).HeldId);
        Assert.Equal(1, (await file.Held.FindContentAsync("content-1", Stop))?.HeldId);
        Assert.Equal(1, (await file.Held.FindContentAsync("picture-1", Stop))?.HeldId);
        Assert.Null(await file.Held.FindContentAsync("content-4", Stop));
        Assert.Equal((2, 1, 0), (await file.Held.CountWaitingAsync(Stop), await file.Held.CountWaitingAsync(6, Stop), await file.Held.CountWaitingAsync(5, Stop)));
        Assert.Empty(await file.Catalogue.ReadArtworksAsync([1, 2], Stop));
    }

    [Fact]
    public async Task PictureIsDecidedOnOnceWithAnAuditAndARefusedOneMayBeApprovedLater()
    {
        await file.Held.HoldAsync([.. Enumerable.Range(1, 3).Select(number => Picture(number))], LedgerFile.Now, Stop);

        Assert.True(await DecideAsync(1, isApproved: true));
        Assert.True(await DecideAsync(2, isApproved: false));
        foreach (var (heldId, isApproved) in new[] { (1, true), (1, false), (2, false), (9, true) })
        {
            Assert.False(await DecideAsync(heldId, isApproved));
        }

        Assert.Equal([new RefusedPicture(2, 2)], await file.Held.ReadRefusedAsync(Stop));
        Assert.Equal([1L], (await file.Held.ReadAsync(HeldState.Approved, 0, 10, Stop)).Select(picture => picture.HeldId));
        Assert.True(await DecideAsync(2, isApproved: true));

        Assert.Equal(["2 True", "2 False", "1 True"], (await file.Releases.ReadAsync(10, Stop)).Select(entry => entry.Detail));
        await file.Held.EndAsync([1, 2, 3], Stop);
        Assert.Null(await file.Held.FindAsync(1, Stop));
        Assert.Null(await file.Held.FindAsync(2, Stop));
        Assert.NotNull(await file.Held.FindAsync(3, Stop));
        // A number is never used again: an operator's page may still show the picture that had it.
        await file.Held.HoldAsync([Picture(4)], LedgerFile.Now, Stop);
        Assert.NotNull(await file.Held.FindAsync(4, Stop));
    }

    [Fact]
    public async Task CollectionIsHeldAndOpenedAgain()
    {
        await file.Collections.SetHeldAsync("Boats", isHeld: true, Act("held"), Stop);
        Assert.Equal([new CollectionShelf(1, "Boats", IsHeld: true)], await file.Collections.ReadShelvesAsync(Stop));
        await file.Collections.SetWindowAsync("Boats", null, LedgerFile.Now, Act("until"), Stop);
        await file.Collections.SetHeldAsync("Boats", isHeld: false, Act("open"), Stop);

        Assert.Equal([new CollectionShelf(1, "Boats", null, LedgerFile.Now)], await file.Collections.ReadShelvesAsync(Stop));
        Assert.Equal(["open", "until", "held"], (await file.Releases.ReadAsync(10, Stop)).Select(entry => entry.Detail));
    }

    private static OperatorAct Act(string detail) => new(LedgerFile.Now, "ann", "try", null, detail);

    private static NewArtwork Picture(int number) => new(5, Mood.Neutral, "import", null, $"picture-{number}", $"content-{number}", number, "A title", null, null, new ArtworkCredit());

    private Task<bool> DecideAsync(long heldId, bool isApproved) => file.Held.DecideAsync(heldId, isApproved, Act($"{heldId} {isApproved}"), Stop);
}

public sealed class SqliteHeldPicturesTests() : HeldPicturesTests(new SqliteFile());

[Collection("postgres")]
public sealed class PostgresHeldPicturesTests(PostgresWorld world) : HeldPicturesTests(new PostgresFile(world.Server));
