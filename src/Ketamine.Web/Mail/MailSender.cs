using Ketamine.Web.Data;

namespace Ketamine.Web.Mail;

/// <summary>
/// Sends one email at a time for the outbox and the newsletter: enforces the time limit, classifies every outcome as a <see cref="MailFailure"/>, and pauses
/// all email while the server accepts nothing. Thread-safe.
/// </summary>
/// <param name="what">For the log: "email" or "newsletters".</param>
/// <param name="timeout">The time limit for one attempt, from connecting to the server's final reply.</param>
/// <param name="faultsThatPause">How many consecutive server faults start a pause. Fewer may be chance.</param>
/// <param name="firstPause">The first pause. It doubles with each further fault, up to a minute.</param>
internal sealed class MailSender(
    IMailTransport transport, string what, TimeSpan timeout, int faultsThatPause, TimeSpan firstPause, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private int _faults;
    private DateTimeOffset _pausedUntil;
    private string? _lastFault;

    /// <summary>Why the server accepts nothing; null while it accepts email. While it isn't null, send one email at a time to test the server.</summary>
    public string? ServerFault
    {
        get
        {
            lock (_gate) return _faults >= faultsThatPause ? _lastFault : null;
        }
    }

    /// <summary>How long to wait before the next attempt; zero if one may start now.</summary>
    public TimeSpan PauseLeft
    {
        get
        {
            lock (_gate) return _pausedUntil > clock.GetUtcNow() ? _pausedUntil - clock.GetUtcNow() : TimeSpan.Zero;
        }
    }

    /// <summary>Tries once to send <paramref name="message"/>. Returns null if the server accepted it.</summary>
    /// <param name="beforeContent">
    /// As in <see cref="IMailTransport.SendAsync(OutboxMessage, Func{Task}, CancellationToken)"/>; database exceptions are passed on.
    /// </param>
    /// <exception cref="Exception">Any exception, once <paramref name="abort"/> is canceled. It is then unknown whether the email was accepted.</exception>
    public async Task<MailFailedException?> TrySendAsync(OutboxMessage message, Func<Task> beforeContent, CancellationToken abort)
    {
        MailFailedException? failure = null;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(abort);
            patience.CancelAfter(timeout);
            await transport.SendAsync(message, beforeContent, patience.Token);
        }
        catch (MailFailedException e) when (!abort.IsCancellationRequested)
        {
            failure = e;
        }
        catch (Exception e) when (!abort.IsCancellationRequested && !ClinicDatabase.IsFailure(e))
        {
            // A bug in the site. The exception's message may quote the email, so keep only its type.
            failure = new MailFailedException(MailFailure.Later, $"{e.GetType().Name} while sending.", e);
        }

        if (failure?.Failure is MailFailure.Server) ServerFailed(failure.Message);
        else ServerAnswered();
        return failure;
    }

    private void ServerAnswered()
    {
        lock (_gate)
        {
            var wasDown = _faults >= faultsThatPause;
            (_faults, _pausedUntil) = (0, default);
            if (!wasDown) return;
        }

        log.LogInformation("{Target} accepts {What} again", transport.Target, what);
    }

    private void ServerFailed(string error)
    {
        lock (_gate)
        {
            _lastFault = error;
            var now = clock.GetUtcNow();
            // Count several emails that were being sent when the server went down as one fault.
            if (now < _pausedUntil) return;
            _faults++;
            if (_faults < faultsThatPause) return;
            _pausedUntil = now + Backoff.Pause(firstPause, LongestPause, _faults - faultsThatPause + 1, Random.Shared.NextDouble());
            if (_faults > faultsThatPause) return;
        }

        log.LogError("{Target} doesn't accept {What}; everything waits: {Error}", transport.Target, what, error);
    }
}
