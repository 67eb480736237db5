using Ketamine.Content;
using Ketamine.Language;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// One line of an issue's ledger: one subscriber's copy. It is written to twice a copy: before the mail server is given the content, and after it
/// has answered. What a killed process leaves behind in between is the only copy of which nobody can tell whether it was taken.
/// </summary>
public sealed class Delivery
{
    /// <summary>From the first try to the last.</summary>
    public static readonly TimeSpan KeepTrying = TimeSpan.FromHours(72);

    private const int MaxErrorLength = 300;
    private const int LongestPause = 32;

    private Delivery()
    {
    }

    public Guid IssueId { get; private set; }
    public Guid SubscriberId { get; private set; }
    public DeliveryState State { get; private set; }

    /// <summary>Counted up by each try that got as far as this copy, and what decides between two senders: a row is written only where it still stands as read.</summary>
    public int Attempts { get; private set; }

    /// <summary>Sends that ended without a reply; each may have produced a duplicate.</summary>
    public int PossibleDuplicates { get; private set; }

    /// <summary>When it may be tried; while it is in flight, when a sender that has not come back counts as gone.</summary>
    public DateTimeOffset DueAt { get; private set; }

    public DateTimeOffset? FirstTriedAt { get; private set; }
    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>When the reader left by this copy's link.</summary>
    public DateTimeOffset? LeftAt { get; private set; }

    /// <summary>What happened at the last try; never an address, nothing that the mail says.</summary>
    public string? LastError { get; private set; }

    /// <summary>A sender begins a try. If an earlier one left it in flight, its copy may have arrived.</summary>
    public void Begin()
    {
        if (State is not DeliveryState.InFlight) return;
        PossibleDuplicates++;
        State = DeliveryState.Waiting;
    }

    /// <summary>The content is about to go. Holds once it is saved; a save that fails on <see cref="Attempts"/> says that another sender has this copy.</summary>
    public void HandOver(DateTimeOffset now, TimeSpan lease)
    {
        State = DeliveryState.InFlight;
        Attempts++;
        FirstTriedAt ??= now;
        DueAt = now + lease;
    }

    public void MarkSent(DateTimeOffset now) => (State, SentAt, LastError) = (DeliveryState.Sent, now, null);

    /// <summary>Its reader has gone: it is not sent.</summary>
    public void Skip() => State = DeliveryState.Skipped;

    /// <summary>The try came to nothing.</summary>
    /// <param name="pause">To the second try; doubles up to 32 times that. For a fault of the server, which is not this copy's, to the next look.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public void MarkFailed(DateTimeOffset now, MailFailedException failure, TimeSpan pause, double jitter)
    {
        if (State is not DeliveryState.InFlight && failure.Failure is not MailFailure.Server) Attempts++;
        if (failure.MayBeTaken) PossibleDuplicates++;
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
            // The rule that nobody gets an issue twice is the key itself.
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

/// <summary>How far a copy got.</summary>
public enum DeliveryState
{
    /// <summary>For its try.</summary>
    Waiting,

    /// <summary>The content is on its way and no answer has come.</summary>
    InFlight,

    /// <summary>The mail server has taken it.</summary>
    Sent,

    /// <summary>Refused for good (5xx).</summary>
    Refused,

    /// <summary>Not taken within <see cref="Delivery.KeepTrying"/>.</summary>
    Failed,

    /// <summary>Its reader had left, or was found unreachable, before it went.</summary>
    Skipped,
}
