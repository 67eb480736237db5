using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>One lead: their message, the ways they agreed to be contacted, our promise, the history, and the outcome.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class DeskLeadModel(
    DeskContext desk, ClinicDb db, LeadQueue queue, LeadWork work, BookingService calls, TimeOffService times, LeadMerge merge, ContentStore content,
    IOptions<LeadsOptions> options)
    : DeskPage(desk)
{
    [BindProperty(SupportsGet = true)]
    public string Reference { get; set; } = "";

    /// <summary>The form's unique key. A form submitted twice counts once.</summary>
    [BindProperty]
    public Guid? Key { get; set; }

    [BindProperty]
    public int? Version { get; set; }

    [BindProperty(Name = "note")]
    public string? Typed { get; set; }

    public LeadView View { get; private set; } = null!;
    public Lead Lead => View.Lead;
    public IReadOnlyList<LeadEvent> Events { get; private set; } = [];
    public IReadOnlyList<OutboxMessage> Mails { get; private set; } = [];
    public StaffMember? Owner { get; private set; }

    /// <summary>The clinic's own steps for a message that suggests danger; null uses the desk's.</summary>
    public Prose? RiskSteps => content.Current.Content.RiskSteps;

    /// <summary>Time off at the time of the call; empty if there is none.</summary>
    public IReadOnlyList<TimeOff> Off { get; private set; } = [];

    /// <summary>The longest video call link, in characters.</summary>
    public const int MaxLinkLength = 500;

    /// <summary>Whether calls can be booked here, which requires weekly hours for calls.</summary>
    public bool TakesCalls => Clinic.Consultation is { Weekly.Length: > 0 };

    /// <summary>The outcome that can still be undone; null if there is none.</summary>
    public LeadEvent? Last { get; private set; }

    /// <summary>The next lead in the queue; null if there is none.</summary>
    public LeadView? NextInQueue { get; private set; }

    public Lead? Previous { get; private set; }

    /// <summary>Says why the last action failed.</summary>
    public string? Refusal { get; private set; }

    public DateTimeOffset DeletedOn =>
        Lead.CreatedAt.AddDays(Lead.IsHeld || Lead.ClosedFor is CloseReason.Spam ? options.Value.QuarantineDays : options.Value.RetentionDays);
    public Guid NewKey { get; } = Guid.NewGuid();

    /// <summary>Leads of the same person that were merged into this one, newest first.</summary>
    public IReadOnlyList<Lead> Merged { get; private set; } = [];

    /// <summary>This lead and those merged into it: everything that the person wrote.</summary>
    public IEnumerable<Lead> WithMerged => Merged.Prepend(Lead);

    /// <summary>Everything that the person typed, newest first.</summary>
    public IEnumerable<string> Wrote => WithMerged.SelectMany(one => new[] { one.Message, one.Answers }).OfType<string>();

    /// <summary>Their most serious answer to the question about danger; null if they skipped it each time.</summary>
    public DangerAnswer? Danger => WithMerged.Max(one => one.Danger);

    /// <summary>Leads with the same email address or number, which may be from the same person.</summary>
    public IReadOnlyList<Lead> Alike { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await work.MergedIntoAsync(Reference, cancellation) is { } stays) return new SeeOther($"/staff/leads/{stays}");
        return await LoadAsync(open: true, cancellation) ? Page() : await GoneAsync(cancellation);
    }

    public async Task<IActionResult> OnPostClaimAsync(CancellationToken cancellation) =>
        await work.ClaimAsync(Reference, Stamp, cancellation) ? Back()
            : await ConflictAsync("Someone took this lead first. You didn’t change anything.", cancellation);

    public async Task<IActionResult> OnPostTakeOverAsync(Guid? from, CancellationToken cancellation)
    {
        var owner = from is { } id ? await db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(member => member.Id == id, cancellation) : null;
        return owner is not null && await work.TakeOverAsync(Reference, new StaffStamp(owner.Id, owner.Name), Stamp, cancellation)
            ? Back()
            : await ConflictAsync("Someone else has taken this lead since you opened it. You didn’t change anything.", cancellation);
    }

    public async Task<IActionResult> OnPostReleaseAsync(CancellationToken cancellation) =>
        await work.ReleaseAsync(Reference, Stamp, cancellation) ? Back()
            : await ConflictAsync("This lead isn’t yours anymore. You didn’t change anything.", cancellation);

    public async Task<IActionResult> OnPostLogAsync(LeadOutcome outcome, CancellationToken cancellation)
    {
        if (!ModelState.IsValid || !Enum.IsDefined(outcome) || outcome is LeadOutcome.Emailed or LeadOutcome.Missed) return BadRequest();
        var change = await work.LogAsync(Reference, Form(), outcome, Stamp, cancellation);
        // They were reached, so their contact details are real. Confirm a call that was held for them.
        if (change is LeadChange.Done && outcome is LeadOutcome.Reached) await ConfirmCallAsync(cancellation);
        return await AnswerAsync(change, "That can’t be logged for this lead: they didn’t agree to it, or someone must take over the risk first.",
            cancellation);
    }

    public async Task<IActionResult> OnPostReasonAsync(CloseReason reason, CancellationToken cancellation) =>
        !ModelState.IsValid || !Enum.IsDefined(reason) ? BadRequest()
            : await AnswerAsync(await work.GiveReasonAsync(Reference, Form(version: false), reason, Stamp, cancellation),
                "This lead is open again, so it needs no reason.", cancellation);

    public async Task<IActionResult> OnPostPutOffAsync(string? until, CancellationToken cancellation)
    {
        if (Chips().FirstOrDefault(chip => chip.Value == until)
            is not { Value: not null } chip) return await ConflictAsync("That time is in the past. Choose another one.", cancellation);
        return await AnswerAsync(await work.PutOffAsync(Reference, Form(), chip.At, chip.Text, Stamp, cancellation),
            "This lead can’t be put off: no one has tried to reach them yet.", cancellation);
    }

    public async Task<IActionResult> OnPostRiskAsync(RiskTaker? over, CancellationToken cancellation)
    {
        if (over is not { } who || !Enum.IsDefined(who))
        {
            Errors.Add("over-0", "Say who is handling it now");
            return await ConflictAsync("Say who is handling it now.", cancellation, StatusCodes.Status422UnprocessableEntity);
        }

        return await AnswerAsync(await work.TakeOverRiskAsync(Reference, Form(version: false), who, Stamp, cancellation), "Someone has already taken over.",
            cancellation);
    }

    public async Task<IActionResult> OnPostNoteAsync(CancellationToken cancellation)
    {
        if (TypedText.Lines(Typed) is not { } note) return Back();
        if (note.Length > LeadEvent.MaxTextLength)
            return await ConflictAsync("Shorten the note to 2,000 characters or fewer.", cancellation, StatusCodes.Status422UnprocessableEntity);
        return await AnswerAsync(await work.NoteAsync(Reference, Form(version: false), Stamp, cancellation), "The note could not be saved.", cancellation);
    }

    public async Task<IActionResult> OnPostLetThroughAsync(CancellationToken cancellation) =>
        await AnswerAsync(await work.LetThroughAsync(Reference, Form(), Stamp, cancellation), "This lead isn’t held anymore.", cancellation);

    public async Task<IActionResult> OnPostDiscardAsync(CancellationToken cancellation) =>
        await AnswerAsync(
            await work.DiscardAsync(Reference, Form(), Stamp, cancellation),
            "This lead isn’t held anymore, or someone in it may be in danger.",
            cancellation);

    public async Task<IActionResult> OnPostNotedAsync(CancellationToken cancellation) =>
        await AnswerAsync(await work.NotedAsync(Reference, Form(version: false), Stamp, cancellation), "Someone has already noted that change.", cancellation);

    public Task<IActionResult> OnPostMissedAsync(CancellationToken cancellation) =>
        OnCallAsync((call, lead) => calls.MarkMissedAsync(call, lead, Stamp, cancellation),
            "This call hasn’t started yet, or already has an outcome.", cancellation);

    public Task<IActionResult> OnPostCancelCallAsync(CancellationToken cancellation) =>
        OnCallAsync((call, lead) => calls.CancelForAsync(call, lead, Stamp, cancellation), "This call has ended or is already canceled.", cancellation);

    public Task<IActionResult> OnPostSendLinkAsync(string? link, CancellationToken cancellation)
    {
        if (!WebAddress.TryParse(link?.Trim(), out var address) || address.Scheme != "https" || address.AbsoluteUri.Length > MaxLinkLength)
        {
            Errors.Add("link", "Paste the whole link, which begins with https://");
            return ConflictAsync("Paste the whole link, which begins with https://. Nothing was sent.", cancellation, StatusCodes.Status422UnprocessableEntity);
        }

        return OnCallAsync((call, lead) => calls.SendLinkAsync(call, lead, address, Stamp, cancellation),
            "The link can’t be sent: the call has ended or is canceled, or they gave no email address.", cancellation);
    }

    public async Task<IActionResult> OnPostUndoAsync(Guid id, CancellationToken cancellation) =>
        await AnswerAsync(await work.UndoAsync(Reference, id, Stamp, cancellation),
            "It’s too late to undo that: 10 minutes have passed, or something else has happened since.", cancellation);

    /// <summary>Other times to bring the lead up again.</summary>
    public IEnumerable<(string Value, string Text, DateTimeOffset At)> Chips()
    {
        var hours = new OpenHours(Clinic);
        var today = Local(Now).Date;
        foreach (var (value, at) in new[]
        {
            ("two-hours", hours.After(Now, Duration.FromHours(2))),
            ("next-morning", hours.Within(hours.OpenDay(Now, 1), new LocalTime(9, 0))),
            ("three-days", hours.Within(hours.OpenDay(Now, 3), new LocalTime(10, 0))),
            ("week", hours.Within(hours.OpenDay(Now.AddDays(6), 1), new LocalTime(10, 0))),
        })
        {
            yield return (value, DeskTimes.Soon(Local(at), today), at);
        }
    }

    // The booking service changes the call and sends its emails in one transaction.
    private async Task<IActionResult> OnCallAsync(Func<Consultation, Lead, Task<bool>> change, string refused, CancellationToken cancellation)
    {
        if (await db.Set<Lead>().FirstOrDefaultAsync(one => one.Reference == Reference, cancellation) is not { } lead) return await GoneAsync(cancellation);
        return await calls.FindAsync(lead, cancellation) is { } call && await change(call, lead) ? Back() : await ConflictAsync(refused, cancellation);
    }

    private async Task ConfirmCallAsync(CancellationToken cancellation)
    {
        if (await db.Set<Lead>().FirstOrDefaultAsync(one => one.Reference == Reference, cancellation) is { } lead
            && await calls.FindAsync(lead, cancellation) is { HeldUntil: not null } held)
            await calls.ConfirmAsync(held, lead, token: null, cancellation);
    }

    private LeadForm Form(bool version = true) => new(Key, version ? Version : null, TypedText.Lines(Typed));

    private SeeOther Back() => new($"/staff/leads/{Reference.ToUpperInvariant()}");

    private async Task<IActionResult> AnswerAsync(LeadChange change, string refused, CancellationToken cancellation) => change switch
    {
        LeadChange.Done => Back(),
        LeadChange.Gone => await GoneAsync(cancellation),
        LeadChange.Stale => await ConflictAsync(
            "Someone changed this lead since you opened it. Below, see what happened. What you typed is still here. You didn’t change anything.",
            cancellation),
        _ => await ConflictAsync(refused, cancellation),
    };

    private async Task<IActionResult> ConflictAsync(string sentence, CancellationToken cancellation, int status = StatusCodes.Status409Conflict)
    {
        var stays = await work.MergedIntoAsync(Reference, cancellation);
        if (stays is not null)
        {
            if (TypedText.Lines(Typed) is null) return new SeeOther($"/staff/leads/{stays}");
            sentence = "Someone merged the lead that you had open into this one. What you typed is still here. You didn’t change anything.";
            (Reference, status) = (stays, StatusCodes.Status409Conflict);
        }

        if (!await LoadAsync(open: Reference == stays, cancellation)) return await GoneAsync(cancellation);
        Refusal = sentence;
        return new PageResult { StatusCode = status };
    }

    private async Task<IActionResult> GoneAsync(CancellationToken cancellation)
    {
        var wanted = Reference.ToUpperInvariant();
        var deleted = await db.Set<Audit.AuditEntry>().AnyAsync(entry => entry.Subject == wanted, cancellation);
        return deleted ? StatusCode(StatusCodes.Status410Gone) : NotFound();
    }

    private async Task<bool> LoadAsync(bool open, CancellationToken cancellation)
    {
        if ((open ? await work.OpenAsync(Reference, Stamp, cancellation) : await work.FindAsync(Reference, cancellation)) is not { } lead) return false;
        Place = "/staff";
        var call = await db.Set<Consultation>().AsNoTracking()
            .FirstOrDefaultAsync(booked => booked.LeadId == lead.Id && booked.Status == ConsultationStatus.Booked, cancellation);
        Off = call is null ? [] : await times.BetweenAsync(call.StartsAt, call.EndsAt, cancellation);
        View = new LeadView(lead, call, rank: null, this) { IsInTimeOff = Off.Count > 0 };
        Title = lead.FirstName;
        Merged = await db.Set<Lead>().AsNoTracking().Where(other => other.MergedIntoId == lead.Id).OrderByDescending(other => other.CreatedAt)
            .ToListAsync(cancellation);
        Alike = await merge.FindAsync(lead, cancellation);
        var ids = Merged.Select(other => other.Id).Append(lead.Id).ToList();
        Events = await db.Set<LeadEvent>().AsNoTracking().Where(happened => ids.Contains(happened.LeadId)).OrderByDescending(happened => happened.At)
            .ThenByDescending(happened => happened.Id).ToListAsync(cancellation);
        Mails = await db.Set<OutboxMessage>().AsNoTracking().Where(mail => mail.LeadId != null && ids.Contains(mail.LeadId.Value))
            .OrderByDescending(mail => mail.CreatedAt).ToListAsync(cancellation);
        Last = Events.FirstOrDefault(happened => happened.LeadId == lead.Id && happened.StaffId is not null && happened.CanUndo(lead, Now));
        Owner = lead.OwnerId is { } owner ? await db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(member => member.Id == owner, cancellation) : null;
        var order = await queue.AnswerNow(Now).ToListAsync(cancellation);
        var at = order.FindIndex(row => row.Lead.Id == lead.Id);
        if (order.ElementAtOrDefault(at + 1) is { } next) NextInQueue = new LeadView(next.Lead, next.Call, next.Rank, this);
        Previous = at > 0 ? order[at - 1].Lead : null;
        return true;
    }
}
