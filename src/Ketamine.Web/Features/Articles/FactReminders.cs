using Ketamine.Web.Data;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Articles;

/// <summary>
/// Reminds staff 30 days before a fact in the folder expires, on its last day, and 30 days after: prices, rules, approvals, answers, crisis line
/// numbers. Facts that are due together share one email.
/// </summary>
internal static class FactReminders
{
    /// <summary>Adds the due rows and emails that don't exist yet; the caller saves.</summary>
    public static async Task AddAsync(ClinicDb db, Outbox outbox, Edition site, MailOptions mail, DateTimeOffset now, CancellationToken cancellation)
    {
        var due = new List<DatedFact>();
        foreach (var fact in site.Content.DatedFacts)
            if (await ReviewReminder.ReachAsync(db, Key(fact), fact.Until, fact.Until, site.Today, now, cancellation) is not null) due.Add(fact);

        if (due.Count > 0)
            foreach (var staff in mail.Staff) outbox.Add(Draft(due, staff, site));
    }

    // Lines shift with every edit above, so a fact is identified by its file, description, and date.
    private static string Key(DatedFact fact) =>
        "fact:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{fact.File}\0{fact.What}")))[..32];

    private static MailDraft Draft(List<DatedFact> due, EmailAddress staff, Edition site)
    {
        var over = due.Exists(fact => fact.IsOver(site.Today));
        return new MailDraft
        {
            Kind = "fact-due",
            To = staff,
            Subject = (due, over) switch
            {
                ([var one], false) => $"Check by {Day(one)}: {one.What} in {one.File}",
                ([var one], true) => $"Out of date since {Day(one)}: {one.What} in {one.File}",
                (_, false) => $"{due.Count} facts on the website are about to go out of date",
                _ => $"{due.Count} facts on the website are out of date, or about to be",
            },
            Body = new MailBody()
                .Paragraph(
                    "Some facts on the website are valid only until a certain date. "
                        + "Check each against its source. Then update the date or the text in the file.")
                .Facts(
                    due.OrderBy(fact => fact.Until)
                        .Select(fact => ($"{fact.File}, line {fact.Line}", $"{fact.What}: {(fact.IsOver(site.Today) ? "held" : "holds")} until {Day(fact)}")))
                .Paragraph("To see the whole list: content check"),
        };
    }

    private static string Day(DatedFact fact) => fact.Until.ToString("MMMM d, yyyy", CultureInfo.GetCultureInfo("en-US"));
}
