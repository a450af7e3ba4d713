using ArtFresh.Grains.Listener;

namespace ArtFresh.SystemTests.Faults.Planted;

/// <summary>Picks fresh art without the filter: the grain knows what the listener has, and serves it.</summary>
internal sealed class EverythingIsFresh : FreshRule
{
    public const string Plant = "forget-served";

    public override bool IsFresh(bool isServed) => true;
}
