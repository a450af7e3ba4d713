namespace ArtFresh.Grains;

/// <summary>Silos of the release before, on which some grains are for a while during a rolling upgrade.</summary>
internal static class OlderSilo
{
    /// <summary>Whether a call failed because the silo that was called does not know the method: it finds no type for the request, and has run nothing.</summary>
    public static bool LacksMethod(Exception failure) => failure is TypeLoadException;

    /// <summary>Calls a method, or an older one instead on a silo that lacks it.</summary>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call, Func<Task<T>> older)
    {
        try
        {
            return await call();
        }
        catch (Exception unknown) when (LacksMethod(unknown))
        {
            return await older();
        }
    }
}
