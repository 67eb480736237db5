using System.Globalization;
using System.Text;

namespace Ketamine.Language;

/// <summary>
/// Reads a text's words one after another, folded: lower case, without accents and apostrophes ("José's" is "joses"). Letters and digits make
/// words, all else parts them.
/// </summary>
public ref struct WordReader(ReadOnlySpan<char> text)
{
    /// <summary>Longer ones are cut: nobody types them.</summary>
    private const int Longest = 60;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly char[] _word = new char[Longest];
    private int _length;

    /// <summary>The word last read, until the next is read.</summary>
    public readonly ReadOnlySpan<char> Word => _word.AsSpan(0, _length);

    /// <summary>Where the word begins in the text.</summary>
    public int Start { get; private set; }

    /// <summary>Where the word has ended.</summary>
    public int End { get; private set; }

    /// <summary>False at the end of the text.</summary>
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

    // An apostrophe between letters, and accents that follow their letter.
    private readonly bool IsWithin(int at) =>
        _text[at] is '\'' or '’' ? at + 1 < _text.Length && char.IsLetter(_text[at + 1]) : CharUnicodeInfo.GetUnicodeCategory(_text[at]) is UnicodeCategory.NonSpacingMark;

    private static char Fold(char letter)
    {
        if (char.IsAscii(letter)) return letter == '\'' ? '\0' : char.ToLowerInvariant(letter);
        if (!char.IsLetterOrDigit(letter)) return '\0';
        return char.ToLowerInvariant(letter.ToString().Normalize(NormalizationForm.FormD)[0]);
    }
}
