using System.Data.Common;
using System.Globalization;

namespace ArtFresh.Storage.Sql;

/// <summary>A part of the schema: a table, column, key, index, trigger or function.</summary>
/// <param name="Table">The table that it is of; empty for none.</param>
/// <param name="Name">What it is called, with its kind.</param>
/// <param name="Definition">Another one is another part.</param>
internal readonly record struct SchemaPart(string Table, string Name, string Definition)
{
    private const int NamedMax = 3;
    internal const string Versions = "schema_version";
    private const string Missing = " is missing";

    /// <summary>Which parts that the scripts make are missing, or are others.</summary>
    /// <returns>A sentence without an end for each. A schema that lacks scripts, or has those of a later release, is not compared.</returns>
    public static async Task<List<string>> FindFaultsAsync(SqlDialect dialect, Func<string, Action<DbDataReader>, Task> readEach)
    {
        var found = await ReadAsync(dialect, readEach).ConfigureAwait(false);
        if (!found.ContainsKey(TableOf(Versions)))
        {
            return FaultsWithoutVersions(dialect, found);
        }

        var applied = await ReadAppliedAsync(readEach).ConfigureAwait(false);
        return applied.DefaultIfEmpty(0).Max() == dialect.Scripts[^1].Version && dialect.Scripts.All(script => applied.Contains(script.Version))
            ? FaultsOf(dialect, found)
            // Without its key two processes would run one script.
            : FaultsOfVersions(dialect, found);
    }

    /// <summary>The parts of a database, by name, with their definitions as it prints them.</summary>
    internal static async Task<Dictionary<string, SchemaPart>> ReadAsync(SqlDialect dialect, Func<string, Action<DbDataReader>, Task> readEach)
    {
        var found = new Dictionary<string, SchemaPart>();
        await readEach(dialect.SchemaSql, row => found[row.GetString(1)] = new SchemaPart(row.GetString(0), row.GetString(1), row.GetString(2))).ConfigureAwait(false);
        return found;
    }

    /// <summary>The numbers of the scripts that have run.</summary>
    internal static async Task<List<long>> ReadAppliedAsync(Func<string, Action<DbDataReader>, Task> readEach)
    {
        var applied = new List<long>();
        await readEach("select cast(version as bigint) from schema_version", row => applied.Add(row.GetInt64(0))).ConfigureAwait(false);
        return applied;
    }

    /// <summary>A database without any of the tables is new.</summary>
    internal static List<string> FaultsWithoutVersions(SqlDialect dialect, Dictionary<string, SchemaPart> found) =>
        dialect.WholeSchema.Any(part => found.ContainsKey(part.Name) && part.Name.StartsWith("table ", StringComparison.Ordinal)) ? [TableOf(Versions) + Missing] : [];

    internal static List<string> FaultsOf(SqlDialect dialect, Dictionary<string, SchemaPart> found) => [.. dialect.WholeSchema
        .Where(part => part.Name == TableOf(part.Table) || found.ContainsKey(TableOf(part.Table)) || part.Table.Length == 0)
        .Select(part => FaultOf(dialect, part, found)).OfType<string>()];

    internal static List<string> FaultsOfVersions(SqlDialect dialect, Dictionary<string, SchemaPart> found) =>
        [.. dialect.WholeSchema.Where(part => part.Table == Versions).Select(part => FaultOf(dialect, part, found)).OfType<string>()];

    /// <summary>What a schema that is not whole means, and what to do.</summary>
    public static string Sentence(IReadOnlyList<string> faults) => string.Create(
        CultureInfo.InvariantCulture,
        $"The ledger's schema is not whole: {string.Join(", ", faults.Take(NamedMax))}{(faults.Count > NamedMax ? $", and {faults.Count - NamedMax} more" : "")}. Nothing is written to it. If a restore is running, wait for its end. Otherwise stop all servers, and restore the backup again into a new database (pg_restore --exit-on-error), or make the missing parts by hand: verify lists them (schema-whole).");

    /// <summary>Whether a fault is of a table or a column that queries name.</summary>
    public static bool KeepsFromReading(string fault) =>
        fault.StartsWith("table ", StringComparison.Ordinal) || (fault.StartsWith("column ", StringComparison.Ordinal) && IsMissing(fault));

    /// <summary>Whether a part is not there at all. Another major version of a database may print a definition in other words.</summary>
    public static bool IsMissing(string fault) => fault.EndsWith(Missing, StringComparison.Ordinal);

    internal static string TableOf(string table) => $"table {table}";

    private static string? FaultOf(SqlDialect dialect, SchemaPart part, Dictionary<string, SchemaPart> found) =>
        !found.TryGetValue(part.Name, out var there) ? part.Name + Missing
        : dialect.Comparable(there.Definition) != part.Definition ? $"{part.Name} is not as the schema's scripts make it"
        : null;
}
