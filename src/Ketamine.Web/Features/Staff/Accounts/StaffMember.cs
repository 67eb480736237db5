using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>A staff member at the desk. They sign in with a passkey; there are no passwords.</summary>
public sealed class StaffMember
{
    private StaffMember() { }

    public StaffMember(string name, EmailAddress email, StaffRole role, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        Name = name;
        Email = email.ToString();
        EmailNormalized = email.Normalized;
        Role = role;
        CreatedAt = now;
        SingleKeys = true;
    }

    public Guid Id { get; private set; }

    /// <summary>Their name as colleagues use it, on one line of at most <see cref="MaxNameLength"/> characters. The desk and the audit log show it.</summary>
    public string Name { get; private set; } = "";

    public string Email { get; private set; } = "";

    /// <summary>Unique.</summary>
    public string EmailNormalized { get; private set; } = "";

    public StaffRole Role { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When they were deactivated; null while they are active.</summary>
    public DateTimeOffset? OffAt { get; private set; }

    /// <summary>Whether single keys work as shortcuts. People who use speech input can turn them off (WCAG 2.1.4).</summary>
    public bool SingleKeys { get; private set; }

    /// <summary>The keyed hash of the secret in their calendar's address; null if they have none.</summary>
    public byte[]? CalendarHash { get; private set; }

    public const int MaxNameLength = 60;

    public bool IsActive => OffAt is null;

    public void Deactivate(DateTimeOffset now) => OffAt ??= now;

    /// <summary>Activates them, also after a reset.</summary>
    public void Reactivate() => OffAt = null;

    public void SetCalendar(byte[]? hash) => CalendarHash = hash;

    private sealed class Mapping : IEntityTypeConfiguration<StaffMember>
    {
        public void Configure(EntityTypeBuilder<StaffMember> member)
        {
            member.ToTable("Staff");
            member.Property(m => m.Id).ValueGeneratedNever();
            member.Property(m => m.Name).HasMaxLength(MaxNameLength);
            member.Property(m => m.Email).HasMaxLength(EmailAddress.MaxLength);
            member.Property(m => m.EmailNormalized).HasMaxLength(EmailAddress.MaxLength);
            member.HasIndex(m => m.EmailNormalized).IsUnique();
            member.Property(m => m.Role).HasConversion<string>().HasMaxLength(20);
            member.HasIndex(m => m.CalendarHash).IsUnique();
        }
    }
}

/// <summary>What a staff member may see and do at the desk.</summary>
public enum StaffRole
{
    /// <summary>Leads, calls, and figures.</summary>
    FrontDesk,

    /// <summary>Content, newsletter, and figures, but no leads.</summary>
    Editor,

    /// <summary>Everything, including the audit log and the staff.</summary>
    Owner,
}
