using System.Collections.Immutable;
using Ketamine.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Confirms, moves or cancels a call by the link in its mails. GET and HEAD change nothing, because mail scanners follow links.</summary>
public sealed class ManageModel(ContentStore store, IStringLocalizer<SiteStrings> words, BookingService desk, ReceiptLinks receipts, TimeProvider clock) : SitePage(store, words)
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    [BindProperty]
    public string? Slot { get; set; }

    public FormErrors Errors { get; } = new();
    public Consultation? Call { get; private set; }
    public Lead? Lead { get; private set; }
    public ImmutableArray<CallTime> Free { get; private set; } = [];
    public CallTime Time => Call!.Time(Clinic.TimeZone);
    public bool CanChange => Call?.CanChange(clock.GetUtcNow()) == true;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await OpenAsync(cancellation)) return Page();
        return new PageResult
        {
            StatusCode = Call switch
            {
                null => StatusCodes.Status404NotFound,
                { Status: ConsultationStatus.Lapsed } => StatusCodes.Status200OK, // it may be taken again
                _ => StatusCodes.Status410Gone,
            },
        };
    }

    public async Task<IActionResult> OnPostKeepAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        if (Call is null || Lead is null) return await OnGetAsync(cancellation);
        var outcome = await desk.ConfirmAsync(Call, Lead, Token, cancellation);
        if (outcome is ConfirmOutcome.Confirmed) return Result();
        await OpenAsync(cancellation);
        Errors.Add("keep", outcome is ConfirmOutcome.TooMany
            ? T["You have {0} calls booked already. Cancel one of them, and then keep this one", BookingService.CallsAPerson]
            : T["This time isn’t free any more. Pick another one"]);
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    public async Task<IActionResult> OnPostMoveAsync(CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return await OnGetAsync(cancellation);
        // Pressed twice, or nothing changed: the call is at that time.
        if (CallTime.TryParse(Slot, out var same) && same == Call!.StartsAt) return Result();
        var time = Clinic.Consultation is { } rules ? Timetable.Of(Clinic).Find(Slot, clock.GetUtcNow()) : null;
        if (time is not { } to)
        {
            Errors.Add("slot", string.IsNullOrEmpty(Slot) ? T["Pick the new time"] : T["That time isn’t offered any more. Pick another one"]);
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        if (await desk.MoveAsync(Call!, Lead!, to, Token, cancellation)) return Result();
        if (!await OpenAsync(cancellation)) return await OnGetAsync(cancellation);
        Errors.Add("slot", T["Someone just booked that time. Your call stays as it was. Pick another one"]);
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    public async Task<IActionResult> OnPostCancelAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        return Call is not null && await desk.CancelAsync(Call, Lead!, cancellation) ? Result() : await OnGetAsync(cancellation);
    }

    private SeeOther Result() => new($"/consultation/booked?s={receipts.Create(Lead!.Id)}");

    private async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        NoIndex = true;
        Title = T["Reschedule or cancel"];
        Response.Headers.CacheControl = "no-store";
        if (await desk.OpenAsync(Token, cancellation) is not var (call, lead)) return false;
        (Call, Lead) = (call, lead);
        if (!CanChange) return false;
        Free = [.. (await desk.FreeAsync(cancellation)).Where(free => free.StartsAt != call.StartsAt)];
        return true;
    }
}
