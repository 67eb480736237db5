namespace Ketamine.Content.Editing;

/// <summary>
/// Finds what a clinic that copied the sample forgot to replace. The sample marks everything that is made up. Once <c>sample</c> is off, any
/// remaining mark is an error, because visitors would believe it.
/// </summary>
internal static partial class SampleLeftovers
{
    /// <summary>Errors for a real clinic; none for a sample.</summary>
    public static IEnumerable<Diagnostic> Find(SiteContent content) =>
        content.Clinic.Sample ? [] : InClinic(content.Clinic).Concat(InTexts(content)).Concat(InPeople(content)).Concat(InReviews(content));

    private static IEnumerable<Diagnostic> InClinic(Clinic clinic)
    {
        if (Reserved().IsMatch(clinic.Url.Host)) yield return Error("clinic.yml", "url", clinic.Url.OriginalString, "url: https://www.your-clinic.com");
        if (clinic.Email is { } email && Reserved().IsMatch(email.ToString()))
            yield return Error("clinic.yml", "email", email.ToString(), "email: hello@your-clinic.com");
        var phones = clinic
            .Locations.Select(location => location.Phone)
            .Prepend(clinic.Phone)
            .OfType<PhoneNumber>()
            .Where(phone => MadeUpNumber().IsMatch(phone.ToString()));
        foreach (var phone in phones)
            yield return Error("clinic.yml", "phone", phone.ToString(), "phone: your own number (555-0100 to 555-0199 are reserved for fiction)");
        foreach (var (key, text) in new[] { ("name", clinic.Name), ("legalName", clinic.LegalName), ("description", clinic.Description ?? "") })
            if (SampleWords().IsMatch(text)) yield return Error("clinic.yml", key, text, $"{key}: your clinic's own words");
        foreach (var link in clinic.Social.Where(link => link.Href.AbsoluteUri.Contains("example", StringComparison.OrdinalIgnoreCase)))
            yield return Error("clinic.yml", "social." + link.Network, link.Href.AbsoluteUri, "the clinic's own page, or remove the key");
    }

    private static IEnumerable<Diagnostic> InTexts(SiteContent content)
    {
        foreach (var text in content.Pages.Cast<ContentItem>().Concat(content.Services).Concat(content.Articles).Where(text => !text.Draft))
        {
            var words = text.Title + "\n" + text.Summary + "\n" + text.Body.PlainText;
            if (SampleWords().Match(words) is { Success: true } sample)
                yield return Error(text.File, "sample", sample.Value, "your own words; the text still says that it is a sample");
            // The clinic's own number is reported once, where it is written first.
            if (MadeUpNumber().Matches(words).FirstOrDefault(found => !IsClinics(found.Value)) is { } number)
                yield return Error(text.File, "phone", number.Value, "your own number; 555-0100 to 555-0199 are reserved for fiction");
            if (Reserved().Match(words) is { Success: true } address)
                yield return Error(text.File, "address", address.Value, "your own address; that ending is reserved for examples (RFC 2606)");
        }

        bool IsClinics(string number) => content.Clinic.Phone is { } own && own.E164.EndsWith(Digits(number), StringComparison.Ordinal);
    }

    private static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));

    private static IEnumerable<Diagnostic> InPeople(SiteContent content)
    {
        var samples = content.People.Values.Where(person =>
            SampleWords().IsMatch($"{person.Name} {person.Role} {person.Credentials} {person.Bio?.PlainText}")
        );
        foreach (var person in samples)
            yield return Error("people.yml", person.Key, person.Name, "one of your own staff; the entry still says that it is a sample");

        var reviewers = content
            .Articles.Where(article => !article.Draft)
            .Select(article => article.Review)
            .Concat(content.Services.Where(service => !service.Draft).Select(service => service.Review))
            .OfType<MedicalReview>()
            .Select(review => review.Reviewer)
            .Distinct();
        foreach (var reviewer in reviewers)
        {
            if (RoleName().IsMatch(reviewer.Name))
                yield return new Diagnostic(
                    "people.yml",
                    0,
                    reviewer.Key,
                    $"{Diagnostics.Quote(reviewer.Name)} is a role, but a person must sign reviews",
                    "name: the person who read the texts");
            else if (string.IsNullOrWhiteSpace(reviewer.Credentials))
                yield return new Diagnostic(
                    "people.yml",
                    0,
                    reviewer.Key,
                    $"{Diagnostics.Quote(reviewer.Name)} reviews texts but has no credentials",
                    "credentials: MD");
        }
    }

    private static IEnumerable<Diagnostic> InReviews(SiteContent content) => content.Reviews
        .Where(review => review.By.StartsWith("Nobody", StringComparison.OrdinalIgnoreCase) || SampleWords().IsMatch(review.Text))
        .Select(review => Error("reviews.yml", "by", review.By, "a real review, with the patient's consent, or remove the entry; this one is the sample's"));

    private static Diagnostic Error(string file, string key, string found, string wanted) =>
        new(file, 0, key, $"{Diagnostics.Quote(found)} is from the sample, or made up", wanted);

    [GeneratedRegex(@"(?:\.(?:example|test|invalid|localhost)|\bexample\.(?:com|net|org))\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();

    [GeneratedRegex(@"555[-. ]?01\d\d\b", RegexOptions.CultureInvariant)]
    private static partial Regex MadeUpNumber();

    [GeneratedRegex(
        @"\ba sample\b|\bsample (?:clinic|text|director|site)\b|\bmade[- ]up\b|\bnot a (?:company|named person)\b|\bdoes(?: not|n['’]t) exist\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SampleWords();

    [GeneratedRegex(
        @"^(?:the\s+|our\s+)?(?:(?:medical|clinical|nursing)\s+(?:director|staff|reviewer|board)|"
            + @".*\bteam|editors?|reviewers?|staff|clinicians?|doctors?|nobody)$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex RoleName();
}
