using System.Collections.Concurrent;
using Ketamine.Web.Data;

namespace Ketamine.Web.Mail;

/// <summary>
/// Sends due emails from the outbox, a few at a time, urgent ones first. Several workers, in one process or more, may share a database: a worker claims a row
/// before sending it, and only one claim can be saved.
/// </summary>
public sealed class OutboxWorker : BackgroundService
{
    /// <summary>
    /// The number of emails sent in parallel, each on a separate connection. With the newsletter's connection that makes three, the most that Microsoft 365
    /// allows per mailbox; it answers further connections with 432 4.3.2.
    /// </summary>
    /// <remarks>Microsoft Learn, "Message storage and concurrent connection throttling for SMTP Authenticated Submission".</remarks>
    internal const int AtOnce = 2;

    // This poll finds rows that another process added, and claims of a process that was killed.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstServerPause = TimeSpan.FromSeconds(2);

    private readonly IDbContextFactory<ClinicDb> _databases;
    private readonly IMailTransport _transport;
    private readonly MailSender _sender;
    private readonly OutboxSignal _signal;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboxWorker> _log;
    private readonly TimeSpan _lease;
    private readonly ConcurrentDictionary<Guid, Task> _underWay = new();
    private readonly SetAsideMails _setAside;
    private readonly SemaphoreSlim _starting = new(1);
    private readonly CancellationTokenSource _abort = new();
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}");
    private bool _databaseFault;
    private int _unmarked;

    public OutboxWorker(
        IDbContextFactory<ClinicDb> databases, IMailTransport transport, IOptions<MailOptions> options, OutboxSignal signal, TimeProvider clock,
        ILogger<OutboxWorker> log)
    {
        (_databases, _transport, _signal, _clock, _log) = (databases, transport, signal, clock, log);
        _sender = new MailSender(transport, "email", options.Value.Timeout, faultsThatPause: 1, FirstServerPause, clock, log);
        _setAside = new SetAsideMails(clock);
        // Longer than an attempt may take, so no worker claims an email that another one is still sending.
        _lease = options.Value.Timeout + TimeSpan.FromSeconds(10);
    }

    /// <summary>For tests: sends everything that is due or becomes due in the meantime. Returns when nothing is left or the server accepts nothing.</summary>
    internal async Task DeliverDueAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var (started, _) = await StartDueAsync(cancellation);
            var underWay = _underWay.Values;
            if (started == 0 && underWay.Count == 0) return;
            await Task.WhenAll(underWay);
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _log.LogInformation("Email goes to {Target}", _transport.Target);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
                await _signal.WaitAsync(await LookAsync(stoppingToken), _clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll(_underWay.Values);
    }

    /// <remarks>Finishes emails being sent while the host waits. After that, their claims expire, and the next start sends them again.</remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var abort = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _abort);
        await base.StopAsync(cancellationToken);
    }

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
            if (_databaseFault) _log.LogInformation("The outbox can be read again");
            _databaseFault = false;
            return wait;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // An unhandled exception here would stop the host. Email resumes once the database responds again.
            if (!_databaseFault) _log.LogError(e, "The outbox can't be read");
            _databaseFault = true;
            return LookAgain;
        }
    }

    /// <summary>Starts due emails, within the limit. Returns when to look again at the latest; each finished email also wakes the worker.</summary>
    private async Task<(int Started, TimeSpan Wait)> StartDueAsync(CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            // While the server accepts nothing, one email at a time is enough to notice when it recovers.
            var room = (_sender.ServerFault is null ? AtOnce : 1) - (_underWay.Count - Volatile.Read(ref _unmarked));
            if (room <= 0) return (0, LookAgain);
            var pause = Longer(_sender.PauseLeft, _setAside.PauseLeft);
            if (pause > TimeSpan.Zero) return (0, pause);

            var now = _clock.GetUtcNow();
            await using var db = await _databases.CreateDbContextAsync(cancellation);
            var busy = _setAside.Ids().Concat(_underWay.Keys).ToList();
            // Each state on its own, so the index gives the order and a long queue isn't sorted for every email.
            var due = await First(OutboxState.Waiting).Concat(First(OutboxState.Sending))
                .OrderBy(m => m.Priority).ThenBy(m => m.DueAt).ThenBy(m => m.Id).Select(m => m.Id).Take(room).ToListAsync(cancellation);
            foreach (var id in due) Start(id);
            if (due.Count == room) return (room, LookAgain);
            var next = await db.Set<OutboxMessage>().Where(m => (m.State == OutboxState.Waiting || m.State == OutboxState.Sending) && m.DueAt > now)
                .MinAsync(m => (DateTimeOffset?)m.DueAt, cancellation);
            return (due.Count, next is { } instant && instant - now < LookAgain ? instant - now : LookAgain);

            IQueryable<OutboxMessage> First(OutboxState state) => db.Set<OutboxMessage>().AsNoTracking()
                .Where(m => m.State == state && m.DueAt <= now && !busy.Contains(m.Id))
                .OrderBy(m => m.Priority).ThenBy(m => m.DueAt).ThenBy(m => m.Id).Take(room);
        }
        finally
        {
            _starting.Release();
        }
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Start(Guid id)
    {
        // Added before it runs, so it can't be removed too early.
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
                // The row can't be claimed. Set it aside for a while and send others; if they can't be claimed either, all email waits.
                _setAside.Add(id);
                if (!_abort.IsCancellationRequested) _log.LogError("Email {Id} can't be read or claimed: {Cause}", id, ClinicDatabase.Cause(e));
            }
            finally
            {
                _underWay.TryRemove(id, out _);
                _signal.Wake();
            }
        }
    }

    private async Task DeliverAsync(Guid id)
    {
        await using var db = await _databases.CreateDbContextAsync(_abort.Token);
        if (await db.Set<OutboxMessage>().SingleOrDefaultAsync(m => m.Id == id, _abort.Token) is not { } message) return;
        var claimed = message.TryClaim(_clock.GetUtcNow(), _name, _lease);
        var saved = await TrySaveAsync(db);
        _setAside.Remove(id);
        if (!saved || !claimed) return;

        try
        {
            if (await _sender.TrySendAsync(message, () => Task.CompletedTask, _abort.Token) is { } failure)
                message.MarkFailed(_clock.GetUtcNow(), failure.Failure, failure.Message, Random.Shared.NextDouble());
            else
                message.MarkSent(_clock.GetUtcNow());
        }
        catch (Exception) when (_abort.IsCancellationRequested)
        {
            return;
        }

        await MarkAsync(db, message);
        if (message.State is OutboxState.Failed)
            _log.LogError("Email {Id} ({Kind}) failed permanently after {Attempts} attempts: {Error}", id, message.Kind, message.Attempts, message.LastError);
        else if (message.State is OutboxState.Waiting)
            _log.LogWarning("Email {Id} ({Kind}) wasn't sent; the next attempt is at {DueAt:u}: {Error}", id, message.Kind, message.DueAt, message.LastError);
    }

    // An email that was sent but not marked would be sent again, so retry for as long as the process lives. In the meantime, the email doesn't count toward the
    // limit.
    private async Task MarkAsync(ClinicDb db, OutboxMessage message)
    {
        var attempts = 0;
        try
        {
            while (!await TryMarkAsync(db, message))
            {
                if (attempts++ == 0)
                {
                    Interlocked.Increment(ref _unmarked);
                    _signal.Wake();
                }

                await Task.Delay(TimeSpan.FromSeconds(Math.Min(attempts, 10)), _abort.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            if (attempts > 0) Interlocked.Decrement(ref _unmarked);
        }
    }

    private async Task<bool> TryMarkAsync(ClinicDb db, OutboxMessage message)
    {
        try
        {
            if (!await TrySaveAsync(db)) _log.LogWarning("Email {Id} was taken over or deleted while it was being sent", message.Id);
            _setAside.Remove(message.Id);
            return true;
        }
        catch (Exception e) when (ClinicDatabase.IsFailure(e) && !_abort.IsCancellationRequested)
        {
            _setAside.Add(message.Id);
            _log.LogError("Email {Id} can't be marked as {State} yet: {Cause}", message.Id, message.State, ClinicDatabase.Cause(e));
            return false;
        }
    }

    private static async Task<bool> TrySaveAsync(ClinicDb db)
    {
        try
        {
            // Never canceled, because the outcome must be saved.
            await db.SaveChangesAsync(CancellationToken.None);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }
}
