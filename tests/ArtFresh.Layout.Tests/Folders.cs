using System.Text.RegularExpressions;

namespace ArtFresh.Layout.Tests;

/// <summary>
/// Which folders of a room know each other. Read from the sources: the folders of a room share a namespace, so that neither a using nor an assembly shows them.
/// Files at the room's root count for no folder: they are its words and its table of contents.
/// </summary>
public static partial class Folders
{
    /// <summary>Folders that know each other in a circle, each as a sentence that names the types.</summary>
    /// <param name="sources">Path in the room, with forward slashes, and text.</param>
    public static IEnumerable<string> Circles(IReadOnlyCollection<(string Path, string Text)> sources)
    {
        var code = sources.Select(source => (Folder: FolderOf(source.Path), Text: NoCode().Replace(source.Text, ""))).Where(source => source.Folder.Length > 0).ToArray();
        var homes = code.SelectMany(source => Declaration().Matches(source.Text).Select(match => (Type: match.Groups[1].Value, source.Folder)))
            .GroupBy(declared => declared.Type).ToDictionary(type => type.Key, type => type.First().Folder);
        var known = code.SelectMany(source => TypeName().Matches(source.Text).Select(match => match.Value).Where(homes.ContainsKey).Select(type => (From: source.Folder, To: homes[type], Type: type)))
            .Where(named => named.From != named.To).Distinct().ToLookup(named => named.From);
        var references = known.ToDictionary(folder => folder.Key, folder => folder.Select(named => named.To).Distinct().ToArray());
        return
        [
            .. from folder in known
               from named in folder
               where Arrows.Reach(named.To, references).Contains(folder.Key)
               select $"{folder.Key} knows {named.Type} of {named.To}, which leads back",
        ];
    }

    private static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";

    [GeneratedRegex(@"//.*$|""""""[\s\S]*?""""""|""(?:[^""\\\n]|\\.)*""", RegexOptions.Multiline)]
    private static partial Regex NoCode();

    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref) )*(?:class|record struct|record|struct|interface|enum)\s+([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex TypeName();
}
