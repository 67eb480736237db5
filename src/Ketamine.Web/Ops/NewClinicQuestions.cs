using Ketamine.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>
/// The eight questions about a new clinic. Each method takes the answer given as an option, if any, and otherwise asks; it throws a
/// <see cref="FormatException"/> if the option's value can't be read.
/// </summary>
/// <param name="input">Where the answers come from; null uses the defaults.</param>
internal sealed class NewClinicQuestions(TextReader? input, TextWriter output)
{
    public string Name(string? option, string suggested) => Answer(
        option,
        "The clinic's name, as patients know it",
        suggested,
        text => text.Length is > 0 and <= 100 ? text : null,
        "At most 100 characters.");

    public (string City, string? Region) City(string? option)
    {
        var answer = Answer(
            option,
            "City and state",
            "Denver, CO",
            text => NewClinic.TryParseCity(text, out _, out _) ? text : null,
            "Use a form like Denver, CO.");
        return NewClinic.TryParseCity(answer, out var city, out var region)
            ? (city, region)
            : throw new FormatException($"{Diagnostics.Quote(answer)}: use a form like Denver, CO.");
    }

    public string Zone(string? option, string city) => Answer(
        option,
        "Time zone",
        WrittenZone.OfCity(city) ?? "America/New_York",
        text => WrittenZone.TryParse(text, out var known) ? known.Id : WrittenZone.Suggest(text),
        "Use Eastern, Central, Mountain, Arizona, Pacific, Alaska, Hawaii, or a name such as America/Denver.");

    public PhoneNumber? Phone(string? option)
    {
        var answer = Answer(
            option,
            "Phone number",
            "none",
            text => IsNone(text) || PhoneNumber.TryParse(text, out _) ? text : null,
            "Use a form like (303) 555-0142, or none.",
            text => EmailAddress.TryParse(text, out _) ? "That is an email address; its question comes later." : null);
        return PhoneNumber.TryParse(answer, out var number) ? number : null;
    }

    public ImmutableArray<OpeningHours> Hours(string? option)
    {
        var answer = Answer(
            option,
            "Hours",
            NewClinic.DefaultHours,
            text => WrittenTimes.TryParseHours(text, out _, out _) ? text : null,
            "Use a form like Mon-Thu 9-5, Fri 9-1.");
        return WrittenTimes.TryParseHours(answer, out var hours, out var unread)
            ? hours
            : throw new FormatException($"{Diagnostics.Quote(unread)}: use a form like Mon-Thu 9-5, Fri 9-1.");
    }

    public ImmutableArray<string> Services(string? option)
    {
        var known = NewClinic.AllServices;
        if (input is not null && option is null)
            for (var number = 1; number <= known.Length; number++) output.WriteLine($"  {number}  {known[number - 1].Title}");
        var answer = Answer(
            option,
            "Services, by number",
            "1",
            text => NewClinic.ServicesOf(text) is null ? null : text,
            $"Use numbers from 1 to {known.Length}, separated by commas.");
        return NewClinic.ServicesOf(answer)!.Value;
    }

    public EmailAddress? Email(string? option)
    {
        var answer = Answer(
            option,
            "Email address for patients",
            "none",
            text => IsNone(text) || EmailAddress.TryParse(text, out _) ? text : null,
            "Use an address like hello@example.com, or none.",
            text => PhoneNumber.TryParse(text, out _) ? "That is a phone number." : null);
        return EmailAddress.TryParse(answer, out var address) ? address : null;
    }

    public bool Booking(string? option) => Answer(
        option,
        "Can people book a free call on the site?",
        "yes",
        text =>
            text.ToLowerInvariant() is "y" or "yes" or "true" ? "yes"
            : text.ToLowerInvariant() is "n" or "no" or "false" ? "no"
            : null,
        "Answer yes or no."
    ) == "yes";

    private static bool IsNone(string text) => text.Equals("none", StringComparison.OrdinalIgnoreCase) || text.Equals("no", StringComparison.OrdinalIgnoreCase);

    /// <param name="mistaken">What the answer is, if it isn't what was asked for; null if unknown.</param>
    private string Answer(
        string? option, string question, string fallback, Func<string, string?> read, string wrong, Func<string, string?>? mistaken = null)
    {
        string Wrong(string answer) => mistaken?.Invoke(answer) is { } what ? $"{what} {wrong}" : wrong;
        if (option is not null) return read(option) ?? throw new FormatException($"{Diagnostics.Quote(option)}: {Wrong(option)}");
        return input is null ? fallback : Questions.Ask(question, fallback, read, Wrong, input, output);
    }
}
