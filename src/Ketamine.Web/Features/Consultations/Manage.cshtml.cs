using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Confirms, moves, or cancels a call with the link from its emails. GET and HEAD change nothing, because mail scanners open links.</summary>
public sealed class ManageModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, BookingService bookings, ReceiptLinks receipts, TimeProvider clock)
    : SitePage(store, words), IFormPage
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

    /// <summary>What to offer for a canceled call; null for any other.</summary>
    public CanceledCall? Canceled { get; private set; }

    public bool CanBeShown => Call is not null;
    public bool CanChange => Call?.CanChange(clock.GetUtcNow()) == true;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await OpenAsync(cancellation)) return Page();
        return new PageResult
        {
            StatusCode = Call switch
            {
                null => StatusCodes.Status404NotFound,
                { Status: ConsultationStatus.Lapsed } => StatusCodes.Status200OK, // can be booked again
                { Status: ConsultationStatus.Cancelled } when Canceled?.UndoToken is not null => StatusCodes.Status200OK,
                _ => StatusCodes.Status410Gone,
            },
        };
    }

    public Task<IActionResult> OnPostKeepAsync(CancellationToken cancellation) => TakeAsync(
        bookings.ConfirmAsync, "keep", T["You already have {0} calls booked. Cancel one of them, then keep this one", BookingService.CallsAPerson],
        T["This time isn’t free anymore. Pick another one"], cancellation);

    public async Task<IActionResult> OnPostMoveAsync(CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return await OnGetAsync(cancellation);
        // The button was pressed twice, or the time didn't change: the call is already at that time.
        if (CallTime.TryParse(Slot, out var same) && same == Call!.StartsAt) return Result();
        var time = Clinic.Consultation is { } rules ? Timetable.Of(Clinic).Find(Slot, clock.GetUtcNow()) : null;
        if (time is not { } to)
        {
            Errors.Add("slot", string.IsNullOrEmpty(Slot) ? T["Pick the new time"] : T["We don’t offer that time. Pick another one"]);
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        if (await bookings.MoveAsync(Call!, Lead!, to, Token, cancellation)) return Result();
        if (!await OpenAsync(cancellation)) return await OnGetAsync(cancellation);
        Errors.Add("slot", T["Someone just booked that time. Your call stays as it was. Pick another one"]);
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    public async Task<IActionResult> OnPostCancelAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        if (Call is null || !await bookings.CancelAsync(Call, Lead!, Token, cancellation)) return await OnGetAsync(cancellation);
        return new SeeOther($"{Receipt}&manage={Token}"); // with the link, that page can offer to undo it
    }

    public Task<IActionResult> OnPostUndoAsync(CancellationToken cancellation) => TakeAsync(
        bookings.UndoCancelAsync, "undo", T["You already have {0} other calls booked. Cancel one of them first", BookingService.CallsAPerson],
        T["This cancellation can’t be undone anymore. Pick another time"], cancellation);

    // Confirms the call, or says why it can't be confirmed.
    private async Task<IActionResult> TakeAsync(
        Func<Consultation, Lead, string, CancellationToken, Task<ConfirmOutcome>> take,
        string field,
        string tooMany,
        string gone,
        CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        if (Call is null || Lead is null) return await OnGetAsync(cancellation);
        var outcome = await take(Call, Lead, Token, cancellation);
        if (outcome is ConfirmOutcome.Confirmed) return Result();
        await OpenAsync(cancellation);
        Errors.Add(field, outcome is ConfirmOutcome.TooMany ? tooMany : gone);
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    private SeeOther Result() => new(Receipt);

    private string Receipt => $"/consultation/booked?s={receipts.Create(Lead!.Id)}";

    private async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        NoIndex = true;
        Title = T["Reschedule or cancel"];
        Response.Headers.CacheControl = "no-store";
        if (await bookings.OpenAsync(Token, cancellation) is not var (call, lead)) return false;
        Call = call;
        Lead = lead;
        if (call.Status is ConsultationStatus.Cancelled)
        {
            Canceled = new CanceledCall(Time, await bookings.CanUndoCancelAsync(call, cancellation) ? Token : null, await bookings.NextDaysAsync(cancellation));
        }

        if (!CanChange) return false;
        Free = [.. (await bookings.FreeAsync(cancellation)).Where(free => free.StartsAt != call.StartsAt)];
        return true;
    }
}
