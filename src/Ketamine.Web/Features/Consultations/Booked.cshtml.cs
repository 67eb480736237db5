using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// The page after booking: what was booked and what happens next. Opens for a while with the secret in the form's redirect; a lead's reference alone
/// opens nothing.
/// </summary>
public sealed class BookedModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, ClinicDb db, BookingService bookings, ConsultationMails mails, ReceiptLinks receipts,
    TimeProvider clock) : SitePage(store, words)
{
    /// <summary>See <see cref="ReceiptLinks"/>.</summary>
    [BindProperty(SupportsGet = true, Name = "s")]
    public string? Secret { get; set; }

    public Lead? Lead { get; private set; }

    /// <summary>Null if staff will arrange a time.</summary>
    public Consultation? Call { get; private set; }

    public CallTime? Time => Call?.Time(Clinic.TimeZone);
    public string AnswerBy { get; private set; } = "";

    /// <summary>The first word of the name, for the greeting.</summary>
    public string FirstName => Lead!.FirstName;

    /// <summary>The secret of the call's link, passed along after a cancellation. The page checks what it allows.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Manage { get; set; }

    /// <summary>What to offer for a call that was canceled or not confirmed in time; null for any other.</summary>
    public CanceledCall? Canceled { get; private set; }

    /// <summary>When an unconfirmed call is released; null if the call is confirmed or there is none.</summary>
    public string? HeldUntil { get; private set; }

    public override bool MayBeInDanger => Lead is { SuggestsRisk: true } or { Emergency: true };

    public override bool EmergencyFirst => Lead is { Emergency: true };

    /// <summary>The request looks like spam and waits for review, so the page promises nothing.</summary>
    public bool Held => Lead?.Status is LeadStatus.Quarantined;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(Secret)) return new SeeOther("/consultation");
        if (!await LoadAsync(cancellation))
        {
            Title = T["This page has closed"];
            return new PageResult { StatusCode = StatusCodes.Status404NotFound };
        }

        Title = Heading;
        var now = clock.GetUtcNow();
        AnswerBy = T.Soon(Lead!.AnswerBy, now, Clinic.TimeZone);
        if (Call is { Status: ConsultationStatus.Cancelled or ConsultationStatus.Lapsed } over)
        {
            var mayUndo =
                Manage is not null && SecretLink.Hash(Manage).AsSpan().SequenceEqual(over.TokenHash) && await bookings.CanUndoCancelAsync(over, cancellation);
            Canceled = new CanceledCall(Time!.Value, mayUndo ? Manage : null, await bookings.NextDaysAsync(cancellation));
        }

        if (Call?.HeldUntil is { } until) HeldUntil = T.Soon(until, now, Clinic.TimeZone);
        return Page();
    }

    /// <summary>The page's heading, which gives the status of the call.</summary>
    public string Heading => Call switch
    {
        null => T["We got your request"],
        { Status: ConsultationStatus.Cancelled } => T["Your call is canceled"],
        { Status: ConsultationStatus.Lapsed } => T["We freed up this time"],
        { HeldUntil: not null } => T["Your time is held"],
        _ => T["Your call is booked"],
    };

    /// <summary>The calendar entry as a download, for people who gave no email address.</summary>
    public async Task<IActionResult> OnGetCalendarAsync(CancellationToken cancellation) =>
        await LoadAsync(cancellation) && Call is not null
            ? File(Encoding.UTF8.GetBytes(mails.Calendar(Call, Clinic)), "text/calendar; charset=utf-8", "call.ics")
            : NotFound();

    private async Task<bool> LoadAsync(CancellationToken cancellation)
    {
        NoIndex = true;
        Response.Headers.CacheControl = "no-store";
        if (receipts.Open(Secret) is not { } id) return false;
        Lead = await db.Set<Lead>().AsNoTracking().FirstOrDefaultAsync(lead => lead.Id == id && lead.Kind == LeadKind.Consultation, cancellation);
        if (Lead is null) return false;
        Call = await db.Set<Consultation>().AsNoTracking().FirstOrDefaultAsync(call => call.LeadId == Lead.Id, cancellation);
        return true;
    }
}
