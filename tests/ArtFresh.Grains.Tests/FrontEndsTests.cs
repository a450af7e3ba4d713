using ArtFresh.Grains.Releases;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class FrontEndsTests
{
    [Fact]
    public async Task FrontEndThatStaysAwayIsNotCounted()
    {
        var clock = new ShiftedClock();
        var grain = new FrontEndsGrain(clock);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        // A new activation does not know those who have yet to come.
        Assert.Equal(0, await grain.Note(first));
        clock.Shift = TimeSpan.FromSeconds(15);
        Assert.Equal(0, await grain.Note(first));
        clock.Shift = TimeSpan.FromSeconds(31);
        Assert.Equal(2, await grain.Note(second));
        clock.Shift = TimeSpan.FromSeconds(50);
        Assert.Equal(1, await grain.Note(second));
        Assert.Equal(2, await grain.Note(first));
    }
}
