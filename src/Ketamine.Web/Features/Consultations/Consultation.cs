using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// A call that a prospect booked. It takes one seat at one time; a database constraint keeps overlapping calls from sharing a seat. The time is only
/// held until the call is confirmed: the prospect opens the link in their email, which proves that the address is theirs, or staff reach them by phone.
/// </summary>
public sealed class Consultation
{
    /// <summary>How long a cancellation can be undone, if no one else has booked the time.</summary>
    public static readonly TimeSpan UndoWithin = TimeSpan.FromMinutes(10);

    // For EF Core.
    private Consultation() { }

    /// <summary>Creates a call booked at <paramref name="now"/>.</summary>
    /// <param name="seat">From 0. The unique index decides whether it is free.</param>
    /// <param name="tokenHash">The hash of the token in the prospect's link.</param>
    /// <param name="heldUntil">When the time is released if no one confirms the call; limited to the start of the call.</param>
    public Consultation(Lead lead, CallTime time, int seat, CallKind by, byte[] tokenHash, DateTimeOffset heldUntil, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        LeadId = lead.Id;
        StartsAt = time.StartsAt;
        EndsAt = time.EndsAt;
        Seat = seat;
        By = by;
        TokenHash = tokenHash;
        CreatedAt = now;
        ChangedAt = now;
        Status = ConsultationStatus.Booked;
        HeldUntil = heldUntil < StartsAt ? heldUntil : StartsAt;
    }

    public Guid Id { get; private set; }
    public Guid LeadId { get; private set; }
    public DateTimeOffset StartsAt { get; private set; }
    public DateTimeOffset EndsAt { get; private set; }

    /// <summary>Which of the clinic's seats it takes; null once it has been canceled or has lapsed, which frees the seat.</summary>
    public int? Seat { get; private set; }

    /// <summary>When the time is released if no one confirms the call; null once it is confirmed.</summary>
    public DateTimeOffset? HeldUntil { get; private set; }

    public CallKind By { get; private set; }
    public ConsultationStatus Status { get; private set; }

    /// <summary>When staff emailed the link for this video call; null if they haven't yet, for a phone call, and if the clinic has a permanent room.</summary>
    public DateTimeOffset? LinkSentAt { get; private set; }

    /// <summary>SHA-256 of the token in the prospect's link.</summary>
    public byte[] TokenHash { get; private set; } = [];

