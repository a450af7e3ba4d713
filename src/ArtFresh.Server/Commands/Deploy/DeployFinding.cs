namespace ArtFresh.Server;

/// <summary>The result of one check.</summary>
/// <param name="Name">In kebab-case, the same in every release.</param>
/// <param name="Passed">Whether the check passed.</param>
/// <param name="Found">What the check found, in a sentence.</param>
/// <param name="Do">What the operator should do; null if the check passed.</param>
internal sealed record DeployFinding(string Name, bool Passed, string Found, string? Do = null);

/// <summary>A check failed. The caller decides whether to run the others.</summary>
internal sealed class DeployFaultException(string found, string @do) : Exception(found)
{
    public string Do { get; } = @do;
}
