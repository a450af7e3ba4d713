using System.Collections.Concurrent;
using System.Globalization;
using System.Security;
using System.Text;
using System.Xml;
using NetVips;

namespace ArtFresh.Art;

/// <summary>The characters that a drawing has as text. Where no installed font has one, a box would stand in its place.</summary>
internal sealed class DrawnText
{
    /// <summary>More characters than any script's book has; a drawing with more is hostile.</summary>
    private const int CharactersMax = 4_096;

    private const int NamedMax = 10;

    // Of code points that are no characters for good, so that no font has them. A box shows the digits of its character, four or six.
    private const string NoCharacter = "\uFDD0";
    private const string NoLaterCharacter = "\U0001FFFE";

    private static readonly ConcurrentDictionary<Rune, bool> Known = new();

    private readonly HashSet<Rune> _characters = [];
    private int _textDepth = -1;

    /// <summary>Takes the reader's node, if it is text that is drawn.</summary>
    public void Take(XmlReader xml)
    {
        if (_textDepth >= 0 && xml.Depth <= _textDepth)
        {
            _textDepth = -1;
        }

        if (xml is { NodeType: XmlNodeType.Element, LocalName: "text", IsEmptyElement: false } && _textDepth < 0)
        {
            _textDepth = xml.Depth;
        }
        else if (_textDepth >= 0 && xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
        {
            _characters.UnionWith(xml.Value.EnumerateRunes().Where(IsVisible));
        }
    }

    /// <summary>Refuses a drawing with characters that no installed font has.</summary>
    /// <exception cref="PictureRejectedException">It has some.</exception>
    public void RefuseUnknown()
    {
        if (_characters.Count > CharactersMax)
        {
            throw new PictureRejectedException($"The drawing's text has more than {CharactersMax} different characters.");
        }

        var unknown = _characters.Where(character => !Known.GetOrAdd(character, HasGlyph)).OrderBy(character => character.Value).ToArray();
        if (unknown.Length > 0)
        {
            var named = string.Join(' ', unknown.Take(NamedMax).Select(character => $"{character} (U+{character.Value:X4})"));
            throw new PictureRejectedException($"No installed font has its text's {named}{(unknown.Length > NamedMax ? $" and {unknown.Length - NamedMax} more" : "")}. Install one, and import it again.");
        }
    }

    /// <summary>Marks are drawn onto letters, and spaces not at all. A font of signs has code points of its own.</summary>
    private static bool IsVisible(Rune character) =>
        Rune.IsLetterOrDigit(character) || Rune.IsPunctuation(character) || Rune.IsSymbol(character) || Rune.GetUnicodeCategory(character) == UnicodeCategory.PrivateUse;

    private static bool HasGlyph(Rune character)
    {
        VipsSandbox.Enter();
        try
        {
            return !Shape(character.ToString()).SequenceEqual(Shape(character.IsBmp ? NoCharacter : NoLaterCharacter));
        }
        catch (VipsException)
        {
            // Nothing is drawn for it, not even a box.
            return true;
        }
    }

    /// <summary>The size of what is drawn for a character and its outermost lines, which a box has in any case.</summary>
    private static List<byte> Shape(string character)
    {
        using var drawn = Image.Text($"<span>{SecurityElement.Escape(character)}</span>", font: "sans 32");
        var (width, height, pixels) = (drawn.Width, drawn.Height, drawn.WriteToMemory<byte>());
        List<byte> edge = [.. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height)];
        for (var i = 0; i < pixels.Length; i++)
        {
            if (i / width == 0 || i / width == height - 1 || i % width == 0 || i % width == width - 1)
            {
                edge.Add(pixels[i]);
            }
        }

        return edge;
    }
}
