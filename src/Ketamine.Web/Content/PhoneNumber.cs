using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ketamine.Web.Content;

/// <summary>
/// A telephone number as ITU-T E.164 keeps it. What has no country code is read as a number of the North American Numbering Plan, as a
/// visitor of a US clinic types it. (The field's own library, libphonenumber, is not to be had for this build; this is the part that is needed.)
/// </summary>
public sealed record PhoneNumber
{
    private PhoneNumber(string e164) => E164 = e164;

    /// <summary>A plus sign, then 8 to 15 digits.</summary>
    public string E164 { get; }

    /// <summary>Parses what a person typed: digits with spaces, dots, hyphens, slashes and brackets; a leading + or 00 or 011 names a country.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PhoneNumber? number)
    {
        number = null;
        if (text is null || text.Length > 40) return false;
        var digits = new StringBuilder(16);
        var plus = false;
        foreach (var c in text.Trim().Normalize(NormalizationForm.FormKC))
        {
            if (char.IsAsciiDigit(c)) digits.Append(c);
            else if (c == '+' && digits.Length == 0 && !plus) plus = true;
            else if (c is not (' ' or '.' or '-' or '/' or '(' or ')' or '\u2010' or '\u2011' or '\u2012' or '\u2013')) return false;
        }

        var all = digits.ToString();
        if (!plus && all.StartsWith("011", StringComparison.Ordinal)) (plus, all) = (true, all[3..]);
        else if (!plus && all.StartsWith("00", StringComparison.Ordinal)) (plus, all) = (true, all[2..]);
        if (!plus && all.Length == 10) (plus, all) = (true, "1" + all);
        else if (!plus && all.Length == 11 && all[0] == '1') plus = true;
        if (!plus || all.Length is < 8 or > 15 || all[0] == '0') return false;
        if (all[0] == '1' && !IsNorthAmerican(all)) return false;
        number = new PhoneNumber("+" + all);
        return true;
    }

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text is no telephone number.</exception>
    public static PhoneNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new FormatException("no telephone number");

    /// <summary>As it is written where it is dialed: (303) 555-0142 in North America, the E.164 form elsewhere.</summary>
    public string National => E164.StartsWith("+1", StringComparison.Ordinal)
        ? $"({E164[2..5]}) {E164[5..8]}-{E164[8..]}"
        : E164;

    /// <summary>The address that dials it.</summary>
    public string Href => "tel:" + E164;

    /// <inheritdoc />
    public override string ToString() => E164;

    // NANP: NXX-NXX-XXXX with N from 2 to 9, and no area code or exchange ends in 11 (those are service codes).
    private static bool IsNorthAmerican(string digits) =>
        digits.Length == 11 && digits[1] >= '2' && digits[4] >= '2' && digits[2..4] != "11" && digits[5..7] != "11";
}