    /// <summary>
    /// The SEQUENCE of RFC 5545 §3.8.7.4: increases with every change. Also the concurrency token: of two changes made at the same moment, the second
    /// fails.
    /// </summary>
    public int Sequence { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>The UID of RFC 5545 §3.8.4.7: never changes, and doesn't identify anyone.</summary>
    public string CalendarUid => $"{Id:N}@consultation";

    /// <summary>The time of the call in a time zone.</summary>
    public CallTime Time(DateTimeZone zone) =>
        new(StartsAt.InZone(zone), (int)(EndsAt - StartsAt).TotalMinutes);

    /// <summary>Whether the prospect can still change the call, which is until it ends.</summary>
    public bool CanChange(DateTimeOffset now) => Status is ConsultationStatus.Booked && now < EndsAt;

    /// <summary>
    /// Moves the call, and confirms it, because only the link in the email can move it. The link stays the same. False once the call is over or canceled.
    /// </summary>
    public bool TryMove(CallTime to, int seat, DateTimeOffset now)
    {
        if (!CanChange(now)) return false;
        StartsAt = to.StartsAt;
        EndsAt = to.EndsAt;
        Seat = seat;
        HeldUntil = null;
        LinkSentAt = null; // it was for the old time
        Changed(now);
        return true;
    }

    /// <summary>Books again after the call was canceled, missed, or not confirmed in time. Returns false while it is booked.</summary>
    public bool TryBookAgain(CallTime time, int seat, CallKind by, DateTimeOffset now)
    {
        if (Status is ConsultationStatus.Booked || now >= time.EndsAt) return false;
        (Status, StartsAt, EndsAt, Seat, By) = (ConsultationStatus.Booked, time.StartsAt, time.EndsAt, seat, by);
        (HeldUntil, LinkSentAt) = (null, null);
        Changed(now);
        return true;
    }

    /// <summary>A new secret for the prospect's link; the one in earlier emails stops working.</summary>
    public string RenewToken()
    {
        (var token, TokenHash) = SecretLink.Create();
        return token;
    }

    /// <summary>Records that staff emailed the link of a video call. False for a phone call, or one that is over or not booked.</summary>
    public bool TrySendLink(DateTimeOffset now)
    {
        if (By is not CallKind.Video || !CanChange(now)) return false;
        LinkSentAt = now;
        Changed(now);
        return true;
    }

    /// <summary>Confirms the call. False if it was already confirmed or can no longer be changed.</summary>
    public bool TryConfirm(DateTimeOffset now)
    {
        if (HeldUntil is null || !CanChange(now)) return false;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    /// <summary>Frees the seat because no one confirmed the call in time. Returns false while the time is still held, and for a confirmed call.</summary>
    public bool TryLapse(DateTimeOffset now) => HeldUntil <= now && TryFree(now);

    /// <summary>Frees the seat of an unconfirmed call before its hold expires. False if it is confirmed or no longer booked.</summary>
    public bool TryFree(DateTimeOffset now)
    {
        if (HeldUntil is null || Status is not ConsultationStatus.Booked) return false;
        Status = ConsultationStatus.Lapsed;
        Seat = null;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    /// <summary>Books a lapsed call again. False in any other state, or if the time has passed.</summary>
    public bool TryTakeAgain(CallTime time, int seat, DateTimeOffset now)
    {
        if (Status is not ConsultationStatus.Lapsed || now >= time.StartsAt) return false;
        Status = ConsultationStatus.Booked;
        StartsAt = time.StartsAt;
        EndsAt = time.EndsAt;
        Seat = seat;
        Changed(now);
        return true;
    }

    /// <summary>Cancels the call and frees the seat. False once the call is over or canceled.</summary>
    public bool TryCancel(DateTimeOffset now)
    {
        if (!CanChange(now)) return false;
        Status = ConsultationStatus.Cancelled;
        Seat = null;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    /// <summary>Whether a cancellation can still be undone; only the database knows whether the time is still free.</summary>
    public bool CanUndoCancel(DateTimeOffset now) => Status is ConsultationStatus.Cancelled && now < ChangedAt + UndoWithin && now < StartsAt;

    /// <summary>
    /// Undoes a cancellation, and confirms the call, because only the link in the email can undo it. False after <see cref="UndoWithin"/>, once the time
    /// has passed, and in any other state.
    /// </summary>
    public bool TryUndoCancel(int seat, DateTimeOffset now)
    {
        if (!CanUndoCancel(now)) return false;
        Status = ConsultationStatus.Booked;
        Seat = seat;
        Changed(now);
        return true;
    }

    /// <summary>Records that the prospect didn't answer. False before the call starts, or if it was canceled.</summary>
    public bool TryMarkMissed(DateTimeOffset now)
    {
        if (Status is not ConsultationStatus.Booked || now < StartsAt) return false;
        Status = ConsultationStatus.Missed;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    private void Changed(DateTimeOffset now)
    {
        Sequence++;
        ChangedAt = now;
    }

    internal sealed class Mapping : IEntityTypeConfiguration<Consultation>
    {
        public void Configure(EntityTypeBuilder<Consultation> call)
        {
            call.ToTable("Consultations", table =>
                table.HasCheckConstraint("CK_Consultations_Seat", """("Seat" IS NULL) = ("Status" IN ('Cancelled', 'Lapsed'))"""));
            call.HasKey(c => c.Id);
            call.Property(c => c.By).HasConversion<string>().HasMaxLength(10);
            call.Property(c => c.Status).HasConversion<string>().HasMaxLength(20);
            call.HasOne<Lead>().WithMany().HasForeignKey(c => c.LeadId).OnDelete(DeleteBehavior.Cascade);
            call.HasIndex(c => c.LeadId);
            call.HasIndex(c => c.TokenHash).IsUnique();
            call.HasIndex(c => new { c.StartsAt, c.Seat }).IsUnique();
            call.HasIndex(c => c.HeldUntil);
            call.Property(c => c.Sequence).IsConcurrencyToken();
        }
    }
}

public enum ConsultationStatus
{
    Booked,
    Cancelled,

    /// <summary>The prospect didn't answer.</summary>
    Missed,

    /// <summary>No one confirmed the call, so its time was freed. The request itself still waits for staff.</summary>
    Lapsed,
}
