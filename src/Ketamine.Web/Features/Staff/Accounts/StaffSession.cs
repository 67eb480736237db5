using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>A staff member's session, from sign-in until it ends. It is a database row, so it can be ended right away, wherever its cookie is.</summary>
public sealed class StaffSession
{
    /// <summary>A session ends after this long without a click.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <summary>A session ends this long after sign-in at the latest.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private StaffSession() { }

    /// <param name="tokenHash">The keyed hash of the cookie's value.</param>
    /// <param name="ceremonyHash">The hash of the challenge that the passkey answered. It is unique, so one response opens only one session.</param>
    /// <param name="device">The passkey's name.</param>
    public StaffSession(Guid staffId, byte[] tokenHash, byte[] ceremonyHash, string device, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        StaffId = staffId;
        TokenHash = tokenHash;
        CeremonyHash = ceremonyHash;
        Device = device;
        StartedAt = now;
        SeenAt = now;
    }

    public Guid Id { get; private set; }
    public Guid StaffId { get; private set; }
    public byte[] TokenHash { get; private set; } = [];
    public byte[] CeremonyHash { get; private set; } = [];

    /// <summary>The name of the passkey used to sign in.</summary>
    public string Device { get; private set; } = "";

    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>The last click, to the minute.</summary>
    public DateTimeOffset SeenAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>When the screen was covered; null if it isn't. A covered screen shows counts and no names.</summary>
    public DateTimeOffset? CoveredAt { get; private set; }

    /// <summary>Whether the session is still open.</summary>
    public bool IsOpen(DateTimeOffset now) => EndedAt is null && now < SeenAt + Idle && now < StartedAt + Longest;

    /// <summary>When it will end without another click.</summary>
    public DateTimeOffset EndsAt => SeenAt + Idle < StartedAt + Longest ? SeenAt + Idle : StartedAt + Longest;

    public void Seen(DateTimeOffset now) => SeenAt = now;

    private sealed class Mapping : IEntityTypeConfiguration<StaffSession>
    {
        public void Configure(EntityTypeBuilder<StaffSession> session)
        {
            session.ToTable("StaffSessions");
            session.Property(s => s.Id).ValueGeneratedNever();
            session.Property(s => s.Device).HasMaxLength(StaffPasskey.MaxNameLength);
            session.HasIndex(s => s.TokenHash).IsUnique();
            session.HasIndex(s => s.CeremonyHash).IsUnique();
            session.HasOne<StaffMember>().WithMany().HasForeignKey(s => s.StaffId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>A secret that works once: an enrollment link or a recovery code. The database has only its keyed hash.</summary>
public sealed class StaffSecret
{
    private StaffSecret() { }

    public StaffSecret(Guid staffId, StaffSecretKind kind, byte[] hash, DateTimeOffset now, DateTimeOffset? expiresAt)
    {
        Id = Guid.CreateVersion7(now);
        StaffId = staffId;
        Kind = kind;
        Hash = hash;
        CreatedAt = now;
        ExpiresAt = expiresAt;
    }

    public Guid Id { get; private set; }
    public Guid StaffId { get; private set; }
    public StaffSecretKind Kind { get; private set; }
    public byte[] Hash { get; private set; } = [];
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null for a recovery code, which works until it is used or replaced.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    public DateTimeOffset? UsedAt { get; private set; }

    private sealed class Mapping : IEntityTypeConfiguration<StaffSecret>
    {
        public void Configure(EntityTypeBuilder<StaffSecret> secret)
        {
            secret.ToTable("StaffSecrets");
            secret.Property(s => s.Id).ValueGeneratedNever();
            secret.Property(s => s.Kind).HasConversion<string>().HasMaxLength(20);
            secret.HasIndex(s => s.Hash).IsUnique();
            secret.HasOne<StaffMember>().WithMany().HasForeignKey(s => s.StaffId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

public enum StaffSecretKind
{
    /// <summary>A link for creating a passkey.</summary>
    Enrollment,

    /// <summary>A code that returns an enrollment link when no passkey is at hand.</summary>
    Recovery,
}
