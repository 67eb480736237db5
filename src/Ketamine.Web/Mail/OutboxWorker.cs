using System.Collections.Concurrent;
using System.Globalization;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Mail;

/// <summary>
/// Sends what is due in the outbox, a few at a time, urgent first. Any number of them, in one process or several, share a database: a row
/// is claimed before it is sent, and only one claim is written.
/// </summary>
public sealed class OutboxWorker(
    IDbContextFactory<ClinicDb> databases, IMailTransport transport, IOptions<MailOptions> options, OutboxSignal signal, TimeProvider clock, ILogger<OutboxWorker> log)
    : BackgroundService
{
    /// <summary>Slow servers and receivers hold up at most this many mails, not the queue.</summary>
    internal const int AtOnce = 4;

    // Rows that another process added, and claims of one that was killed, are found by looking.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestServerPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Task> _underWay = new();
    private readonly SemaphoreSlim _starting = new(1);
    private readonly CancellationTokenSource _abort = new();
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}");
    private readonly Lock _gate = new();
    private int _serverFaults;
    private DateTimeOffset _pausedUntil;
    private bool _databaseFault;

    // Longer than a try may take, so that nobody takes a mail from a worker that is still at it.
    private TimeSpan Lease => options.Value.Timeout + TimeSpan.FromSeconds(10);

    /// <summary>Sends everything that is due now, and what falls due by it; returns when nothing is left or the server takes nothing.</summary>
    public async Task DeliverDueAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var (started, _) = await StartDueAsync(cancellation);
            var underWay = _underWay.Values;
            if (started == 0 && underWay.Count == 0) return;
            await Task.WhenAll(underWay);
        }
    }

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        log.LogInformation("Mails go to {Target}", transport.Target);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
                await signal.WaitAsync(await LookAsync(stoppingToken), clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll(_underWay.Values);
    }

    /// <inheritdoc />
    /// <remarks>What is being sent is finished, as long as the host waits; after that its claim runs out and the next start repeats it.</remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var abort = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _abort);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _starting.Dispose();
        _abort.Dispose();
        base.Dispose();
    }

    private async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        try
        {
            var (_, wait) = await StartDueAsync(cancellation);
            if (_databaseFault) log.LogInformation("The outbox can be read again");
            _databaseFault = false;
            return wait;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Whatever is wrong with the database, mail goes on when it is mended; the host stays up.
            if (!_databaseFault) log.LogError(e, "The outbox can't be read");
            _databaseFault = true;
            return LookAgain;
        }
    }

    /// <summary>Starts what is due, as far as there is room; says when to look again at the latest. Whatever finishes wakes the worker.</summary>
    private async Task<(int Started, TimeSpan Wait)> StartDueAsync(CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            var now = clock.GetUtcNow();
            // While the server takes nothing, one mail at a time finds out whether it does again.
            var room = (_serverFaults > 0 ? 1 : AtOnce) - _underWay.Count;
            if (room <= 0) return (0, LookAgain);
            if (now < _pausedUntil) return (0, _pausedUntil - now);

            await using var db = await databases.CreateDbContextAsync(cancellation);
            var open = db.Set<OutboxMessage>().AsNoTracking().Where(m => m.State == OutboxState.Waiting || m.State == OutboxState.Sending);
            var due = await open.Where(m => m.DueAt <= now)
                .OrderBy(m => m.Priority).ThenBy(m => m.DueAt).ThenBy(m => m.Id)
                .Select(m => m.Id)
                .Take(room + _underWay.Count).ToListAsync(cancellation);
            var started = 0;
            foreach (var id in due.Where(id => !_underWay.ContainsKey(id)).Take(room))
            {
                Start(id);
                started++;
            }

            var next = await open.Where(m => m.DueAt > now).MinAsync(m => (DateTimeOffset?)m.DueAt, cancellation);
            return (started, next is { } instant ? Sooner(instant - now, LookAgain) : LookAgain);
        }
        finally
        {
            _starting.Release();
        }
    }

    private static TimeSpan Sooner(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Start(Guid id)
    {
        // Entered before it runs, so that it is never removed before it is there.
        var begin = new TaskCompletionSource();
        _underWay[id] = RunAsync();
        begin.SetResult();

        async Task RunAsync()
        {
            await begin.Task;
            try
            {
                await DeliverAsync(id);
            }
            catch (Exception e)
            {
                // It could not be claimed, and waits; without a pause it would be tried and refused without end while a disk is full.
                lock (_gate) _pausedUntil = clock.GetUtcNow() + LookAgain;
                if (!_abort.IsCancellationRequested) log.LogError("Mail {Id} could not be read or claimed, all wait: {Cause}", id, ClinicDatabase.Cause(e));
            }
            finally
            {
                _underWay.TryRemove(id, out _);
                signal.Wake();
            }
        }
    }

    private async Task DeliverAsync(Guid id)
    {
        await using var db = await databases.CreateDbContextAsync(_abort.Token);
        if (await db.Set<OutboxMessage>().SingleOrDefaultAsync(m => m.Id == id, _abort.Token) is not { } message) return;
        var claimed = message.TryClaim(clock.GetUtcNow(), _name, Lease);
        if (!await TrySaveAsync(db) || !claimed) return;

        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
            patience.CancelAfter(options.Value.Timeout);
            await transport.SendAsync(message, patience.Token);
            message.MarkSent(clock.GetUtcNow());
            ServerTakesMail();
        }
        catch (Exception) when (_abort.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // What is no failure of the transport's is ours, and may quote the mail: its kind alone is kept.
            var failure = e as MailFailedException ?? new MailFailedException(MailFailure.Later, $"{e.GetType().Name} while sending.", e);
            message.MarkFailed(clock.GetUtcNow(), failure.Failure, failure.Message, Random.Shared.NextDouble());
            if (failure.Failure is MailFailure.Server) ServerTakesNone(failure.Message);
            else ServerTakesMail();
        }

        await MarkAsync(db, message);
        if (message.State is OutboxState.Failed) log.LogError("Mail {Id} ({Kind}) has failed for good after {Attempts} tries: {Error}", id, message.Kind, message.Attempts, message.LastError);
        else if (message.State is OutboxState.Waiting) log.LogWarning("Mail {Id} ({Kind}) was not sent, is tried again at {DueAt:u}: {Error}", id, message.Kind, message.DueAt, message.LastError);
    }

    // A mail that was sent and is not marked would be sent again: the mark is tried for as long as this process lives.
    private async Task MarkAsync(ClinicDb db, OutboxMessage message)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!await TrySaveAsync(db)) log.LogWarning("Mail {Id} was taken over or deleted while it was being sent", message.Id);
                return;
            }
            catch (Exception e) when (ClinicDatabase.IsFailure(e) && !_abort.IsCancellationRequested)
            {
                log.LogError("Mail {Id} can't be marked as {State} yet: {Cause}", message.Id, message.State, ClinicDatabase.Cause(e));
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(attempt, 10)), _abort.Token);
            }
        }
    }

    private static async Task<bool> TrySaveAsync(ClinicDb db)
    {
        try
        {
            // Never cancelled: what happened has happened, and is written down.
            await db.SaveChangesAsync(CancellationToken.None);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private void ServerTakesMail()
    {
        lock (_gate)
        {
            if (_serverFaults == 0) return;
            _serverFaults = 0;
            _pausedUntil = default;
        }

        log.LogInformation("{Target} takes mail again", transport.Target);
    }

    private void ServerTakesNone(string error)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            // Several that were under way when the server went are one fault.
            if (now < _pausedUntil) return;
            _serverFaults++;
            var pause = Sooner(TimeSpan.FromSeconds(Math.Pow(2, Math.Min(_serverFaults, 10))), LongestServerPause);
            _pausedUntil = now + pause / 2 * (1 + Random.Shared.NextDouble());
            if (_serverFaults > 1) return;
        }

        log.LogError("{Target} takes no mail, all wait: {Error}", transport.Target, error);
    }
}
