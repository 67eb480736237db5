using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Leads;

/// <summary>Ways of contacting someone, each of which they can stop.</summary>
[Flags]
public enum ContactChannels
{
    None = 0,
    Call = 1,
    Text = 2,
    Email = 4,
    Voicemail = 8,
}

/// <summary>How someone asked us to stop.</summary>
public enum StopMethod
{
    /// <summary>With the link at the end of an email.</summary>
    Link,

    /// <summary>By replying to a text with STOP or similar.</summary>
    Text,

    Phone,
    Email,
    InPerson,
}

/// <summary>
/// An entry in the log of revoked consent: a number or address whose owner no longer wants one way of being contacted. It outlives the lead, so the
/// wish isn't forgotten, and stores only a keyed hash of the number or address. Consent given later, in a new form, counts again.
/// </summary>
/// <remarks>47 CFR 64.1200(a)(10): consent can be revoked in any reasonable way, including a reply of "stop" to a text and a web page for it.</remarks>
public sealed class ContactStop
{
    private ContactStop() { }

    /// <param name="channel">A single one.</param>
    /// <param name="by">A staff member's name, or <see cref="Audit.AuditLog.Visitor"/>.</param>
    public ContactStop(ContactChannels channel, byte[] addressHash, StopMethod how, string by, DateTimeOffset now) =>
        (Id, Channel, AddressHash, How, By, At) = (Guid.CreateVersion7(now), channel, addressHash, how, by, now);

    public Guid Id { get; private set; }
    public ContactChannels Channel { get; private set; }

    /// <summary>As <see cref="Lead.PhoneHash"/> or <see cref="Lead.EmailHash"/>.</summary>
    public byte[] AddressHash { get; private set; } = [];

    public StopMethod How { get; private set; }

    /// <summary>Who recorded it.</summary>
    public string By { get; private set; } = "";

    public DateTimeOffset At { get; private set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ContactStop>
    {
        public void Configure(EntityTypeBuilder<ContactStop> stop)
        {
            stop.ToTable("ContactStops");
            stop.HasKey(s => s.Id);
            stop.Property(s => s.Id).ValueGeneratedNever();
            stop.Property(s => s.Channel).HasConversion<string>().HasMaxLength(20);
            stop.Property(s => s.How).HasConversion<string>().HasMaxLength(20);
            stop.Property(s => s.By).HasMaxLength(100);
            stop.HasIndex(s => s.AddressHash);
        }
    }
}
