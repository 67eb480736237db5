using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Ketamine.Web.Content.Reading;

/// <summary>
/// Binds a medical review to the very words that were reviewed. It proves no identity (whoever may change the folder may sign it); it keeps a
/// name and a date from standing over a text that has changed since.
/// </summary>
internal static class ReviewSignature
{
    /// <summary>24 hexadecimal digits of SHA-256 over who signed, when, which sentences were acknowledged, and title, summary and body, citations included. White space counts only as such.</summary>
    public static string Of(string reviewer, LocalDate date, IEnumerable<string> acknowledged, string title, string summary, string body)
    {
        var signed = string.Join('\n', [reviewer, date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), .. acknowledged.Select(Normalize).Order(StringComparer.Ordinal), Normalize(title), Normalize(summary), Normalize(body)]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signed)))[..24];
    }

    public static string Of(TextFile text, string reviewer, LocalDate date, IEnumerable<string> acknowledged) =>
        Of(reviewer, date, acknowledged, text.Title, text.Summary, text.Body?.Markdown ?? "");

    /// <summary>Whether two sentences differ in white space alone.</summary>
    public static bool Same(string a, string b) => Normalize(a) == Normalize(b);

    /// <summary>The words, whatever the white space between them.</summary>
    public static string Normalize(string text) => string.Join(' ', text.Normalize(NormalizationForm.FormC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
