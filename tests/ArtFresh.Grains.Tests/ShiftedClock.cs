namespace ArtFresh.Grains.Tests;

/// <summary>The system's clock, set forward by a test.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
