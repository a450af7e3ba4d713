using System.Reflection;
using ArtFresh.Storage.Sql;

namespace ArtFresh.Storage.Postgres;

/// <summary>What the scripts make in PostgreSQL, as the file <c>WholeSchema.txt</c> lists it: a part a line. PostgreSQL 15 to 18 print it in the same words. A test compares both.</summary>
internal static class PostgresSchema
{
    private const char Separator = '\t';

    // Without the monthly partitions. What has no definition beside its name has an empty one.
    public const string Sql =
        """
        with place as (select coalesce((select relnamespace from pg_class where oid = to_regclass('schema_version')), current_schema()::regnamespace::oid) as oid),
        tables as (select c.oid, c.relname::text as name from pg_class c join place p on c.relnamespace = p.oid where c.relkind in ('r', 'p') and not c.relispartition
          and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'))
        select name, 'table ' || name, '' from tables
        union all
        select t.name, 'column ' || a.attname || ' of table ' || t.name,
          format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end || a.attidentity::text || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
        from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
        union all
        select t.name, case c.contype when 'p' then 'primary key ' when 'u' then 'unique key ' when 'f' then 'foreign key ' else 'check ' end || c.conname || ' of table ' || t.name,
          pg_get_constraintdef(c.oid, true) || case when i.indisvalid = false then ' invalid' else '' end
        from tables t join pg_constraint c on c.conrelid = t.oid and c.contype in ('p', 'u', 'f', 'c') left join pg_index i on i.indexrelid = c.conindid and i.indrelid = t.oid
        union all
        select t.name, 'index ' || n.relname || ' of table ' || t.name,
          case when i.indisunique then 'unique ' else '' end
          || (select string_agg(pg_get_indexdef(i.indexrelid, k, true), ', ' order by k) from generate_series(1, i.indnatts) k) || ' ' || i.indoption::text
          || coalesce(' where ' || pg_get_expr(i.indpred, i.indrelid, true), '') || case when i.indisvalid then '' else ' invalid' end
        from tables t join pg_index i on i.indrelid = t.oid join pg_class n on n.oid = i.indexrelid
        where not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.conrelid = t.oid and c.contype in ('p', 'u'))
        union all
        select t.name, 'trigger ' || g.tgname || ' of table ' || t.name, pg_get_triggerdef(g.oid, true) || case when g.tgenabled = 'D' then ' disabled' else '' end
        from tables t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
        union all
        select '', 'function ' || f.proname, md5(f.prosrc) from pg_proc f join place p on f.pronamespace = p.oid
        union all
        select '', 'sequence ' || c.relname, '' from pg_class c join place p on c.relnamespace = p.oid where c.relkind = 'S'
        """;

    // With the monthly partitions, whose own parts are those that the partitioned table has not given them.
    public const string AddedSql =
        """
        with place as (select relnamespace as oid from pg_class where oid = to_regclass('schema_version')),
        tables as (select c.oid, c.relname::text as name from pg_class c join place p on c.relnamespace = p.oid where c.relname = any($1) and c.relkind in ('r', 'p')),
        parts as (
          select c.oid, c.relname::text as name from pg_inherits i join pg_class t on t.oid = i.inhparent join place p on t.relnamespace = p.oid join pg_class c on c.oid = i.inhrelid
          where t.relname = 'impression_batch' and c.relispartition and c.relkind = 'r' and c.relname ~ '^impression_batch_[0-9]{6}$'),
        both_kinds as (select * from tables union all select * from parts)
        select t.name, 'rule ' || r.rulename || ' of table ' || t.name, '' from both_kinds t join pg_rewrite r on r.ev_class = t.oid
        union all
        select t.name, 'policy ' || y.polname || ' of table ' || t.name, '' from both_kinds t join pg_policy y on y.polrelid = t.oid
        union all
        select t.name, 'row security of table ' || t.name, '' from both_kinds t join pg_class c on c.oid = t.oid where c.relrowsecurity
        union all
        select t.name, 'exclusion key ' || c.conname || ' of table ' || t.name, '' from both_kinds t join pg_constraint c on c.conrelid = t.oid and c.contype = 'x' and c.conparentid = 0
        union all
        select t.name, 'foreign key ' || c.conname || ' of table ' || c.conrelid::regclass || ' to table ' || t.name, ''
        from both_kinds t join pg_constraint c on c.confrelid = t.oid and c.contype = 'f' and c.conparentid = 0 where c.conrelid not in (select oid from both_kinds)
        union all
        select t.name, 'table ' || i.inhrelid::regclass || ' as a part of table ' || t.name, '' from both_kinds t join pg_inherits i on i.inhparent = t.oid where i.inhrelid not in (select oid from parts)
        union all
        select t.name, case c.contype when 'f' then 'foreign key ' else 'check ' end || c.conname || ' of table ' || t.name, ''
        from parts t join pg_constraint c on c.conrelid = t.oid and c.contype in ('f', 'c') and c.conparentid = 0 and c.conislocal
        union all
        select t.name, 'trigger ' || g.tgname || ' of table ' || t.name, '' from parts t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal and g.tgparentid = 0
        union all
        select t.name, 'index ' || n.relname || ' of table ' || t.name,
          case when i.indisunique then 'unique ' else '' end
          || (select string_agg(pg_get_indexdef(i.indexrelid, k, true), ', ' order by k) from generate_series(1, i.indnatts) k)
          || coalesce(' where ' || pg_get_expr(i.indpred, i.indrelid, true), '')
        from parts t join pg_index i on i.indrelid = t.oid join pg_class n on n.oid = i.indexrelid
        where not n.relispartition and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype = 'x')
        """;

    public static IReadOnlyList<SchemaScript> Scripts { get; } = SchemaScript.AllOf("Postgres");

    public static IReadOnlyList<SchemaPart> Whole => LazyWhole.Value;

    private static Lazy<IReadOnlyList<SchemaPart>> LazyWhole { get; } = new(Read);

    /// <summary>A definition without what another major version may print otherwise: line breaks, parentheses, and quotes of names that are words of its SQL.</summary>
    public static string Comparable(string definition) =>
        string.Join(' ', string.Concat(definition.Where(letter => letter is not ('(' or ')' or '"'))).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>An index of columns alone only makes queries faster, and a table is none of the ledger's.</summary>
    public static bool IsHarmless(SchemaPart added)
    {
        var end = added.Definition.IndexOf(" where ", StringComparison.Ordinal);
        var columns = end < 0 ? added.Definition : added.Definition[..end];
        return added.Name == SchemaPart.TableOf(added.Table)
            || (added.Name.StartsWith("index ", StringComparison.Ordinal) && !columns.StartsWith("unique ", StringComparison.Ordinal) && !columns.Contains('(', StringComparison.Ordinal)
                && !SchemaCheck.HasCall(added.Definition[columns.Length..]));
    }

    /// <summary>A part as a line of the file.</summary>
    public static string LineOf(SchemaPart part) => string.Join(Separator, part.Table, part.Name, part.Definition);

    private static List<SchemaPart> Read()
    {
        using var file = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("ArtFresh.Storage.Postgres.WholeSchema.txt")!);
        var parts = new List<SchemaPart>();
        while (file.ReadLine() is { } line)
        {
            if (line.Split(Separator) is [var table, var name, var definition])
            {
                parts.Add(new SchemaPart(table, name, Comparable(definition)));
            }
        }

        return parts;
    }
}
