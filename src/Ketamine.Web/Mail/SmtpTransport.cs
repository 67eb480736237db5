using Microsoft.Extensions.Options;

namespace Ketamine.Web.Mail;

/// <summary>
/// Hands mails to the mail server of Mail:Host. A connection is kept for some seconds after a mail, so that an issue's many copies share a few; one
/// that has died meanwhile is replaced without anybody noticing.
/// </summary>
internal sealed class SmtpTransport : IMailTransport, IAsyncDisposable
{
    // Short enough that servers, which wait for minutes (RFC 5321 §4.5.3.2.7), don't end it first.
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(10);

    private readonly IOptions<MailOptions> _mail;
    private readonly MailComposer _composer;
    private readonly OAuth2Tokens _tokens;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Stack<(SmtpSession Session, DateTimeOffset Since)> _idle = [];
    private readonly ITimer _sweep;
    private bool _closed;

    public SmtpTransport(IOptions<MailOptions> mail, MailComposer composer, OAuth2Tokens tokens, TimeProvider clock)
    {
        (_mail, _composer, _tokens, _clock) = (mail, composer, tokens, clock);
        _sweep = clock.CreateTimer(_ => _ = CloseAsync(TakeIdle(olderThan: KeepFor)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public string Target => $"{_mail.Value.Host}:{_mail.Value.Port}";

    /// <inheritdoc />
    public Task SendAsync(OutboxMessage message, CancellationToken cancellation) => SendAsync(message, () => Task.CompletedTask, cancellation);

    /// <inheritdoc />
    public async Task SendAsync(OutboxMessage message, Func<Task> beforeContent, CancellationToken cancellation)
    {
        if (TakeOne() is { } kept)
        {
            try
            {
                await SendAsync(kept, message, beforeContent, cancellation);
                return;
            }
            catch (MailFailedException failure) when (!kept.ContentLeft && (failure.LineBroke || failure.Failure is MailFailure.Server) && !cancellation.IsCancellationRequested)
            {
                // It was closed in the meantime, or has had enough: nothing of this mail has left, and a new connection tells whether the server takes it.
            }
        }

        var session = new SmtpSession(_mail.Value, _tokens);
        try
        {
            await session.OpenAsync(cancellation);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }

        await SendAsync(session, message, beforeContent, cancellation);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _closed = true;
        await _sweep.DisposeAsync();
        await CloseAsync(TakeIdle(olderThan: TimeSpan.Zero));
    }

    private async Task SendAsync(SmtpSession session, OutboxMessage message, Func<Task> beforeContent, CancellationToken cancellation)
    {
        try
        {
            await session.SendAsync(_composer.Compose(message), message.To, beforeContent, cancellation);
        }
        finally
        {
            // Not awaited: until the mail is marked as sent, each moment is one in which a crash repeats it.
            if (!Keep(session)) _ = CloseAsync([session]);
        }
    }

    private bool Keep(SmtpSession session)
    {
        if (!session.CanContinue) return false;
        lock (_gate)
        {
            if (_closed) return false;
            _idle.Push((session, _clock.GetUtcNow()));
            _sweep.Change(KeepFor, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    private SmtpSession? TakeOne()
    {
        lock (_gate) return _idle.TryPop(out var newest) ? newest.Session : null;
    }

    private List<SmtpSession> TakeIdle(TimeSpan olderThan)
    {
        lock (_gate)
        {
            var until = _clock.GetUtcNow() - olderThan;
            var old = _idle.Where(idle => idle.Since <= until).Select(idle => idle.Session).ToList();
            var young = _idle.Where(idle => idle.Since > until).Reverse().ToList();
            _idle.Clear();
            young.ForEach(_idle.Push);
            if (young.Count > 0 && !_closed) _sweep.Change(KeepFor, Timeout.InfiniteTimeSpan);
            return old;
        }
    }

    private static async Task CloseAsync(List<SmtpSession> sessions)
    {
        foreach (var session in sessions) await session.DisposeAsync();
    }
}
