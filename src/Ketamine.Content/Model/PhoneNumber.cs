using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace Ketamine.Content.Model;

/// <summary>
/// A telephone number as ITU-T E.164 keeps it, with the extension that E.164 has no place for. Which numbers exist, and how each country writes
/// them, is libphonenumber's to know.
/// </summary>
public sealed record PhoneNumber
{
    /// <summary>Digits of an extension.</summary>
    public const int MaxExtensionLength = 10;

    /// <summary>As a region: the number has to begin with its country code.</summary>
    public const string International = "ZZ";

    private const int MaxTypedLength = 250;

    private PhoneNumber(string e164, string? extension) => (E164, Extension) = (e164, extension);

    /// <summary>A plus sign, then 8 to 15 digits.</summary>
    public string E164 { get; }

    /// <summary>1 to <see cref="MaxExtensionLength"/> digits; null for a number without one.</summary>
    public string? Extension { get; }

    /// <summary>
    /// Parses what a person typed, or a phone or another program pasted: with any dashes, brackets, invisible characters, <c>(0)</c>, and
    /// <c>x12</c> or <c>ext. 12</c> behind it. A leading + or 00 names a country, as does the way to dial abroad of <paramref name="region"/>.
    /// </summary>
    /// <param name="region">ISO 3166-1 alpha-2: where a number without a country code is dialed.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PhoneNumber? number, string region = "US")
    {
        number = null;
        if (text is null || text.Length > MaxTypedLength) return false;
        var clean = InvisibleText.Remove(text).Trim();
        // Dialed from most of the world, and printed that way everywhere; no country's own numbers begin with it.
        if (clean.StartsWith("00", StringComparison.Ordinal)) clean = "+" + clean[2..];
        var util = PhoneNumberUtil.GetInstance();
        try
        {
            var parsed = util.Parse(clean, region);
            if (!util.IsValidNumber(parsed) || (parsed.HasExtension && parsed.Extension.Length > MaxExtensionLength)) return false;
            number = new PhoneNumber(util.Format(parsed, PhoneNumberFormat.E164), parsed.HasExtension ? parsed.Extension : null);
            return true;
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>Parses <paramref name="text"/>, a number in the United States where it has no country code.</summary>
    /// <exception cref="FormatException">The text is not a telephone number.</exception>
    public static PhoneNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new FormatException("not a telephone number");

    /// <summary>A number that was parsed before it was stored. It is not checked again: which numbers exist changes with the years.</summary>
    public static PhoneNumber FromStored(string e164, string? extension) => new(e164, extension);

    /// <summary>Loads what the first number needs, some 0.2 s of work.</summary>
    public static void WarmUp() => _ = Parse("+1 303 555 0142").National;

    /// <summary>ISO 3166-1 alpha-2 of the country that the number belongs to; <see cref="International"/> where it belongs to none.</summary>
    public string Region => Parsed() is { } parsed ? PhoneNumberUtil.GetInstance().GetRegionCodeForNumber(parsed) ?? International : International;

    /// <summary>As people read it: (303) 555-0142 ext. 12 in North America, +44 20 7946 0958 elsewhere.</summary>
    public string National => Parsed() is { } parsed
        ? PhoneNumberUtil.GetInstance().Format(parsed, parsed.CountryCode == 1 ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL)
        : Extension is null ? E164 : $"{E164} ext. {Extension}";

    /// <summary>The address that dials it (RFC 3966).</summary>
    public string Href => "tel:" + E164 + (Extension is null ? "" : ";ext=" + Extension);

    /// <inheritdoc />
    public override string ToString() => E164 + (Extension is null ? "" : "x" + Extension);

    private PhoneNumbers.PhoneNumber? Parsed()
    {
        try
        {
            return PhoneNumberUtil.GetInstance().Parse(Extension is null ? E164 : $"{E164};ext={Extension}", International);
        }
        catch (NumberParseException)
        {
            return null;
        }
    }
}
