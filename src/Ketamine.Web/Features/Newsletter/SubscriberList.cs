using Ketamine.Web.Content;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>What staff do with the list itself.</summary>
public sealed class SubscriberList(ClinicDb db, NewsletterKeys keys, TimeProvider clock)
{
    /// <summary>Adds people who agreed elsewhere, all or none. Who has left or whose mailbox refused is not brought back.</summary>
    /// <param name="people">Each address once.</param>
    public async Task<Imported> ImportAsync(IReadOnlyList<(EmailAddress Address, Agreement Agreement)> people, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var known = (await db.Set<Subscriber>().AsNoTracking().Select(s => new { s.AddressHash, s.State }).ToListAsync(cancellation))
            .ToDictionary(s => Convert.ToHexString(s.AddressHash), s => s.State, StringComparer.Ordinal);
        var (added, already, left, unreachable) = (0, 0, 0, 0);
        foreach (var (address, agreement) in people)
        {
            var hash = key.HashOf(address);
            if (!known.TryGetValue(Convert.ToHexString(hash), out var state))
            {
                db.Add(new Subscriber(address, hash, agreement, now));
                added++;
            }
            else if (state is SubscriberState.Subscribed)
            {
                already++;
            }
            else if (state is SubscriberState.Left)
            {
                left++;
            }
            else
            {
                unreachable++;
            }
        }

        await db.SaveChangesAsync(cancellation);
        return new Imported(added, already, left, unreachable);
    }

    /// <summary>Takes an address off because a report says that nothing reaches it. False when it is not on the list.</summary>
    public async Task<bool> SuppressAsync(EmailAddress address, string reason, CancellationToken cancellation)
    {
        var hash = (await keys.GetAsync(cancellation)).HashOf(address);
        if (await db.Set<Subscriber>().SingleOrDefaultAsync(s => s.AddressHash == hash, cancellation) is not { } subscriber || !subscriber.Suppress(reason, clock.GetUtcNow())) return false;
        await db.SaveChangesAsync(cancellation);
        return true;
    }
}

/// <summary>What became of an import's people.</summary>
/// <param name="Already">On the list before; their first consent stays.</param>
/// <param name="Left">Left before, and stay away.</param>
/// <param name="Unreachable">Refused mail before, and stay away.</param>
public sealed record Imported(int Added, int Already, int Left, int Unreachable);
