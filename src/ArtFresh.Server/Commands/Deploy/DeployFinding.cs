namespace ArtFresh.Server;

/// <summary>One line of the checklist.</summary>
/// <param name="Name">Kebab-case, stable over releases.</param>
/// <param name="Passed">Whether it is as it should be.</param>
/// <param name="Found">What was found, in a sentence.</param>
/// <param name="Do">What to do about it, or null.</param>
internal sealed record DeployFinding(string Name, bool Passed, string Found, string? Do = null);

/// <summary>Something is not as it should be; what the check goes on with is up to its caller.</summary>
internal sealed class DeployFaultException(string found, string @do) : Exception(found)
{
    public string Do { get; } = @do;
}
