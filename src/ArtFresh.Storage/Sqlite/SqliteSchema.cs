using System.Text.RegularExpressions;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>What the scripts make in SQLite: it keeps the statement of each table, index and trigger.</summary>
internal static partial class SqliteSchema
{
    /// <summary>Keys that are part of a table's statement have no statement of their own.</summary>
    public const string Sql =
        """
        select tbl_name, case type when 'table' then 'table ' || name else type || ' ' || name || ' of table ' || tbl_name end, sql from sqlite_schema
        where sql is not null and name not like 'sqlite\_%' escape '\'
        """;

    public static IReadOnlyList<SchemaScript> Scripts { get; } = SchemaScript.AllOf("Sqlite");

    public static IReadOnlyList<SchemaPart> Whole => LazyWhole.Value;

    private static Lazy<IReadOnlyList<SchemaPart>> LazyWhole { get; } = new(Make);

    /// <summary>A statement without comments and line breaks, which an upgrade may have left otherwise.</summary>
    public static string Comparable(string statement) => SpacePattern().Replace(CommentPattern().Replace(statement, " "), " ").Trim();

    /// <summary>An index of columns alone only makes queries faster; a table that refers to another keeps rows of that one from being deleted.</summary>
    public static bool IsHarmless(SchemaPart added)
    {
        var definition = Comparable(added.Definition);
        var index = IndexPattern().Match(definition);
        return index.Success ? !SchemaCheck.HasCall(index.Groups[1].Value)
            : added.Name.StartsWith("view ", StringComparison.Ordinal)
            || (added.Name.StartsWith("table ", StringComparison.Ordinal) && !definition.Contains("references ", StringComparison.OrdinalIgnoreCase));
    }

    private static List<SchemaPart> Make()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        SqliteDatabase.Execute(connection, "create table schema_version (version integer primary key, name text not null, applied_at bigint not null)");
        foreach (var script in Scripts)
        {
            SqliteDatabase.Execute(connection, script.Sql);
        }

        using var command = connection.CreateCommand();
        command.CommandText = Sql;
        using var reader = command.ExecuteReader();
        var parts = new List<SchemaPart>();
        while (reader.Read())
        {
            parts.Add(new SchemaPart(reader.GetString(0), reader.GetString(1), Comparable(reader.GetString(2))));
        }

        return parts;
    }

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex CommentPattern();

    [GeneratedRegex(@"^create index [^(]*\([^()]*\)(.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex IndexPattern();

    [GeneratedRegex(@"\s+")]
    private static partial Regex SpacePattern();
}
