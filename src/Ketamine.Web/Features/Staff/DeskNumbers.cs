using Ketamine.Web.Data;
using Ketamine.Web.Features.Articles;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Counts what came in and how it was answered, by week and by article. It counts database rows only: visitors are never followed from page to page, and
/// figures about one or two people are not shown separately.
/// </summary>
public sealed class DeskNumbers(ClinicDb db, ContentStore content, TimeProvider clock)
{
    /// <summary>How many weeks are counted, including this one.</summary>
    public const int Weeks = 8;

    /// <summary>Below this many people, a figure would reveal something about each of them.</summary>
    public const int Few = 3;

    /// <summary>Counts the last <see cref="Weeks"/> weeks. Weeks begin on Monday at midnight in the clinic's time zone.</summary>
    public async Task<WeeklyNumbers> CountAsync(CancellationToken cancellation)
    {
        var clinic = content.Current.Clinic;
        var now = clock.GetUtcNow();
        var first = Week(now, clinic).PlusWeeks(1 - Weeks);
        var since = clinic.TimeZone.AtStartOfDay(first).ToDateTimeOffset();
        var leads = await db.Set<Lead>().AsNoTracking().Where(lead => lead.CreatedAt >= since && lead.MergedIntoId == null
            && lead.Status != LeadStatus.Quarantined && (lead.ClosedFor == null || lead.ClosedFor != CloseReason.Spam)).ToListAsync(cancellation);
        var ids = db.Set<Lead>().Where(lead => lead.CreatedAt >= since).Select(lead => lead.Id);
        // A time that was held but never confirmed doesn't count as booked.
        var booked = (
            await db.Set<Consultation>()
                .Where(call => call.HeldUntil == null && call.Status != ConsultationStatus.Lapsed && ids.Contains(call.LeadId))
                .Select(call => call.LeadId)
                .ToListAsync(cancellation)
        ).ToHashSet();
        var reached = (await db.Set<LeadEvent>().Where(happened => happened.UndoneAt == null && ids.Contains(happened.LeadId)
                && (happened.Outcome == LeadOutcome.Reached || happened.Outcome == LeadOutcome.Visit || happened.Outcome == LeadOutcome.Emailed))
            .Select(happened => happened.LeadId).Distinct().ToListAsync(cancellation)).ToHashSet();
        var from = first.ToDateOnly();
        var views = await db.Set<ArticleViews>().AsNoTracking().Where(day => day.Day >= from).ToListAsync(cancellation);

        var hours = new OpenHours(clinic);
        var all = leads.ConvertAll(lead =>
            new CountedLead(lead, Week(lead.CreatedAt, clinic), booked.Contains(lead.Id), reached.Contains(lead.Id), now, hours));
        return new WeeklyNumbers(
            [.. Enumerable.Range(0, Weeks).Select(i => first.PlusWeeks(i)).Select(week => new WeekNumbers(
                week, views.Where(day => LocalDate.FromDateOnly(day.Day) >= week && LocalDate.FromDateOnly(day.Day) < week.PlusWeeks(1)).Sum(day => day.Count),
                all.Where(lead => lead.Week == week), ClosedDays(week, clinic)))],
            Pages(views, all));
    }

    private List<PageNumbers> Pages(List<ArticleViews> views, List<CountedLead> leads)
    {
        var asked = leads.Where(lead => lead.About is not null).ToLookup(lead => lead.About!, StringComparer.Ordinal);
        return
        [
            .. content.Current.Content.Articles.Where(article => !article.Draft).Cast<ContentItem>().Concat(content.Current.Content.Services)
                .Select(page => new PageNumbers(
                    page.Title, page.Path, page is Article ? views.Where(day => day.Slug == page.Slug.ToString()).Sum(day => day.Count) : null,
                    asked[page.Title].Count(), asked[page.Title].Count(lead => lead.Booked)))
                .Where(page => (page.Views ?? 0) + page.Leads > 0).OrderByDescending(page => page.Views ?? 0).ThenByDescending(page => page.Leads),
        ];
    }

    // Days the clinic is usually open but was closed: "Thu".
    private static List<string> ClosedDays(LocalDate week, Clinic clinic) =>
    [
        .. Enumerable.Range(0, 7).Select(week.PlusDays)
            .Where(day => clinic.Calendar.HolidayOn(day) is { Hours: null } && clinic.Hours.Any(hours => hours.Days.Contains(day.DayOfWeek)))
            .Select(day => day.ToString("ddd", CultureInfo.GetCultureInfo("en-US"))),
    ];

