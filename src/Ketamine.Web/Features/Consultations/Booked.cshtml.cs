using System.Collections.Immutable;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Consultations;

/// <summary>What was booked and what happens next. Opened for a while by the secret that the form's own answer carries; a reference opens nothing.</summary>
public sealed class BookedModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, ClinicDb db, BookingService desk, ConsultationMails mails, ReceiptLinks receipts, TimeProvider clock) : SitePage(store, words)
{
    /// <summary>See <see cref="ReceiptLinks"/>.</summary>
    [BindProperty(SupportsGet = true, Name = "s")]
    public string? Secret { get; set; }

    public Lead? Lead { get; private set; }

    /// <summary>Null when staff will agree on the time.</summary>
    public Consultation? Call { get; private set; }

    public CallTime? Time => Call?.Time(Clinic.TimeZone);
    public string AnswerBy { get; private set; } = "";

    /// <summary>The first word of the name, as people are greeted.</summary>
    public string FirstName => Lead!.Name.Split(' ', 2)[0];

    /// <summary>The next open times, on three days where there are as many; offered after a cancellation.</summary>
    public ImmutableArray<CallTime> Free { get; private set; } = [];

    /// <summary>When the time is given up unless the contact is proven; null where it is, or there is no call.</summary>
    public string? HeldUntil { get; private set; }

    /// <summary>It looks like spam and waits for somebody to look: nothing is promised.</summary>
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
        if (Call?.Status is ConsultationStatus.Cancelled or ConsultationStatus.Lapsed && Clinic.Consultation is not null)
            Free = [.. (await desk.FreeAsync(cancellation)).DistinctBy(free => free.Start.Date).Take(3)];
        if (Call?.HeldUntil is { } until) HeldUntil = T.Soon(until, now, Clinic.TimeZone);
        return Page();
    }

    /// <summary>What became of it, as the page's heading.</summary>
    public string Heading => Call switch
    {
        null => T["We got your request"],
        { Status: ConsultationStatus.Cancelled } => T["Your call is canceled"],
        { Status: ConsultationStatus.Lapsed } => T["We let this time go"],
        { HeldUntil: not null } => T["Your time is held"],
        _ => T["Your call is booked"],
    };

    /// <summary>The calendar entry, for those who gave no email address.</summary>
    public async Task<IActionResult> OnGetCalendarAsync(CancellationToken cancellation) =>
        await LoadAsync(cancellation) && Call is not null
            ? File(System.Text.Encoding.UTF8.GetBytes(mails.Calendar(Call, Clinic)), "text/calendar; charset=utf-8", "call.ics")
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
