using System.Linq.Expressions;
using Ketamine.Content.Editing;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using NodaTime.Text;

namespace Ketamine.Web.Features.Staff;

/// <summary>A day's booked calls and free times, or a week's calls.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class CallsModel(DeskContext desk, ClinicDb db, BookingService booking, TimeOffService times, AuditLog audit) : DeskPage(desk)
{
    [BindProperty(SupportsGet = true)]
    public string? Day { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Week { get; set; }

    public LocalDate Date { get; private set; }

    /// <summary>Monday through Sunday, each with its number of booked calls.</summary>
    public IReadOnlyList<(LocalDate Date, int Booked)> Days { get; private set; } = [];

    /// <summary>The day, or the days of the week, each with its booked calls, time off, and free times, in order. An empty weekend is left out.</summary>
    public IReadOnlyList<(LocalDate Date, IReadOnlyList<Slot> Slots)> Shown { get; private set; } = [];

    /// <summary>All upcoming video calls, on any day, that still need a link from staff.</summary>
    public IReadOnlyList<LeadView> WantLinks { get; private set; } = [];

    /// <summary>The reference of the next call's lead; null if there are no more calls.</summary>
    public string? Next { get; private set; }

    public string ZoneName => TimeZoneInfo.FindSystemTimeZoneById(Clinic.TimeZone.Id).StandardName;

    public LocalDate Monday => DeskTimes.MondayOf(Date);

    public static string Iso(LocalDate date) => LocalDatePattern.Iso.Format(date);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Date = LocalDatePattern.Iso.Parse(Day ?? "") is { Success: true, Value: var asked } ? asked : Local(Now).Date;
        (Title, Place) = (Week ? $"Calls, week of {DeskTimes.Day(Monday, Local(Now).Date)}" : $"Calls, {DeskTimes.LongDay(Date)}", "/staff/calls");
        var (from, to) = (Midnight(Monday), Midnight(Monday.PlusDays(7)));
        var off = await times.BetweenAsync(from, to, cancellation);
        var calls = (await PairsAsync(call => call.StartsAt >= from && call.StartsAt < to && call.Seat != null, cancellation))
            .Select(pair => new LeadView(pair.Lead, pair.Call, rank: null, this)
            {
                IsInTimeOff = pair.Call.CanChange(Now) && off.Any(one => one.Overlaps(pair.Call)),
            }).ToList();
        Days = [.. Enumerable.Range(0, 7).Select(Monday.PlusDays).Select(day => (day, calls.Count(view => On(view.Call!.StartsAt, day))))];
        Next = calls.FirstOrDefault(view => view.Lead.Status is LeadStatus.New && view.Call is { Status: ConsultationStatus.Booked } call && call.EndsAt > Now)?
            .Lead.Reference;
        var free = await booking.FreeAsync(cancellation, ignoreNotice: true);
        Shown =
        [
            .. (Week ? Days.Select(day => day.Date) : [Date]).Select(day => (day, Slots(day, calls, off, free)))
                .Where(shown => !Week || shown.Item2.Count > 0 || shown.day.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday)),
        ];
        WantLinks =
        [
            .. (await PairsAsync(call => call.By == CallKind.Video && call.LinkSentAt == null && call.Status == ConsultationStatus.Booked && call.EndsAt > Now,
                cancellation)).Select(pair => new LeadView(pair.Lead, pair.Call, rank: null, this)).Where(view => view.WantsLink),
        ];
        var shown = Shown.Sum(day => day.Slots.Count(slot => slot.View is not null));
        await audit.WriteAsync(Me.Name, "lead-calls-shown", null, ContentCheck.Count(shown, "call"), cancellation);
        return Page();
    }

    private IReadOnlyList<Slot> Slots(LocalDate day, List<LeadView> calls, IReadOnlyList<TimeOff> off, IEnumerable<CallTime> free)
    {
        var (from, to) = (Midnight(day), Midnight(day.PlusDays(1)));
        return
        [
            .. calls.Where(view => On(view.Call!.StartsAt, day)).Select(view => new Slot(view.Call!.StartsAt, View: view))
                .Concat(off.Where(one => one.StartsAt < to && one.EndsAt > from).Select(one => new Slot(one.StartsAt < from ? from : one.StartsAt, Off: one)))
                .Concat(free.Where(time => time.Start.Date == day).Select(time => new Slot(time.StartsAt, Free: time)))
                .OrderBy(slot => slot.At).ThenBy(slot => slot.Off is null),
        ];
    }

    private async Task<List<(Consultation Call, Lead Lead)>> PairsAsync(Expression<Func<Consultation, bool>> which, CancellationToken cancellation) =>
    [
        .. (await db.Set<Consultation>().AsNoTracking().Where(which)
            .Join(db.Set<Lead>().AsNoTracking(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead })
            .OrderBy(pair => pair.call.StartsAt).ThenBy(pair => pair.call.Seat).ToListAsync(cancellation)).Select(pair => (pair.call, pair.lead)),
    ];

    private bool On(DateTimeOffset instant, LocalDate day) => Local(instant).Date == day;


    /// <summary>One line of a day: a booked call, time off, or a free time.</summary>
    public sealed record Slot(DateTimeOffset At, LeadView? View = null, TimeOff? Off = null, CallTime? Free = null);
}
