namespace Ketamine.Content.Notices;

/// <summary>The consumer health data policy that Washington and Nevada require on a separate page, linked from the home page.</summary>
internal static class HealthDataNotice
{
    public const string Path = "/consumer-health-data";

    private static readonly LocalDate Written = new(2026, 11, 28);

    private static readonly ImmutableArray<NoticeSource> Sources =
    [
        new("Washington: My Health My Data Act, RCW 19.373.020 and 19.373.040", new Uri("https://app.leg.wa.gov/RCW/default.aspx?cite=19.373&full=true")),
        new("Nevada: SB 370 of 2023, NRS 603A.400 to 603A.550", new Uri("https://www.leg.state.nv.us/NRS/NRS-603A.html")),
        new(
            "Connecticut: Data Privacy Act, as changed by SB 3 of 2023",
            new Uri("https://portal.ct.gov/ag/sections/privacy/the-connecticut-data-privacy-act")),
    ];

    public static LegalNotice Write(Edition site, KeptData kept)
    {
        var (clinic, practice) = (site.Clinic, site.Clinic.Practice);
        string[] sections =
        [
            Scope(site), Collected(clinic), Purposes(clinic), Origin, Recipients(practice), Retention(clinic, kept), Rights(clinic), Changes(practice),
        ];
        return new LegalNotice(
            Path,
            "Consumer health data",
            "What health data this site collects, why, who gets it, how long we keep it, and how to see it or have it deleted.",
            string.Join("\n\n", sections),
            Sources,
            Written);
    }

    private static string Scope(Edition site)
    {
        var practices = site.Pages.FirstOrDefault(page => page.Kind == PageKind.PrivacyPractices);
        return $"""
            This page is about health data that you give us on this site before you are a patient.
            Washington, Nevada, and Connecticut have laws about such data. We treat all people the same way, wherever they live.

            If you become our patient, your medical record falls under other rules, such as HIPAA.{(
                practices is null ? "" : $" Our [{practices.Title}]({practices.Path}) is about that.")}
            """;
    }

    private static string Collected(Clinic clinic) => $"""
        ## What we collect

        - **What you tell us in a form.** For example, how you feel, what you have tried, and what care you want. We also collect:
        {string.Join('\n', LegalNotice.FormFields(clinic).Select(field => $"  - {field}"))}
        - **That you wrote to us at all.** It can show that you are looking for care.
        - **Signs of danger.** Our server flags messages with words that may mean danger.
        {(clinic.Newsletter is null ? "" : "- **Your email address,** if you sign up for our newsletter.\n")}
        We do not collect your location. We do not track you on other sites, and no one else can track you on this one.
        """;

    private static string Purposes(Clinic clinic) => $"""
        ## Why we collect it

        - to answer you;
        {(clinic.Consultation is null ? "" : "- to plan a call with you;\n")}- to read messages from people who may be in danger first;
        - to keep out spam.

        We use it for nothing else. It is encrypted on our server, and our staff read it there.
        """;

    private const string Origin = """
        ## Where it comes from

        It comes from you: what you type here, and what you tell our staff. We do not buy health data.
        """;

    private static string Recipients(PracticeFacts practice) => $"""
        ## Who gets it

        We do not sell health data. We do not share it for ads. {Companies(practice)} {Affiliates(practice)}

        The law may require us to give data to a court or an agency.
        """;

    private static string Retention(Clinic clinic, KeptData kept) => $"""
        ## How long we keep it

        We delete messages{(clinic.Consultation is null ? "" : " and bookings")} after {KeptData.Span(kept.MessageDays)} at most.
        {Backups(clinic.Practice)} Our [privacy page](/privacy) has the whole list.
        """;

    private static string Rights(Clinic clinic) => $"""
        ## Your rights

        You can:

        - ask whether we have health data about you, and see it;
        - get a list of those with whom we have shared it;
        - have a mistake fixed;
        - take back your consent;
        - have your data deleted. We also tell anyone who got it from us to delete it.

        To ask, {LegalNotice.Reach(clinic)}.
        Give the email address or phone number that you used, so we can find your data and know that it is yours.
        It is free. We answer within 45 days. If we need more time, we tell you why within those 45 days.

        **If we say no, you can appeal.** Reach us the same way and write "appeal". We look at it again and answer in writing within 45 days.
        If we still say no, you can complain to the attorney general of your state.
        In Washington, use [the attorney general's complaint form](https://www.atg.wa.gov/file-complaint).

        We never treat you differently because you asked.
        """;

    private static string Changes(PracticeFacts practice) => $"""
        ## Changes

        {Since(practice, Written)} Before we collect other kinds of data, or use data in another way, we say so here and ask you first.
        """;

    /// <summary>A sentence or two on who handles the data for the clinic.</summary>
    internal static string Companies(PracticeFacts practice) => practice.Processors switch
    {
        { IsDefault: true } => "Companies that host this site and carry our email handle it for us. They may use it only for that work.",
        { IsEmpty: true } => "No other company handles it for us.",
        var some => $"These companies handle it for us, and only for that work: {string.Join("; ", some)}.",
    };

    private static string Affiliates(PracticeFacts practice) => practice.Affiliates switch
    {
        { IsDefault: true } => "",
        { IsEmpty: true } => "No affiliates get it.",
        var some => $"These affiliates may get it: {string.Join("; ", some)}.",
    };

    /// <summary>A sentence on how long backups keep deleted data.</summary>
    internal static string Backups(PracticeFacts practice) => practice.BackupDays is { } days
        ? $"Backups may keep deleted data for {KeptData.Span(days)} more."
        : "Backups keep deleted data until they are overwritten.";

    /// <summary>A sentence with a notice's effective date.</summary>
    internal static string Since(PracticeFacts practice, LocalDate written) =>
        $"This notice has been in effect since {LegalNotice.Day(practice.NoticesEffective ?? written)}.";
}
