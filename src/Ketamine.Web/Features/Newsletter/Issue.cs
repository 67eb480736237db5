using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>One mailing to everyone on the list. Written once, when it is scheduled; copies differ only in the link to unsubscribe.</summary>
public sealed class Issue
{
    public const int MaxNameLength = 200;
    public const int MaxReasonLength = 500;

    private Issue() { }

    /// <param name="name">Its source; unique.</param>
    public Issue(string name, NewsletterEmail email, DateTimeOffset sendAt, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        (Name, SendAt, CreatedAt) = (name, sendAt, now);
        (Subject, FromName, Text, Html) = (email.Subject, email.FromName, email.Text, email.Html);
    }

    public Guid Id { get; private set; }

    /// <summary><c>article:what-a-visit-is-like</c> or <c>file:november.md</c>, with <c>#2</c> if it is sent again on purpose.</summary>
    public string Name { get; private set; } = "";

    public string Subject { get; private set; } = "";

    public string FromName { get; private set; } = "";

    /// <summary>With <see cref="NewsletterEmail.UnsubscribeLink"/> instead of the unsubscribe link.</summary>
    public string Text { get; private set; } = "";

    /// <inheritdoc cref="Text"/>
    public string Html { get; private set; } = "";

    public IssueState State { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Everyone on the list at this time gets it.</summary>
    public DateTimeOffset SendAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Why nothing is being sent, for staff; null if nothing is wrong.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Starts sending; its deliveries are saved in the same transaction. False if it isn't due.</summary>
    public bool TryStart(DateTimeOffset now)
    {
        if (State is not IssueState.Scheduled || SendAt > now) return false;
        State = IssueState.Sending;
        return true;
    }

    /// <summary>Every copy is done.</summary>
    public void End(DateTimeOffset now) => (State, EndedAt, StopReason) = (IssueState.Ended, now, null);

    /// <summary>Pauses it until staff resume it. False if there is nothing to stop.</summary>
    public bool TryStop(string why)
    {
        if (State is not (IssueState.Scheduled or IssueState.Sending)) return false;
        (State, StopReason) = (IssueState.Stopped, TypedText.Truncate(why, MaxReasonLength));
        return true;
    }

    /// <summary>Resumes it. Returns false if there is nothing to resume.</summary>
    /// <param name="started">Whether its deliveries were saved before it was stopped.</param>
    public bool TryResume(bool started)
    {
        if (State is not (IssueState.Stopped or IssueState.Ended)) return false;
        (State, EndedAt, StopReason) = (started ? IssueState.Sending : IssueState.Scheduled, null, null);
        return true;
    }

    /// <summary>One reader's copy. Its Message-ID is the same every time it is sent, so a duplicate can be recognized.</summary>
    /// <param name="unsubscribe">The reader's link to unsubscribe.</param>
    public MailDraft CopyFor(EmailAddress to, Guid subscriber, Uri unsubscribe) => new()
    {
        Kind = "newsletter",
        Id = CopyId(Id, subscriber),
        To = to,
        FromName = FromName,
        Subject = Subject,
        Body = new PreparedContent(WithLink(Text, unsubscribe), WithLink(Html, unsubscribe)),
        Headers = NewsletterEmail.Headers(unsubscribe),
    };

    private static string WithLink(string part, Uri unsubscribe) =>
        part.Replace(NewsletterEmail.UnsubscribeLink, unsubscribe.ToAscii(), StringComparison.Ordinal);

    /// <summary>The part of a copy's Message-ID before the @. Only its reader and the database know it.</summary>
    public static Guid CopyId(Guid issue, Guid subscriber) => new(SHA256.HashData([.. issue.ToByteArray(), .. subscriber.ToByteArray()]).AsSpan(0, 16));

    private sealed class Mapping : IEntityTypeConfiguration<Issue>
    {
        public void Configure(EntityTypeBuilder<Issue> issue)
        {
            issue.ToTable("NewsletterIssues");
            issue.Property(i => i.Id).ValueGeneratedNever();
            issue.Property(i => i.Name).HasMaxLength(MaxNameLength);
            issue.HasIndex(i => i.Name).IsUnique();
            issue.Property(i => i.Subject).HasMaxLength(OutboxMessage.MaxSubjectLength);
            issue.Property(i => i.FromName).HasMaxLength(100);
            issue.Property(i => i.State).HasConversion<string>().HasMaxLength(20).IsConcurrencyToken();
            issue.Property(i => i.StopReason).HasMaxLength(MaxReasonLength);
        }
    }
}

/// <summary>An issue's progress.</summary>
public enum IssueState
{
    /// <summary>To be sent at its time.</summary>
    Scheduled,

    /// <summary>Its deliveries are saved, and copies are being sent.</summary>
    Sending,

    /// <summary>Stopped by staff, or because the mail server refused one copy after another.</summary>
    Stopped,

    /// <summary>Every copy is done.</summary>
    Ended,
}
