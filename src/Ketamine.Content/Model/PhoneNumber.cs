using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace Ketamine.Content.Model;

/// <summary>
/// A phone number in ITU-T E.164 form, plus the extension that E.164 lacks. libphonenumber knows which numbers exist and how each country writes
/// them.
/// </summary>
public sealed partial record PhoneNumber
{
    /// <summary>Digits of an extension.</summary>
    public const int MaxExtensionLength = 10;

    /// <summary>Used as a region: the number must begin with its country code.</summary>
    public const string International = "ZZ";

    private const int MaxTypedLength = 250;

    private PhoneNumber(string e164, string? extension) => (E164, Extension) = (e164, extension);

    /// <summary>A plus sign, then 8 to 15 digits.</summary>
    public string E164 { get; }

    /// <summary>1 to <see cref="MaxExtensionLength"/> digits; null if there is none.</summary>
    public string? Extension { get; }

    /// <summary>
    /// Parses a number that someone typed or pasted: with any dashes, spaces, dots, brackets, invisible characters, <c>(0)</c>, a
    /// note such as "(cell)", and a trailing <c>x12</c> or <c>ext. 12</c>. A leading +, 00, or the international prefix of
    /// <paramref name="region"/> begins a country code.
    /// </summary>
    /// <param name="region">The country of a number without a country code (ISO 3166-1 alpha-2).</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PhoneNumber? number, string region = "US")
    {
        number = null;
        if (text is null || text.Length > MaxTypedLength) return false;
        var clean = Separators().Replace(KindOfPhone().Replace(InvisibleText.Remove(text), ""), " ").Trim();
        // The international prefix in most of the world; no country's own numbers begin with it.
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

    /// <summary>Parses <paramref name="text"/>, a US number if it has no country code.</summary>
    /// <exception cref="FormatException">The text is not a telephone number.</exception>
    public static PhoneNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new FormatException("not a telephone number");

    /// <summary>Restores a stored number without validating it again: the set of existing numbers changes over the years.</summary>
    public static PhoneNumber FromStored(string e164, string? extension) => new(e164, extension);

    /// <summary>Loads the data that the first number needs, which takes about 0.2 s.</summary>
    public static void WarmUp() => _ = Parse("+1 303 555 0142").National;

    /// <summary>The number's country (ISO 3166-1 alpha-2); <see cref="International"/> if it has none.</summary>
    public string Region => Parsed() is { } parsed ? PhoneNumberUtil.GetInstance().GetRegionCodeForNumber(parsed) ?? International : International;

    /// <summary>As people read it: (303) 555-0142 ext. 12 in North America, +44 20 7946 0958 elsewhere.</summary>
    public string National => Parsed() is { } parsed
        ? PhoneNumberUtil.GetInstance().Format(parsed, parsed.CountryCode == 1 ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL)
        : Extension is null ? E164 : $"{E164} ext. {Extension}";

    /// <summary><see cref="National"/> for the middle of a sentence: no line breaks inside it.</summary>
    public string Unbroken => National.Replace(' ', '\u00a0');

    /// <summary>The address that dials it (RFC 3966).</summary>
    public string Href => "tel:" + E164 + (Extension is null ? "" : ";ext=" + Extension);

    public override string ToString() => E164 + (Extension is null ? "" : "x" + Extension);

    // Any white space, bullets and middle dots, and signs that people put between groups; libphonenumber knows only some of them.
    [GeneratedRegex(@"[\s_~|\u00b7\u2022\u2219\u22c5\u2027]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex(@"\s*(?:\([^()\d]*\)|\b(?:cell|mobile|home|work|office|landline|celular|m[oó]vil|casa|trabajo))\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex KindOfPhone();

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
