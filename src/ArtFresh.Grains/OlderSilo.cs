namespace ArtFresh.Grains;

/// <summary>Silos of the release before, on which some grains are for a while during a rolling upgrade.</summary>
internal static class OlderSilo
{
    /// <summary>Whether a call failed because the silo that was called does not know the method: it finds no type for the request, and has run nothing.</summary>
    public static bool LacksMethod(Exception failure) => failure is TypeLoadException;
}
