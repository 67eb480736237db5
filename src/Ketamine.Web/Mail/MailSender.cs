using Ketamine.Web.Data;

namespace Ketamine.Web.Mail;

/// <summary>
/// What the outbox and the newsletter share: one try within the time limit, every outcome sorted into <see cref="MailFailure"/>, and a pause for all
/// while the mail server takes nothing. Thread-safe.
/// </summary>
/// <param name="what">What waits while the server takes nothing, for the log: "mail" or "newsletter".</param>
/// <param name="timeout">For one try, from connecting to the server's last word.</param>
/// <param name="faultsThatPause">This many consecutive server faults start a pause; fewer may be chance.</param>
/// <param name="firstPause">Doubles with each further fault, up to a minute.</param>
internal sealed class MailSender(IMailTransport transport, string what, TimeSpan timeout, int faultsThatPause, TimeSpan firstPause, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private int _faults;
    private DateTimeOffset _pausedUntil;
    private string? _lastFault;

    /// <summary>Why the server takes nothing, as it was last told; null while it takes mail. While it is set, one try at a time is enough to find out.</summary>
    public string? ServerFault
    {
        get
        {
            lock (_gate) return _faults >= faultsThatPause ? _lastFault : null;
        }
    }

    /// <summary>How long nothing should be tried; zero when something may.</summary>
    public TimeSpan PauseLeft
    {
        get
        {
            lock (_gate) return _pausedUntil > clock.GetUtcNow() ? _pausedUntil - clock.GetUtcNow() : TimeSpan.Zero;
        }
    }

    /// <summary>Tries once to hand <paramref name="message"/> over. Null when the server took it.</summary>
    /// <param name="beforeContent">As in <see cref="IMailTransport.SendAsync(OutboxMessage, Func{Task}, CancellationToken)"/>; if the database fails in it, that error passes through.</param>
    /// <exception cref="Exception">Any, once <paramref name="abort"/> is canceled: whether the mail was taken is then unknown.</exception>
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
            // A fault in our own code, whose message may quote the mail: only its type is kept.
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

        log.LogInformation("{Target} takes {What} again", transport.Target, what);
    }

    private void ServerFailed(string error)
    {
        lock (_gate)
        {
            _lastFault = error;
            var now = clock.GetUtcNow();
            // Several that were under way when the server went down are one fault.
            if (now < _pausedUntil) return;
            _faults++;
            if (_faults < faultsThatPause) return;
            _pausedUntil = now + Backoff.Pause(firstPause, LongestPause, _faults - faultsThatPause + 1, Random.Shared.NextDouble());
            if (_faults > faultsThatPause) return;
        }

        log.LogError("{Target} takes no {What}, all wait: {Error}", transport.Target, what, error);
    }
}
