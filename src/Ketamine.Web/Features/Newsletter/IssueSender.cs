using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// Sends issues at Mail:PerMinute without delaying the outbox. Any number of senders, in one process or several, may run and be killed at any
/// moment: a copy belongs to the sender that first saves that its content is about to be sent (docs/developers/decisions/newsletter.md).
/// </summary>
public sealed class IssueSender : BackgroundService
{
    /// <summary>After this many consecutive refusals that aren't about a mailbox, assume our server is blocked and stop the issue.</summary>
    private const int ConsecutiveRefusals = 10;

    /// <summary>
    /// After this many consecutive server faults all copies wait. Fewer may be chance, and the last few copies of an issue shouldn't wait out a pause for them.
    /// </summary>
    private const int FaultsThatPause = 5;

    /// <summary>Allows for clocks that differ, and for saving the reply.</summary>
    private static readonly TimeSpan MostSlack = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly IDbContextFactory<ClinicDb> _databases;
    private readonly NewsletterKeys _keys;
    private readonly KeyedHash _hash;
    private readonly ContentStore _content;
    private readonly MailOptions _mail;
    private readonly TimeSpan _retryAfter;
    private readonly TimeProvider _clock;
    private readonly ILogger<IssueSender> _log;
    private readonly MailSender _sender;

    private readonly Dictionary<Guid, Issue> _issues = [];
    private int _refused;
    private DateTimeOffset _tidied;

    public IssueSender(
        IDbContextFactory<ClinicDb> databases, IMailTransport transport, NewsletterKeys keys, KeyedHash hash, ContentStore content, IOptions<MailOptions> mail,
        IOptions<NewsletterOptions> options, TimeProvider clock, ILogger<IssueSender> log)
    {
        (_databases, _keys, _hash, _content, _mail, _retryAfter, _clock, _log) = (
            databases, keys, hash, content, mail.Value, options.Value.RetryAfter, clock, log);
        // 2 s after the first fault if Newsletter:RetryAfter is a minute.
        _sender = new MailSender(transport, "newsletters", mail.Value.Timeout, FaultsThatPause, firstPause: options.Value.RetryAfter / 30, clock, log);
    }

