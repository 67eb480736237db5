namespace Ketamine.Web.Mail;

/// <summary>
/// Sends email through the server in Mail:Host. Keeps a connection open for several seconds after an email, so the copies of an issue share it, and replaces
/// one that was closed in the meantime.
/// </summary>
internal sealed class SmtpTransport : IMailTransport, IAsyncDisposable
{
    // Servers wait for minutes (RFC 5321 §4.5.3.2.7), so they rarely close it first.
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

    public string Target => $"{_mail.Value.Host}:{_mail.Value.Port}";

    public Task SendAsync(OutboxMessage message, CancellationToken cancellation) => SendAsync(message, () => Task.CompletedTask, cancellation);

    public async Task SendAsync(OutboxMessage message, Func<Task> beforeContent, CancellationToken cancellation)
    {
        if (TakeOne() is { } kept)
        {
            try
            {
                await SendAsync(kept, message, beforeContent, cancellation);
                return;
            }
            catch (MailFailedException failure) when (!kept.ContentLeft && !cancellation.IsCancellationRequested
                && (failure.ConnectionBroke || failure.Failure is MailFailure.Server))
            {
                // It was closed or had reached its limit before any content was sent. A new connection will show whether the server accepts the email.
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
            // Not awaited, because a crash before the email is marked as sent would send it twice.
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
