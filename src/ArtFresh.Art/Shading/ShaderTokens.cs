using System.Text.RegularExpressions;

namespace ArtFresh.Art;

/// <summary>The words and signs of a shader's text, read one after the other.</summary>
internal sealed partial class ShaderTokens(string text)
{
    private readonly string[] _tokens = [.. Token().Matches(Comment().Replace(text, "")).Select(match => match.Value)];

    /// <summary>Index of the next token.</summary>
    public int At { get; set; }

    public bool IsAtEnd => At == _tokens.Length;

    public string Peek(int ahead = 0) => At + ahead < _tokens.Length ? _tokens[At + ahead] : "";

    public string Next() => IsAtEnd ? throw new FormatException("The text ends too early.") : _tokens[At++];

    public bool Skip(string token)
    {
        var isNext = Peek() == token;
        At += isNext ? 1 : 0;
        return isNext;
    }

    public void Expect(string token)
    {
        if (!Skip(token))
        {
            throw new FormatException($"'{token}' is missing before '{string.Join(' ', _tokens.Skip(At).Take(8))}'.");
        }
    }

    /// <summary>Skips from an opening brace to after its closing one.</summary>
    public void SkipBlock()
    {
        Expect("{");
        for (var depth = 1; depth > 0;)
        {
            depth += Next() switch { "{" => 1, "}" => -1, _ => 0 };
        }
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"[A-Za-z_]\w*|\d+\.\d*(?:e-?\d+)?|\d+|\+\+|[-+*/=!<>]=|&&|\|\||[^\s\w]")]
    private static partial Regex Token();
}
