namespace ArtFresh.Contracts;

/// <summary>What clients may call a release, and which names mean something.</summary>
public static class ReleaseName
{
    /// <summary>All releases that nobody has vouched for, together.</summary>
    public const string Other = "other";

    /// <summary>Clients that name none.</summary>
    public const string Unknown = "unknown";

    /// <summary>The release of <c>deploy check</c>.</summary>
    public const string DeployCheck = "deploy-check";

    /// <summary>The release of <c>drill</c>.</summary>
    public const string Drill = "drill";

    /// <summary>Whether a release may be called so: 1 to 64 letters, digits and <c>. - _ +</c>, the first a letter or digit.</summary>
    public static bool IsName(string release) =>
        release.Length is > 0 and <= Limits.ReleaseLengthMax
        && char.IsAsciiLetterOrDigit(release[0]) && release.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '+');

    /// <summary>Whether its clients are no listeners: they are in no figure but their own.</summary>
    public static bool IsRobot(string release) => release is DeployCheck or Drill;
}
