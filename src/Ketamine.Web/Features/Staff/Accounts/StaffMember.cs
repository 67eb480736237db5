using Ketamine.Content;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>Someone who works at the desk. They sign in with a passkey; there is no password.</summary>
public sealed class StaffMember
{
    private StaffMember()
    {
    }

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

    /// <summary>As colleagues call them, on one line of at most <see cref="MaxNameLength"/> characters; what the desk and the audit show.</summary>
    public string Name { get; private set; } = "";

    public string Email { get; private set; } = "";

    /// <summary>Unique.</summary>
    public string EmailNormalized { get; private set; } = "";

    public StaffRole Role { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When they were switched off; null while they work here.</summary>
    public DateTimeOffset? OffAt { get; private set; }

    /// <summary>Whether single keys are shortcuts; someone who speaks to their computer can turn them off (WCAG 2.1.4).</summary>
    public bool SingleKeys { get; private set; }

    /// <summary>The keyed hash of the secret in their calendar's address; null for someone without one.</summary>
    public byte[]? CalendarHash { get; private set; }

    public const int MaxNameLength = 60;

    public bool IsOn => OffAt is null;

    public void SwitchOff(DateTimeOffset now) => OffAt ??= now;

    /// <summary>Works here again, or still: a reset lets someone back in.</summary>
    public void SwitchOn() => OffAt = null;

    public void ChangeRole(StaffRole role) => Role = role;

    public void UseSingleKeys(bool use) => SingleKeys = use;

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

/// <summary>What someone may see and do at the desk.</summary>
public enum StaffRole
{
    /// <summary>Leads, calls and numbers.</summary>
    FrontDesk,

    /// <summary>Content, newsletter and numbers; no leads.</summary>
    Editor,

    /// <summary>Everything, and the audit and the staff.</summary>
    Owner,
}
