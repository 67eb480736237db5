using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Features.Contact;

/// <summary>The contact form.</summary>
[PublicPage(VaryBy = ["article", "service"])]
[EnableRateLimiting(RequestLimits.Forms)]
public sealed class ContactModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, LeadIntake intake, IOptions<LeadsOptions> leads, ReceiptLinks receipts,
    ILogger<ContactModel> logger) : SitePage(store, words)
{
    [BindProperty]
    public ContactForm Form { get; set; } = new();

    [BindProperty]
    public string? Message { get; set; }

    /// <summary>The answer to the question about danger: <c>yes</c>, <c>unsure</c>, or <c>no</c>.</summary>
    [BindProperty]
    public string? Danger { get; set; }

    [BindProperty]
    public string? Consent { get; set; }

    /// <summary>The slug of the article they are asking about. Comes from the link on the article's page and stays in the form.</summary>
    [BindProperty(SupportsGet = true, Name = "article")]
    public string? ArticleSlug { get; set; }

    /// <summary>The slug of the service they are asking about, which works the same way.</summary>
    [BindProperty(SupportsGet = true, Name = "service")]
    public string? ServiceSlug { get; set; }

    public override IEnumerable<string> Sheets => [SiteAssets.Form];

    public FormErrors Errors { get; } = new();

    /// <summary>The article or service they are asking about; null for a general question.</summary>
    public ContentItem? About => ArticleSlug is not null ? Site.FindArticle(ArticleSlug)
        : ServiceSlug is not null ? Site.FindService(ServiceSlug)
        : null;

    public Consent ConsentWords => ConsentBox.For(Clinic, leads.Value, T);

    public void OnGet() => Head();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Head();
        if (!Form.TryParse((field, sentence) => Errors.Add(field, T[sentence]), Clinic.PhoneRegion, out var contact)) contact = null;
        var message = TypedText.Lines(Message);
        if (message?.Length > LeadRequest.MaxMessageLength) Errors.Add("message", T["Shorten the message to 4,000 characters or fewer"]);
        if (Consent != "yes") Errors.Add("consent", T["Check the box so we can keep your answers and reply"]);
        Errors.InOrder("name", "email", "phone", "message", "consent");
        if (Errors.Any || contact is null)
        {
            Title = T["Error: {0}", Title];
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        var request = new LeadRequest
        {
            Kind = LeadKind.Contact,
            Contact = contact,
            Message = message,
            About = About?.Title,
            Consent = ConsentWords.With(contact, Clinic, T),
            Danger = AskDanger.Parse(Danger),
            Network = Networks.Of(HttpContext),
            Suspicion = Honeypot.Caught(Request) ? LeadRequest.FilledTrap : null,
        };
        try
        {
            var lead = await intake.ReceiveAsync(request, prepare: null, cancellation);
            return new SeeOther($"/contact/sent?s={receipts.Create(lead.Id)}");
        }
        catch (Exception exception) when (ClinicDatabase.IsFailure(exception))
        {
            Errors.AddNotSaved(T, Clinic, logger, exception);
            Title = T["Error: {0}", Title];
            return new PageResult { StatusCode = StatusCodes.Status503ServiceUnavailable };
        }
    }

    private void Head()
    {
        Title = T["Contact us"];
        Description = T["Write to {0}: a name, one way to reach you, and your question. We’ll tell you when to expect an answer.", Clinic.Name];
        CanonicalPath = "/contact";
    }
}
