using System.Globalization;
using System.Text;

namespace Ketamine.Language;

/// <summary>
/// Reads a text word by word, folded to lowercase without accents or apostrophes ("José's" becomes "joses", "I.V." "iv"). Words consist of letters and digits;
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
        for (; at < _text.Length; at++)
        {
            var letter = _text[at];
            if (char.IsAsciiLetterOrDigit(letter)) Add(char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter);
            else if (letter == ' ') break;
            else if (char.IsLetterOrDigit(letter) || IsWithin(at)) Fold(letter);
            else break;
        }

        End = at;
        return End > Start;
    }

    // An apostrophe between letters, a period in an abbreviation, a combining accent, or an invisible character such as a soft hyphen.
    private readonly bool IsWithin(int at) => _text[at] is '\'' or '’'
        ? at + 1 < _text.Length && char.IsLetter(_text[at + 1])
        : _text[at] is '.' ? IsSingle(at - 1) && IsSingle(at + 1)
        : CharUnicodeInfo.GetUnicodeCategory(_text[at]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format;

    // A letter with no other beside it, as in "I.V."
    private readonly bool IsSingle(int at) => IsLetter(at) && !IsLetter(at - 1) && !IsLetter(at + 1);

    private readonly bool IsLetter(int at) => at >= 0 && at < _text.Length && char.IsLetter(_text[at]);

    private void Fold(char letter)
    {
        if (!char.IsAscii(letter) && char.IsLetterOrDigit(letter))
            foreach (var part in letter.ToString().Normalize(NormalizationForm.FormKD).Where(char.IsLetterOrDigit)) // a ligature has several
                Add(char.ToLowerInvariant(part));
    }

    private void Add(char letter)
    {
        if (_length < Longest) _word[_length++] = letter;
    }
}
