namespace Ketamine.Web.Mail;

/// <summary>Sends an email: to a mail server, to a file, or, in tests, to a list.</summary>
public interface IMailTransport
{
    /// <summary>Where email goes, for the log: <c>mail.example:587</c>.</summary>
    string Target { get; }

    /// <summary>Returns once the server has accepted responsibility for the email.</summary>
    /// <param name="cancellation">Ends the attempt; whether the email was accepted is then unknown.</param>
    /// <exception cref="MailFailedException">It was not accepted, or it is unknown whether it was.</exception>
    Task SendAsync(OutboxMessage message, CancellationToken cancellation);

    /// <inheritdoc cref="SendAsync(OutboxMessage, CancellationToken)" />
    /// <param name="beforeContent">
    /// Runs once the recipient is accepted and the content is about to be sent. It saves which emails the server may have accepted, in case this process is
    /// killed. If it throws, nothing is sent.
    /// </param>
    async Task SendAsync(OutboxMessage message, Func<Task> beforeContent, CancellationToken cancellation)
    {
        await beforeContent();
        await SendAsync(message, cancellation);
    }
}

/// <summary>The cause of a failed attempt, which decides what to do next.</summary>
public enum MailFailure
{
    /// <summary>This email will never be accepted (5xx for its recipient or its content): it has failed.</summary>
    Refused,

    /// <summary>This email was not accepted this time (4xx, a broken connection). It waits, while others are sent.</summary>
    Later,

    /// <summary>No email can be sent (no connection, no TLS, wrong password, sender refused). All email waits.</summary>
    Server,
}

/// <summary>An email was not sent. The message is shown to staff and logged: it never contains the recipient's address or anything from the email.</summary>
public sealed class MailFailedException(MailFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public MailFailure Failure { get; } = failure;

    /// <summary>The content was sent and the connection broke before a reply: the recipient may have it.</summary>
    public bool MayBeDelivered { get; init; }

    /// <summary>The connection ended, or timed out, before the server replied about this email.</summary>
    public bool ConnectionBroke { get; init; }

    /// <summary>The mailbox was refused permanently (5xx to RCPT that isn't about policy): nothing will ever reach it.</summary>
    public bool MailboxRefused { get; init; }
}
