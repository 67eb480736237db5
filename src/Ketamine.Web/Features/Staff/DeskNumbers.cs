using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Articles;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Counts what came in and how it was answered, by week and by article. Counts rows alone: nobody is followed from page to page, and what would be about
/// one or two people is not told apart.
/// </summary>
public sealed class DeskNumbers(ClinicDb db, ContentStore content, TimeProvider clock)
{
    /// <summary>Weeks that are counted, this one included.</summary>
    public const int Weeks = 8;

    /// <summary>Below so many people, a number would say something about each of them.</summary>
    public const int Few = 3;

    /// <summary>Counts the last <see cref="Weeks"/> weeks, which begin on Mondays at midnight in the clinic's zone.</summary>
    public async Task<NumbersOfWeeks> CountAsync(CancellationToken cancellation)
    {
        var clinic = content.Current.Clinic;
        var now = clock.GetUtcNow();
        var first = Week(now, clinic).PlusWeeks(1 - Weeks);
        var since = clinic.TimeZone.AtStartOfDay(first).ToDateTimeOffset();
        var leads = await db.Set<Lead>().AsNoTracking().Where(lead => lead.CreatedAt >= since && lead.MergedIntoId == null
            && lead.Status != LeadStatus.Quarantined && (lead.ClosedFor == null || lead.ClosedFor != CloseReason.Spam)).ToListAsync(cancellation);
        var ids = db.Set<Lead>().Where(lead => lead.CreatedAt >= since).Select(lead => lead.Id);
        // A time that was held and never confirmed is no booking.
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
            new Counted(lead, Week(lead.CreatedAt, clinic), booked.Contains(lead.Id), reached.Contains(lead.Id), now, hours));
        return new NumbersOfWeeks(
            [.. Enumerable.Range(0, Weeks).Select(i => first.PlusWeeks(i)).Select(week => new WeekNumbers(
                week, views.Where(day => LocalDate.FromDateOnly(day.Day) >= week && LocalDate.FromDateOnly(day.Day) < week.PlusWeeks(1)).Sum(day => day.Count),
                all.Where(lead => lead.Week == week), ClosedDays(week, clinic)))],
            Pages(views, all));
    }

    private List<PageNumbers> Pages(List<ArticleViews> views, List<Counted> leads)
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

    // Ordinary days on which the clinic was closed: "Thu".
    private static List<string> ClosedDays(LocalDate week, Clinic clinic) =>
    [
        .. Enumerable.Range(0, 7).Select(week.PlusDays)
            .Where(day => clinic.Calendar.HolidayOn(day) is { Hours: null } && clinic.Hours.Any(hours => hours.Days.Contains(day.DayOfWeek)))
            .Select(day => day.ToString("ddd", System.Globalization.CultureInfo.GetCultureInfo("en-US"))),
    ];

    private static LocalDate Week(DateTimeOffset instant, Clinic clinic) =>
        DeskTimes.MondayOf(Instant.FromDateTimeOffset(instant).InZone(clinic.TimeZone).Date);
}

/// <summary>One lead as the numbers see it.</summary>
internal sealed class Counted(Lead lead, LocalDate week, bool booked, bool reached, DateTimeOffset now, OpenHours hours)
{
    public LocalDate Week { get; } = week;
    public bool Booked { get; } = booked;

    // Before the desk, staff said "answered" with the link in the mail, and nothing else.
    public bool Reached { get; } = reached || (lead.Status is LeadStatus.Answered && lead.TriedAt is null);
    public string? About => lead.About;
    public bool InTime => Answered && lead.AnsweredAt <= lead.AnswerBy;
    public bool Tried => !InTime && lead.TriedAt <= lead.AnswerBy;
    public bool Late => !InTime && !Tried && lead.AnswerBy < now;

    /// <summary>From coming in to the answer, in open hours; null for one without an answer.</summary>
    public Duration? Took => Answered ? hours.Between(lead.CreatedAt, lead.AnsweredAt!.Value) : null;

    // Giving somebody up is no answer.
    private bool Answered => lead.AnsweredAt is not null && lead.ClosedFor is not CloseReason.CannotBeReached;
}

/// <param name="Weeks">The oldest first; the last one is this week.</param>
/// <param name="Pages">Articles and treatments that were read or asked about, most read first.</param>
public sealed record NumbersOfWeeks(IReadOnlyList<WeekNumbers> Weeks, IReadOnlyList<PageNumbers> Pages)
{
    /// <summary>The last whole week.</summary>
    public WeekNumbers LastWeek => Weeks[^2];
}

/// <summary>A week's counts.</summary>
public sealed class WeekNumbers
{
    internal WeekNumbers(LocalDate monday, int views, IEnumerable<Counted> leads, IReadOnlyList<string> closed)
    {
        var all = leads.ToList();
        (Monday, Views, Leads, Closed) = (monday, views, all.Count, closed);
        (Booked, Reached) = (all.Count(lead => lead.Booked), all.Count(lead => lead.Reached));
        (InTime, Tried, Late) = (all.Count(lead => lead.InTime), all.Count(lead => lead.Tried), all.Count(lead => lead.Late));
        var took = all.Select(lead => lead.Took).OfType<Duration>().Order().ToList();
        Median = took.Count >= DeskNumbers.Few ? took[(took.Count - 1) / 2] : null;
    }

    public LocalDate Monday { get; }

    /// <summary>Readings of all articles.</summary>
    public int Views { get; }

    public int Leads { get; }

    /// <summary>Leads with a call that was confirmed, whatever became of it.</summary>
    public int Booked { get; }

    /// <summary>Leads that somebody talked with or wrote to.</summary>
    public int Reached { get; }

    /// <summary>Answered by the time that they were promised.</summary>
    public int InTime { get; }

    /// <summary>Tried by that time, and not reached.</summary>
    public int Tried { get; }

    /// <summary>Neither.</summary>
    public int Late { get; }

    /// <summary>Half were answered within this time, in open hours; null for fewer than <see cref="DeskNumbers.Few"/>.</summary>
    public Duration? Median { get; }

    /// <summary>Days on which the clinic is usually open and was closed.</summary>
    public IReadOnlyList<string> Closed { get; }

    /// <summary>How many of a hundred were answered in time, of those whose time has come; null for none.</summary>
    public int? Percent => InTime + Tried + Late is > 0 and var due ? (int)Math.Round(100.0 * InTime / due, MidpointRounding.AwayFromZero) : null;
}

/// <summary>The counts of an article or a treatment.</summary>
/// <param name="Views">Readings; null for a treatment, whose readings nobody counts.</param>
/// <param name="Leads">People who wrote from it.</param>
/// <param name="Booked">Those of them with a call.</param>
public sealed record PageNumbers(string Title, string Path, int? Views, int Leads, int Booked);
