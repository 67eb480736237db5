using System.Globalization;
using System.Text;

namespace Ketamine.Language;

/// <summary>Cleans what people type: control and direction characters that no keyboard means are taken out, so that nothing typed can forge a header, a line or a direction.</summary>
public static class TypedText
{
    /// <summary>One line: every run of white space, line breaks included, is one space.</summary>
    public static string OneLine(string? text) =>
        string.Join(' ', Visible(text ?? "", keepBreaks: false).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Several lines: line breaks are \n, trailing space is cut, more than two empty lines in a row become two. Null when nothing is left.</summary>
    public static string? Lines(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var lines = Visible(text.ReplaceLineEndings("\n"), keepBreaks: true).Split('\n').Select(line => line.TrimEnd());
        var kept = new List<string>();
        foreach (var line in lines)
            if (line.Length > 0 || kept.Count < 2 || kept[^1].Length > 0 || kept[^2].Length > 0)
                kept.Add(line);
        var whole = string.Join('\n', kept).Trim();
        return whole.Length == 0 ? null : whole;
    }

    /// <summary>Whether a reader sees anything of it: Unicode has letters that are blank (U+2800, U+3164, U+115F) and characters that take no room.</summary>
    public static bool ShowsAnything(string text) => text.EnumerateRunes().Any(rune =>
        !Rune.IsWhiteSpace(rune) && rune.Value is not (0x2800 or 0x3164 or 0xFFA0 or 0x115F or 0x1160 or 0x034F or (>= 0xFE00 and <= 0xFE0F))
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark));

    private static string Visible(string text, bool keepBreaks)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (keepBreaks && rune.Value is '\n') clean.Append('\n');
            else if (Rune.IsWhiteSpace(rune)) clean.Append(' ');
            else if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                     || IsDirectionOverride(rune)) continue;
            else clean.Append(rune);
        }

        return clean.ToString().Normalize();
    }

    // UAX #9 explicit embeddings, overrides and isolates: they can make a name read as another. Joiners stay: emoji and several scripts need them.
    private static bool IsDirectionOverride(Rune rune) => rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069;
}
