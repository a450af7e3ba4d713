using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ArtFresh.Layout.Tests;

public class MethodTests(SourceTree tree) : IClassFixture<SourceTree>
{
    private const int LinesMax = 50;

    [Fact]
    public void MethodsAreShort()
    {
        var methods = tree.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).SelectMany(file => MethodsIn(tree.Read(file)).Select(method => (file, method.Name, method.Lines))).ToArray();
        Assert.NotEmpty(methods);
        Assert.DoesNotContain(methods, method => method.Lines > LinesMax);
    }

    /// <summary>The check itself is checked: comments and attributes before a method are none of its lines, and a local function is part of its method.</summary>
    [Theory]
    [InlineData("class A { /* one */\n/// two\n[B]\nvoid C()\n{\n}\n}", 3)]
    [InlineData("class A { int B => 1;\nvoid C()\n{\nvoid D()\n{\n}\n}\n}", 6)]
    [InlineData("class A { int C\n{\nget\n{\nreturn 1;\n}\n}\n}", 4)]
    public void LinesOfAMethodAreCounted(string source, int lines) => Assert.Equal(lines, MethodsIn(source).Max(method => method.Lines));

    private static IEnumerable<(string Name, int Lines)> MethodsIn(string source)
    {
        var root = CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken).GetRoot(TestContext.Current.CancellationToken);
        foreach (var node in root.DescendantNodes().Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax))
        {
            var start = node switch
            {
                MethodDeclarationSyntax { Modifiers.Count: 0 } method => method.ReturnType.SpanStart,
                BaseMethodDeclarationSyntax { Modifiers: [var first, ..] } => first.SpanStart,
                AccessorDeclarationSyntax accessor => accessor.Keyword.SpanStart,
                _ => node.SpanStart,
            };
            var lines = root.SyntaxTree.GetText(TestContext.Current.CancellationToken).Lines;
            var name = node is MethodDeclarationSyntax named ? named.Identifier.Text : node.Kind().ToString();
            yield return (name, lines.IndexOf(node.Span.End) - lines.IndexOf(start) + 1);
        }
    }
}
