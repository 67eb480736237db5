namespace Ketamine.Content.Notices;

/// <summary>What the site does with visitors' requests and messages. Every sentence states something that the software does or that clinic.yml says.</summary>
internal static class PrivacyNotice
{
    public const string Path = "/privacy";

    private static readonly LocalDate Written = new(2026, 11, 28);

    private static readonly ImmutableArray<NoticeSource> Sources =
    [
        new(
            "Federal Trade Commission: Protecting the privacy of health information",
            new Uri("https://www.ftc.gov/business-guidance/privacy-security/health-privacy")),
        new(
            "Federal Communications Commission, 47 CFR 64.1200(a)(10): taking back consent to calls and texts",
            new Uri("https://www.ecfr.gov/current/title-47/section-64.1200")),
    ];

    public static LegalNotice Write(Edition site, KeptData kept)
    {
        var clinic = site.Clinic;
        string?[] sections =
        [
            Reading, Writing(clinic, kept), Contact(kept), clinic.Newsletter is null ? null : Newsletter,
            Readers(clinic), Retention(clinic, kept), Rights(clinic), Changes(clinic),
        ];
        return new LegalNotice(
            Path,
            "Privacy",
            "What this site keeps when you read, write to us, or book a call, for how long, and how to have it deleted.",
            string.Join("\n\n", sections.OfType<string>()),
            Sources,
            Written);
    }

    private const string Reading = """
        ## When you only read

        - **No cookies.** Public pages set none and store nothing in your browser. Staff pages are separate. They use a cookie so that staff can sign in.
        - **No trackers.** We use no analytics, no ads, and no pixels.
        - **No third parties.** All fonts, pictures, and scripts come from this site.
          No one else can track you here, now or over time. A link to another site takes you there only if you click it.
        - **Counting views.** We count how often an article is opened each day. The count says nothing about you.
        - **Logs.** Our server writes one line for each request: the page, the result, and how long it took.
          It leaves out your network address and the words of a search.
        - **Limits.** To slow down floods, the server counts requests by network address for a short time. It keeps that count in memory only.
        """;

    private static string Writing(Clinic clinic, KeptData kept) => $"""
        ## When you write to us

        {(clinic.Consultation is null ? "We keep" : "When you send a message or book a call, we keep")} what you type and choose:

        {string.Join('\n', LegalNotice.FormFields(clinic).Select(field => $"- {field}"))}

        We also keep a scrambled form of your network address for {KeptData.Span(kept.NetworkDays)}. It shows us when many messages come from one place.

        Our own server checks your message for words that may mean danger.
        If it finds some, the next page shows where to get help, and our staff see your message sooner.
        This doesn't mean that someone is reading at night. Your message isn't sent anywhere else for this.

        We encrypt what you tell us. It never goes into a web address, a log, or the subject of an email.
        """;

    private static string Contact(KeptData kept) => $"""
        ## Email, calls, and texts

        You choose how we may reach you. You don't have to agree to texts to get care.
        Email and texts are not as private as a call, because other companies carry them.
        The subject lines of our emails don't mention conditions or treatments.

        {(
            kept.FullMailToStaff
                ? "Our staff get what you wrote by email."
                : "Our staff get an email with your first name and a link. What you wrote stays on our server.")}

        You can stop calls, texts, voicemails, or emails at any time.
        Reply STOP to a text, use the link at the end of our emails, or tell us in any other way.
        We record that you asked, and we stop.
        To remember it, we keep a scrambled form of your number or address that can't be turned back.
        """;

    private const string Newsletter = """
        ## The newsletter

        We keep your address and when you confirmed it. We don't add anyone who hasn't confirmed.
        One click in any issue ends it. Then we keep only a scrambled form of the address, so we never write to it again by mistake.
        The newsletter has no tracking pixels, and its links don't track you.
        """;

    private static string Readers(Clinic clinic) => $"""
        ## Who sees it

        The people of {clinic.Name} who answer you. We do not sell it, lend it, or use it for ads. {HealthDataNotice.Companies(clinic.Practice)}
        """;

    private static string Retention(Clinic clinic, KeptData kept) => $"""
        ## How long we keep it

        | What | How long |
        | --- | --- |
        | Messages{(clinic.Consultation is null ? "" : " and bookings")}, with their emails | {KeptData.Span(kept.MessageDays)} at most |
        | What looks like spam, once we have looked at it | {KeptData.Span(kept.SpamDays)} |
        | The scrambled network address | {KeptData.Span(kept.NetworkDays)} |
        | That you asked us to stop | until you ask us to write again |
        {(clinic.Newsletter is null ? "" : "| Your newsletter address | until you leave the list |\n")}
        {HealthDataNotice.Backups(clinic.Practice)} If you become our patient, your medical record is kept separately from this site,
        under the rules for such records.
        """;

    private static string Rights(Clinic clinic) => $"""
        ## Your rights

        You can ask what we keep about you and get a copy. You can have a mistake fixed. You can have it all deleted. To do so, {LegalNotice.Reach(clinic)}.
        Give the email address or phone number that you used. You don't need a reason, and asking does not change your care.
        Our page on [health data](/consumer-health-data) tells you more.
        """;

    private static string Changes(Clinic clinic) => $"""
        ## Changes

        {HealthDataNotice.Since(clinic.Practice, Written)} When it changes in a way that matters to you, we say so here with the date.
        """;
}
