using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Contact;

/// <summary>What happens next. Opened for a while by the secret that the form's own answer carries; a reference opens nothing.</summary>
public sealed class SentModel(ContentStore store, IStringLocalizer<SiteStrings> words, ClinicDb db, ReceiptLinks receipts, TimeProvider clock) : SitePage(store, words)
{
    /// <summary>See <see cref="ReceiptLinks"/>.</summary>
    [BindProperty(SupportsGet = true, Name = "s")]
    public string? Secret { get; set; }

    /// <summary>Null when the secret has run out or was cut short, or the message was deleted since.</summary>
    public Lead? Lead { get; private set; }

    /// <summary>It looks like spam and waits for somebody to look: nothing is promised, because nobody may see it in time.</summary>
    public bool Held => Lead?.Status is LeadStatus.Quarantined;

    /// <summary>When the clinic answers, in its own zone.</summary>
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
