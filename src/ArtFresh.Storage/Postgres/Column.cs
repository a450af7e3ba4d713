using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>One value of each row, as an array to <c>unnest</c>.</summary>
internal static class Column
{
    public static NpgsqlParameter Of<TRow, T>(List<TRow> rows, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        return new NpgsqlParameter<T[]> { TypedValue = values };
    }
}