    // Longer than an attempt may take, so no sender takes a copy that another is still sending.
    private TimeSpan Lease => _mail.Timeout + (_mail.Timeout < MostSlack / 2 ? _mail.Timeout * 2 : MostSlack);

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
                _log.LogError(e, "The newsletter's deliveries can't be read or written; trying again");
            }

            if (wait > TimeSpan.Zero) await Task.Delay(wait, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts what is due and sends as many copies as a second allows, at least one; returns how long to wait before the next batch.</summary>
    internal async Task<TimeSpan> SendBatchAsync(CancellationToken cancellation)
    {
        var began = _clock.GetUtcNow();
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        await TidyAsync(db, began, cancellation);
        await StartDueAsync(db, began, cancellation);
        var sending = await db.Set<Issue>().Where(i => i.State == IssueState.Sending).Select(i => i.Id).ToListAsync(cancellation);
        if (sending.Count == 0)
        {
            _issues.Clear();
            return LookAgain;
        }

        if (_sender.PauseLeft is var paused && paused > TimeSpan.Zero) return paused < LookAgain ? paused : LookAgain;
        var each = TimeSpan.FromMinutes(1) / _mail.PerMinute;
        var fault = _sender.ServerFault;
        // While the server accepts nothing, one copy is enough to notice when it recovers.
        var room = fault is null ? (int)Math.Ceiling(TimeSpan.FromSeconds(1) / each) : 1;
        var copies = await DueAsync(db, sending, room, began, cancellation);
        if (copies.Count == 0) return await EndDoneAsync(db, sending, cancellation);

        // One at a time, on one connection: see OutboxWorker.AtOnce. A copy that has begun is finished and saved, even on cancellation.
        foreach (var copy in copies.TakeWhile(_ => _sender.PauseLeft <= TimeSpan.Zero))
        {
            cancellation.ThrowIfCancellationRequested();
            await SendAsync(copy);
        }

        if (_sender.ServerFault != fault) await SetStopReasonAsync(db, sending, _sender.ServerFault, cancellation);
        var pause = began + copies.Count * each - _clock.GetUtcNow();
        return _sender.PauseLeft > pause ? _sender.PauseLeft : pause;
    }

    private static async Task<List<Copy>> DueAsync(ClinicDb db, List<Guid> sending, int room, DateTimeOffset now, CancellationToken cancellation)
    {
        // A random choice from more than are needed, so several senders rarely try the same copies.
        var choice = room * 4;
        // Each state on its own, so the index gives the order and a long list of readers isn't sorted for every batch.
        var due =
            from d in First(DeliveryState.Waiting).Concat(First(DeliveryState.InFlight))
            join s in db.Set<Subscriber>() on d.SubscriberId equals s.Id
            orderby d.DueAt
            select new Copy(d, s);
        var found = (await due.AsNoTracking().Take(choice).ToListAsync(cancellation)).ToArray();
        Random.Shared.Shuffle(found);
        return [.. found.Take(room)];

        IQueryable<Delivery> First(DeliveryState state) => db.Set<Delivery>()
            .Where(d => sending.Contains(d.IssueId) && d.State == state && d.DueAt <= now).OrderBy(d => d.DueAt).Take(choice);
    }

    /// <summary>Sends one copy, unless another sender has it.</summary>
    private async Task SendAsync(Copy copy)
    {
        await using var db = await _databases.CreateDbContextAsync();
        var delivery = copy.Delivery;
        db.Attach(delivery);
        delivery.Begin();
        try
        {
            if (copy.Reader is not { State: SubscriberState.Subscribed, Email: { } address }
                || await ContactStops.EmailStoppedSinceAsync(db, _hash, EmailAddress.Parse(address), copy.Reader.ConsentAt, CancellationToken.None)
            )
                delivery.Skip();
            else if (await TrySendAsync(db, delivery, EmailAddress.Parse(address)) is { } failure)
            {
                // The content wasn't sent and the copy isn't to blame: there is nothing to save.
                if (failure.Failure is MailFailure.Server && delivery.State is not DeliveryState.InFlight) return;
                await NoteAsync(db, delivery, failure);
            }

            await db.SaveChangesAsync();
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another sender has it.
        }
    }

    private async Task<MailFailedException?> TrySendAsync(ClinicDb db, Delivery delivery, EmailAddress to)
    {
        var issue = await IssueAsync(db, delivery.IssueId);
        var key = await _keys.GetAsync(CancellationToken.None);
        var unsubscribe = new Uri(_content.Current.Clinic.Url, $"/newsletter/unsubscribe/{key.UnsubscribeToken(delivery.SubscriberId, delivery.IssueId)}");
        var message = OutboxMessage.From(issue.CopyFor(to, delivery.SubscriberId, unsubscribe), _mail, _clock.GetUtcNow());
        var failure = await _sender.TrySendAsync(message, () =>
        {
            delivery.HandOver(_clock.GetUtcNow(), Lease);
            return db.SaveChangesAsync();
        }, CancellationToken.None);
        if (failure is not null) return failure;
        delivery.MarkSent(_clock.GetUtcNow());
        _refused = 0;
        return null;
    }

    private async Task NoteAsync(ClinicDb db, Delivery delivery, MailFailedException failure)
    {
        var serverFault = failure.Failure is MailFailure.Server;
        var pause = serverFault && _retryAfter > LookAgain ? LookAgain : _retryAfter;
        delivery.MarkFailed(_clock.GetUtcNow(), failure, pause, Random.Shared.NextDouble());
        if (failure.MailboxRefused) await SuppressAsync(db, delivery, failure);
        else if (failure.Failure is MailFailure.Refused && ++_refused >= ConsecutiveRefusals) await StopAsync(db, delivery.IssueId, failure);
    }

    // Saved apart from the delivery: the refusal stays recorded even if the reader unsubscribes at this moment, which wins.
    private async Task SuppressAsync(ClinicDb db, Delivery delivery, MailFailedException failure)
    {
        await db.SaveChangesAsync();
        await using var other = await _databases.CreateDbContextAsync();
        var subscriber = await other.Set<Subscriber>().SingleOrDefaultAsync(s => s.Id == delivery.SubscriberId);
        if (subscriber?.Suppress(failure.Message, _clock.GetUtcNow()) is not true) return;
        try
        {
            await other.SaveChangesAsync();
        }
        catch (DbUpdateConcurrencyException)
        {
            // The reader unsubscribed.
        }
    }

    private async Task StopAsync(ClinicDb db, Guid id, MailFailedException failure)
    {
        await db.SaveChangesAsync();
        await using var other = await _databases.CreateDbContextAsync();
        var issue = await other.Set<Issue>().SingleAsync(i => i.Id == id);
        if (!issue.TryStop($"{ConsecutiveRefusals} copies in a row were refused, the last one so: {failure.Message}")) return;
        try
        {
            await other.SaveChangesAsync();
            _log.LogError("Newsletter issue {Issue} is stopped: {Reason}", issue.Name, issue.StopReason);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Staff or another sender stopped it.
        }
    }

    private async ValueTask<Issue> IssueAsync(ClinicDb db, Guid id)
    {
        if (_issues.TryGetValue(id, out var known)) return known;
        return _issues[id] = await db.Set<Issue>().AsNoTracking().SingleAsync(i => i.Id == id);
    }

    /// <summary>Starts each issue that is due: a delivery for everyone on the list now, all in one transaction.</summary>
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
                    SELECT {issue.Id}, "Id", {nameof(DeliveryState.Waiting)}, 0, 0, {now.UtcDateTime}
                    FROM "NewsletterSubscribers" WHERE "State" = {nameof(SubscriberState.Subscribed)}
                    """, cancellation);
                await transaction.CommitAsync(cancellation);
                _log.LogInformation("Newsletter issue {Issue} is being sent to {Readers} readers", issue.Name, readers);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another sender started it.
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
            issue.End(_clock.GetUtcNow());
            try
            {
                await db.SaveChangesAsync(cancellation);
                _log.LogInformation("Newsletter issue {Issue} was sent", issue.Name);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another sender ended it, or staff stopped it.
                db.ChangeTracker.Clear();
            }
        }

        var next = await open.MinAsync(d => (DateTimeOffset?)d.DueAt, cancellation);
        var wait = next - _clock.GetUtcNow();
        return wait is { } time && time < LookAgain ? time : LookAgain;
    }

    private static Task<int> SetStopReasonAsync(ClinicDb db, List<Guid> sending, string? reason, CancellationToken cancellation) =>
        db.Set<Issue>().Where(i => sending.Contains(i.Id)).ExecuteUpdateAsync(set => set.SetProperty(i => i.StopReason, reason), cancellation);

    /// <summary>Deletes addresses whose owners never confirmed.</summary>
    private async Task TidyAsync(ClinicDb db, DateTimeOffset now, CancellationToken cancellation)
    {
        if (now < _tidied + TimeSpan.FromHours(1)) return;
        var over = now - SignUp.LinkLasts;
        await db.Set<SignUp>().Where(s => s.MailedAt <= over).ExecuteDeleteAsync(cancellation);
        _tidied = now;
    }

    private sealed record Copy(Delivery Delivery, Subscriber Reader);
}
