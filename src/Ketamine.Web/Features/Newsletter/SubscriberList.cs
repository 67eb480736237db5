using Ketamine.Content;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>What staff do with the list itself.</summary>
public sealed class SubscriberList(ClinicDb db, NewsletterKeys keys, SubscriptionService desk, TimeProvider clock)
{
    /// <summary>Adds people who agreed elsewhere, all or none. Who has left or whose mailbox refused is not brought back.</summary>
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

    /// <summary>Does what a report asks for, to each whom it proves to have got a copy of ours, and to nobody else.</summary>
    public async Task<IReadOnlyList<ReportOutcome>> TakeAsync(MailReport report, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var outcomes = new List<ReportOutcome>();
        foreach (var receiver in report.Receivers)
        {
            var hash = key.HashOf(receiver.Address);
            var effect = ReportEffect.MayPass;
            if (receiver.Final)
            {
                var subscriber = await db.Set<Subscriber>().SingleOrDefaultAsync(s => s.AddressHash == hash, cancellation);
                effect = subscriber is null || !await HasCopyAsync(subscriber.Id, report, key, cancellation) ? ReportEffect.NotOurs
                    : subscriber.Suppress($"reported as {receiver.Status}", now) ? ReportEffect.TakenOff
                    : ReportEffect.WasOff;
            }

            outcomes.Add(new ReportOutcome(receiver.Address.ToString(), receiver.Status, effect));
        }

        await db.SaveChangesAsync(cancellation);
        if (report.Complaint) outcomes.AddRange(await ComplainedAsync(report, key, cancellation));
        return outcomes;
    }

    // The reports of complaints often leave the address out: the link to leave says who it was.
    private async Task<List<ReportOutcome>> ComplainedAsync(MailReport report, NewsletterKey key, CancellationToken cancellation)
    {
        foreach (var token in report.UnsubscribeTokens)
        {
            if (!key.TryReadLeaveToken(token, out var id, out _) || await db.Set<Subscriber>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellation) is not { } subscriber) continue;
            await desk.UnsubscribeAsync(token, cancellation);
            return [new ReportOutcome(subscriber.Email ?? subscriber.Id.ToString(), "", subscriber.State is SubscriberState.Left ? ReportEffect.WasOff : ReportEffect.Complained)];
        }

        return [new ReportOutcome("", "", ReportEffect.NotOurs)];
    }

    private async Task<bool> HasCopyAsync(Guid subscriber, MailReport report, NewsletterKey key, CancellationToken cancellation)
    {
        var issues = await db.Set<Delivery>().Where(d => d.SubscriberId == subscriber && d.FirstTriedAt != null).Select(d => d.IssueId).ToListAsync(cancellation);
        return issues.Any(issue => report.Copies.Contains(Issue.CopyId(issue, subscriber)))
            || report.UnsubscribeTokens.Any(token => key.TryReadLeaveToken(token, out var who, out var issue) && who == subscriber && issues.Contains(issue));
    }
}

/// <summary>What a report did.</summary>
/// <param name="Reader">The address as reported, or whose a complaint is; empty where nobody is known.</param>
/// <param name="Status">RFC 3463; empty for a complaint.</param>
public sealed record ReportOutcome(string Reader, string Status, ReportEffect Effect);

/// <inheritdoc cref="ReportOutcome"/>
public enum ReportEffect
{
    /// <summary>Nothing reaches the mailbox: off the list.</summary>
    TakenOff,

    /// <summary>They called it unwanted, and have left by it.</summary>
    Complained,

    /// <summary>No longer on the list before.</summary>
    WasOff,

    /// <summary>A full mailbox, a delay, a policy: nothing done.</summary>
    MayPass,

    /// <summary>It does not show that a copy of ours went there; nothing done.</summary>
    NotOurs,
}

/// <summary>What became of an import's people.</summary>
/// <param name="Already">On the list before; their first consent stays.</param>
/// <param name="Left">Left before, and stay away.</param>
/// <param name="Unreachable">Refused mail before, and stay away.</param>
public sealed record Imported(int Added, int Already, int Left, int Unreachable);
