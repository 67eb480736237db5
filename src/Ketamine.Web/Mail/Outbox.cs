using System.Threading.Channels;
using Ketamine.Web.Data;

namespace Ketamine.Web.Mail;

/// <summary>
/// Accepts emails: call <c>outbox.Add(draft)</c>, then save together with the change that caused them. Scoped. Disposing it wakes the worker, by which time the
/// new rows are committed.
/// </summary>
public sealed class Outbox(ClinicDb db, IOptions<MailOptions> options, ContentStore content, TimeProvider clock, OutboxSignal signal) : IDisposable
{
    private bool _added;

    /// <summary>Adds a row to the scope's <see cref="ClinicDb"/>; the next save stores it.</summary>
    /// <exception cref="ArgumentException">See <see cref="OutboxMessage.From"/>.</exception>
    public OutboxMessage Add(MailDraft draft)
    {
        var message = OutboxMessage.From(draft, options.Value, clock.GetUtcNow(), MailLook.Of(content.Current.Clinic));
        db.Add(message);
        _added = true;
        return message;
    }

    /// <summary>
    /// Expires a lead's waiting emails of one kind, in the caller's transaction, and returns how many. It is a single conditional UPDATE, so it skips an email
    /// that a worker has just claimed, without an error.
    /// </summary>
    /// <param name="kind">The beginning of the emails' kinds.</param>
    public static Task<int> WithdrawAsync(ClinicDb db, Guid leadId, string kind, CancellationToken cancellation) =>
        ExpireAsync(Waiting(db, leadId).Where(mail => mail.Kind.StartsWith(kind)), cancellation);

    /// <summary>
    /// Extends the time in which a lead's waiting emails of one kind may be sent to <paramref name="notAfter"/>, in the caller's transaction.
    /// </summary>
    /// <param name="kind">The beginning of the emails' kinds.</param>
    public static Task<int> ExtendAsync(ClinicDb db, Guid leadId, string kind, DateTimeOffset notAfter, CancellationToken cancellation) =>
        Waiting(db, leadId).Where(mail => mail.Kind.StartsWith(kind))
            .ExecuteUpdateAsync(set => set.SetProperty(mail => mail.NotAfter, notAfter), cancellation);

    /// <summary>Expires a lead's waiting emails to its person, in the caller's transaction, because they opted out of email.</summary>
    public static Task<int> WithdrawFromProspectAsync(ClinicDb db, Guid leadId, CancellationToken cancellation) =>
        ExpireAsync(Waiting(db, leadId).Where(mail => mail.ToProspect), cancellation);

    /// <summary>Whether an email of this kind was added since then: some warnings go to staff once a day at most, however much there is to warn of.</summary>
    public static Task<bool> HasAddedAsync(ClinicDb db, string kind, DateTimeOffset since, CancellationToken cancellation) =>
        db.Set<OutboxMessage>().AnyAsync(mail => mail.Kind == kind && mail.CreatedAt > since, cancellation);

    private static IQueryable<OutboxMessage> Waiting(ClinicDb db, Guid leadId) =>
        db.Set<OutboxMessage>().Where(mail => mail.LeadId == leadId && mail.State == OutboxState.Waiting);

    private static Task<int> ExpireAsync(IQueryable<OutboxMessage> mails, CancellationToken cancellation) =>
        mails.ExecuteUpdateAsync(set => set
            .SetProperty(mail => mail.State, OutboxState.Expired)
            .SetProperty(mail => mail.Sealed, OutboxMessage.Nothing), cancellation);

    public void Dispose()
    {
        if (_added) signal.Wake();
        _added = false;
    }
}

/// <summary>Wakes this process's worker when there may be something to send.</summary>
public sealed class OutboxSignal
{
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Several calls before the worker responds wake it only once.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Returns when woken, or after <paramref name="atMost"/>.</summary>
    internal async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(Task.Delay(atMost, clock, either.Token), _wakes.Reader.WaitToReadAsync(either.Token).AsTask());
        await either.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        _wakes.Reader.TryRead(out _);
    }
}
