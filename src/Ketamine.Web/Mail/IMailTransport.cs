namespace Ketamine.Web.Mail;

/// <summary>Takes a mail out of the house: to a mail server, into a file, or, in tests, into a list.</summary>
public interface IMailTransport
{
    /// <summary>Where mails go, in words for the log: <c>mail.example:587</c>.</summary>
    string Target { get; }

    /// <summary>Returns once whoever is at the other end has taken responsibility for the mail.</summary>
    /// <param name="cancellation">Ends the try; whether the mail was taken is then unknown.</param>
    /// <exception cref="MailFailedException">It was not taken, or nobody can tell.</exception>
    Task SendAsync(OutboxMessage message, CancellationToken cancellation);

    /// <inheritdoc cref="SendAsync(OutboxMessage, CancellationToken)" />
    /// <param name="beforeContent">
    /// Runs once the receiver is accepted and the mail itself is about to go. What it writes down tells a later process which mails may have been
    /// taken when this one was killed. What it throws ends the try with nothing handed over.
    /// </param>
    async Task SendAsync(OutboxMessage message, Func<Task> beforeContent, CancellationToken cancellation)
    {
        await beforeContent();
        await SendAsync(message, cancellation);
    }
}

/// <summary>Whose fault a failed try was, which says what to do next.</summary>
public enum MailFailure
{
    /// <summary>This mail will never be taken (5xx for its receiver or its content): it has failed.</summary>
    Refused,

    /// <summary>This mail was not taken this time (4xx, a line that broke): it waits, others go on.</summary>
    Later,

    /// <summary>No mail can go (no connection, no TLS, wrong password, sender refused): all wait.</summary>
    Server,
}

/// <summary>A mail was not sent. The message is shown to staff and logged: it never holds the receiver's address or anything that the mail says.</summary>
public sealed class MailFailedException(MailFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public MailFailure Failure { get; } = failure;

    /// <summary>The mail was handed over and the line broke before an answer: the receiver may have it.</summary>
    public bool MayBeTaken { get; init; }

    /// <summary>The connection ended, or gave no answer, before the server said anything about this mail.</summary>
    public bool LineBroke { get; init; }

    /// <summary>It is the mailbox that was refused for good (5xx to RCPT, no matter of policy): nothing will ever reach it.</summary>
    public bool MailboxRefused { get; init; }
}
