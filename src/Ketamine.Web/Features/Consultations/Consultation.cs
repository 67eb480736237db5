using Ketamine.Content;
using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// A call that a prospect booked: one seat at one time. Two calls that overlap never share a seat; the database refuses it. Until the prospect proves that
/// the email address is theirs, or staff have reached them by phone, the time is only held.
/// </summary>
public sealed class Consultation
{
    // EF Core fills the properties.
    private Consultation()
    {
    }

    /// <summary>A call booked at <paramref name="now"/>.</summary>
    /// <param name="seat">From 0; the unique index decides whether it is free.</param>
    /// <param name="tokenHash">The hash of the token in the prospect's link.</param>
    /// <param name="heldUntil">When the time is given up unless somebody proves the contact; never after the call's start.</param>
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

    /// <summary>Which of the clinic's seats it takes; null once it is canceled or lapsed, which frees the seat.</summary>
    public int? Seat { get; private set; }

    /// <summary>When the time is given up unless the contact is proven; null once it is.</summary>
    public DateTimeOffset? HeldUntil { get; private set; }

    public CallKind By { get; private set; }
    public ConsultationStatus Status { get; private set; }

    /// <summary>SHA-256 of the token in the prospect's link.</summary>
    public byte[] TokenHash { get; private set; } = [];

    /// <summary>
    /// RFC 5545 §3.8.7.4: rises with every change, and decides between two that happen at once: the row is written only where it stands as it was read.
    /// </summary>
    public int Sequence { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>RFC 5545 §3.8.4.7: the same for the life of the call, says nothing about anyone.</summary>
    public string CalendarUid => $"{Id:N}@consultation";

    /// <summary>The call as the clinic's zone shows it.</summary>
    public CallTime Time(NodaTime.DateTimeZone zone) =>
        new(NodaTime.Instant.FromDateTimeOffset(StartsAt).InZone(zone), (int)(EndsAt - StartsAt).TotalMinutes);

    /// <summary>Whether the prospect's link still works: until the call is over.</summary>
    public bool CanChange(DateTimeOffset now) => Status is ConsultationStatus.Booked && now < EndsAt;

    /// <summary>Takes another time; keeps the lead's reference and the link, which proves the contact. False once it is over or canceled.</summary>
    public bool TryMove(CallTime to, int seat, DateTimeOffset now)
    {
        if (!CanChange(now)) return false;
        StartsAt = to.StartsAt;
        EndsAt = to.EndsAt;
        Seat = seat;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    /// <summary>The contact is proven: the time is theirs. False when it was before, or the call can't be changed any more.</summary>
    public bool TryConfirm(DateTimeOffset now)
    {
        if (HeldUntil is null || !CanChange(now)) return false;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    /// <summary>Nobody proved the contact in time: gives the seat up. False while it is held, and for a call that is confirmed.</summary>
    public bool TryLapse(DateTimeOffset now) => HeldUntil <= now && TryFree(now);

    /// <summary>Gives the seat of an unconfirmed call up before its time. False for one that is confirmed or no longer booked.</summary>
    public bool TryFree(DateTimeOffset now)
    {
        if (HeldUntil is null || Status is not ConsultationStatus.Booked) return false;
        Status = ConsultationStatus.Lapsed;
        Seat = null;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    /// <summary>Takes a time again after it lapsed. False for a call in any other state.</summary>
    public bool TryTakeAgain(CallTime time, int seat, DateTimeOffset now)
    {
        if (Status is not ConsultationStatus.Lapsed || now >= time.StartsAt) return false;
        (Status, StartsAt, EndsAt, Seat) = (ConsultationStatus.Booked, time.StartsAt, time.EndsAt, seat);
        Changed(now);
        return true;
    }

    /// <summary>Frees the seat. False once it is over or cancelled.</summary>
    public bool TryCancel(DateTimeOffset now)
    {
        if (!CanChange(now)) return false;
        Status = ConsultationStatus.Cancelled;
        Seat = null;
        HeldUntil = null;
        Changed(now);
        return true;
    }

    /// <summary>Nobody answered the call. False before it began, or for one that was cancelled.</summary>
    public bool TryMarkNoShow(DateTimeOffset now)
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
            call.ToTable("Consultations", table => table.HasCheckConstraint("CK_Consultations_Seat", """("Seat" IS NULL) = ("Status" IN ('Cancelled', 'Lapsed'))"""));
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

    /// <summary>The prospect did not answer.</summary>
    Missed,

    /// <summary>Nobody proved the contact, and the time was given up; the request itself still waits for staff.</summary>
    Lapsed,
}
