using Ketamine.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Where the mail's code is typed. The same page for everybody, whether a mail went out or not.</summary>
[EnableRateLimiting(RequestLimits.Codes)]
public sealed class CodeModel(ContentStore store, IStringLocalizer<SiteStrings> words, SubscriptionService desk, CodePages pages) : NewsletterPage(store, words), IFormPage
{
    /// <summary>See <see cref="CodePages"/>; says nothing of the address.</summary>
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
        // As mails and people part it: 123 456, 123-456.
        var digits = string.Concat((Code ?? "").Where(c => !char.IsWhiteSpace(c) && c != '-'));
        // What is no code is a slip of the hand, and no try.
        if (digits.Length != 6 || !digits.All(char.IsAsciiDigit)) return Wrong(T["Enter the six digits of the code"]);
        return await desk.TryCodeAsync(page, digits, cancellation) switch
        {
            CodeAnswer.Right => new SeeOther("/newsletter/thanks"),
            CodeAnswer.Ended => Wrong(T["This code no longer works. Use the link in the mail instead"]),
            _ => Wrong(T["That is not the code. Look at the mail again"]),
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
        Title = T["Look into your inbox"];
        NoIndex = true;
    }
}
