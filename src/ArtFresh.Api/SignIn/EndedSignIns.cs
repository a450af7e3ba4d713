namespace ArtFresh.Api;

/// <summary>
/// Operators' sign-ins that a sign-out has ended, for as long as a copy of their cookie would be good. This front end's memory alone: a start forgets them, and others do not
/// know them.
/// </summary>
internal sealed class EndedSignIns(TimeProvider clock)
{
    /// <summary>Only who holds a valid cookie adds one.</summary>
    private const int CountMax = 10_000;

    private readonly Recent<string, string> _ended = new(OperatorCookie.Lifetime, clock);

    public void End(string signIn) => _ended.TrySet(signIn, signIn, weight: 1, CountMax);

    public bool Has(string signIn) => _ended.Find(signIn) is not null;
}
