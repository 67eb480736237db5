using System.Security.Cryptography;
using Ketamine.Content;
using Ketamine.Language;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>One mailing to everybody on the list. Written once, when it is put up; each receiver's copy differs in the link to leave alone.</summary>
public sealed class Issue
{
    public const int MaxNameLength = 200;
    public const int MaxReasonLength = 500;

    private Issue()
    {
    }

    /// <param name="name">What it is made of; one issue a name.</param>
    public Issue(string name, NewsletterEmail letter, DateTimeOffset sendAt, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        (Name, SendAt, CreatedAt) = (name, sendAt, now);
        (Subject, FromName, Text, Html) = (letter.Subject, letter.FromName, letter.Text, letter.Html);
    }

    public Guid Id { get; private set; }

    /// <summary><c>article:what-a-visit-is-like</c> or <c>file:november.md</c>, with <c>#2</c> where it is sent again on purpose.</summary>
    public string Name { get; private set; } = "";

    public string Subject { get; private set; } = "";

    public string FromName { get; private set; } = "";

    /// <summary>With <see cref="NewsletterEmail.UnsubscribeLink"/> where the link to leave goes.</summary>
    public string Text { get; private set; } = "";

    /// <inheritdoc cref="ContentItem"/>
    public string Html { get; private set; } = "";

    public IssueState State { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Whoever is on the list at this instant gets it.</summary>
    public DateTimeOffset SendAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Why nothing is being sent, in words for staff; null when nothing is wrong.</summary>
    public string? StopReason { get; private set; }

    /// <summary>The ledger is written: from here on it is sent. False when it is not its time.</summary>
    public bool TryStart(DateTimeOffset now)
    {
        if (State is not IssueState.Scheduled || SendAt > now) return false;
        State = IssueState.Sending;
        return true;
    }

    /// <summary>Nothing of it is left to send.</summary>
    public void End(DateTimeOffset now) => (State, EndedAt, StopReason) = (IssueState.Ended, now, null);

    /// <summary>Held, until staff let it go on. False when there is nothing to hold.</summary>
    public bool TryStop(string why)
    {
        if (State is not (IssueState.Scheduled or IssueState.Sending)) return false;
        (State, StopReason) = (IssueState.Stopped, TypedText.Truncate(why, MaxReasonLength));
        return true;
    }

    /// <summary>Goes on, and who got nothing is tried again. False when there is nothing to resume.</summary>
    /// <param name="started">The ledger was written before it was stopped.</param>
    public bool TryResume(bool started)
    {
        if (State is not (IssueState.Stopped or IssueState.Ended)) return false;
        (State, EndedAt, StopReason) = (started ? IssueState.Sending : IssueState.Scheduled, null, null);
        return true;
    }

    /// <summary>One receiver's copy. Its Message-ID is the same however often it is sent, so that a repeat can be recognised.</summary>
    /// <param name="leave">The receiver's own link.</param>
    public MailDraft CopyFor(EmailAddress to, Guid subscriber, Uri leave) => new()
    {
        Kind = "newsletter",
        Id = CopyId(Id, subscriber),
        To = to,
        FromName = FromName,
        Subject = Subject,
        Body = new PreparedContent(Text.Replace(NewsletterEmail.UnsubscribeLink, leave.ToAscii(), StringComparison.Ordinal), Html.Replace(NewsletterEmail.UnsubscribeLink, leave.ToAscii(), StringComparison.Ordinal)),
        Headers = NewsletterEmail.Headers(leave),
    };

    /// <summary>What stands in a copy's Message-ID before the @. Only who has the copy, or the database, knows it.</summary>
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

/// <summary>How far an issue got.</summary>
public enum IssueState
{
    /// <summary>For its time.</summary>
    Scheduled,

    /// <summary>The ledger is written, and copies go out.</summary>
    Sending,

    /// <summary>Held by staff, or because the mail server refused one copy after another.</summary>
    Stopped,

    /// <summary>Nobody is left to send it to.</summary>
    Ended,
}
