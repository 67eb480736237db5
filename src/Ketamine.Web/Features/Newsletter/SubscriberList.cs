using Ketamine.Web.Data;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Manages the list for staff.</summary>
public sealed class SubscriberList(ClinicDb db, NewsletterKeys keys, SubscriptionService subscriptions, TimeProvider clock)
{
    /// <summary>Adds people who agreed elsewhere, all or none. Doesn't bring back people who unsubscribed or whose mailbox refused email.</summary>
    /// <param name="people">Each address once.</param>
    public async Task<Imported> ImportAsync(IReadOnlyList<(EmailAddress Address, Agreement Agreement)> people, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var known = (await db.Set<Subscriber>().AsNoTracking().Select(s => new { s.AddressHash, s.State }).ToListAsync(cancellation))
            .ToDictionary(s => Convert.ToHexString(s.AddressHash), s => s.State, StringComparer.Ordinal);
        var met = new List<SubscriberState>();
        foreach (var (address, agreement) in people)
        {
            var hash = key.HashOf(address);
            if (known.TryGetValue(Convert.ToHexString(hash), out var state)) met.Add(state);
            else db.Add(new Subscriber(address, hash, agreement, now));
        }

        await db.SaveChangesAsync(cancellation);
        int Met(SubscriberState state) => met.Count(one => one == state);
        return new Imported(people.Count - met.Count, Met(SubscriberState.Subscribed), Met(SubscriberState.Left), Met(SubscriberState.Suppressed));
    }

    /// <summary>Applies a report to each reader for whom it proves that we sent them a copy, and to no one else.</summary>
    public async Task<IReadOnlyList<ReportOutcome>> TakeAsync(MailReport report, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var outcomes = new List<ReportOutcome>();
        foreach (var receiver in report.Receivers)
        {
            var hash = key.HashOf(receiver.Address);
            var effect = ReportEffect.Temporary;
            if (receiver.Final)
            {
                var subscriber = await db.Set<Subscriber>().SingleOrDefaultAsync(s => s.AddressHash == hash, cancellation);
                effect = subscriber is null || !await HasCopyAsync(subscriber.Id, report, key, cancellation) ? ReportEffect.NotOurs
                    : subscriber.Suppress($"reported as {receiver.Status}", now) ? ReportEffect.Removed
                    : ReportEffect.AlreadyOff;
            }

            outcomes.Add(new ReportOutcome(receiver.Address.ToString(), receiver.Status, effect));
        }

        await db.SaveChangesAsync(cancellation);
        if (report.Complaint) outcomes.AddRange(await ComplainedAsync(report, key, cancellation));
        return outcomes;
    }

    // Complaint reports often omit the address; the unsubscribe link says who it was.
    private async Task<List<ReportOutcome>> ComplainedAsync(MailReport report, NewsletterKey key, CancellationToken cancellation)
    {
        foreach (var token in report.UnsubscribeTokens)
        {
            if (!key.TryReadUnsubscribeToken(token, out var id, out _)) continue;
            if (await db.Set<Subscriber>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellation) is not { } subscriber) continue;
            await subscriptions.UnsubscribeAsync(token, cancellation);
            var effect = subscriber.State is SubscriberState.Left ? ReportEffect.AlreadyOff : ReportEffect.Complained;
            return [new ReportOutcome(subscriber.Email ?? subscriber.Id.ToString(), "", effect)];
        }

        return [new ReportOutcome("", "", ReportEffect.NotOurs)];
    }

    private async Task<bool> HasCopyAsync(Guid subscriber, MailReport report, NewsletterKey key, CancellationToken cancellation)
    {
        var issues = await db.Set<Delivery>().Where(d => d.SubscriberId == subscriber && d.FirstTriedAt != null)
            .Select(d => d.IssueId).ToListAsync(cancellation);
        return issues.Any(issue => report.Copies.Contains(Issue.CopyId(issue, subscriber)))
            || report.UnsubscribeTokens.Any(token =>
                key.TryReadUnsubscribeToken(token, out var who, out var issue) && who == subscriber && issues.Contains(issue));
    }
}

/// <summary>What a report did.</summary>
/// <param name="Reader">The reported address, or who complained; empty if unknown.</param>
/// <param name="Status">RFC 3463; empty for a complaint.</param>
public sealed record ReportOutcome(string Reader, string Status, ReportEffect Effect);

/// <inheritdoc cref="ReportOutcome"/>
public enum ReportEffect
{
    /// <summary>The mailbox is unreachable: taken off the list.</summary>
    Removed,

    /// <summary>The reader reported it as spam, which unsubscribes them.</summary>
    Complained,

    AlreadyOff,

    /// <summary>Temporary (a full mailbox, a delay, a policy): nothing done.</summary>
    Temporary,

    /// <summary>It doesn't prove that we sent a copy there: nothing done.</summary>
    NotOurs,
}

/// <summary>The result of an import.</summary>
/// <param name="Already">Were on the list; their first consent is kept.</param>
/// <param name="Left">Had unsubscribed, and stay unsubscribed.</param>
/// <param name="Unreachable">Had refused email, and stay off the list.</param>
public sealed record Imported(int Added, int Already, int Left, int Unreachable);
