using System.Globalization;
using System.Reflection;
using ArtFresh.Contracts;
using ArtFresh.Grains.Listener;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>
/// Holds every message, stored state and enum to <c>OrleansMessages.txt</c>: silos of two releases talk to each other while one replaces the other, and snapshots outlive a
/// release. The contract analyzer (<c>OrleansContracts.txt</c>) sees grains and their methods, and no member of a message.
/// </summary>
public sealed class MessageContractTests
{
    private const string FileName = "OrleansMessages.txt";

    [Fact]
    public void EveryMessageMatchesTheCommittedList()
    {
        var written = Parse(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, FileName)));
        var inCode = Parse(Describe());

        var broken = written.Where(line => !inCode.Contains(line) && !IsRetired(line.Line)).Select(line => $"- {line.Message} {line.Line}");
        var added = inCode.Where(line => !written.Contains(line)).Select(line => $"+ {line.Message} {line.Line}");
        var reused = inCode.Where(line => written.Any(old => old.Message == line.Message && IsRetired(old.Line) && IdOf(old.Line) == IdOf(line.Line)))
            .Select(line => $"! {line.Message} {line.Line}");

        string[] differences = [.. broken, .. added, .. reused];
        Assert.True(differences.Length == 0, $"""
            Messages differ from tests/ArtFresh.Grains.Tests/{FileName}:
            {string.Join('\n', differences)}
            A member that is only added (+): add its line. A member that changed or went (-) breaks a rolling upgrade: keep its id and type, and give the new member a new id.
            Once no server in use sends or reads a member, its line becomes "<id>: retired", and the id is never used again (!).
            """);
    }

    private static bool IsRetired(string line) => line.EndsWith(": retired", StringComparison.Ordinal);

    private static string IdOf(string line) => line[..line.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>A heading a message, its members indented beneath it.</summary>
    private static HashSet<(string Message, string Line)> Parse(IEnumerable<string> lines)
    {
        var message = "";
        var parsed = new HashSet<(string Message, string Line)>();
        foreach (var line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            message = line[0] == ' ' ? message : line;
            Assert.True(parsed.Add((message, line == message ? ":" : line.Trim())), $"{message} {line} stands twice in {FileName}.");
        }

        return parsed;
    }

    private static IEnumerable<string> Describe()
    {
        Assembly[] assemblies = [typeof(ImpressionBatch).Assembly, typeof(ListenerState).Assembly];
        return assemblies.SelectMany(assembly => assembly.GetTypes()).Where(IsMessage).SelectMany(type => MembersOf(type).Prepend(NameOf(type)));
    }

    private static IEnumerable<string> MembersOf(Type type)
    {
        if (type.IsEnum)
        {
            foreach (var value in Enum.GetValues(type))
            {
                yield return $"  {Convert.ToInt64(value, CultureInfo.InvariantCulture)}: {value}";
            }

            yield break;
        }

        if (type.BaseType is { } parent && IsMessage(parent))
        {
            yield return $"  base: {NameOf(parent)}";
        }

        foreach (var member in type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (member.GetCustomAttribute<IdAttribute>() is { } id)
            {
                yield return $"  {id.Id}: {member.Name} {NameOf(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType)}";
            }
        }
    }

    private static bool IsMessage(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    private static string NameOf(Type type) => type switch
    {
        _ when type.GetCustomAttribute<AliasAttribute>(inherit: false) is { } alias => alias.Alias,
        _ when type.GetElementType() is { } element => $"{NameOf(element)}[]",
        _ when type.IsGenericType => $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>",
        _ => type.Name,
    };
}
