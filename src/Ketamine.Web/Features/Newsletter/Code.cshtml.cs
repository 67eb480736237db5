using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>The form for the code from the email. Everyone gets the same page, whether or not an email was sent.</summary>
[EnableRateLimiting(RequestLimits.Codes)]
public sealed class CodeModel(ContentStore store, IStringLocalizer<SiteStrings> words, SubscriptionService subscriptions, CodePages pages)
    : NewsletterPage(store, words), IFormPage
{
    /// <summary>See <see cref="CodePages"/>; reveals nothing about the address.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Id { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public FormErrors Errors { get; } = new();

    public IActionResult OnGet()
    {
        Head();
        return pages.Open(Id) is not null ? Page() : new SeeOther("/newsletter");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Head();
        if (pages.Open(Id) is not { } page) return new SeeOther("/newsletter");
        // People group the digits: 123 456, 123-456.
        var digits = string.Concat((Code ?? "").Where(c => !char.IsWhiteSpace(c) && c != '-'));
        // A typing mistake doesn't count as an attempt.
        if (digits.Length != 6 || !digits.All(char.IsAsciiDigit)) return Wrong(T["Enter the six digits of the code"]);
        return await subscriptions.TryCodeAsync(page, digits, cancellation) switch
        {
            CodeResult.Right => new SeeOther("/newsletter/thanks"),
            CodeResult.Ended => Wrong(T["This code no longer works. Use the link in the email instead"]),
            _ => Wrong(T["That isn’t the code. Check the email again"]),
        };
    }

    private PageResult Wrong(string sentence)
    {
        Errors.Add("code", sentence);
        Title = T["Error: {0}", Title];
        return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
    }

    private void Head()
    {
        Title = T["Check your email"];
        NoIndex = true;
    }
}
