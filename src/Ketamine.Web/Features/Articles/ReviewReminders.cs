using Ketamine.Web.Data;
using Ketamine.Web.Mail;
using Ketamine.Web.Web;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Articles;

/// <summary>
/// Records that staff were reminded of an expiring review or fact. There is one row for each text, review, and step, so a restart doesn't repeat a
/// reminder.
/// </summary>
public sealed class ReviewReminder
{
    private static readonly int[] Steps = [-DatedFact.WarnDays, 0, 30];

    private ReviewReminder() { }

    public ReviewReminder(string path, DateOnly reviewed, int step, DateTimeOffset at) => (Path, Reviewed, Step, At) = (path, reviewed, step, at);

    /// <summary>The text's key; for a fact, the key from <see cref="FactReminders"/>.</summary>
    public string Path { get; private set; } = "";

    /// <summary>The date of the review, or a fact's last day; a new date causes new reminders.</summary>
    public DateOnly Reviewed { get; private set; }

    /// <summary>Days from the review's end: -30, 0, or 30.</summary>
    public int Step { get; private set; }

    public DateTimeOffset At { get; private set; }

    /// <summary>Adds a row for each step that has been reached and has no row yet; the caller saves.</summary>
    /// <param name="reviewed">See <see cref="Reviewed"/>.</param>
    /// <param name="ends">The day that the steps count from.</param>
    /// <returns>
    /// The step to remind staff of, or null if none has been reached or they have been reminded already. After a long outage, only the latest one.
    /// </returns>
    internal static async Task<int?> ReachAsync(
        ClinicDb db, string path, LocalDate reviewed, LocalDate ends, LocalDate today, DateTimeOffset now, CancellationToken cancellation)
    {
        var reached = Steps.Where(step => ends.PlusDays(step) <= today).ToList();
        if (reached.Count == 0) return null;
        var day = reviewed.ToDateOnly();
        var told = await db.Set<ReviewReminder>().Where(reminder => reminder.Path == path && reminder.Reviewed == day).Select(reminder => reminder.Step)
            .ToListAsync(cancellation);
        var missing = reached
            .Except(told)
            .Except(db.Set<ReviewReminder>().Local.Where(reminder => reminder.Path == path && reminder.Reviewed == day).Select(reminder => reminder.Step))
            .ToList();
        foreach (var step in missing) db.Add(new ReviewReminder(path, day, step, now));
        return missing.Contains(reached[^1]) ? reached[^1] : null;
    }

    internal sealed class Mapping : IEntityTypeConfiguration<ReviewReminder>
    {
        public void Configure(EntityTypeBuilder<ReviewReminder> reminder)
        {
            reminder.ToTable("ReviewReminders");
            reminder.HasKey(r => new { r.Path, r.Reviewed, r.Step });
            reminder.Property(r => r.Path).HasMaxLength(120);
            reminder.Property(r => r.Step).ValueGeneratedNever();
        }
    }
}

/// <summary>
/// Reminds staff 30 days before a medical review or a dated fact lapses, on that day, and 30 days after. The rows and the emails are saved in one
/// transaction.
/// </summary>
public sealed class ReviewReminders(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ReviewReminders> logger)
    : PeriodicWorker(TimeSpan.FromHours(1), clock)
{
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        await RemindAsync(
            services.GetRequiredService<ClinicDb>(),
            services.GetRequiredService<Outbox>(),
            services.GetRequiredService<ContentStore>().Current,
            services.GetRequiredService<IOptions<MailOptions>>().Value,
            Clock.GetUtcNow(),
            cancellation);
    }

    protected override void LogFailed(Exception failure) =>
        logger.LogWarning("Can't send review reminders; trying again in an hour: {Failure}", failure.GetType().Name);

    /// <summary>Adds the due emails that don't exist yet. After a long outage, only a text's latest step is emailed.</summary>
    internal static async Task RemindAsync(ClinicDb db, Outbox outbox, Edition site, MailOptions mail, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var (text, review) in Reviewed(site))
        {
            if (await ReviewReminder.ReachAsync(db, text.Path, review.Date, review.Due, site.Today, now, cancellation) is not { } step) continue;
            foreach (var staff in mail.Staff) outbox.Add(Draft(text, review, step, staff, site.Clinic));
        }

        await FactReminders.AddAsync(db, outbox, site, mail, now, cancellation);
        await db.SaveChangesAsync(cancellation);
    }

    private static IEnumerable<(ContentItem Text, MedicalReview Review)> Reviewed(Edition site) =>
        site.Articles.Select(article => ((ContentItem)article, article.Review)).Concat(site.Services.Select(service => ((ContentItem)service, service.Review)))
            .Where(text => text.Item2 is { Signed: true }).Select(text => (text.Item1, text.Item2!));

    private static MailDraft Draft(ContentItem text, MedicalReview review, int step, EmailAddress staff, Clinic clinic)
    {
        var when = review.Due.ToString("MMMM d, yyyy", CultureInfo.GetCultureInfo("en-US"));
        return new MailDraft
        {
            Kind = "review-due",
            To = staff,
            Subject =
                step < 0 ? $"Medical review due by {when}: {text.Title}"
                : step == 0 ? $"Medical review lapses today: {text.Title}"
                : $"Medical review lapsed on {when}: {text.Title}",
            Body = new MailBody()
                .Paragraph(
                    step < 0
                        ? $"The medical review of \"{text.Title}\" holds until {when}."
                        : $"The medical review of \"{text.Title}\" held until {when}. Read it against its sources, then sign it anew.")
                .Facts(
                    ("File", text.File),
                    ("Reviewed by", review.Reviewer.Name),
                    ("Reviewed", review.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))
                .Paragraph($"To sign it: content sign {text.Slug} --by {review.Reviewer.Key}")
                .Link("Read the page", new Uri(clinic.Url, text.Path)),
        };
    }
}
