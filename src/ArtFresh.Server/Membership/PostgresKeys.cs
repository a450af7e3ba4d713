using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using ArtFresh.Storage.Postgres;
using Npgsql;

namespace ArtFresh.Server.Membership;

/// <summary>Table <c>data_protection_key</c>: the keys of cookies and tokens, shared so that each front end accepts what another has signed.</summary>
public sealed class PostgresKeys(PostgresDatabase database, TimeProvider clock) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand("select xml from data_protection_key order by added_at, key_name", connection);
        using var reader = command.ExecuteReader();
        var elements = new List<XElement>();
        while (reader.Read())
        {
            elements.Add(XElement.Parse(reader.GetString(0)));
        }

        return elements;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand("insert into data_protection_key (key_name, xml, added_at) values ($1, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = string.IsNullOrEmpty(friendlyName) ? Guid.CreateVersion7().ToString() : friendlyName },
                new() { Value = element.ToString(SaveOptions.DisableFormatting) },
                new() { Value = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            },
        };
        command.ExecuteNonQuery();
    }
}
