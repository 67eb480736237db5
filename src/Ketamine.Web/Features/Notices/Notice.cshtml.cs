using Ketamine.Content.Notices;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Web;
using Page = Ketamine.Content.Model.Page;

namespace Ketamine.Web.Features.Notices;

/// <summary>
/// The notices that the site writes itself: privacy, consumer health data, nondiscrimination, good faith estimate. Where the folder has a page of that
/// name, its text comes first.
/// </summary>
[PublicPage]
public sealed class NoticePage(ContentStore store, IStringLocalizer<SiteStrings> words, IOptions<LeadsOptions> leads, EffectiveLeadDetail detail)
    : SitePage(store, words)
{
    public LegalNotice Notice { get; private set; } = null!;

    /// <summary>The folder's own text for this address; null if it has none.</summary>
    public Page? Text { get; private set; }

    public Prose Body { get; private set; } = null!;

    public override ContentItem? Subject => Text;

    public IActionResult OnGet(string notice)
    {
        var kept = new KeptData(leads.Value.RetentionDays, leads.Value.QuarantineDays, (int)LeadService.NetworkKept.TotalDays, detail.Value is LeadDetail.Full);
        if (LegalNotice.Of(Site, kept).FirstOrDefault(own => own.Path == "/" + notice) is not { } found) return NotFound();
        (Notice, Text, Body) = (found, Site.FindPage(notice), found.Body);
        Introduce(found.Path, Text?.Title ?? T[found.Title], Text is { Summary.Length: > 0 } ? Text.Summary : found.Summary);
        Card = Text?.Image;
        return Page();
    }
}
