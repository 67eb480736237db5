using System.Text.Json;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Leads;

/// <summary>Something that happened to a lead: an entry in its timeline. Entries are never removed; an undo is a separate entry.</summary>
public sealed class LeadEvent : SealedRow<LeadEvent.Note>
{
    /// <summary>How long an outcome can be undone.</summary>
    public static readonly TimeSpan UndoWithin = TimeSpan.FromMinutes(10);

    private LeadEvent() { }

    /// <param name="by">Null for the site and the prospect.</param>
    /// <param name="detail">In the site's wording; also goes into the audit log.</param>
    /// <param name="note">What a staff member typed; sealed.</param>
    public LeadEvent(Lead lead, LeadEventKind kind, StaffStamp? by, string? detail, string? note, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        LeadId = lead.Id;
        At = now;
        Kind = kind;
        StaffId = by?.Id;
        Who = by?.Name;
        Detail = detail;
        Words = new Note(note);
    }

    public Guid LeadId { get; private set; }
    public DateTimeOffset At { get; private set; }
    public LeadEventKind Kind { get; private set; }
    public Guid? StaffId { get; private set; }

    /// <summary>The staff member's name at the time, or where someone without a session did it; null for the site and the prospect.</summary>
    public string? Who { get; private set; }

    /// <summary>In the site's wording: an outcome, a staff member's name, a time.</summary>
    public string? Detail { get; private set; }

    /// <summary>A staff member's own words; null for none.</summary>
    public string? Text => Words.Text;

    public LeadOutcome? Outcome { get; private set; }

    /// <summary>The id of the form that caused it. Unique, so a double tap causes one event.</summary>
    public Guid? Form { get; private set; }

    /// <summary>The lead's previous state as JSON; null for what can't be undone.</summary>
    public string? Before { get; private set; }

    /// <summary>The lead's version after it. After a later change, it can no longer be undone.</summary>
    public int VersionAfter { get; private set; }

    public DateTimeOffset? UndoneAt { get; private set; }

    public const int MaxTextLength = 5000;

    protected override string Table => "LeadEvents";

    /// <summary>Whether it can still be undone.</summary>
    public bool CanUndo(Lead lead, DateTimeOffset now) => Before is not null && UndoneAt is null && now < At + UndoWithin && lead.Version == VersionAfter;

    /// <summary>For someone who acts without a session at the desk, whose name we don't know.</summary>
    internal LeadEvent By(string who)
    {
        Who = who;
        return this;
    }

    internal LeadEvent WithOutcome(LeadOutcome outcome)
    {
        Outcome = outcome;
        return this;
    }

    internal LeadEvent FromForm(Guid? form)
    {
        Form = form;
        return this;
    }

    /// <summary>The contact details before a merge; null for every other event. Sealed.</summary>
    internal LeadWords? Reached => Words.Reached;

    /// <param name="words">The person's details that an undo restores, sealed; null if the change doesn't affect them.</param>
    internal LeadEvent Undoable(LeadState before, Lead after, LeadWords? words = null)
    {
        if (words is not null) Words = Words with { Reached = words };
        (Before, VersionAfter) = (JsonSerializer.Serialize(before), after.Version);
        return this;
    }

    internal LeadState Undo(DateTimeOffset now)
    {
        UndoneAt = now;
        return JsonSerializer.Deserialize<LeadState>(Before!)!;
    }

    /// <param name="Text">What staff typed.</param>
    /// <param name="Reached">See <see cref="LeadEvent.Reached"/>.</param>
    public sealed record Note(string? Text, LeadWords? Reached = null);

    private sealed class Mapping : IEntityTypeConfiguration<LeadEvent>
    {
        public void Configure(EntityTypeBuilder<LeadEvent> happening)
        {
            happening.ToTable("LeadEvents");
            happening.Property(e => e.Id).ValueGeneratedNever();
            happening.Property(e => e.Kind).HasConversion<string>().HasMaxLength(30);
            happening.Property(e => e.Who).HasMaxLength(100);
            happening.Property(e => e.Detail).HasMaxLength(200);
            happening.Property(e => e.Outcome).HasConversion<string>().HasMaxLength(20);
            happening.HasOne<Lead>().WithMany().HasForeignKey(e => e.LeadId).OnDelete(DeleteBehavior.Cascade);
            happening.HasIndex(e => new { e.LeadId, e.At });
            happening.HasIndex(e => e.Form).IsUnique();
            happening.Property(e => e.Sealed).IsRequired();
        }
    }
}

public enum LeadEventKind
{
    Opened,
    Claimed,
    Released,
    TakenOver,

    /// <summary>An attempt with an outcome.</summary>
    Logged,

    Reason,
    PutOff,
    Note,
    RiskTaken,
    LetThrough,
    Discarded,
    Noted,
    CallBooked,
    CallMoved,
    CallCanceled,
    CallMissed,
    LinkSent,
    Wrote,
    AddedByStaff,

    /// <summary>Another lead of the same person was merged into this one; the detail is its reference.</summary>
    Merged,

    /// <summary>This lead was merged into another one; the detail is that one's reference.</summary>
    MergedAway,

    Undone,

    /// <summary>They no longer want to be contacted in one way.</summary>
    Stopped,

    /// <summary>Marked as answered by someone without a session at the desk.</summary>
    Answered,

    /// <summary>Held as likely spam by a command on the server; the detail is the reason.</summary>
    Held,
}
