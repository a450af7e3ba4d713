using System.Security.Cryptography;
using ArtFresh.Api;

namespace ArtFresh.Server;

/// <summary>The keys that no setting names: made at the first start, and kept in the data directory for this user alone.</summary>
internal static class KeyFiles
{
    private const int KeyBytes = 24;
    private const int KeyLengthMin = 16;

    public static string OperatorsPath(DataDirectory directory) => Path.Combine(directory.Path, "operators.key");

    /// <summary>Adds the keys that are not set. Where a role names operators, they have no key.</summary>
    /// <param name="isNew">Whether the operators' key was made just now.</param>
    /// <exception cref="SettingException">A file holds no key, or cannot be read or written.</exception>
    public static OperatorOptions Complete(OperatorOptions operators, DataDirectory directory, out bool isNew)
    {
        isNew = false;
        if (operators is { Key: null, Role: null })
        {
            operators = operators with { Key = ReadOrMake(OperatorsPath(directory), out isNew) };
        }

        return operators.MetricsKey is null ? operators with { MetricsKey = ReadOrMake(MetricsPath(directory), out _) } : operators;
    }

    /// <summary>What to set where front ends of a cluster would each make a key that the others refuse; null where nothing is to be done.</summary>
    /// <param name="isFrontEndOfCluster">Whether there may be other front ends.</param>
    public static string? AdviceOn(OperatorOptions operators, bool isFrontEndOfCluster)
    {
        string[] missing =
        [
            .. operators is { Key: null, Role: null } ? new[] { "ArtFresh:Operators:Key" } : [],
            .. operators.MetricsKey is null ? new[] { "ArtFresh:Operators:MetricsKey" } : [],
        ];
        return isFrontEndOfCluster && missing.Length > 0
            ? $"each front end of a cluster makes a key of its own, which the others refuse. Set {string.Join(" and ", missing)} to the same for all of them; openssl rand -hex 24 makes one"
            : null;
    }

    /// <summary>Whether <see cref="Complete"/> would make a key.</summary>
    /// <exception cref="SettingException">A file holds no key, or cannot be read.</exception>
    public static bool AreMissing(OperatorOptions operators, DataDirectory directory) =>
        (operators is { Key: null, Role: null } && Read(OperatorsPath(directory)) is null)
        | (operators.MetricsKey is null && Read(MetricsPath(directory)) is null);

    /// <summary>The operators' key that a server on this directory has made; null where there is none that this user may read.</summary>
    public static string? TryReadOperators(DataDirectory directory)
    {
        try
        {
            return Read(OperatorsPath(directory));
        }
        catch (SettingException)
        {
            return null;
        }
    }

    private static string MetricsPath(DataDirectory directory) => Path.Combine(directory.Path, "metrics.key");

    private static string ReadOrMake(string path, out bool isNew)
    {
        isNew = false;
        if (Read(path) is { } kept)
        {
            return kept;
        }

        try
        {
            PrivateFiles.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n");
            isNew = true;
        }
        catch (IOException) when (File.Exists(path))
        {
            // Members of a cluster may share the folder and start at once: the first file stays.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{path} cannot be written: {refused.Message} Give this user leave to write ArtFresh:DataDirectory, or set ArtFresh:Operators:Key and ArtFresh:Operators:MetricsKey.");
        }

        return Read(path)!;
    }

    private static string? Read(string path)
    {
        try
        {
            var key = File.ReadAllText(path).Trim();
            return key.Length >= KeyLengthMin
                ? key
                : throw new SettingException($"{path} holds no key of at least {KeyLengthMin} characters. Delete it: the next start makes another.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new SettingException($"{path} cannot be read: {refused.Message}");
        }
    }
}
