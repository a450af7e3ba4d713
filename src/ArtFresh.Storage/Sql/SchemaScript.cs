using System.Globalization;
using System.Reflection;

namespace ArtFresh.Storage.Sql;

/// <summary>One numbered, forward-only script of the schema. A released script never changes: the previous release must run on its result.</summary>
internal sealed record SchemaScript(int Version, string Name, string Sql)
{
    /// <summary>All scripts of a database, "Sqlite" or "Postgres", in order.</summary>
    public static IReadOnlyList<SchemaScript> AllOf(string database)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var folder = $".{database}.Schema.";
        SchemaScript[] scripts = [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(folder, StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource, folder))
            .OrderBy(script => script.Version)];
        // The second of a number would count as applied once the first is.
        return scripts.DistinctBy(script => script.Version).Count() == scripts.Length
            ? scripts
            : throw new InvalidOperationException($"Two scripts of {database} have one number: {string.Join(", ", scripts.Select(script => script.Name))}.");
    }

    private static SchemaScript Read(Assembly assembly, string resource, string folder)
    {
        var name = resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..];
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new SchemaScript(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