    private static LocalDate Week(DateTimeOffset instant, Clinic clinic) =>
        DeskTimes.MondayOf(instant.InZone(clinic.TimeZone).Date);
}

/// <summary>A lead as the figures count it.</summary>
internal sealed class CountedLead(Lead lead, LocalDate week, bool booked, bool reached, DateTimeOffset now, OpenHours hours)
{
    public LocalDate Week { get; } = week;
    public bool Booked { get; } = booked;

    // Before the desk existed, staff could only mark a lead as answered, with the link in their email.
    public bool Reached { get; } = reached || (lead.Status is LeadStatus.Answered && lead.TriedAt is null);
    public string? About => lead.About;
    public bool InTime => Answered && lead.AnsweredAt <= lead.AnswerBy;
    public bool Tried => !InTime && lead.TriedAt <= lead.AnswerBy;
    public bool Late => !InTime && !Tried && lead.AnswerBy < now;

    /// <summary>The time from arrival to the answer, in open hours; null if it wasn't answered.</summary>
    public Duration? Took => Answered ? hours.Between(lead.CreatedAt, lead.AnsweredAt!.Value) : null;

    // Closing a lead because the person couldn't be reached doesn't count as an answer.
    private bool Answered => lead.AnsweredAt is not null && lead.ClosedFor is not CloseReason.CannotBeReached;
}

/// <param name="Weeks">Oldest first. The last one is this week.</param>
/// <param name="Pages">Articles and treatments that were read or asked about, most read first.</param>
public sealed record WeeklyNumbers(IReadOnlyList<WeekNumbers> Weeks, IReadOnlyList<PageNumbers> Pages)
{
    /// <summary>The last complete week.</summary>
    public WeekNumbers LastWeek => Weeks[^2];
}

/// <summary>A week's counts.</summary>
public sealed class WeekNumbers
{
    internal WeekNumbers(LocalDate monday, int views, IEnumerable<CountedLead> leads, IReadOnlyList<string> closed)
    {
        var all = leads.ToList();
        (Monday, Views, Leads, Closed) = (monday, views, all.Count, closed);
        (Booked, Reached) = (all.Count(lead => lead.Booked), all.Count(lead => lead.Reached));
        (InTime, Tried, Late) = (all.Count(lead => lead.InTime), all.Count(lead => lead.Tried), all.Count(lead => lead.Late));
        var took = all.Select(lead => lead.Took).OfType<Duration>().Order().ToList();
        Median = took.Count >= DeskNumbers.Few ? took[(took.Count - 1) / 2] : null;
    }

    public LocalDate Monday { get; }

    /// <summary>Views of all articles.</summary>
    public int Views { get; }

    public int Leads { get; }

    /// <summary>Leads with a confirmed call, even if it was later canceled or missed.</summary>
    public int Booked { get; }

    /// <summary>Leads whom someone talked with or wrote to.</summary>
    public int Reached { get; }

    /// <summary>Answered by the promised time.</summary>
    public int InTime { get; }

    /// <summary>Tried by the promised time but not reached.</summary>
    public int Tried { get; }

    /// <summary>Neither answered nor tried by the promised time.</summary>
    public int Late { get; }

    /// <summary>The median time to answer, in open hours; null for fewer than <see cref="DeskNumbers.Few"/>.</summary>
    public Duration? Median { get; }

    /// <summary>Days the clinic is usually open but was closed.</summary>
    public IReadOnlyList<string> Closed { get; }

    /// <summary>The percentage answered in time, of those already due; null if none are due.</summary>
    public int? Percent => InTime + Tried + Late is > 0 and var due ? (int)Math.Round(100.0 * InTime / due, MidpointRounding.AwayFromZero) : null;
}

/// <summary>The counts of an article or a treatment.</summary>
/// <param name="Views">Views; null for a treatment, because treatments' views aren't counted.</param>
/// <param name="Leads">People who wrote from this page.</param>
/// <param name="Booked">How many of them booked a call.</param>
public sealed record PageNumbers(string Title, string Path, int? Views, int Leads, int Booked);
