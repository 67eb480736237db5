using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Consultations;

/// <summary>A period during which no one takes calls, so the site doesn't offer it. Calls already booked in it keep their time.</summary>
public sealed class TimeOff : SealedRow<TimeOff.Why>
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReasonLength = 200;

    private TimeOff() { }

    /// <param name="reason">For staff; null for none.</param>
    public TimeOff(DateTimeOffset startsAt, DateTimeOffset endsAt, string? reason, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        (StartsAt, EndsAt, CreatedAt) = (startsAt, endsAt, now);
        Words = new Why(reason);
    }

    public DateTimeOffset StartsAt { get; private set; }
    public DateTimeOffset EndsAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The reason that staff typed; sealed like everything typed at the desk.</summary>
    public string? Reason => Words.Text;

    protected override string Table => "TimeOff";

    /// <summary>Whether a call would be in it.</summary>
    public bool Overlaps(Consultation call) => StartsAt < call.EndsAt && EndsAt > call.StartsAt;

    public sealed record Why(string? Text);

    private sealed class Mapping : IEntityTypeConfiguration<TimeOff>
    {
        public void Configure(EntityTypeBuilder<TimeOff> off)
        {
            off.ToTable("TimeOff");
            off.Property(o => o.Id).ValueGeneratedNever();
            off.Property(o => o.Sealed).IsRequired();
            off.HasIndex(o => o.EndsAt);
        }
    }
}
