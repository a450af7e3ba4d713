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

    /// <summary>The text if it is XML, or else null.</summary>
    public static string? SoundOrNull(string xml)
    {
        try
        {
            XElement.Parse(xml);
            return xml;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(_folder, name + Ending);
}
