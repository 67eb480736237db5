using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Two leads side by side, and the lead they would become.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class MergeModel(DeskContext desk, ClinicDb db, LeadWork work, LeadMerge merge) : DeskPage(desk)
{
    [BindProperty(SupportsGet = true)]
    public string Reference { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public string Other { get; set; } = "";

    /// <summary>The lead that stays and the lead that goes, as they are now.</summary>
    public IReadOnlyList<LeadView> Two { get; private set; } = [];

    /// <summary>What the first lead would become.</summary>
    public LeadView After { get; private set; } = null!;

    public string? Refusal { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await work.OpenAsync(Reference, Stamp, cancellation) is null || await work.OpenAsync(Other, Stamp, cancellation) is null) return NotFound();
        return await LoadAsync(cancellation) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (await merge.MergeAsync(Reference, Other, Stamp, cancellation) is { } stays) return new SeeOther($"/staff/leads/{stays}");
        if (!await LoadAsync(cancellation)) return new SeeOther($"/staff/leads/{Reference.ToUpperInvariant()}");
        Refusal = "One of these leads just changed. Nothing was merged; look at both again.";
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    /// <summary>"Ada, call today at 1:00 pm", "Ada, message of November 24".</summary>
    public string Heading(LeadView view)
    {
        var (lead, today) = (view.Lead, Local(Now).Date);
        if (view.Call is { } call) return $"{lead.FirstName}, call {DeskTimes.Soon(Local(call.StartsAt), today)}";
        return $"{lead.FirstName}, {(lead.Kind is LeadKind.Consultation ? "request" : "message")} of {DeskTimes.Day(Local(lead.CreatedAt).Date, today)}";
    }

    private async Task<bool> LoadAsync(CancellationToken cancellation)
    {
        if (await merge.PairAsync(Reference, Other, cancellation) is not var (stays, goes)) return false;
        (Title, Place) = ("The same person?", "/staff");
        Two = [await ViewAsync(stays, cancellation), await ViewAsync(goes, cancellation)];
        // A separate copy, which is never saved.
        var copy = await db.Set<Lead>().AsNoTracking().FirstAsync(lead => lead.Id == stays.Id, cancellation);
        After = new LeadView(LeadMerge.Preview(copy, goes), Two[0].Call, rank: null, this);
        return true;
    }

    private async Task<LeadView> ViewAsync(Lead lead, CancellationToken cancellation) => new(lead, await db.Set<Consultation>().AsNoTracking()
        .FirstOrDefaultAsync(call => call.LeadId == lead.Id && call.Status == ConsultationStatus.Booked, cancellation), rank: null, this);
}
