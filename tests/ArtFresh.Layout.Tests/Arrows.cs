using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ArtFresh.Layout.Tests;

/// <summary>Which room of src may know which. An arrow that is not drawn here, or does not follow from those that are, is wrong.</summary>
public static partial class Arrows
{
    public static IReadOnlyDictionary<string, string[]> Drawn { get; } = new Dictionary<string, string[]>
    {
        ["ArtFresh.Server"] = ["ArtFresh.Api", "ArtFresh.Client", "ArtFresh.Storage", "ArtFresh.Grains", "ArtFresh.Art"],
        ["ArtFresh.Client"] = ["ArtFresh.Contracts"],
        ["ArtFresh.Testing"] = ["ArtFresh.Client", "ArtFresh.Storage", "ArtFresh.Grains", "ArtFresh.Art"],
        ["ArtFresh.Storage"] = ["ArtFresh.Ledger"],
        ["ArtFresh.Grains"] = ["ArtFresh.Ledger", "ArtFresh.Art"],
        ["ArtFresh.Ledger"] = ["ArtFresh.Freshness", "ArtFresh.Contracts"],
        ["ArtFresh.Api"] = ["ArtFresh.Contracts"],
        ["ArtFresh.Art"] = ["ArtFresh.Freshness", "ArtFresh.Contracts"],
        ["ArtFresh.Freshness"] = ["ArtFresh.Contracts"],
        ["ArtFresh.Contracts"] = [],
    };

    /// <summary>The rooms that a project file refers to.</summary>
    public static string[] ReferencesOf(string projectXml) =>
    [
        .. XDocument.Parse(projectXml).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))),
    ];

    /// <summary>The packages that a project file refers to.</summary>
    public static string[] PackagesOf(string projectXml) =>
        [.. XDocument.Parse(projectXml).Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value)];

    /// <summary>The rooms that a C# source names, in a using or with their full name.</summary>
    public static string[] RoomsNamedIn(string source) =>
        [.. RoomName().Matches(Comment().Replace(source, "")).Select(match => match.Value).Distinct()];

    /// <summary>A sentence for each wrong arrow among references from room to rooms, direct or by way of others.</summary>
    public static IEnumerable<string> Faults(IReadOnlyDictionary<string, string[]> references)
    {
        foreach (var room in references.Keys)
        {
            if (!Drawn.ContainsKey(room))
            {
                yield return $"{room} is a room that nobody has drawn";
                continue;
            }

            foreach (var wrong in Reach(room, references).Except(Reach(room, Drawn)))
            {
                yield return $"{room} must not know {wrong}";
            }
        }
    }

    /// <summary>All rooms that can be reached from one.</summary>
    public static HashSet<string> Reach(string room, IReadOnlyDictionary<string, string[]> references)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([room]);
        while (open.TryPop(out var next))
        {
            foreach (var known in references.GetValueOrDefault(next, []).Where(reached.Add))
            {
                open.Push(known);
            }
        }

        return reached;
    }

    [GeneratedRegex(@"\bArtFresh\.(Server|Storage|Grains|Ledger|Api|Art|Freshness|Contracts)\b")]
    private static partial Regex RoomName();

    [GeneratedRegex(@"//.*$|""(?:[^""\\\n]|\\.)*""", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
