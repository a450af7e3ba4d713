using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

public sealed class EpochListTests
{
    private static readonly DateTimeOffset First = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    private static readonly EpochList Epochs = new([
        new LedgerEpoch(1, 0, false, First, "new"),
        new LedgerEpoch(100, 50, false, First.AddDays(1), "copy"),
        new LedgerEpoch(200, 40, false, First.AddDays(2), "older copy"),
        new LedgerEpoch(300, 70, true, First.AddDays(3), "promoted")]);

    [Fact]
    public void FloorIsTheHighestOfTheEpochsThatAListenerMayHaveLostArtTo()
    {
        Assert.Equal(50, Epochs.FloorOf("sub-a", 0));
        Assert.Equal(50, Epochs.FloorOf("sub-a", 1));
        Assert.Equal(40, Epochs.FloorOf("sub-a", 100));
        Assert.Equal(0, Epochs.FloorOf("sub-a", 200));
    }

    [Fact]
    public void GuestWhoCameAfterAnEpochHasLostNothingToIt()
    {
        Assert.Equal(50, Epochs.FloorOf(Guest(First), 0));
        Assert.Equal(40, Epochs.FloorOf(Guest(First.AddDays(1.5)), 0));
        Assert.Equal(0, Epochs.FloorOf(Guest(First.AddDays(2.5)), 0));
        Assert.Equal(50, Epochs.FloorOf("guest-a", 0));
    }

    [Fact]
    public void SessionMayHaveShownWhatWasLostAfterItWasOpened()
    {
        Assert.Equal(200, Epochs.LostSince(First));
        Assert.Equal(0, Epochs.LostSince(First.AddDays(2.5)));
    }

    [Fact]
    public void IdsOfAnEpochBeginAboveAllThatMayHaveBeenGivenOutBefore()
    {
        var number = LedgerEpoch.NumberAt(First, 1);
        var later = LedgerEpoch.NumberAt(First.AddSeconds(1), 1);
        Assert.Equal(1, LedgerEpoch.NumberAt(First, 0));
        Assert.True(later > number);
        Assert.Equal(number + 1, LedgerEpoch.NumberAt(First, number));
        Assert.Equal(1L << LedgerEpoch.ArtworkBits, new LedgerEpoch(later, 0, false, First, "").FirstArtwork - new LedgerEpoch(number, 0, false, First, "").FirstArtwork);
        Assert.True(new LedgerEpoch(LedgerEpoch.NumberAt(First.AddYears(200), 1), 0, false, First, "").FirstArtwork < 1L << 53);
    }

    private static string Guest(DateTimeOffset at) => $"guest-{Guid.CreateVersion7(at):N}";
}
