using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Features.Contact;

/// <summary>Stops calls, texts, voicemails, or emails with the link in an email. Opening the page changes nothing: mail scanners open links.</summary>
[EnableRateLimiting(RequestLimits.Forms)]
public sealed class StopModel(ContentStore store, IStringLocalizer<SiteStrings> words, ClinicDb db, StopLinks links, ContactStops stops)
    : SitePage(store, words), IFormPage
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    [BindProperty]
    public List<ContactChannels> Channels { get; set; } = [];

    public FormErrors Errors { get; } = new();
    public Lead? Lead { get; private set; }
    public bool CanBeShown => Lead is not null;
    public bool Done { get; private set; }

    /// <summary>What can be stopped: ways for which they gave a number or address.</summary>
    public IEnumerable<(ContactChannels Channel, string Words)> Choices
    {
        get
        {
            if (Lead?.Phone is not null)
            {
                yield return (ContactChannels.Call, T["Calls"]);
                yield return (ContactChannels.Text, T["Text messages"]);
                yield return (ContactChannels.Voicemail, T["Voicemails"]);
            }

            if (Lead?.Email is not null) yield return (ContactChannels.Email, T["Emails, including the newsletter"]);
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        return new PageResult { StatusCode = Lead is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        if (Lead is null) return new PageResult { StatusCode = StatusCodes.Status404NotFound };
        var wanted = Choices.Select(choice => choice.Channel).Where(Channels.Contains).Aggregate(ContactChannels.None, (all, channel) => all | channel);
        if (wanted is ContactChannels.None)
        {
            Errors.Add("channels", T["Check what we should stop"]);
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        await stops.StopAsync(Lead.Id, wanted, StopMethod.Link, by: null, cancellation);
        (Done, Title) = (true, T["We’ve stopped"]);
        return Page();
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        NoIndex = true;
        Title = T["What should we stop?"];
        Response.Headers.CacheControl = "no-store";
        if (links.Open(Token) is { } id) Lead = await db.Set<Lead>().AsNoTracking().FirstOrDefaultAsync(lead => lead.Id == id, cancellation);
        if (Lead is null) Title = T["This link is incomplete"];
    }
}
