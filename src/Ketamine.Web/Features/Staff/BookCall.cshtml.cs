using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Books a call with an existing lead, or moves the call they have, while they are on the phone.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class BookCallModel(DeskContext desk, ClinicDb db, LeadWork work, BookingService booking) : DeskPage(desk)
{
    private const int DaysShown = 5;

    private ImmutableArray<CallTime> _all = [];

    [BindProperty(SupportsGet = true)]
    public string Reference { get; set; } = "";

    /// <summary>Shows all free days instead of only the first few.</summary>
    [BindProperty(SupportsGet = true)]
    public bool More { get; set; }

    [BindProperty]
    public string? Slot { get; set; }

    [BindProperty]
    public CallKind? By { get; set; }

    public LeadView View { get; private set; } = null!;
    public Lead Lead => View.Lead;

    /// <summary>The call to move; null when booking a new one.</summary>
    public Consultation? Moves { get; private set; }

    public IReadOnlyList<CallTime> Free { get; private set; } = [];
    public bool HasMore { get; private set; }

    /// <summary>The kinds of call that the clinic offers and this person agreed to.</summary>
    public IReadOnlyList<CallKind> Ways { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await work.MergedIntoAsync(Reference, cancellation) is { } stays) return new SeeOther($"/staff/leads/{stays}/call");
        if (await work.OpenAsync(Reference, Stamp, cancellation) is not { } lead) return NotFound();
        return await ShowAsync(lead, cancellation) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (await work.MergedIntoAsync(Reference, cancellation) is { } stays) return new SeeOther($"/staff/leads/{stays}/call");
        if (await db.Set<Lead>().FirstOrDefaultAsync(one => one.Reference == Reference, cancellation) is not { } lead
            || !await ShowAsync(lead, cancellation)) return NotFound();
        var time = _all.Cast<CallTime?>().FirstOrDefault(free => free!.Value.Value == Slot);
        if (time is null) Errors.Add("slot", string.IsNullOrEmpty(Slot) ? "Choose a time" : "Someone just took that time. Choose another one");
        if (Moves is null && (By is not { } chosen || !Ways.Contains(chosen))) Errors.Add("by", "Choose phone or video");
        if (Errors.Any) return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        var done = Moves is { } call ? await booking.MoveForAsync(call, lead, time!.Value, Stamp, cancellation)
            : await booking.BookForAsync(lead, time!.Value, By!.Value, Stamp, cancellation);
        if (done) return new SeeOther(View.Href);
        db.ChangeTracker.Clear();
        Errors.Add("slot", "Someone just took that time, or changed this call. Look at the lead, or choose another one");
        await ShowAsync(lead, cancellation);
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    private async Task<bool> ShowAsync(Lead lead, CancellationToken cancellation)
    {
        if (lead.IsHeld || lead.MergedIntoId is not null || Clinic.Consultation is not { Weekly.Length: > 0 } rules) return false;
        Moves = await booking.FindAsync(lead, cancellation) is { } call && call.CanChange(Now) ? call : null;
        View = new LeadView(lead, Moves, rank: null, this);
        (Title, Place) = ($"{(Moves is null ? "Book a call with" : "Move the call with")} {lead.FirstName}", "/staff/calls");
        Ways = [.. rules.By.Where(by => by is CallKind.Video ? lead.MailTo is not null : lead.MayCall)];
        _all = await booking.FreeAsync(cancellation, ignoreNotice: true);
        var days = _all.Where(free => free.StartsAt != Moves?.StartsAt).GroupBy(time => time.Start.Date).ToList();
        HasMore = !More && days.Count > DaysShown;
        Free = [.. days.Take(More ? int.MaxValue : DaysShown).SelectMany(day => day)];
        return Moves is not null || Ways.Count > 0;
    }
}
