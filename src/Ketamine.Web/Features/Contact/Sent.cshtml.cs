using Ketamine.Web.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Contact;

/// <summary>What happens next. Found by the lead's reference, which says nothing about the person and can't be guessed.</summary>
public sealed class SentModel(ContentStore store, IStringLocalizer<Words> words, ClinicDb db, TimeProvider clock) : SitePage(store, words)
{
    [BindProperty(SupportsGet = true, Name = "ref")]
    public string? Reference { get; set; }

    /// <summary>Null when the address names no request: one that was deleted since, or a link that was cut short.</summary>
    public Lead? Lead { get; private set; }

    /// <summary>When the clinic answers, in its own zone.</summary>
    public string AnswerBy { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Title = T["We got your message"];
        NoIndex = true;
        Response.Headers.CacheControl = "no-store";
        if (string.IsNullOrEmpty(Reference)) return new SeeOther("/contact");
        Lead = await db.Set<Lead>().AsNoTracking().FirstOrDefaultAsync(lead => lead.Reference == Reference, cancellation);
        if (Lead is null) return NotFound();
        AnswerBy = T.Soon(Lead.AnswerBy, clock.GetUtcNow(), Clinic.TimeZone);
        return Page();
    }
}
