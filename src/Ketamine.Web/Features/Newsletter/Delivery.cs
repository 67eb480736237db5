using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// One subscriber's copy of an issue. It is saved twice: before the mail server gets the content, and after the server has replied. Only a copy that a
/// killed process leaves between the two may or may not have been accepted.
/// </summary>
public sealed class Delivery
{
    /// <summary>The time from the first attempt to the last.</summary>
    public static readonly TimeSpan KeepTrying = TimeSpan.FromHours(72);

    private const int MaxErrorLength = 300;
    private const int LongestPause = 32;

    private Delivery() { }

    public Guid IssueId { get; private set; }
    public Guid SubscriberId { get; private set; }
    public DeliveryState State { get; private set; }

    /// <summary>The number of attempts that reached this copy. A concurrency token: of two senders, only the one that saves first gets the copy.</summary>
    public int Attempts { get; private set; }

    /// <summary>Sends that ended without a reply; each may have produced a duplicate.</summary>
    public int PossibleDuplicates { get; private set; }

    /// <summary>When to try next. While the copy is being sent: when its sender counts as dead.</summary>
    public DateTimeOffset DueAt { get; private set; }

    public DateTimeOffset? FirstTriedAt { get; private set; }
    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>When the reader unsubscribed with this copy's link.</summary>
    public DateTimeOffset? LeftAt { get; private set; }

    /// <summary>The last failure; never an address or anything from the email.</summary>
    public string? LastError { get; private set; }

    /// <summary>A sender starts an attempt. If an earlier one left the copy in flight, it may have arrived.</summary>
    public void Begin()
    {
        if (State is not DeliveryState.InFlight) return;
        PossibleDuplicates++;
        State = DeliveryState.Waiting;
    }

    /// <summary>
    /// The content is about to be sent. Takes effect when saved; a save that fails on <see cref="Attempts"/> means another sender has this copy.
    /// </summary>
    public void HandOver(DateTimeOffset now, TimeSpan lease)
    {
        State = DeliveryState.InFlight;
        Attempts++;
        FirstTriedAt ??= now;
        DueAt = now + lease;
    }

    public void MarkSent(DateTimeOffset now) => (State, SentAt, LastError) = (DeliveryState.Sent, now, null);

    /// <summary>Its reader has unsubscribed, so it isn't sent.</summary>
    public void Skip() => State = DeliveryState.Skipped;

    /// <summary>The attempt failed.</summary>
    /// <param name="pause">Before the second attempt; doubles up to 32 times that. After a server fault: the pause before the next check.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public void MarkFailed(DateTimeOffset now, MailFailedException failure, TimeSpan pause, double jitter)
    {
        if (State is not DeliveryState.InFlight && failure.Failure is not MailFailure.Server) Attempts++;
        if (failure.MayBeDelivered) PossibleDuplicates++;
        FirstTriedAt ??= now;
        LastError = TypedText.Truncate(failure.Message, MaxErrorLength);
        DueAt = now + Backoff.Pause(pause, pause * LongestPause, failure.Failure is MailFailure.Server ? 1 : Attempts, jitter);
        State = failure.Failure is MailFailure.Refused ? DeliveryState.Refused
            : failure.Failure is MailFailure.Later && DueAt > FirstTriedAt + KeepTrying ? DeliveryState.Failed
            : DeliveryState.Waiting;
    }

    private sealed class Mapping : IEntityTypeConfiguration<Delivery>
    {
        public void Configure(EntityTypeBuilder<Delivery> delivery)
        {
            delivery.ToTable("NewsletterDeliveries");
            // The key makes sure that no one gets an issue twice.
            delivery.HasKey(d => new { d.IssueId, d.SubscriberId });
            delivery.HasOne<Issue>().WithMany().HasForeignKey(d => d.IssueId).OnDelete(DeleteBehavior.Cascade);
            delivery.HasOne<Subscriber>().WithMany().HasForeignKey(d => d.SubscriberId).OnDelete(DeleteBehavior.Cascade);
            delivery.Property(d => d.State).HasConversion<string>().HasMaxLength(20);
            delivery.Property(d => d.Attempts).IsConcurrencyToken();
            delivery.Property(d => d.LastError).HasMaxLength(MaxErrorLength);
            delivery.HasIndex(d => new { d.IssueId, d.State, d.DueAt });
            delivery.HasIndex(d => d.SubscriberId);
        }
    }
}

/// <summary>A copy's progress.</summary>
public enum DeliveryState
{
    /// <summary>To be sent.</summary>
    Waiting,

    /// <summary>The content was sent, and no reply has come.</summary>
    InFlight,

    /// <summary>The mail server accepted it.</summary>
    Sent,

    /// <summary>Permanently refused (5xx).</summary>
    Refused,

    /// <summary>Not accepted within <see cref="Delivery.KeepTrying"/>.</summary>
    Failed,

    /// <summary>Its reader had unsubscribed, or was found unreachable, before it was sent.</summary>
    Skipped,
}
