using System.Globalization;
using System.Text;

namespace Ketamine.Content;

/// <summary>
/// Cleans and shortens text that people typed. Control and direction characters that no keyboard produces are removed, so nothing typed can forge a
/// header, start a line, or make one text read as another.
/// </summary>
public static class PlainText
{
    /// <summary>One line: every run of white space, including line breaks, becomes one space.</summary>
    public static string OneLine(string? text) => string.Join(' ', Clean(text ?? "", keepBreaks: false).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The lines of a text, without trailing space and without empty lines at the start and the end.</summary>
    public static IEnumerable<string> Lines(string text) => Clean(text.ReplaceLineEndings("\n"), keepBreaks: true).Trim('\n').Split('\n').Select(line => line.TrimEnd());

    /// <summary>At most <paramref name="length"/> characters (UTF-16 units), never half of a surrogate pair; a text that was cut ends in "…".</summary>
    public static string Truncate(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";
    }

    private static string Clean(string text, bool keepBreaks)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (keepBreaks && rune.Value is '\n') clean.Append('\n');
            else if (Rune.IsWhiteSpace(rune)) clean.Append(' ');
            // A lone surrogate is enumerated as the replacement character.
            else if (rune != Rune.ReplacementChar && !IsDirectionOverride(rune)
                     && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse)) clean.Append(rune);
        }

        return clean.ToString().Normalize();
    }

    // UAX #9: explicit embeddings, overrides and isolates. Joiners stay, because emoji and several scripts need them.
    private static bool IsDirectionOverride(Rune rune) => rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069;
}
