using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ketamine.Content;

namespace Ketamine.Web.Leads;

/// <summary>Who to reach, and how they agreed to be reached.</summary>
public sealed record ContactDetails
{
    public const int MaxNameLength = 100;

    /// <summary>One line of 1 to <see cref="MaxNameLength"/> characters.</summary>
    public required string Name { get; init; }

    public EmailAddress? Email { get; init; }
    public PhoneNumber? Phone { get; init; }

    /// <summary>Never <see cref="ReachBy.None"/>; only ways for which there is an address or number.</summary>
    public required ReachBy By { get; init; }

    public bool VoicemailAllowed { get; init; }
    public bool MayNameClinic { get; init; }
}

/// <summary>The contact part of a form as it was typed, kept as it is when something in it is wrong.</summary>
public sealed partial class ContactForm
{
    public string? Name { get; set; }
    public string? Email { get; set; }
    public string? Phone { get; set; }

    /// <summary>Any of <c>call</c>, <c>text</c>, <c>email</c>; none ticked means every way for which something was given.</summary>
    public List<string> Reach { get; set; } = [];

    /// <summary><c>yes</c> or <c>no</c>; not answered is no.</summary>
    public string? Voicemail { get; set; }

    /// <summary>May the clinic's name be said: <c>yes</c> or <c>no</c>; not answered is no.</summary>
    public string? SayName { get; set; }

    /// <summary>
    /// Parses the form once, at the door. Each fault is told through <paramref name="wrong"/> with the field's name and a sentence (in English, the key of
    /// the site's words) that says what to do; all of them at once.
    /// </summary>
    /// <param name="region">Where a phone number without a country code is dialed; see <see cref="Clinic.PhoneRegion"/>.</param>
    public bool TryParse(Action<string, string> wrong, string region, [NotNullWhen(true)] out ContactDetails? contact)
    {
        var good = true;
        void Wrong(string field, string sentence)
        {
            good = false;
            wrong(field, sentence);
        }

        var name = TypedText.OneLine(Name);
        if (!TypedText.ShowsAnything(name)) Wrong("name", "Enter the name you would like us to use");
        else if (name.Length > ContactDetails.MaxNameLength) Wrong("name", "Enter a name of 100 characters or fewer");
        else if (HoldsAddress(name)) Wrong("name", "Enter a name without a web or email address in it");

        EmailAddress? email = null;
        PhoneNumber? phone = null;
        var hasEmail = !string.IsNullOrWhiteSpace(Email);
        var hasPhone = !string.IsNullOrWhiteSpace(Phone);
        var by = ParseReach();
        if (hasEmail && !EmailAddress.TryParse(Email, out email)) Wrong("email", "Enter an email address like name@example.com");
        if (hasPhone && !PhoneNumber.TryParse(Phone, out phone, region)) Wrong("phone", "Enter a phone number with its area code, like 303 555 0142");
        if (!hasEmail && !hasPhone)
        {
            // One sentence at the field that their choice points to: two would say that both are wanted.
            if ((by & (ReachBy.Call | ReachBy.Text)) != ReachBy.None) Wrong("phone", "Enter a phone number so that we can reach you the way you chose");
            else Wrong("email", "Enter an email address or a phone number so that we can answer");
        }
        else if (!hasPhone && (by & (ReachBy.Call | ReachBy.Text)) != ReachBy.None)
        {
            Wrong("phone", "Enter a phone number so that we can reach you the way you chose");
        }
        else if (!hasEmail && by.HasFlag(ReachBy.Email))
        {
            Wrong("email", "Enter an email address so that we can reach you the way you chose");
        }

        contact = good
            ? new ContactDetails
            {
                Name = name,
                Email = email,
                Phone = phone,
                By = by != ReachBy.None ? by : (email is null ? ReachBy.None : ReachBy.Email) | (phone is null ? ReachBy.None : ReachBy.Call),
                VoicemailAllowed = phone is not null && Voicemail == "yes",
                MayNameClinic = SayName == "yes",
            }
            : null;
        return good;
    }

    // A name is shown to staff as the sender's: one that leads somewhere is no name. "St.John" and "J.R. Smith" are.
    private static bool HoldsAddress(string name) =>
        Address().IsMatch(string.Concat(name.Normalize(NormalizationForm.FormKC).EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) is not UnicodeCategory.Format)));

    [GeneratedRegex("""
        [a-z][a-z0-9+.-]*:\s*[/\\]|                                                          # https:/
        \b(https?|ftp|mailto|tel|sms|data|javascript|file|blob)\s*:|                         # mailto:
        \S@\S|[/\\]{2}|                                                                    # a@b, //host
        \bwww\d?\.|                                                                        # www.
        \b\d{1,3}(\.\d{1,3}){3}\b|                                                         # 192.0.2.1
        \.[a-z][a-z0-9-]{1,62}[/\\:?\#]|                                                   # example.org/
        \.(com|net|org|info|biz|io|co|us|uk|de|ru|cn|eu|app|dev|me|top|xyz|shop|site|online|club|live|link|click|store|pro|tv|cc|ly|gl|gg|ai|edu|gov|mobi|name|icu|vip|work|test|example|invalid)\b
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
