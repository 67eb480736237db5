using System.Diagnostics.CodeAnalysis;

namespace Ketamine.Content.Model;

/// <summary>
/// A single mailbox (RFC 5321 §4.1.2), without quoted local parts, address literals, and comments, which people who request a call don't type.
/// The domain is stored in ASCII (IDNA) and lowercase; the local part as typed, because its case is up to the recipient's server.
/// </summary>
public sealed partial record EmailAddress
{
    /// <summary>RFC 5321 §4.5.3.1.3: a path of 256 octets with its angle brackets.</summary>
    public const int MaxLength = 254;

    private EmailAddress(string local, string domain) => (Local, Domain) = (local, domain);

    /// <summary>Before the @, at most 64 octets.</summary>
    public string Local { get; }

    /// <summary>After the @: ASCII, lowercase, at least two labels.</summary>
    public string Domain { get; }

    /// <summary>
    /// Parses what a person typed or pasted. Ignores invisible characters, <c>mailto:</c>, angle brackets, punctuation at the end, white space
    /// around the @, and full-width letters; refuses anything else that isn't a single mailbox.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        if (text is null || text.Length > 2 * MaxLength) return false;
        text = WithoutWrapping(TypedText.Normalized(InvisibleText.Remove(text), NormalizationForm.FormKC));
        if (text.Length > MaxLength) return false;
        var at = text.LastIndexOf('@');
        if (at is < 1 or > 64 || !LocalPart().IsMatch(text.AsSpan(0, at))) return false;
        try
        {
            var domain = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text[(at + 1)..]).ToLowerInvariant();
            if (at + 1 + domain.Length > MaxLength || domain.Length > 253 || !DomainName().IsMatch(domain)) return false;
            address = new EmailAddress(text[..at], domain);
            return true;
        }
        catch (ArgumentException)
        {
            return false; // no domain name: empty or overlong labels, characters that IDNA forbids
        }
    }

    /// <summary>
    /// Whether it has a letter before the @ that needs an internationalized mailbox (RFC 6531), such as é. Few servers take them, so an answer would bounce.
    /// Domains may have any letters.
    /// </summary>
    public static bool IsInternationalized(string? text) =>
        text?.LastIndexOf('@') is > 0 and var at
        && TypedText.Normalized(InvisibleText.Remove(text[..at]), NormalizationForm.FormKC).Trim().Any(letter => !char.IsAscii(letter));

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text isn't a single mailbox.</exception>
    public static EmailAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException("not an email address");

    /// <summary>The address in lowercase, because providers ignore case. For comparing, never for sending.</summary>
    public string Normalized => $"{Local.ToLowerInvariant()}@{Domain}";

    public override string ToString() => $"{Local}@{Domain}";

    private static string WithoutWrapping(string text)
    {
        text = text.Trim().TrimEnd(',', ';', '.', ' ');
        if (text is ['<', .., '>']) text = text[1..^1];
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) text = text["mailto:".Length..];
        return AroundAt().Replace(text.Trim(), "@");
    }

    [GeneratedRegex(@"[ \t\u00a0]*@[ \t\u00a0]*", RegexOptions.CultureInvariant)]
    private static partial Regex AroundAt();

    // RFC 5321 dot-string of RFC 5322 atext: covers every mailbox that people can sign up for today.
    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LocalPart();

    [GeneratedRegex(@"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+\z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex DomainName();
}
