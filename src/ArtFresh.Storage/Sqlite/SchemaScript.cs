using System.Globalization;
using System.Reflection;

namespace ArtFresh.Storage.Sqlite;

/// <summary>One numbered, forward-only script of the schema. A script that was released is never changed: the release before must run on it.</summary>
internal sealed record SchemaScript(int Version, string Name, string Sql)
{
    private const string Marker = ".Sqlite.Schema.";

    /// <summary>All scripts in order.</summary>
    public static IReadOnlyList<SchemaScript> All()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Marker, StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource))
            .OrderBy(script => script.Version)];
    }

    private static SchemaScript Read(Assembly assembly, string resource)
    {
        var name = resource[(resource.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..];
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new SchemaScript(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
