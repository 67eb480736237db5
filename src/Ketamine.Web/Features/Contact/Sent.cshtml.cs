using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Contact;

/// <summary>
/// The page after the contact form, which says what happens next. Opens for a while with the secret in the form's redirect; a lead's reference alone
/// opens nothing.
/// </summary>
public sealed class SentModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, ClinicDb db, ReceiptLinks receipts, TimeProvider clock) : SitePage(store, words)
{
    /// <summary>See <see cref="ReceiptLinks"/>.</summary>
    [BindProperty(SupportsGet = true, Name = "s")]
    public string? Secret { get; set; }

    /// <summary>Null if the secret is invalid or expired, or if the message has been deleted.</summary>
    public Lead? Lead { get; private set; }

    public override bool MayBeInDanger => Lead is { SuggestsRisk: true } or { Emergency: true };

    public override bool EmergencyFirst => Lead is { Emergency: true };

    /// <summary>The message looks like spam and waits for review, so the page doesn't promise an answer by a certain time.</summary>
    public bool Held => Lead?.Status is LeadStatus.Quarantined;

    /// <summary>When the clinic will have answered, in the clinic's time zone.</summary>
    public string AnswerBy { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        NoIndex = true;
        Response.Headers.CacheControl = "no-store";
        if (string.IsNullOrEmpty(Secret)) return new SeeOther("/contact");
        if (receipts.Open(Secret) is { } id)
            Lead = await db.Set<Lead>().AsNoTracking().FirstOrDefaultAsync(lead => lead.Id == id && lead.Kind == LeadKind.Contact, cancellation);
        Title = Lead is null ? T["This page has closed"] : T["We got your message"];
        if (Lead is null) return new PageResult { StatusCode = StatusCodes.Status404NotFound };
        AnswerBy = T.Soon(Lead.AnswerBy, clock.GetUtcNow(), Clinic.TimeZone);
        return Page();
    }
}
