using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace ArtFresh.Server;

/// <summary>One setting, for people.</summary>
/// <param name="Name">Below <c>ArtFresh</c>, unless it stands alone.</param>
/// <param name="Default">What it is without being set; empty for nothing.</param>
public sealed record SettingRow(string Name, string Default, string Meaning);

/// <summary>All settings, read from the classes that they are bound to.</summary>
internal static class SettingsTable
{
    private static readonly SettingRow[] OutsideTheSection =
    [
        new("--urls, ASPNETCORE_URLS", Hosting.DefaultUrl, "Where the front end listens; several are parted by ;"),
        new("ConnectionStrings:Ledger", "", "PostgreSQL 15 or later, which makes this process a member of a cluster; without it the ledger is an embedded file"),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "", "Where traces and metrics are sent by OTLP; without it no traces are made"),
    ];

    /// <summary>Every setting, in the order of the classes.</summary>
    public static IReadOnlyList<SettingRow> All => [.. OutsideTheSection, .. RowsOf(new ServerSettings { DataDirectory = Path.GetFileName(DataDirectory.Default) }, "ArtFresh")];

    /// <summary>What a section has to set, inherited settings first.</summary>
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
