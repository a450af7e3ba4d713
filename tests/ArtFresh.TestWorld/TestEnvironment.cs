namespace ArtFresh.TestWorld;

/// <summary>The variables that the servers and commands of the tests inherit.</summary>
public static class TestEnvironment
{
    /// <summary>Removes what would change the tests, and lets them name releases as they like, from one network.</summary>
    public static void Prepare()
    {
        // A ledger or key of the developer's own is none of the tests'.
        Environment.SetEnvironmentVariable("ConnectionStrings__Ledger", null);
        Environment.SetEnvironmentVariable("ARTFRESH_OPERATORS_KEY", null);
        Environment.SetEnvironmentVariable("ArtFresh__Watch__Releases", "*");
    }
}
