namespace ArtFresh.SystemTests;

/// <summary>How much the tests do: the gate's short form holds every assertion on less, and <c>bash tests/run.sh --all</c> has the long form.</summary>
internal static class LongForm
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("ARTFRESH_TESTS") == "all";
}
