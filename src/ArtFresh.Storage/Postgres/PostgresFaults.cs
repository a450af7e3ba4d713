using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Explains an error of PostgreSQL in a sentence with its cure.</summary>
public static class PostgresFaults
{
    /// <summary>Names the parts of the connection string, and not where it was given: a setting, or a command's option.</summary>
    public static string Explain(NpgsqlException fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return fault is not PostgresException refused
            ? $"PostgreSQL does not answer ({fault.Message}). Start it, or check Host=… and Port=…."
            : refused.SqlState switch
            {
                PostgresErrorCodes.InvalidCatalogName => $"{refused.MessageText}. Create the database, or name another with Database=….",
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => $"PostgreSQL refused the user ({refused.MessageText}). Check Username=… and Password=….",
                PostgresErrorCodes.InsufficientPrivilege => $"the user may not do what the schema needs ({refused.MessageText}). Make it the owner of the database, or grant it CREATE on the schema.",
                _ => $"PostgreSQL refused ({refused.SqlState}: {refused.MessageText}).",
            };
    }
}
