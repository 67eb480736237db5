using Ketamine.Web.Content;
using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Consultations;

/// <summary>A call that a prospect booked: one seat at one time. No two calls have the same start and seat; the database holds that.</summary>
public sealed class Consultation
{
    // EF Core fills the properties.
    private Consultation()
    {
    }

    /// <summary>A call booked at <paramref name="now"/>.</summary>
    /// <param name="seat">From 0; the unique index decides whether it is free.</param>
    /// <param name="tokenHash">The hash of the token in the prospect's link.</param>
    public Consultation(Lead lead, CallTime time, int seat, CallKind by, byte[] tokenHash, DateTimeOffset now)
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
    }

    public Guid Id { get; private set; }
    public Guid LeadId { get; private set; }
    public DateTimeOffset StartsAt { get; private set; }
    public DateTimeOffset EndsAt { get; private set; }

    /// <summary>Which of the clinic's seats it takes; null once it is cancelled, which frees the seat.</summary>
    public int? Seat { get; private set; }

    public CallKind By { get; private set; }
    public ConsultationStatus Status { get; private set; }

    /// <summary>SHA-256 of the token in the prospect's link.</summary>
    public byte[] TokenHash { get; private set; } = [];

    /// <summary>RFC 5545 §3.8.7.4: rises with every change that the calendar entry must follow.</summary>
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

    /// <summary>Takes another time; keeps the lead's reference and the link. False once it is over or cancelled.</summary>
    public bool TryMove(CallTime to, int seat, DateTimeOffset now)
    {
        if (!CanChange(now)) return false;
        StartsAt = to.StartsAt;
        EndsAt = to.EndsAt;
        Seat = seat;
        Changed(now);
        return true;
    }

    /// <summary>Frees the seat. False once it is over or cancelled.</summary>
    public bool TryCancel(DateTimeOffset now)
    {
        if (!CanChange(now)) return false;
        Status = ConsultationStatus.Cancelled;
        Seat = null;
        Changed(now);
        return true;
    }

    /// <summary>Nobody answered the call. False before it began, or for one that was cancelled.</summary>
    public bool TryMiss(DateTimeOffset now)
    {
        if (Status is not ConsultationStatus.Booked || now < StartsAt) return false;
        Status = ConsultationStatus.Missed;
        ChangedAt = now;
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
            call.ToTable("Consultations");
            call.HasKey(c => c.Id);
            call.Property(c => c.By).HasConversion<string>().HasMaxLength(10);
            call.Property(c => c.Status).HasConversion<string>().HasMaxLength(20);
            call.HasOne<Lead>().WithMany().HasForeignKey(c => c.LeadId).OnDelete(DeleteBehavior.Cascade);
            call.HasIndex(c => c.LeadId);
            call.HasIndex(c => c.TokenHash).IsUnique();
            call.HasIndex(c => new { c.StartsAt, c.Seat }).IsUnique();
        }
    }
}

public enum ConsultationStatus
{
    Booked,
    Cancelled,

    /// <summary>The prospect did not answer.</summary>
    Missed,
}
