using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// One lead, opened by the secret link in a staff email: what staff need to answer it, and a button to mark it as answered. GET changes nothing. The link works
/// for <see cref="LeadService.StaffLinkLasts"/>, but only until the first staff member has a passkey; after that, it redirects to the desk.
/// </summary>
[IgnoreAntiforgeryToken] // the link is the authority, without a session or cookie, and Web/SameOrigin guards the buttons
[StaffAccess(Anyone = true, Passive = true)]
public sealed class LeadModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, LeadService desk, BookingService calls, StaffAccounts accounts) : SitePage(store, words)
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    public Lead? Lead { get; private set; }
    public Consultation? Call { get; private set; }

    /// <summary>Whether anyone can sign in at the desk yet. Set only for a link that opens nothing.</summary>
    public bool HasDesk { get; private set; }

    /// <summary>The clinic's own steps for a message that suggests danger; null uses the page's.</summary>
    public Prose? RiskSteps => Site.Content.RiskSteps;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return new PageResult { StatusCode = StatusCodes.Status404NotFound };
        return await LeadToDeskAsync(cancellation) ?? Page();
    }

    public async Task<IActionResult> OnPostAnsweredAsync(CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return await OnGetAsync(cancellation);
        if (await LeadToDeskAsync(cancellation) is { } led) return led;
        await desk.AnswerAsync(Lead!, LeadService.ByLink, cancellation);
        // Staff reached them, so the contact details and the call are real.
        if (Call is { HeldUntil: not null }) await calls.ConfirmAsync(Call, Lead!, token: null, cancellation);
        return new SeeOther($"/staff/leads/{Token}");
    }

    public async Task<IActionResult> OnPostReleasedAsync(CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return await OnGetAsync(cancellation);
        // The emails of the released lead carry a new link to this page, which replaces this one.
        await desk.ReleaseAsync(Lead!, LeadService.ByLink, cancellation);
        return new SeeOther($"/staff/leads/{Token}");
    }

    public async Task<IActionResult> OnPostMissedAsync(CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation) || Call is null) return await OnGetAsync(cancellation);
        if (await LeadToDeskAsync(cancellation) is { } led) return led;
        await calls.MarkMissedAsync(Call, Lead!, LeadService.ByLink, cancellation);
        return new SeeOther($"/staff/leads/{Token}");
    }

    public async Task<IActionResult> OnPostTakenOverAsync(RiskTaker over, CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return await OnGetAsync(cancellation);
        if (await LeadToDeskAsync(cancellation) is { } led) return led;
        if (!ModelState.IsValid || !Enum.IsDefined(over) || !Request.Form.ContainsKey(nameof(over))) return BadRequest();
        await desk.TakeOverRiskAsync(Lead!, over, LeadService.ByLink, cancellation);
        return new SeeOther($"/staff/leads/{Token}");
    }

    // Once someone can sign in, a link in an email no longer shows a lead.
    private async Task<IActionResult?> LeadToDeskAsync(CancellationToken cancellation) =>
        await accounts.AnyEnrolledAsync(cancellation) ? new SeeOther($"/staff/leads/{Lead!.Reference}") : null;

    private async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        NoIndex = true;
        Response.Headers.CacheControl = "no-store";
        Lead = await desk.OpenAsync(Token, cancellation);
        Title = Lead is null ? T["This link no longer works"] : T["Lead {0}", Lead.Reference];
        if (Lead is null) HasDesk = await accounts.AnyEnrolledAsync(cancellation);
        if (Lead is not null) Call = await calls.FindAsync(Lead, cancellation);
        return Lead is not null;
    }
}
