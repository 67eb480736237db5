using System.Collections.Concurrent;
using System.Data.Common;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Sends issues from their ledgers, beside the outbox and never in its way, at Mail:PerMinute. Any number of them, in one process or several, and
/// killed at any moment: a copy belongs to whoever wrote down first that its content goes (docs/developers/decisions/newsletter.md).
/// </summary>
public sealed class IssueSender(
    IDbContextFactory<ClinicDb> databases, IMailTransport transport, NewsletterKeys keys, ContentStore content, IOptions<MailOptions> mail, IOptions<NewsletterOptions> options,
    TimeProvider clock, ILogger<IssueSender> log) : BackgroundService
{
    private const int AtOnce = 4;

    /// <summary>So many copies in a row that were refused for other reasons than their mailbox: it is us that are refused, and the rest of the list is spared.</summary>
    private const int RefusedInARow = 10;

    /// <summary>So many faults of the server in a row, and it takes nothing: fewer are chance, and the last few copies of an issue must not wait for it.</summary>
    private const int FaultsOfADeadServer = 5;

    /// <summary>So many faults of the server in a row end a beat.</summary>
    private const int FaultsInARow = 20;

    /// <summary>For clocks that differ, and for writing the answer down.</summary>
    private static readonly TimeSpan MostSlack = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestServerPause = TimeSpan.FromMinutes(1);

    // SQLite takes one writer at a time and lets the others poll; in line, nobody polls.
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<Guid, Issue> _issues = new();
    private int _failedBeats;
    private int _faults;
    private int _refused;
    private string? _lastFault;
    private DateTimeOffset _tidied;

    // Longer than a try may take, so that nobody takes a copy from a sender that is still at it.
    private TimeSpan Lease => mail.Value.Timeout + (mail.Value.Timeout < MostSlack / 2 ? mail.Value.Timeout * 2 : MostSlack);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = LookAgain;
            try
            {
                wait = await SendBatchAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "The newsletter's ledger can't be read or written; it is tried again");
            }

            if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    /// <summary>Starts what is due and sends as many copies as a second allows, one at least; how long to wait for the next beat.</summary>
    internal async Task<TimeSpan> SendBatchAsync(CancellationToken cancellation)
    {
        var began = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await TidyAsync(db, began, cancellation);
        await StartDueAsync(db, began, cancellation);
        var sending = await db.Set<Issue>().Where(i => i.State == IssueState.Sending).Select(i => i.Id).ToListAsync(cancellation);
        if (sending.Count == 0)
        {
            _issues.Clear();
            return LookAgain;
        }

        var each = TimeSpan.FromMinutes(1) / mail.Value.PerMinute;
        // While the server takes nothing, one copy finds out whether it does again.
        var room = _failedBeats > 0 ? 1 : (int)Math.Ceiling(TimeSpan.FromSeconds(1) / each);
        var copies = await DueAsync(db, sending, room, began, cancellation);
        if (copies.Count == 0) return await EndDoneAsync(db, sending, cancellation);

        var answered = 0;
        var faults = _faults;
        await Parallel.ForEachAsync(copies, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (copy, _) =>
        {
            if (Volatile.Read(ref _faults) >= faults + FaultsInARow) return;
            // Not cancelled: what is under way is finished and written down.
            if (await SendAsync(copy)) Interlocked.Increment(ref answered);
        });
        await PauseAsync(db, sending, answered > 0 || _faults < FaultsOfADeadServer, cancellation);
        var pause = _failedBeats == 0 ? copies.Count * each : ServerPause(_failedBeats);
        return began + pause - clock.GetUtcNow();
    }

    /// <summary>To the next try at a server that takes nothing: 2 s after the first, where Newsletter:RetryAfter is a minute, then twice as long each time.</summary>
    private TimeSpan ServerPause(int tries)
    {
        var pause = options.Value.RetryAfter / 30 * Math.Pow(2, Math.Min(tries - 1, 20));
        return pause < LongestServerPause ? pause : LongestServerPause;
    }

    private static async Task<List<Copy>> DueAsync(ClinicDb db, List<Guid> sending, int room, DateTimeOffset now, CancellationToken cancellation)
    {
        var due =
            from d in db.Set<Delivery>()
            join s in db.Set<Subscriber>() on d.SubscriberId equals s.Id
            where sending.Contains(d.IssueId) && (d.State == DeliveryState.Waiting || d.State == DeliveryState.InFlight) && d.DueAt <= now
            orderby d.DueAt
            select new Copy(d, s.State == SubscriberState.Subscribed ? s.Email : null);
        // Chosen at random from more than are needed, so that several senders rarely reach for the same ones.
        var found = (await due.AsNoTracking().Take(room * 4).ToListAsync(cancellation)).ToArray();
        Random.Shared.Shuffle(found);
        return [.. found.Take(room)];
    }

    /// <summary>Tries one copy. False when the server, and not this copy, was at fault.</summary>
    private async Task<bool> SendAsync(Copy copy)
    {
        await using var db = await databases.CreateDbContextAsync();
        var delivery = copy.Delivery;
        db.Attach(delivery);
        delivery.Begin();
        try
        {
            if (copy.Email is null) delivery.Skip();
            else await SendAsync(db, delivery, EmailAddress.Parse(copy.Email));
            await SaveAsync(db);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return true; // another sender has it
        }
        catch (MailFailedException failure) when (failure.Failure is MailFailure.Server)
        {
            Interlocked.Increment(ref _faults);
            _lastFault = failure.Message;
            // Only what was written down as on its way must be taken back.
            var handingOver = delivery.State is DeliveryState.InFlight;
            delivery.MarkFailed(clock.GetUtcNow(), failure, options.Value.RetryAfter < LookAgain ? options.Value.RetryAfter : LookAgain, Random.Shared.NextDouble());
            if (handingOver) await SaveAsync(db);
            return false;
        }
    }

    private async Task SendAsync(ClinicDb db, Delivery delivery, EmailAddress to)
    {
        try
        {
            var issue = await IssueAsync(db, delivery.IssueId);
            var key = await keys.GetAsync(CancellationToken.None);
            var leave = new Uri(content.Current.Clinic.Url, $"/newsletter/unsubscribe/{key.UnsubscribeToken(delivery.SubscriberId, delivery.IssueId)}");
            var message = OutboxMessage.From(issue.CopyFor(to, delivery.SubscriberId, leave), mail.Value, clock.GetUtcNow());
            using var patience = new CancellationTokenSource(mail.Value.Timeout);
            await HandAsync(message, () =>
            {
                delivery.HandOver(clock.GetUtcNow(), Lease);
                return SaveAsync(db);
            }, patience.Token);
            delivery.MarkSent(clock.GetUtcNow());
            Interlocked.Exchange(ref _faults, 0);
            Interlocked.Exchange(ref _refused, 0);
        }
        catch (MailFailedException failure) when (failure.Failure is not MailFailure.Server)
        {
            Interlocked.Exchange(ref _faults, 0);
            delivery.MarkFailed(clock.GetUtcNow(), failure, options.Value.RetryAfter, Random.Shared.NextDouble());
            if (failure.MailboxRefused) await SuppressAsync(db, delivery, failure);
            else if (failure.Failure is MailFailure.Refused && Interlocked.Increment(ref _refused) >= RefusedInARow) await StopAsync(db, delivery.IssueId, failure);
        }
    }

    private async Task HandAsync(OutboxMessage message, Func<Task> beforeContent, CancellationToken cancellation)
    {
        try
        {
            await transport.SendAsync(message, beforeContent, cancellation);
        }
        catch (Exception e) when (e is not (MailFailedException or DbUpdateException or DbException))
        {
            // Ours, and it may quote the mail: its kind alone is kept.
            throw new MailFailedException(MailFailure.Later, $"{e.GetType().Name} while sending.", e);
        }
    }

    // Not in one go with the ledger: who leaves at the same moment has the last word, and the refusal stays written down.
    private async Task SuppressAsync(ClinicDb db, Delivery delivery, MailFailedException failure)
    {
        await SaveAsync(db);
        await using var other = await databases.CreateDbContextAsync();
        if (await other.Set<Subscriber>().SingleOrDefaultAsync(s => s.Id == delivery.SubscriberId) is not { } subscriber || !subscriber.Suppress(failure.Message, clock.GetUtcNow())) return;
        try
        {
            await SaveAsync(other);
        }
        catch (DbUpdateConcurrencyException)
        {
        }
    }

    private async Task StopAsync(ClinicDb db, Guid id, MailFailedException failure)
    {
        await SaveAsync(db);
        await using var other = await databases.CreateDbContextAsync();
        var issue = await other.Set<Issue>().SingleAsync(i => i.Id == id);
        if (!issue.TryStop($"{RefusedInARow} copies in a row were refused, the last one so: {failure.Message}")) return;
        try
        {
            await SaveAsync(other);
            log.LogError("Newsletter issue {Issue} is stopped: {StopReason}", issue.Name, issue.StopReason);
        }
        catch (DbUpdateConcurrencyException)
        {
        }
    }

    private async ValueTask<Issue> IssueAsync(ClinicDb db, Guid id)
    {
        if (_issues.TryGetValue(id, out var known)) return known;
        return _issues[id] = await db.Set<Issue>().AsNoTracking().SingleAsync(i => i.Id == id);
    }

    private async Task SaveAsync(ClinicDb db)
    {
        await _writing.WaitAsync();
        try
        {
            await db.SaveChangesAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes the ledger of each issue whose time has come: everybody who is on the list now, all or none.</summary>
    private async Task StartDueAsync(ClinicDb db, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var issue in await db.Set<Issue>().Where(i => i.State == IssueState.Scheduled && i.SendAt <= now).ToListAsync(cancellation))
        {
            if (!issue.TryStart(now)) continue;
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
                await db.SaveChangesAsync(cancellation);
                var readers = await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "NewsletterDeliveries" ("IssueId", "SubscriberId", "State", "Attempts", "PossibleDuplicates", "DueAt")
                    SELECT {issue.Id}, "Id", {nameof(DeliveryState.Waiting)}, 0, 0, {now.UtcDateTime} FROM "NewsletterSubscribers" WHERE "State" = {nameof(SubscriberState.Subscribed)}
                    """, cancellation);
                await transaction.CommitAsync(cancellation);
                log.LogInformation("Newsletter issue {Issue} goes to {Readers} readers", issue.Name, readers);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another sender has started it.
            }

            db.ChangeTracker.Clear();
        }
    }

    private async Task<TimeSpan> EndDoneAsync(ClinicDb db, List<Guid> sending, CancellationToken cancellation)
    {
        var open = db.Set<Delivery>().Where(d => sending.Contains(d.IssueId) && (d.State == DeliveryState.Waiting || d.State == DeliveryState.InFlight));
        var unfinished = await open.Select(d => d.IssueId).Distinct().ToListAsync(cancellation);
        foreach (var issue in await db.Set<Issue>().Where(i => sending.Contains(i.Id) && !unfinished.Contains(i.Id)).ToListAsync(cancellation))
        {
            issue.End(clock.GetUtcNow());
            try
            {
                await db.SaveChangesAsync(cancellation);
                log.LogInformation("Newsletter issue {Issue} is sent", issue.Name);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another sender has ended it, or staff have stopped it.
                db.ChangeTracker.Clear();
            }
        }

        var next = await open.MinAsync(d => (DateTimeOffset?)d.DueAt, cancellation);
        var wait = next - clock.GetUtcNow();
        return wait is { } time && time < LookAgain ? time : LookAgain;
    }

    private async Task PauseAsync(ClinicDb db, List<Guid> sending, bool answered, CancellationToken cancellation)
    {
        var paused = _failedBeats > 0;
        _failedBeats = answered ? 0 : _failedBeats + 1;
        if (answered != paused) return;
        if (answered) log.LogInformation("{Target} takes the newsletter again", transport.Target);
        else log.LogError("{Target} takes no newsletter, all copies wait: {Error}", transport.Target, _lastFault);
        var trouble = answered ? null : _lastFault;
        await db.Set<Issue>().Where(i => sending.Contains(i.Id)).ExecuteUpdateAsync(set => set.SetProperty(i => i.StopReason, trouble), cancellation);
    }

    /// <summary>Deletes addresses whose owners never confirmed.</summary>
    private async Task TidyAsync(ClinicDb db, DateTimeOffset now, CancellationToken cancellation)
    {
        if (now < _tidied + TimeSpan.FromHours(1)) return;
        var over = now - SignUp.LinkLasts;
        await db.Set<SignUp>().Where(s => s.MailedAt <= over).ExecuteDeleteAsync(cancellation);
        _tidied = now;
    }

    private sealed record Copy(Delivery Delivery, string? Email);
}
