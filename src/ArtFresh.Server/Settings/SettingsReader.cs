using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Npgsql;

namespace ArtFresh.Server;

/// <summary>Binds and checks <see cref="ServerSettings"/>. Each error is a sentence that names the setting and the cure.</summary>
internal static class SettingsReader
{
    private const string Section = "ArtFresh";
    private const string ClusterSection = $"{Section}:{nameof(ServerSettings.Cluster)}:";
    private const string LedgerName = "Ledger";
    private const string LedgerSection = "ConnectionStrings";
    private const string LedgerKey = $"{LedgerSection}:{LedgerName}";

    private static readonly string[] Sections = [Section, LedgerSection];

    /// <summary>Reads the settings from a configuration.</summary>
    /// <exception cref="SettingException">One is missing, unknown or out of range.</exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        RefuseNearSections(configuration);
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Collect(configuration.GetSection(Section), typeof(ServerSettings), values);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection(Section).Get<ServerSettings>() ?? new ServerSettings();
        Validate(settings, Section);
        var ledger = ReadLedger(configuration, settings.Role);
        // Whoever sets a certificate must not believe that a server alone uses it.
        return ledger is not null || values.FirstOrDefault(value => value.Key.StartsWith(ClusterSection, StringComparison.OrdinalIgnoreCase) && value.Value is { Length: > 0 }).Key is not { } cluster
            ? settings with { Ledger = ledger }
            : throw new SettingException($"{cluster} is set, which needs a cluster: set {LedgerKey} to the connection string of its PostgreSQL, or remove {cluster}.");
    }

    /// <summary>Whether a property's type is a section of settings: a class of this program.</summary>
    internal static bool IsSection(Type type) => type.IsClass && type.Namespace?.StartsWith(nameof(ArtFresh), StringComparison.Ordinal) == true;

    /// <summary>Checks the names and formats of all values in a section, and splits a list that is given as one value.</summary>
    private static void Collect(IConfigurationSection section, Type type, Dictionary<string, string?> values)
    {
        var known = SettingsTable.SettableOf(type);
        foreach (var child in section.GetChildren())
        {
            var property = known.FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new SettingException(
                    $"There is no setting {child.Path}{Spelling.Suggestion(child.Key, known.Select(property => property.Name), section.Path + ":")} Known here: {string.Join(", ", known.Select(property => property.Name).Order())}.");
            if (IsSection(property.PropertyType))
            {
                if (child.Value is not null)
                {
                    throw new SettingException($"{child.Path} is a group of settings and takes no value; set {child.Path}:{SettingsTable.SettableOf(property.PropertyType)[0].Name} or another of the group.");
                }

                Collect(child, property.PropertyType, values);
            }
            else if (typeof(IEnumerable).IsAssignableFrom(property.PropertyType) && property.PropertyType != typeof(string))
            {
                CollectList(child, values);
            }
            else if (child.GetChildren().FirstOrDefault() is { } below)
            {
                throw new SettingException($"There is no setting {below.Path}: {child.Path} takes one value.");
            }
            else
            {
                RefuseMistyped(child, property.PropertyType);
                values[child.Path] = child.Value;
            }
        }
    }

    private static void CollectList(IConfigurationSection list, Dictionary<string, string?> values)
    {
        var items = list.GetChildren().Select(item => item.Value).ToArray();
        if (list.Value is { } one)
        {
            if (items.Length > 0)
            {
                throw new SettingException($"{list.Path} is given twice, as one value and as a list ({list.Path}:0): keep one of them.");
            }

            items = one.Split([';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        for (var i = 0; i < items.Length; i++)
        {
            values[string.Create(CultureInfo.InvariantCulture, $"{list.Path}:{i}")] = items[i];
        }
    }

    private static void RefuseMistyped(IConfigurationSection setting, Type type)
    {
        var (text, form) = (setting.Value ?? "", FormOf(Nullable.GetUnderlyingType(type) ?? type));
        if (!form.IsRight(text))
        {
            throw new SettingException($"{setting.Path} is '{text}' and must be {form.Name}.");
        }
    }

    private static (string Name, Func<string, bool> IsRight) FormOf(Type type) => type switch
    {
        { IsEnum: true } => ($"one of {string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()))}", text => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase)),
        _ when type == typeof(int) => ("a whole number", text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)),
        _ when type == typeof(bool) => ("true or false", text => bool.TryParse(text, out _)),
        _ when type == typeof(TimeSpan) => ("a time such as 00:00:30, or with days before it 62.00:00:00", text => text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _)),
        _ when type == typeof(Uri) => ("an address such as https://example.com", text => Uri.TryCreate(text, UriKind.Absolute, out _)),
        _ => ("text", _ => true),
    };

    private static void Validate(object settings, string path)
    {
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(settings, new ValidationContext(settings), faults, validateAllProperties: true))
        {
            // The framework's messages begin with "The field"; ours begin with the setting's name.
            const string FrameworkStart = "The field ";
            var message = faults[0].ErrorMessage!;
            throw new SettingException($"{path}:{(message.StartsWith(FrameworkStart, StringComparison.Ordinal) ? message[FrameworkStart.Length..] : message)}");
        }

        foreach (var property in SettingsTable.SettableOf(settings.GetType()).Where(property => IsSection(property.PropertyType)))
        {
            Validate(property.GetValue(settings)!, $"{path}:{property.Name}");
        }
    }

    private static string? ReadLedger(IConfiguration configuration, ServerRole role)
    {
        var ledger = configuration.GetConnectionString(LedgerName);
        if (ledger is not null)
        {
            RefuseMalformed(ledger, LedgerKey);
            return ledger;
        }

        // A misspelt name would otherwise start a server with an embedded ledger.
        if (configuration.GetSection(LedgerSection).GetChildren().FirstOrDefault() is { } other)
        {
            throw new SettingException($"There is no setting {other.Path}. The connection string of PostgreSQL is {LedgerKey}; remove {other.Path} to keep the ledger in an embedded file.");
        }

        return role == ServerRole.All
            ? null
            : throw new SettingException($"{Section}:Role is '{role.ToString().ToLowerInvariant()}', which needs a cluster: set {LedgerKey} to the connection string of its PostgreSQL.");
    }

    /// <param name="name">The setting's name in messages.</param>
    /// <exception cref="SettingException">The connection string is malformed.</exception>
    internal static NpgsqlConnectionStringBuilder RefuseMalformed(string connectionString, string name)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrEmpty(parts.Host)
                ? throw new SettingException($"{name} names no host: a connection string of PostgreSQL is like Host=db;Database=artfresh;Username=artfresh;Password=….")
                : parts;
        }
        catch (ArgumentException malformed)
        {
            throw new SettingException($"{name} is not a connection string of PostgreSQL such as Host=db;Database=artfresh;Username=artfresh;Password=…: {malformed.Message}");
        }
    }

    private static void RefuseNearSections(IConfiguration configuration)
    {
        foreach (var section in configuration.GetChildren())
        {
            if (section.Value is null && Sections.FirstOrDefault(known => Spelling.IsNear(section.Key, known)) is { } near)
            {
                throw new SettingException($"There is no section {section.Key}. Did you mean {near}?");
            }
        }
    }
}
