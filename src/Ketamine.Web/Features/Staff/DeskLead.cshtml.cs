using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Ketamine.Web.Features.Staff;

/// <summary>One lead: what they said, the ways that they allowed and only those, what was promised, what happened, and what came of it.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class DeskLeadModel(DeskContext desk, ClinicDb db, LeadQueue queue, LeadWork work, BookingService calls, IOptions<LeadsOptions> options)
    : DeskPage(desk)
{
    [BindProperty(SupportsGet = true)]
    public string Reference { get; set; } = "";

    /// <summary>The form's own key: sent twice, it counts once.</summary>
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

    /// <summary>The outcome that can be taken back now; null for none.</summary>
    public LeadEvent? Last { get; private set; }

    /// <summary>Who is next in the queue; null when nobody is.</summary>
    public LeadView? NextInQueue { get; private set; }

    public Lead? Previous { get; private set; }

    /// <summary>A sentence about what could not be done.</summary>
    public string? Refusal { get; private set; }

    public DateTimeOffset DeletedOn =>
        Lead.CreatedAt.AddDays(Lead.IsHeld || Lead.ClosedFor is CloseReason.Spam ? options.Value.QuarantineDays : options.Value.RetentionDays);
    public Guid NewKey { get; } = Guid.NewGuid();
    private StaffStamp Stamp => new(Me.Id, Me.Name);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation) => await LoadAsync(open: true, cancellation) ? Page()
        : await GoneAsync(cancellation);

    public async Task<IActionResult> OnPostClaimAsync(CancellationToken cancellation) =>
        await work.ClaimAsync(Reference, Stamp, cancellation) ? Back()
            : await ConflictAsync("Someone took this lead first. Nothing was changed by you.", cancellation);

    public async Task<IActionResult> OnPostTakeOverAsync(Guid? from, CancellationToken cancellation)
    {
        var owner = from is { } id ? await db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(member => member.Id == id, cancellation) : null;
        return owner is not null && await work.TakeOverAsync(Reference, new StaffStamp(owner.Id, owner.Name), Stamp, cancellation)
            ? Back()
            : await ConflictAsync("The lead has changed hands since this page was opened. Nothing was changed by you.", cancellation);
    }

    public async Task<IActionResult> OnPostReleaseAsync(CancellationToken cancellation) =>
        await work.ReleaseAsync(Reference, Stamp, cancellation) ? Back()
            : await ConflictAsync("This lead isn’t yours any more. Nothing was changed by you.", cancellation);

    public async Task<IActionResult> OnPostLogAsync(LeadOutcome outcome, CancellationToken cancellation)
    {
        if (!ModelState.IsValid || !Enum.IsDefined(outcome) || outcome is LeadOutcome.Emailed or LeadOutcome.Missed) return BadRequest();
        var change = await work.LogAsync(Reference, Form(), outcome, Stamp, cancellation);
        // They were reached: the contact is real, and so is the call that was held for them.
        if (change is LeadChange.Done && outcome is LeadOutcome.Reached) await ConfirmCallAsync(cancellation);
        return await AnswerAsync(change, "That can’t be logged for this lead: they didn’t agree to it, or somebody must take over the risk first.",
            cancellation);
    }

    public async Task<IActionResult> OnPostReasonAsync(CloseReason reason, CancellationToken cancellation) =>
        !ModelState.IsValid || !Enum.IsDefined(reason) ? BadRequest()
            : await AnswerAsync(await work.GiveReasonAsync(Reference, Form(version: false), reason, Stamp, cancellation),
                "This lead is open again, so there is no reason to give.", cancellation);

    public async Task<IActionResult> OnPostPutOffAsync(string? until, CancellationToken cancellation)
    {
        if (Chips().FirstOrDefault(chip => chip.Value == until)
            is not { Value: not null } chip) return await ConflictAsync("That time is over. Choose another one.", cancellation);
        return await AnswerAsync(await work.PutOffAsync(Reference, Form(), chip.At, chip.Text, Stamp, cancellation),
            "This lead can’t be put off: nobody has tried to reach them yet.", cancellation);
    }

    public async Task<IActionResult> OnPostRiskAsync(RiskTaker? over, CancellationToken cancellation)
    {
        if (over is not { } who || !Enum.IsDefined(who))
        {
            Errors.Add("over-0", "Say who has it now");
            return await ConflictAsync("Say who has it now.", cancellation, StatusCodes.Status422UnprocessableEntity);
        }

        return await AnswerAsync(await work.TakeOverRiskAsync(Reference, Form(version: false), who, Stamp, cancellation), "Somebody has taken over already.",
            cancellation);
    }

    public async Task<IActionResult> OnPostNoteAsync(CancellationToken cancellation)
    {
        if (TypedText.Lines(Typed) is not { } note) return Back();
        if (note.Length > LeadEvent.MaxTextLength) return await ConflictAsync("Shorten the note to 2,000 characters or fewer.", cancellation,
            StatusCodes.Status422UnprocessableEntity);
        return await AnswerAsync(await work.NoteAsync(Reference, Form(version: false), Stamp, cancellation), "The note could not be saved.", cancellation);
    }

    public async Task<IActionResult> OnPostLetThroughAsync(CancellationToken cancellation) =>
        await AnswerAsync(await work.LetThroughAsync(Reference, Form(), Stamp, cancellation), "This lead isn’t held any more.", cancellation);

    public async Task<IActionResult> OnPostDiscardAsync(CancellationToken cancellation) =>
        await AnswerAsync(await work.DiscardAsync(Reference, Form(), Stamp, cancellation), "This lead isn’t held any more, or someone in it may be in danger.",
            cancellation);

    public async Task<IActionResult> OnPostNotedAsync(CancellationToken cancellation) =>
        await AnswerAsync(await work.NotedAsync(Reference, Form(version: false), Stamp, cancellation), "There is nothing to note any more.", cancellation);

    public async Task<IActionResult> OnPostMissedAsync(CancellationToken cancellation)
    {
        var lead = await db.Set<Lead>().FirstOrDefaultAsync(one => one.Reference == Reference, cancellation);
        if (lead is null) return await GoneAsync(cancellation);
        if (await calls.FindAsync(lead, cancellation) is not { } call || !await calls.MissAsync(call, lead, cancellation))
            return await ConflictAsync("This call hasn’t started, or its outcome is known.", cancellation);
        return await AnswerAsync(await work.RecordAsync(Reference, new LeadForm(), LeadEventKind.CallMissed, "lead-call-missed", null, Stamp, cancellation), "",
            cancellation);
    }

    public async Task<IActionResult> OnPostUndoAsync(Guid id, CancellationToken cancellation) =>
        await AnswerAsync(await work.UndoAsync(Reference, id, Stamp, cancellation),
            "It is too late to take that back: 10 minutes have passed, or something else has happened since.", cancellation);

    /// <summary>Other times at which the lead could come up again.</summary>
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
            "Somebody changed this lead since you opened it: see what has happened below. What you typed is still here. Nothing was changed by you.",
            cancellation),
        _ => await ConflictAsync(refused, cancellation),
    };

    private async Task<IActionResult> ConflictAsync(string sentence, CancellationToken cancellation, int status = StatusCodes.Status409Conflict)
    {
        if (!await LoadAsync(open: false, cancellation)) return await GoneAsync(cancellation);
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
        View = new LeadView(lead, call, rank: null, this);
        Title = lead.FirstName;
        Events = await db.Set<LeadEvent>().AsNoTracking().Where(happened => happened.LeadId == lead.Id).OrderByDescending(happened => happened.At)
            .ThenByDescending(happened => happened.Id).ToListAsync(cancellation);
        Mails = await db.Set<OutboxMessage>().AsNoTracking().Where(mail => mail.LeadId == lead.Id).OrderByDescending(mail => mail.CreatedAt)
            .ToListAsync(cancellation);
        Last = Events.FirstOrDefault(happened => happened.StaffId is not null && happened.CanUndo(lead, Now));
        Owner = lead.OwnerId is { } owner ? await db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(member => member.Id == owner, cancellation) : null;
        var order = await queue.AnswerNow(Now).ToListAsync(cancellation);
        var at = order.FindIndex(row => row.Lead.Id == lead.Id);
        if (order.ElementAtOrDefault(at + 1) is { } next) NextInQueue = new LeadView(next.Lead, next.Call, next.Rank, this);
        Previous = at > 0 ? order[at - 1].Lead : null;
        return true;
    }
}
