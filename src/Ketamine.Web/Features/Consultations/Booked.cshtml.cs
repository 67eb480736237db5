using System.Collections.Immutable;
using Ketamine.Web.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Consultations;

/// <summary>What was booked and what happens next. Found by the lead's reference, which says nothing about the person and can't be guessed.</summary>
public sealed class BookedModel(ContentStore store, IStringLocalizer<Words> words, ClinicDb db, ConsultationDesk desk, ConsultationMails mails, TimeProvider clock) : SitePage(store, words)
{
    [BindProperty(SupportsGet = true, Name = "ref")]
    public string? Reference { get; set; }

    public Lead? Lead { get; private set; }

    /// <summary>Null when staff will agree on the time.</summary>
    public Consultation? Call { get; private set; }

    public CallTime? Time => Call?.Time(Clinic.TimeZone);
    public string AnswerBy { get; private set; } = "";

    /// <summary>The first word of the name, as people are greeted.</summary>
    public string FirstName => Lead!.Name.Split(' ', 2)[0];

    /// <summary>The next open times, on three days where there are as many; offered after a cancellation.</summary>
    public ImmutableArray<CallTime> Free { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(Reference)) return new SeeOther("/consultation");
        if (!await LoadAsync(cancellation)) return NotFound();
        Title = Call is null ? T["We got your request"] : Call.Status is ConsultationStatus.Cancelled ? T["Your call is canceled"] : T["Your call is booked"];
        if (Call?.Status is ConsultationStatus.Cancelled && Clinic.Consultation is not null)
            Free = [.. (await desk.FreeAsync(cancellation)).DistinctBy(free => free.Start.Date).Take(3)];
        AnswerBy = T.Soon(Lead!.AnswerBy, clock.GetUtcNow(), Clinic.TimeZone);
        return Page();
    }

    /// <summary>The calendar entry, for those who gave no email address.</summary>
    public async Task<IActionResult> OnGetCalendarAsync(CancellationToken cancellation) =>
        await LoadAsync(cancellation) && Call is not null
            ? File(System.Text.Encoding.UTF8.GetBytes(mails.Calendar(Call, Clinic)), "text/calendar; charset=utf-8", "call.ics")
            : NotFound();

    private async Task<bool> LoadAsync(CancellationToken cancellation)
    {
        NoIndex = true;
        Response.Headers.CacheControl = "no-store";
        Lead = await db.Set<Lead>().AsNoTracking().FirstOrDefaultAsync(lead => lead.Reference == Reference && lead.Kind == LeadKind.Consultation, cancellation);
        if (Lead is null) return false;
        Call = await db.Set<Consultation>().AsNoTracking().FirstOrDefaultAsync(call => call.LeadId == Lead.Id, cancellation);
        return true;
    }
}
