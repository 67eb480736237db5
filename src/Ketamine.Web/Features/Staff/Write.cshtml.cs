using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Sends an email to the person from the desk, under the clinic's discreet name. It counts as the answer.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class WriteModel(DeskContext desk, LeadWork work) : DeskPage(desk)
{
    public const int MaxLength = 5000;

    [BindProperty(SupportsGet = true)]
    public string Reference { get; set; } = "";

    [BindProperty]
    public Guid? Key { get; set; }

    [BindProperty]
    public int? Version { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    public Lead Lead { get; private set; } = null!;
    public Guid NewKey { get; } = Guid.NewGuid();
    public string? Refusal { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await work.MergedIntoAsync(Reference, cancellation) is { } stays) return new SeeOther($"/staff/leads/{stays}/write");
        if (await work.OpenAsync(Reference, Stamp, cancellation) is not { MayEmail: true } lead || lead.IsHeld) return NotFound();
        Show(lead);
        Text = $"Hello {lead.FirstName},\n\n\n\n{Me.Name}";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (await work.MergedIntoAsync(Reference, cancellation) is { } stays) return await ShowMergedAsync(stays, cancellation);
        if (await work.FindAsync(Reference, cancellation) is not { } lead) return NotFound();
        Show(lead);
        if (TypedText.Lines(Text) is not { } text)
        {
            Errors.Add("text", "Write the message first");
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        if (text.Length > MaxLength)
        {
            Errors.Add("text", "Shorten the message to 5,000 characters or fewer");
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        switch (await work.WriteAsync(Reference, new LeadForm(Key, Version), text, Stamp, cancellation))
        {
            case LeadChange.Done: return new SeeOther($"/staff/leads/{lead.Reference}");
            case LeadChange.Stale: Refusal = "Someone changed this lead since you opened it. Nothing was sent; look at the lead first, then send."; break;
            default: Refusal = "This lead doesn’t take email anymore. Nothing was sent."; break;
        }

        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    // They are one person, but the other lead may allow less than the one that was open.
    private async Task<IActionResult> ShowMergedAsync(string stays, CancellationToken cancellation)
    {
        if (await work.OpenAsync(stays, Stamp, cancellation) is not { } lead) return NotFound();
        Show(lead);
        Refusal = lead.MayEmail ? "Someone merged the lead that you had open into this one. Nothing was sent; look at the lead first, then send."
            : "Someone merged the lead that you had open into this one, which doesn’t take email. Nothing was sent.";
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    private void Show(Lead lead)
    {
        (Lead, Title, Place) = (lead, $"Write to {lead.FirstName}", "/staff");
    }
}
