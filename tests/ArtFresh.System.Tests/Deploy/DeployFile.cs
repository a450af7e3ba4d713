using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>The files that operators are given, parsed.</summary>
internal static partial class DeployFile
{
    public static string PathOf(string file) => Path.Combine(ServerProcess.Repository, file);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    public static IEnumerable<string> In(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(ServerProcess.Repository, file)).Order(StringComparer.Ordinal);

    /// <summary>A YAML file with its anchors and merges resolved.</summary>
    /// <exception cref="YamlException">It is no YAML, or a key stands twice in a map.</exception>
    public static JsonNode Yaml(string file)
    {
        new DeserializerBuilder().WithDuplicateKeyChecking().Build().Deserialize<object>(Read(file));
        var merged = new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(Read(file)))));
        return ToNode(merged) ?? throw new YamlException($"{file} is empty.");
    }

    public static IEnumerable<string> Strings(this JsonNode? list) => (list as JsonArray ?? []).Select(item => item!.GetValue<string>());

    /// <summary>An image is pinned by a version that says more than its major number.</summary>
    public static bool IsPinned(string image) => Pinned().IsMatch(image);

    [GeneratedRegex(@"^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?$")]
    private static partial Regex Pinned();

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        IDictionary<object, object> map => new JsonObject(map.Select(entry => KeyValuePair.Create((string)entry.Key, ToNode(entry.Value)))),
        IEnumerable<object> list => new JsonArray([.. list.Select(ToNode)]),
        _ => JsonValue.Create((string)value),
    };
}
