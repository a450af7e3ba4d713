namespace ArtFresh.Grains;

/// <summary>What listeners and their sessions both hold to about blocks.</summary>
internal static class Blocks
{
    private const int NumberBits = 40;

    /// <summary>A place in the log of a listener or of an account that the listener has joined, in one order: what an account's log says comes after all of the guest's.</summary>
    /// <param name="steps">Joinings from the listener to the log's.</param>
    /// <param name="blockNumber">The block's number in that log.</param>
    public static long Place(int steps, long blockNumber) => ((long)steps << NumberBits) + blockNumber;
}
