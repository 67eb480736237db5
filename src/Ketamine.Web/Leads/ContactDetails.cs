using System.Diagnostics.CodeAnalysis;

namespace Ketamine.Web.Leads;

/// <summary>A person's name and contact details, and the ways of contacting them that they agreed to.</summary>
public sealed record ContactDetails
{
    public const int MaxNameLength = 100;

    /// <summary>A single line, 1 to <see cref="MaxNameLength"/> characters.</summary>
    public required string Name { get; init; }

    public EmailAddress? Email { get; init; }
    public PhoneNumber? Phone { get; init; }

    /// <summary>Never <see cref="ReachBy.None"/>; includes only ways for which an address or number was given.</summary>
    public required ReachBy By { get; init; }

    public bool VoicemailAllowed { get; init; }
    public bool MayNameClinic { get; init; }
}

/// <summary>The contact fields of a form, exactly as typed, so the form can be shown again when something is wrong.</summary>
public sealed partial class ContactForm
{
    public string? Name { get; set; }
    public string? Email { get; set; }
    public string? Phone { get; set; }

    /// <summary>Any of <c>call</c>, <c>text</c>, and <c>email</c>. If none is checked, a call for a phone number and an email for an address.</summary>
    public List<string> Reach { get; set; } = [];

    /// <summary>Whether staff may leave a voicemail: <c>yes</c> or <c>no</c>. No answer means no.</summary>
    public string? Voicemail { get; set; }

    /// <summary>Whether staff may say the clinic's name: <c>yes</c> or <c>no</c>. No answer means no.</summary>
    public string? SayName { get; set; }

    /// <summary>Parses and validates the form. Reports all errors in one pass.</summary>
    /// <param name="addError">Called for each error with the field's name and an English sentence (a key of <see cref="SiteStrings"/>) that says what to
    /// do.</param>
    /// <param name="region">The region in which a phone number without a country code is dialed; see <see cref="Clinic.PhoneRegion"/>.</param>
    /// <param name="contact">Null if anything was wrong.</param>
    /// <param name="needed">The field that is needed in any case, and the sentence that asks for it; null if an address or a number will do.</param>
    public bool TryParse(
        Action<string, string> addError, string region, [NotNullWhen(true)] out ContactDetails? contact, (string Field, string Sentence)? needed = null)
    {
        var valid = true;
        void Wrong(string field, string sentence)
        {
            valid = false;
            addError(field, sentence);
        }

        var name = TypedText.OneLine(Name);
        if (!TypedText.ShowsAnything(name)) Wrong("name", "Enter the name you’d like us to use");
        else if (name.Length > ContactDetails.MaxNameLength) Wrong("name", "Enter a name of 100 characters or fewer");
        else if (ContainsAddress(name)) Wrong("name", "Enter a name without a web or email address in it");

        EmailAddress? email = null;
        PhoneNumber? phone = null;
        var hasEmail = !string.IsNullOrWhiteSpace(Email);
        var hasPhone = !string.IsNullOrWhiteSpace(Phone);
        var by = ParseReach();
        if (hasEmail && !EmailAddress.TryParse(Email, out email))
        {
            if (!EmailAddress.IsInternationalized(Email)) Wrong("email", "Enter an email address like name@example.com");
            else Wrong("email", "We can’t email addresses with letters other than a to z before the @. Use another address");
        }

        if (hasPhone && !PhoneNumber.TryParse(Phone, out phone, region)) Wrong("phone", "Enter a phone number with its area code, like 303 555 0142");
        if (needed is var (field, sentence) && !(field == "phone" ? hasPhone : hasEmail)) Wrong(field, sentence);
        else if (!hasEmail && !hasPhone)
        {
            // Only one error, next to the field that matches their choice: two errors would suggest that we need both.
            if ((by & (ReachBy.Call | ReachBy.Text)) != ReachBy.None) Wrong("phone", "Enter a phone number so we can reach you the way you chose");
            else Wrong("email", "Enter an email address or a phone number so we can answer");
        }
        else if (!hasPhone && (by & (ReachBy.Call | ReachBy.Text)) != ReachBy.None)
        {
            Wrong("phone", "Enter a phone number so we can reach you the way you chose");
        }
        else if (!hasEmail && by.HasFlag(ReachBy.Email))
        {
            Wrong("email", "Enter an email address so we can reach you the way you chose");
        }

        contact = null;
        if (!valid) return false;
        if (by == ReachBy.None)
        {
            if (email is not null) by |= ReachBy.Email;
            if (phone is not null) by |= ReachBy.Call;
        }

        contact = new ContactDetails
        {
            Name = name,
            Email = email,
            Phone = phone,
            By = by,
            VoicemailAllowed = phone is not null && Voicemail == "yes",
            MayNameClinic = SayName == "yes",
        };
        return true;
    }

    // Staff see the name as the sender's, so a link in it would invite a click. "St.John" and "J.R. Smith" are fine.
    private static bool ContainsAddress(string name)
    {
        var visible = TypedText.Normalized(name, NormalizationForm.FormKC).EnumerateRunes()
            .Where(rune => Rune.GetUnicodeCategory(rune) is not UnicodeCategory.Format);
        // The full stop of Chinese and Japanese separates a host's labels too (UTS #46).
        return Address().IsMatch(string.Concat(visible).Replace('\u3002', '.'));
    }

    [GeneratedRegex("""
        [a-z][a-z0-9+.-]*:\s*[/\\]|                                                          # https:/
        \b(https?|ftp|mailto|tel|sms|data|javascript|file|blob)\s*:|                         # mailto:
        (?-i:\p{L}{4,}\.[a-z]{2,})\b|                                                       # anything.delivery
        \S@\S|[/\\]{2}|                                                                    # a@b, //host
        \bwww\d?\.|                                                                        # www.
        \b\d{1,3}(\.\d{1,3}){3}\b|                                                         # 192.0.2.1
        \.[a-z][a-z0-9-]{1,62}[/\\:?\#]|                                                   # example.org/
        \.(com|net|org|info|biz|io|co|us|uk|de|ru|cn|eu|app|dev|me|top|xyz|shop|site|online|club|live|link|click|
           store|pro|tv|cc|ly|gl|gg|ai|edu|gov|mobi|name|icu|vip|work|test|example|invalid)\b
        """, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    private ReachBy ParseReach()
    {
        var by = ReachBy.None;
        if (Reach.Contains("call")) by |= ReachBy.Call;
        if (Reach.Contains("text")) by |= ReachBy.Text;
        if (Reach.Contains("email")) by |= ReachBy.Email;
        return by;
    }
}
