using Ketamine.Content.Markdown;
using Ketamine.Content.Reading;

namespace Ketamine.Content.Notices;

/// <summary>How long the software keeps visitors' data.</summary>
/// <param name="MessageDays">Messages and bookings, with their emails.</param>
/// <param name="SpamDays">Likely spam that staff have seen.</param>
/// <param name="NetworkDays">The fingerprint of the network that sent a form.</param>
/// <param name="FullMailToStaff">Whether staff get the whole message by email, rather than a first name and a link.</param>
public sealed record KeptData(int MessageDays, int SpamDays, int NetworkDays, bool FullMailToStaff)
{
    /// <summary>"two years", "90 days".</summary>
    public static string Span(int days) =>
        days % 365 == 0 && days >= 730 && days / 365 is var years && years < Words.Length
            ? $"{Words[years]} years"
            : $"{days.ToString(CultureInfo.InvariantCulture)} days";

    private static readonly string[] Words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
}

/// <summary>A law or guidance that a notice is based on.</summary>
/// <param name="Name">With its citation.</param>
public sealed record NoticeSource(string Name, Uri Href);

/// <summary>A notice that the site generates from what its software does and what the clinic says. In English.</summary>
/// <param name="Path">Its address on this site.</param>
/// <param name="Markdown">Without the section about the notice itself.</param>
/// <param name="Written">The day on which its text was last checked against <paramref name="Sources"/>.</param>
public sealed record LegalNotice(string Path, string Title, string Summary, string Markdown, ImmutableArray<NoticeSource> Sources, LocalDate Written)
{
    /// <summary>The whole notice. Each ends with its limits and its sources.</summary>
    public string WholeMarkdown =>
        new StringBuilder(Markdown.TrimEnd())
            .Append(
                "\n\n## About this notice\n\nThis is not legal advice. "
                    + "This site's software generates this notice from what it does and from what the clinic says about itself. It is based on:\n\n")
            .AppendJoin('\n', Sources.Select(source => $"- [{source.Name}]({source.Href})"))
            .Append(
                CultureInfo.InvariantCulture,
                $"\n\nWe last checked this notice against them on {Day(Written)}. Laws change. If you need advice, ask a lawyer.\n")
            .ToString();

    /// <summary>Rendered for the page.</summary>
    public Prose Body
    {
        get
        {
            var context = new RenderContext(
                FrozenDictionary<string, ContentFile>.Empty,
                FrozenDictionary<string, Reference>.Empty,
                new MarkdownStrings("en-US"));
            var notes = new Diagnostics(Path);
            return new ProsePiece(Path, WholeMarkdown, 1, "", MarkdownAnalysis.Read(WholeMarkdown, line => line + 1, notes)).Prose(context);
        }
    }

    /// <summary>"November 28, 2026".</summary>
    internal static string Day(LocalDate date) => date.ToString("MMMM d, uuuu", CultureInfo.GetCultureInfo("en-US"));

    /// <summary>All notices that apply to this content.</summary>
    public static ImmutableArray<LegalNotice> Of(Edition site, KeptData kept)
    {
        var notices = ImmutableArray.CreateBuilder<LegalNotice>();
        notices.Add(PrivacyNotice.Write(site, kept));
        notices.Add(HealthDataNotice.Write(site, kept));
        if (site.Parts.HasFlag(ContentParts.FederalFunds)) notices.Add(CivilRightsNotice.Write(site));
        if (site.Parts.HasFlag(ContentParts.Prices)) notices.Add(EstimateNotice.Write(site));
        return notices.ToImmutable();
    }

    /// <summary>How to reach the clinic, as a phrase: "use [our form](/contact), write to …, or call …".</summary>
    internal static string Reach(Clinic clinic)
    {
        var ways = new List<string> { "use [our form](/contact)" };
        if (clinic.Email is { } email) ways.Add($"write to [{email}](mailto:{email})");
        if (clinic.Phone is { } phone) ways.Add($"call [{phone.National}]({phone.Href})");
        return ways.Count == 1 ? ways[0] : $"{string.Join(", ", ways.SkipLast(1))}{(ways.Count > 2 ? "," : "")} or {ways[^1]}";
    }

    /// <summary>What the forms ask for, as list items.</summary>
    internal static IEnumerable<string> FormFields(Clinic clinic)
    {
        yield return "your name, or what you like to be called;";
        yield return "your email address or phone number, and how we may use it;";
        yield return "whether we may leave a voicemail or say our name;";
        yield return "your message, and the page that you asked about;";
        if (clinic.Consultation is { } calls)
        {
            yield return "the time of a call that you book;";
            if (!calls.Questions.IsEmpty) yield return "your answers to our questions about the call;";
        }

        yield return "your answer, if you give one, when we ask if anyone is in danger;";
        yield return "the exact words that you agreed to, and when.";
    }
}
