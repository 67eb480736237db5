using Microsoft.Extensions.Options;

namespace Ketamine.Web.Mail;

/// <summary>Hands each mail to the mail server of Mail:Host, on a connection of its own.</summary>
internal sealed class SmtpTransport(IOptions<MailOptions> mail, TimeProvider clock) : IMailTransport
{
    /// <inheritdoc />
    public string Target => $"{mail.Value.Host}:{mail.Value.Port}";

    /// <inheritdoc />
    public Task SendAsync(OutboxMessage message, CancellationToken cancellation) => SendAsync(message, () => Task.CompletedTask, cancellation);

    /// <inheritdoc />
    public async Task SendAsync(OutboxMessage message, Func<Task> beforeContent, CancellationToken cancellation)
    {
        var content = MimeMessage.Write(message, mail.Value, clock.GetUtcNow());
        await using var conversation = new SmtpConversation(mail.Value);
        await conversation.OpenAsync(cancellation);
        await conversation.SendAsync(mail.Value.From.ToString(), message.To, content, beforeContent, cancellation);
    }
}
