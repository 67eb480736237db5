using Ketamine.Content.Editing;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>The queue: everyone waiting for an answer, in the order in which to answer them.</summary>
[StaffAccess(StaffRole.FrontDesk, StaffRole.Editor)]
public sealed class QueueModel(DeskContext desk, ClinicDb db, LeadQueue queue, LeadWork work, AuditLog audit) : DeskPage(desk)
{
    /// <summary>At most this many are shown. The page says how many more there are.</summary>
    public const int MostShown = 100;

    [BindProperty(SupportsGet = true)]
    public bool Mine { get; set; }

    /// <summary>A name, number, email address, or reference to search for.</summary>
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    public IReadOnlyList<LeadView> Open { get; private set; } = [];
    public IReadOnlyList<LeadView> Waiting { get; private set; } = [];
    public IReadOnlyList<LeadView> Held { get; private set; } = [];
    public IReadOnlyList<LeadView> Done { get; private set; } = [];

    /// <summary>The search results; null without a search.</summary>
    public IReadOnlyList<LeadView>? Found { get; private set; }

    public IReadOnlyList<Consultation> CallsAhead { get; private set; } = [];
    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();

    /// <summary>Whether the clinic hasn't had any leads yet.</summary>
    public bool IsFirstDay { get; private set; }

    /// <summary>Says who was faster, if someone else claimed the lead first.</summary>
    public string? Lost { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (Me.Role is StaffRole.Editor) return new SeeOther("/staff/content");
        await LoadAsync(cancellation);
        await audit.WriteAsync(Me.Name, Found is null ? "lead-queue-shown"
            : "lead-search", null, ContentCheck.Count(Open.Count + Waiting.Count + Held.Count + Done.Count + (Found?.Count ?? 0), "lead"), cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostClaimAsync(string reference, CancellationToken cancellation)
    {
        if (Me.Role is StaffRole.Editor) return NotFound();
        if (await work.ClaimAsync(reference, Stamp, cancellation)) return new SeeOther("/staff");
        var lead = await work.FindAsync(reference, cancellation);
        await LoadAsync(cancellation);
        Lost = lead?.OwnerId is { } owner ? $"{Names.GetValueOrDefault(owner, "Someone")} took {lead.FirstName} first. You didn’t change anything."
            : "That lead can’t be claimed anymore.";
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    public async Task<IActionResult> OnPostNotedAsync(string reference, CancellationToken cancellation)
    {
        if (Me.Role is StaffRole.Editor) return NotFound();
        await work.NotedAsync(reference, new LeadForm(), Stamp, cancellation);
        return new SeeOther("/staff");
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        Place = "/staff";
        Names = await db.Set<StaffMember>().AsNoTracking().ToDictionaryAsync(member => member.Id, member => member.Name, cancellation);
        if (!string.IsNullOrWhiteSpace(Search))
        {
            Title = "Find a lead";
            Found = Views(await new LeadSearch(db).FindAsync(Search, MostShown, cancellation), null);
            return;
        }

        var midnight = Midnight(Local(Now).Date);
        Open = Views(await queue.AnswerNow(Now).Where(row => !Mine || row.Lead.OwnerId == Me.Id).Take(MostShown).ToListAsync(cancellation));
        Waiting = Views(await queue.Waiting(Now).Where(row => !Mine || row.Lead.OwnerId == Me.Id).Take(MostShown).ToListAsync(cancellation));
        Held = Views(await queue.Held().Take(MostShown).ToListAsync(cancellation));
        Done = Views(await queue.Done(midnight, Now.AddMinutes(1)).Where(row => !Mine || row.Lead.OwnerId == Me.Id).Take(MostShown).ToListAsync(cancellation));
        CallsAhead = await queue.CallsAhead(Now).Take(MostShown).ToListAsync(cancellation);
        IsFirstDay = Open.Count + Waiting.Count + Held.Count + Done.Count == 0 && !await db.Set<Lead>().AnyAsync(cancellation);
        Title = $"{Open.Count} to answer";
    }

    private List<LeadView> Views(IEnumerable<QueueRow> rows) =>
        [.. rows.Select(row => new LeadView(row.Lead, row.Call, row.Rank, this) { IsInTimeOff = row.IsInTimeOff })];

    private List<LeadView> Views(IEnumerable<Lead> leads, Consultation? call) => [.. leads.Select(lead => new LeadView(lead, call, null, this))];
}
