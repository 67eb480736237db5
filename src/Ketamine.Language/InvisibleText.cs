using System.Globalization;
using System.Text;

namespace Ketamine.Language;

/// <summary>
/// Invisible characters that phones, web pages and word processors add to copied text: direction marks around a phone number, soft hyphens and
/// zero-width spaces in an address.
/// </summary>
public static class InvisibleText
{
    /// <summary>Removes invisible characters and turns every dash into a hyphen. For numbers and addresses, not for prose, where joiners matter.</summary>
    public static string Remove(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsInvisible(rune)) continue;
            if (rune.Value is >= 0x2010 and <= 0x2015 or 0x2212 or 0xFE58 or 0xFE63 or 0xFF0D) clean.Append('-');
            else clean.Append(rune);
        }

        return clean.ToString();
    }

    // Format characters (direction marks, joiners, soft hyphens, byte order marks), variation selectors, and blank letters: the Braille blank and
    // the Hangul fillers.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x034F or 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0;
}
