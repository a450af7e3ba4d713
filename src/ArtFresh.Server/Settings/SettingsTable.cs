using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace ArtFresh.Server;

/// <summary>One setting in the table of settings.</summary>
/// <param name="Name">The full name, with its sections.</param>
/// <param name="Default">The default value; empty for none.</param>
public sealed record SettingRow(string Name, string Default, string Meaning);

/// <summary>All settings, read from the classes that they bind to.</summary>
internal static class SettingsTable
{
    private static readonly SettingRow[] OutsideTheSection =
    [
        new("--urls, ASPNETCORE_URLS", ListenUrls.Default, "Addresses that the front end listens on, separated by ;"),
        new("ConnectionStrings:Ledger", "", "PostgreSQL 15 or later, which makes this process a member of a cluster; without it the ledger is an embedded file"),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "", "Address that receives traces and metrics by OTLP; without it no traces are created"),
    ];

    /// <summary>Every setting, in the order of the classes.</summary>
    public static IReadOnlyList<SettingRow> All => [.. OutsideTheSection, .. RowsOf(new ServerSettings { DataDirectory = Path.GetFileName(DataDirectory.Default) }, "ArtFresh")];

    /// <summary>The settings of a section, inherited ones first.</summary>
    public static PropertyInfo[] SettableOf(Type type) =>
        [.. type.GetProperties().Where(property => property.CanWrite && property.SetMethod!.IsPublic && (SettingsReader.IsSection(property.PropertyType) || property.IsDefined(typeof(DescriptionAttribute))))];

    private static IEnumerable<SettingRow> RowsOf(object section, string path) => SettableOf(section.GetType()).SelectMany(property =>
    {
        var name = $"{path}:{property.Name}";
        var value = property.GetValue(section);
        return SettingsReader.IsSection(property.PropertyType)
            ? RowsOf(value!, name)
            : [new SettingRow(name, TextOf(value), property.GetCustomAttribute<DescriptionAttribute>()!.Description)];
    });

    private static string TextOf(object? value) => value switch
    {
        null or IEnumerable and not string => "",
        bool or Enum => value.ToString()!.ToLowerInvariant(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
