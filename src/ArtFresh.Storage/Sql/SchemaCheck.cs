using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>What <c>verify</c> finds in the schema: what is missing or another, what nobody's script made, and whether the list of scripts is that of the schema.</summary>
internal static partial class SchemaCheck
{
    private const int NamedMax = 20;
    private const string Added = " is of no script of the schema";

    /// <param name="scripts">Those of the dialect, which a test may add to.</param>
    public static async Task<SchemaFindings> FindAsync(SqlDialect dialect, IReadOnlyList<SchemaScript> scripts, Func<string, object?[], Action<DbDataReader>, Task> readEach)
    {
        var found = await SchemaPart.ReadAsync(dialect, ReadEach).ConfigureAwait(false);
        if (!found.ContainsKey(SchemaPart.TableOf(SchemaPart.Versions)))
        {
            return Findings(SchemaPart.FaultsWithoutVersions(dialect, found), [], [], null);
        }

        var last = (await SchemaPart.ReadAppliedAsync(ReadEach).ConfigureAwait(false)).DefaultIfEmpty(0).Max();
        if (last > scripts[^1].Version)
        {
            return Findings(SchemaPart.FaultsOfVersions(dialect, found), [], [], $"the schema is of a later release: this one does not know its script {last}");
        }

        var (faults, later) = (SchemaPart.FaultsOf(dialect, found), scripts.Where(script => script.Version > last).ToList());
        if (later.Count > 0 && faults.Count > 0)
        {
            return Findings(SchemaPart.FaultsOfVersions(dialect, found), [], [], NotYet(later[0]));
        }

        var added = await FindAddedAsync(dialect, found, readEach).ConfigureAwait(false);
        // The schema is whole, so a script that makes parts of it has run.
        IEnumerable<string> gone = later.Exists(script => MakingPattern().IsMatch(script.Sql))
            ? later.Select(script => $"the row of script {script.Name} in {SchemaPart.Versions} is gone: the schema has what it makes")
            : [];
        return Findings(
            faults, [.. added.Where(part => !dialect.IsHarmless(part)).Select(part => part.Name + Added), .. gone], [.. added.Where(dialect.IsHarmless).Select(part => part.Name)],
            later.Count > 0 && !gone.Any() ? NotYet(later[0]) : null);

        Task ReadEach(string sql, Action<DbDataReader> read) => readEach(sql, [], read);
    }

    /// <summary>Whether a call is in an expression: it may fail, and then nothing is written.</summary>
    public static bool HasCall(string expression) => CallPattern().IsMatch(expression);

    private static async Task<List<SchemaPart>> FindAddedAsync(
        SqlDialect dialect, Dictionary<string, SchemaPart> found, Func<string, object?[], Action<DbDataReader>, Task> readEach)
    {
        var made = dialect.WholeSchema.Select(part => part.Name).ToHashSet();
        var tables = dialect.WholeSchema.Select(part => part.Table).Where(table => table.Length > 0).ToHashSet();
        // Of a table of others only itself is named. Functions and sequences do nothing that no table asks of them.
        List<SchemaPart> added = [.. found.Values.Where(part => !made.Contains(part.Name) && (tables.Contains(part.Table) || (part.Table.Length > 0 && part.Name == SchemaPart.TableOf(part.Table))))];
        if (dialect.AddedSql is { } sql)
        {
            await readEach(sql, [tables.ToArray()], row => added.Add(new SchemaPart(row.GetString(0), row.GetString(1), row.GetString(2)))).ConfigureAwait(false);
        }

        return [.. added.OrderBy(part => part.Name, StringComparer.Ordinal)];
    }

    private static SchemaFindings Findings(List<string> faults, IReadOnlyList<string> others, IReadOnlyList<string> harmless, string? notJudged) => new(
        [.. faults, .. others],
        harmless.Count == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"of no script of the schema, and without effect on what is read or written: {string.Join(", ", harmless.Take(NamedMax))}{(harmless.Count > NamedMax ? $", and {harmless.Count - NamedMax} more" : "")}"),
        notJudged,
        !faults.Exists(SchemaPart.KeepsFromReading));

    private static string NotYet(SchemaScript next) => $"the schema lacks script {next.Name}: a server of this release applies it at its start";

    [GeneratedRegex(@"^\s*(create|drop|alter\s+table\s+\S+\s+(add|drop))\s", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex MakingPattern();

    [GeneratedRegex(@"\b(?!(?:any|all|in|and|or|not|array|where)\b)\w+\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex CallPattern();
}
