using System.Globalization;
using System.Text;

namespace Ketamine.Language;

/// <summary>
/// Cleans what people type. Control and direction characters are removed, because they could forge a header, start a new line, or make text read
/// in the wrong direction.
/// </summary>
public static class TypedText
{
    /// <summary>A single line: every run of white space, including line breaks, becomes one space.</summary>
    public static string OneLine(string? text) =>
        string.Join(' ', Visible(text ?? "", keepBreaks: false).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Every line as it was typed, without trailing space and without empty lines at the start and the end.</summary>
    public static IEnumerable<string> EachLine(string text) =>
        Visible(text.ReplaceLineEndings("\n"), keepBreaks: true).Trim('\n').Split('\n').Select(line => line.TrimEnd());

    /// <summary>At most <paramref name="length"/> characters (UTF-16 units), never half of a surrogate pair; a text that was cut ends in "…".</summary>
    public static string Truncate(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";

    /// <summary>
    /// Several lines: line breaks become \n, trailing space is removed, and no more than two empty lines in a row are kept. Null when nothing is left.
    /// </summary>
    public static string? Lines(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var kept = new List<string>();
        foreach (var line in EachLine(text))
            if (line.Length > 0 || kept.Count < 2 || kept[^1].Length > 0 || kept[^2].Length > 0)
                kept.Add(line);
        var whole = string.Join('\n', kept).Trim();
        return whole.Length == 0 ? null : whole;
    }

    /// <summary>Whether anything is visible. Unicode has blank letters (U+2800, U+3164, U+1D159), characters of zero width, and numbers without a
    /// character.</summary>
    public static bool ShowsAnything(string text) =>
        text.EnumerateRunes()
            .Any(rune =>
                !Rune.IsWhiteSpace(rune)
                && rune.Value is not (0x2800 or 0x3164 or 0xFFA0 or 0x115F or 0x1160 or 0x034F or 0x1D159 or (>= 0xFE00 and <= 0xFE0F))
                && Rune.GetUnicodeCategory(rune)
                    is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
                        or UnicodeCategory.OtherNotAssigned)
            );

    /// <summary>In a Unicode normalization form, by default with letters and their accents as one character. Invalid Unicode stays as it is.</summary>
    public static string Normalized(string text, NormalizationForm form = NormalizationForm.FormC)
    {
        try
        {
            return text.Normalize(form);
        }
        catch (ArgumentException)
        {
            return text; // half of a surrogate pair, or U+FFFE
        }
    }

    private static string Visible(string text, bool keepBreaks)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (keepBreaks && rune.Value is '\n') clean.Append('\n');
            else if (Rune.IsWhiteSpace(rune)) clean.Append(' ');
            else if (!IsForbidden(rune)) clean.Append(rune);
        }

        return Normalized(clean.ToString());
    }

    private static bool IsForbidden(Rune rune) => rune == Rune.ReplacementChar || IsDirectionOverride(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;

    // UAX #9 explicit embeddings, overrides and isolates: they can make one name look like another. Joiners stay, because emoji and several scripts need them.
    private static bool IsDirectionOverride(Rune rune) => rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069;
}
