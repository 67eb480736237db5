using System.Globalization;
using System.Text;

namespace Ketamine.Language;

/// <summary>
/// Reads a text word by word, folded to lower case without accents or apostrophes ("José's" becomes "joses"). Words consist of letters and digits;
/// everything else separates them.
/// </summary>
public ref struct WordReader(ReadOnlySpan<char> text)
{
    /// <summary>Longer words are cut.</summary>
    private const int Longest = 60;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly char[] _word = new char[Longest];
    private int _length;

    /// <summary>The current word; valid until the next call of <see cref="Read"/>.</summary>
    public readonly ReadOnlySpan<char> Word => _word.AsSpan(0, _length);

    /// <summary>Start of the word in the text.</summary>
    public int Start { get; private set; }

    /// <summary>End of the word in the text, exclusive.</summary>
    public int End { get; private set; }

    /// <summary>Moves to the next word; false at the end of the text.</summary>
    public bool Read()
    {
        var at = End;
        while (at < _text.Length && !char.IsLetterOrDigit(_text[at])) at++;
        (Start, _length) = (at, 0);
        for (; at < _text.Length && (char.IsLetterOrDigit(_text[at]) || IsWithin(at)); at++)
        {
            var folded = Fold(_text[at]);
            if (folded != '\0' && _length < Longest) _word[_length++] = folded;
        }

        End = at;
        return End > Start;
    }

    // An apostrophe between letters, or a combining accent.
    private readonly bool IsWithin(int at) =>
        _text[at] is '\'' or '’'
            ? at + 1 < _text.Length && char.IsLetter(_text[at + 1])
            : CharUnicodeInfo.GetUnicodeCategory(_text[at]) is UnicodeCategory.NonSpacingMark;

    private static char Fold(char letter)
    {
        if (char.IsAscii(letter)) return letter == '\'' ? '\0' : char.ToLowerInvariant(letter);
        if (!char.IsLetterOrDigit(letter)) return '\0';
        return char.ToLowerInvariant(letter.ToString().Normalize(NormalizationForm.FormD)[0]);
    }
}
