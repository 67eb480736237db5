using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>A passkey (WebAuthn Level 3): the public half of a key on a staff member's device.</summary>
public sealed class StaffPasskey
{
    private StaffPasskey() { }

    internal StaffPasskey(Guid staffId, string name, UserPasskeyInfo info, DateTimeOffset now)
    {
        StaffId = staffId;
        Name = name;
        CredentialId = info.CredentialId;
        PublicKey = info.PublicKey;
        Transports = string.Join(' ', info.Transports ?? []) is { Length: <= 100 } transports ? transports : "";
        AttestationObject = info.AttestationObject;
        ClientDataJson = info.ClientDataJson;
        IsBackupEligible = info.IsBackupEligible;
        CreatedAt = now;
        Take(info);
    }

    /// <summary>The device's ID for it, at most 1,023 bytes.</summary>
    public byte[] CredentialId { get; private set; } = [];

    public Guid StaffId { get; private set; }

    /// <summary>The owner's name for it: "Front desk PC".</summary>
    public string Name { get; private set; } = "";

    /// <summary>The public key, in COSE format.</summary>
    public byte[] PublicKey { get; private set; } = [];

    /// <summary>The device's count of its uses. If the count goes down, the passkey was copied, and it is refused.</summary>
    public long SignCount { get; private set; }

    public string Transports { get; private set; } = "";
    public bool IsUserVerified { get; private set; }
    public bool IsBackupEligible { get; private set; }
    public bool IsBackedUp { get; private set; }
    public byte[] AttestationObject { get; private set; } = [];
    public byte[] ClientDataJson { get; private set; } = [];
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? UsedAt { get; private set; }

    public const int MaxNameLength = 60;

    /// <summary>Records that someone signed in with it.</summary>
    internal void Used(UserPasskeyInfo info, DateTimeOffset now)
    {
        Take(info);
        UsedAt = now;
    }

    internal UserPasskeyInfo ToInfo() => new(CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        IsUserVerified, IsBackupEligible, IsBackedUp, AttestationObject, ClientDataJson) { Name = Name };

    private void Take(UserPasskeyInfo info) => (SignCount, IsUserVerified, IsBackedUp) = (info.SignCount, info.IsUserVerified, info.IsBackedUp);

    private sealed class Mapping : IEntityTypeConfiguration<StaffPasskey>
    {
        public void Configure(EntityTypeBuilder<StaffPasskey> passkey)
        {
            passkey.ToTable("StaffPasskeys");
            passkey.HasKey(p => p.CredentialId);
            passkey.Property(p => p.CredentialId).HasMaxLength(1024);
            passkey.Property(p => p.Name).HasMaxLength(MaxNameLength);
            passkey.Property(p => p.Transports).HasMaxLength(100);
            passkey.HasOne<StaffMember>().WithMany().HasForeignKey(p => p.StaffId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
