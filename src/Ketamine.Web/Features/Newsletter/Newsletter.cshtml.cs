using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>The sign-up page. The form at the bottom of every page posts here.</summary>
[PublicPage]
[EnableRateLimiting(RequestLimits.Forms)]
public sealed class NewsletterModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, SubscriptionService subscriptions, CodePages pages, ConfirmationMail mails)
    : NewsletterPage(store, words), IFormPage
{
    [BindProperty]
    public string? Email { get; set; }

    public FormErrors Errors { get; } = new();

    public string ConsentWords => mails.ConsentWords(Clinic);

    public void OnGet() => Head();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Head();
        if (!EmailAddress.TryParse(Email, out var address))
        {
            Errors.Add("email", string.IsNullOrWhiteSpace(Email) ? T["Enter your email address"]
                : EmailAddress.IsInternationalized(Email) ? T["We can’t email addresses with letters other than a to z before the @. Use another address"]
                : T["Enter an email address like name@example.com"]);
            Title = T["Error: {0}", Title];
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        // Bots that fill in the honeypot see the same page, but no email is sent.
        var page = Honeypot.Caught(Request) ? pages.CreateEmpty() : await subscriptions.SignUpAsync(address, cancellation);
        return new SeeOther($"/newsletter/code?id={page}");
    }

    private void Head()
    {
        Title = T["Newsletter"];
        Description = Newsletter.Invitation;
        CanonicalPath = "/newsletter";
    }
}

/// <summary>A newsletter page, which returns 404 if the clinic has no newsletter.</summary>
public abstract class NewsletterPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public NewsletterWords Newsletter => Clinic.Newsletter!;

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (Clinic.Newsletter is null) context.Result = NotFound();
    }
}
