using Ketamine.Web.Data;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Schedules issues and reports their progress.</summary>
public sealed class NewsletterService(ClinicDb db, NewsletterKeys keys, Outbox outbox, ContentStore content, TimeProvider clock)
{
    /// <summary>Schedules an email to everyone on the list at its time. Null if that name was used before, unless <paramref name="again"/>.</summary>
    public async Task<Issue?> ScheduleAsync(string name, NewsletterEmail letter, DateTimeOffset sendAt, bool again, CancellationToken cancellation)
    {
        var known = await db.Set<Issue>().Where(i => i.Name == name || i.Name.StartsWith(name + "#")).CountAsync(cancellation);
        if (known > 0 && !again) return null;
        var issue = new Issue(known == 0 ? name : $"{name}#{known + 1}", letter, sendAt, clock.GetUtcNow());
        db.Add(issue);
        await db.SaveChangesAsync(cancellation);
        return issue;
    }

    /// <summary>Sends a preview to someone. Its unsubscribe link works but doesn't unsubscribe anyone.</summary>
    public async Task SendPreviewAsync(NewsletterEmail letter, EmailAddress to, CancellationToken cancellation)
    {
        var (now, key) = (clock.GetUtcNow(), await keys.GetAsync(cancellation));
        var leave = new Uri(content.Current.Clinic.Url, $"/newsletter/unsubscribe/{key.UnsubscribeToken(Guid.Empty, Guid.Empty)}");
        // Made from an issue that is never saved, so it shows exactly what readers will see.
        outbox.Add(new Issue("", letter, now, now).CopyFor(to, Guid.CreateVersion7(now), leave) with { Kind = "newsletter-test" });
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<IssueFigures> FiguresAsync(Issue issue, CancellationToken cancellation)
    {
        var ledger = db.Set<Delivery>().Where(d => d.IssueId == issue.Id);
        var states = await ledger.GroupBy(d => d.State).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
        var named = await (
            from d in ledger
            where d.PossibleDuplicates > 0 || d.State == DeliveryState.Refused || d.State == DeliveryState.Failed
            join s in db.Set<Subscriber>() on d.SubscriberId equals s.Id
            select new { Copy = d, Reader = s }).AsNoTracking().ToListAsync(cancellation);
        return new IssueFigures
        {
            States = states,
            Unsubscribed = await ledger.CountAsync(d => d.LeftAt != null, cancellation),
            // Addresses are encrypted, so the database can't sort them.
            Named =
            [
                .. named.Select(pair => new NamedDelivery(
                        pair.Reader.Email ?? pair.Reader.Id.ToString(), pair.Copy.State, pair.Copy.PossibleDuplicates, pair.Copy.LastError))
                    .OrderBy(delivery => delivery.Reader, StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>Stops an issue. False if it is neither scheduled nor being sent.</summary>
    public async Task<bool> StopAsync(Issue issue, CancellationToken cancellation)
    {
        if (!issue.TryStop("Stopped by staff.")) return false;
        await db.SaveChangesAsync(cancellation);
        return true;
    }

    /// <summary>
    /// Resumes an issue, or retries everyone who didn't get it and is still on the list. Returns how many copies now wait; null if there was nothing to resume.
    /// </summary>
    public async Task<int?> ResumeAsync(Issue issue, CancellationToken cancellation)
    {
        // Both or neither, because an ended issue with waiting copies would never be sent.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var ledger = db.Set<Delivery>().Where(d => d.IssueId == issue.Id);
        if (!issue.TryResume(started: await ledger.AnyAsync(cancellation))) return null;
        await db.SaveChangesAsync(cancellation);
        var now = clock.GetUtcNow();
        await ledger.Where(d => (d.State == DeliveryState.Refused || d.State == DeliveryState.Failed)
                && db.Set<Subscriber>().Any(s => s.Id == d.SubscriberId && s.State == SubscriberState.Subscribed))
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Waiting).SetProperty(d => d.DueAt, now)
                .SetProperty(d => d.FirstTriedAt, (DateTimeOffset?)null).SetProperty(d => d.Attempts, d => d.Attempts + 1), cancellation);
        var waiting = await ledger.CountAsync(d => d.State == DeliveryState.Waiting, cancellation);
        await transaction.CommitAsync(cancellation);
        return waiting;
    }
}

/// <summary>An issue's counts.</summary>
public sealed record IssueFigures
{
    /// <summary>Copies by state; states without copies are absent.</summary>
    public required IReadOnlyDictionary<DeliveryState, int> States { get; init; }

    /// <summary>Readers who unsubscribed with this issue's link.</summary>
    public required int Unsubscribed { get; init; }

    /// <summary>Copies that staff may want to know by name: refused, failed, or perhaps sent twice.</summary>
    public required IReadOnlyList<NamedDelivery> Named { get; init; }

    public int this[DeliveryState state] => States.GetValueOrDefault(state);

    public int All => States.Values.Sum();

    /// <summary>Copies that are finished, successfully or not.</summary>
    public int Done => All - this[DeliveryState.Waiting] - this[DeliveryState.InFlight];
}

/// <param name="Reader">The address or, if deleted, the subscriber's id.</param>
/// <param name="PossibleDuplicates"><see cref="Delivery.PossibleDuplicates"/>.</param>
/// <param name="Error"><see cref="Delivery.LastError"/>.</param>
public sealed record NamedDelivery(string Reader, DeliveryState State, int PossibleDuplicates, string? Error);
