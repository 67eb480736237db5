using System.Globalization;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace Ketamine.Web.Features.Staff;

/// <summary>The booked calls and the free times of a day, or the calls of a week.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class CallsModel(DeskContext desk, ClinicDb db, BookingService booking, AuditLog audit) : DeskPage(desk)
{
    [BindProperty(SupportsGet = true)]
    public string? Day { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Week { get; set; }

    public LocalDate Date { get; private set; }

    /// <summary>Monday to Sunday, with the number of booked calls.</summary>
    public IReadOnlyList<(LocalDate Date, int Booked)> Days { get; private set; } = [];

    /// <summary>The calls of the day, or of the week, in order.</summary>
    public IReadOnlyList<LeadView> Calls { get; private set; } = [];

    /// <summary>Free times of the day.</summary>
    public IReadOnlyList<CallTime> Free { get; private set; } = [];

    public string ZoneName => TimeZoneInfo.FindSystemTimeZoneById(Clinic.TimeZone.Id).StandardName;

    public static string Iso(LocalDate date) => LocalDatePattern.Iso.Format(date);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Date = LocalDatePattern.Iso.Parse(Day ?? "") is { Success: true, Value: var asked } ? asked : Local(Now).Date;
        (Title, Place) = (Week ? $"Calls, week of {DeskTimes.Day(Monday, Local(Now).Date)}" : $"Calls, {DeskTimes.LongDay(Date)}", "/staff/calls");
        var (from, to) = (Midnight(Monday), Midnight(Monday.PlusDays(7)));
        var pairs = await db.Set<Consultation>().AsNoTracking().Where(call => call.StartsAt >= from && call.StartsAt < to && call.Seat != null)
            .Join(db.Set<Lead>().AsNoTracking(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead })
            .OrderBy(pair => pair.call.StartsAt).ThenBy(pair => pair.call.Seat).ToListAsync(cancellation);
        Days = [.. Enumerable.Range(0, 7).Select(Monday.PlusDays).Select(day => (day, pairs.Count(pair => Local(pair.call.StartsAt).Date == day)))];
        Calls = [.. pairs.Where(pair => Week || Local(pair.call.StartsAt).Date == Date).Select(pair => new LeadView(pair.lead, pair.call, rank: null, this))];
        if (!Week) Free = [.. (await booking.FreeAsync(cancellation, ignoreNotice: true)).Where(time => time.Start.Date == Date)];
        await audit.WriteAsync(Me.Name, "lead-calls-shown", null, string.Create(CultureInfo.InvariantCulture, $"{Calls.Count} calls"), cancellation);
        return Page();
    }

    private LocalDate Monday => Date.DayOfWeek is IsoDayOfWeek.Monday ? Date : Date.Previous(IsoDayOfWeek.Monday);

    private DateTimeOffset Midnight(LocalDate date) => Clinic.TimeZone.AtStartOfDay(date).ToDateTimeOffset();
}
