using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime.Text;

namespace Ketamine.Web.Features.Staff;

/// <summary>Adds time off. The page first shows which booked calls are affected; they stay booked.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class TimeOffModel(DeskContext desk, TimeOffService times) : DeskPage(desk)
{
    private const int MostDays = 366;

    [BindProperty(SupportsGet = true)]
    public string? Day { get; set; }

    [BindProperty]
    public string? LastDay { get; set; }

    [BindProperty]
    public string? From { get; set; }

    [BindProperty]
    public string? To { get; set; }

    [BindProperty]
    public string? Why { get; set; }

    /// <summary>How many affected calls the page showed. The time off is added only if there aren't any others.</summary>
    [BindProperty]
    public int? Seen { get; set; }

    /// <summary>Booked calls within the time entered; null before a time was entered.</summary>
    public IReadOnlyList<LeadView>? Affected { get; private set; }

    /// <summary>Current and future time off.</summary>
    public IReadOnlyList<TimeOff> Coming { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancellation) => ShowAsync(cancellation);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        await ShowAsync(cancellation);
        if (Period() is not { } period) return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        var (from, to) = period;
        Affected = [.. (await times.AffectedAsync(from, to, cancellation)).Select(pair => new LeadView(pair.Lead, pair.Call, rank: null, this))];
        // Ask for confirmation if any calls are affected, or more than the page showed.
        if (Affected.Count > (Seen ?? 0)) return new PageResult { StatusCode = StatusCodes.Status409Conflict };
        var reason = TypedText.OneLine(Why ?? "");
        await times.AddAsync(from, to, reason.Length > 0 ? reason : null, Stamp, cancellation);
        return new SeeOther($"/staff/calls?day={CallsModel.Iso(Local(from).Date)}");
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken cancellation)
    {
        await times.RemoveAsync(id, Stamp, cancellation);
        return new SeeOther("/staff/calls/time-off");
    }

    /// <summary>"Wed, Jan 13, 1:00 pm to 2:00 pm", "Wed, Jan 13", "Wed, Jan 13 to Fri, Jan 15".</summary>
    public string Words(TimeOff off)
    {
        var (from, to, today) = (Local(off.StartsAt), Local(off.EndsAt), Local(Now).Date);
        if (from.TimeOfDay == LocalTime.Midnight && to.TimeOfDay == LocalTime.Midnight)
        {
            var last = to.Date.PlusDays(-1);
            return from.Date == last ? DeskTimes.Day(from.Date, today) : $"{DeskTimes.Day(from.Date, today)} to {DeskTimes.Day(last, today)}";
        }

        var start = $"{DeskTimes.Day(from.Date, today)}, {DeskTimes.Clock(from.TimeOfDay)}";
        return $"{start} to {(to.Date == from.Date ? "" : $"{DeskTimes.Day(to.Date, today)}, ")}{DeskTimes.Clock(to.TimeOfDay)}";
    }

    private async Task ShowAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("Time off", "/staff/calls");
        Coming = await times.BetweenAsync(Now, Now.AddDays(MostDays), cancellation);
    }

    private (DateTimeOffset From, DateTimeOffset To)? Period()
    {
        var day = LocalDatePattern.Iso.Parse(Day ?? "");
        if (!day.Success) Errors.Add("day", "Choose the day");
        var last = string.IsNullOrEmpty(LastDay) ? day : LocalDatePattern.Iso.Parse(LastDay);
        if (day.Success && (!last.Success || last.Value < day.Value))
            Errors.Add("lastDay", "Choose a last day that isn’t before the first, or leave it empty");
        var (from, to) = (Time(From), Time(To));
        if (!string.IsNullOrEmpty(From) && from is null) Errors.Add("from", "Write the time like 1:00 pm or 13:00");
        if (!string.IsNullOrEmpty(To) && to is null) Errors.Add("to", "Write the time like 2:00 pm or 14:00");
        if (string.IsNullOrEmpty(From) != string.IsNullOrEmpty(To)) Errors.Add("to", "Give both times, or neither for the whole day");
        if (Why?.Length > TimeOff.MaxReasonLength) Errors.Add("why", "Shorten this to 200 characters or fewer");
        if (Errors.Any) return null;
        var start = from is { } begins ? day.Value.At(begins) : day.Value.AtMidnight();
        var end = to is { } ends ? last.Value.At(ends) : last.Value.PlusDays(1).AtMidnight();
        if (end <= start) Errors.Add("to", "Choose an end after the start");
        if (Period(start, end) is { Days: > MostDays }) Errors.Add("lastDay", "Choose a last day within a year");
        var (startsAt, endsAt) = (At(start), At(end));
        if (endsAt <= Now) Errors.Add("day", "That time is in the past. Choose a later one");
        return Errors.Any ? null : (startsAt, endsAt);
    }

    private static Period Period(LocalDateTime start, LocalDateTime end) => NodaTime.Period.Between(start, end, PeriodUnits.Days);

    private static LocalTime? Time(string? typed)
    {
        var text = (typed ?? "").Trim().ToUpperInvariant();
        foreach (var pattern in new[] { "HH:mm", "H:mm", "h:mm tt", "h:mmtt" })
            if (LocalTimePattern.CreateWithInvariantCulture(pattern).Parse(text) is { Success: true, Value: var time }) return time;

        return null;
    }

    private DateTimeOffset At(LocalDateTime time) => time.InZoneLeniently(Clinic.TimeZone).ToDateTimeOffset();
}
