namespace ArtFresh.Contracts;

/// <summary>The syntax of release names, and the names with a meaning.</summary>
public static class ReleaseName
{
    /// <summary>All unknown releases together.</summary>
    public const string Other = "other";

    /// <summary>The release of clients that state none.</summary>
    public const string Unknown = "unknown";

    /// <summary>The release of <c>deploy check</c>.</summary>
    public const string DeployCheck = "deploy-check";

    /// <summary>The release of <c>drill</c>.</summary>
    public const string Drill = "drill";

    /// <summary>Whether the text is a valid name: 1 to 64 letters, digits and <c>. - _ +</c>, the first a letter or digit.</summary>
    public static bool IsName(string release) =>
        release.Length is > 0 and <= Limits.ReleaseLengthMax
        && char.IsAsciiLetterOrDigit(release[0]) && release.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '+');

    /// <summary>Whether the text names one release, and not the bucket of all unknown ones.</summary>
    public static bool IsOne(string release) => release != Other && IsName(release);

    /// <summary>Whether the release's clients are robots, which count in no figures but their own.</summary>
    public static bool IsRobot(string release) => release is DeployCheck or Drill;
}
