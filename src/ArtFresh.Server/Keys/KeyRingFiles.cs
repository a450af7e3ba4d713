using System.Xml;
using System.Xml.Linq;
using ArtFresh.Art;
using ArtFresh.Storage.Sql;

namespace ArtFresh.Server;

/// <summary>The folder <c>keys</c> of an embedded server: a copy of each key in the ledger. The release before reads no other.</summary>
internal sealed class KeyRingFiles(DataDirectory directory)
{
    private const string Ending = ".xml";

    private readonly string _folder = System.IO.Path.Combine(directory.Path, "keys");

    /// <summary>All files; the XML is null where a file is empty or broken.</summary>
    public IReadOnlyList<(string Name, string? Xml)> Read() => Directory.Exists(_folder)
        ? [.. Directory.EnumerateFiles(_folder, "*" + Ending).Order(StringComparer.Ordinal).Select(path => (System.IO.Path.GetFileNameWithoutExtension(path), SoundOrNull(File.ReadAllText(path))))]
        : [];

    /// <summary>Writes a key's file, whole and durable or not at all.</summary>
    public void Write(StoredKey key)
    {
        PrivateFiles.CreateFolder(_folder);
        PrivateFiles.Replace(PathOf(key.Name), key.Xml);
    }

    /// <summary>Moves a broken file out of the way: with it in place the release before would answer each sign-in with an error.</summary>
    /// <returns>Where it is now.</returns>
    public string SetAside(string name)
    {
        var aside = PathOf(name) + ".broken";
        File.Move(PathOf(name), aside, overwrite: true);
        DurableFile.FlushDirectory(_folder);
        return aside;
    }

    /// <summary>The text if it is XML whose types are there and whose secret is whole, or else null.</summary>
    public static string? SoundOrNull(string xml)
    {
        try
        {
            var all = XElement.Parse(xml).DescendantsAndSelf().ToList();
            return all.Attributes().Where(one => one.Name.LocalName is "deserializerType" or "decryptorType").All(HasType) && all.Where(one => one.Parent?.Name == "masterKey").All(IsSecret) ? xml : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>Whichever version of its assembly has written it.</summary>
    private static bool HasType(XAttribute name) => name.Value.Split(',') is [var type, var assembly, ..] && Type.GetType($"{type},{assembly}") is not null;

    private static bool IsSecret(XElement value) => Convert.TryFromBase64String(value.Value, new byte[value.Value.Length], out var length) && length > 0;

    private string PathOf(string name) => System.IO.Path.Combine(_folder, name + Ending);
}
