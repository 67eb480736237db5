using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Handles sign-ups, confirmations, and unsubscribes. Results never reveal whether an address is on the list.</summary>
public sealed class SubscriptionService(
    ClinicDb db, NewsletterKeys keys, CodePages pages, Outbox outbox, ConfirmationMail mails, ContentStore content, TimeProvider clock)
{
    /// <summary>Emails a code to an address, at most once a day. Returns the secret of the code page, different each time.</summary>
    public async Task<string> SignUpAsync(EmailAddress address, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var hash = key.HashOf(address);
        try
        {
            return await AskAsync();
        }
        catch (DbUpdateException)
        {
            // The same address at the same moment: the second request finds the first one's sign-up.
            db.ChangeTracker.Clear();
            return await AskAsync();
        }

        async Task<string> AskAsync()
        {
            var signUp = await db.Set<SignUp>().SingleOrDefaultAsync(s => s.AddressHash == hash, cancellation);
            var known = await db.Set<Subscriber>().AnyAsync(s => s.AddressHash == hash && s.State == SubscriberState.Subscribed, cancellation);
            if (signUp is not null && !signUp.MayMail(now)) return pages.Create(signUp.Id, mailedAt: null);
            if (signUp is null) db.Add(signUp = new SignUp(address, hash));
            var clinic = content.Current.Clinic;
            var (code, token) = signUp.Mail(address, mails.ConsentWords(clinic), key, now);
            outbox.Add(mails.For(address, code, token, known, clinic, now));
            await db.SaveChangesAsync(cancellation);
            return pages.Create(signUp.Id, signUp.MailedAt);
        }
    }

    /// <summary>Checks a code. Counts each attempt before comparing the code.</summary>
    public async Task<CodeResult> TryCodeAsync(CodePage page, string code, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var (id, issued) = (page.SignUp, now - SignUp.CodeLasts);
        // Pages of earlier emails share their attempts with all other pages.
        var last = await db.Set<SignUp>().Where(s => s.Id == id).Select(s => (DateTimeOffset?)s.MailedAt).SingleOrDefaultAsync(cancellation);
        var own = (last - page.MailedAt)?.Duration() < TimeSpan.FromMilliseconds(1); // PostgreSQL keeps microseconds
        var open = db.Set<SignUp>().Where(s => s.Id == id && s.MailedAt > issued);
        var counted = own
            ? await open.Where(s => s.Tries < SignUp.MaxTries).ExecuteUpdateAsync(set => set.SetProperty(s => s.Tries, s => s.Tries + 1), cancellation)
            : await open.Where(s => s.OtherTries < SignUp.MaxTries)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.OtherTries, s => s.OtherTries + 1), cancellation);
        var signUp = await db.Set<SignUp>().SingleOrDefaultAsync(s => s.Id == id, cancellation);
        // There is no such sign-up, because the honeypot was filled in or the sign-up has expired. Respond as to a wrong code.
        if (signUp is null) return CodeResult.Wrong;
        if (counted == 0) return CodeResult.Ended;
        if (!signUp.IsCode(code, key)) return signUp.TakesCodes(own, now) ? CodeResult.Wrong : CodeResult.Ended;
        await ConfirmAsync(signUp, now, cancellation);
        return CodeResult.Right;
    }

    /// <summary>Whether the link of an email still works. Changes nothing.</summary>
    public async Task<bool> LinkWorksAsync(string token, CancellationToken cancellation) => await FindAsync(token, cancellation) is not null;

    /// <summary>Confirms with the link of an email. False for a link that has expired or never existed.</summary>
    public async Task<bool> ConfirmAsync(string token, CancellationToken cancellation)
    {
        if (await FindAsync(token, cancellation) is not { } signUp) return false;
        await ConfirmAsync(signUp, clock.GetUtcNow(), cancellation);
        return true;
    }

    /// <summary>Whether an unsubscribe link is ours. Doesn't check the list.</summary>
    public async Task<bool> IsUnsubscribeLinkAsync(string token, CancellationToken cancellation) =>
        (await keys.GetAsync(cancellation)).TryReadUnsubscribeToken(token, out _, out _);

    /// <summary>Unsubscribes with an issue's link; idempotent. False for a link that isn't ours.</summary>
    public async Task<bool> UnsubscribeAsync(string token, CancellationToken cancellation)
    {
        if (!(await keys.GetAsync(cancellation)).TryReadUnsubscribeToken(token, out var id, out var issue)) return false;
        var now = clock.GetUtcNow();
        if (await db.Set<Subscriber>().SingleOrDefaultAsync(s => s.Id == id, cancellation) is not { } subscriber || !subscriber.Leave(now)) return true;
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Suppressed, or unsubscribed by another click, at the same moment: unsubscribing wins.
            db.ChangeTracker.Clear();
            (await db.Set<Subscriber>().SingleOrDefaultAsync(s => s.Id == id, cancellation))?.Leave(now);
            await db.SaveChangesAsync(cancellation);
        }

        await db.Set<Delivery>().Where(d => d.IssueId == issue && d.SubscriberId == id && d.LeftAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.LeftAt, now), cancellation);
        return true;
    }

    private async Task<SignUp?> FindAsync(string token, CancellationToken cancellation)
    {
        var hash = SecretLink.Hash(token);
        var signUp = await db.Set<SignUp>().SingleOrDefaultAsync(s => s.LinkHash == hash, cancellation);
        if (signUp?.LinkWorks(clock.GetUtcNow()) is not true) return null;
        if (signUp.ConfirmedAt is null) return signUp;
        // Someone who has unsubscribed since doesn't return through a used link.
        var subscribed = await db.Set<Subscriber>().AnyAsync(s => s.AddressHash == signUp.AddressHash && s.State == SubscriberState.Subscribed, cancellation);
        return subscribed ? signUp : null;
    }

    private async Task ConfirmAsync(SignUp signUp, DateTimeOffset now, CancellationToken cancellation)
    {
        if (signUp.Confirm(now) is not { } agreed) return;
        if (await db.Set<Subscriber>().SingleOrDefaultAsync(s => s.AddressHash == signUp.AddressHash, cancellation) is { } known)
            known.Subscribe(agreed.Address, agreed.Agreement, now);
        else
            db.Add(new Subscriber(agreed.Address, signUp.AddressHash, agreed.Agreement, now));
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException conflict) when (conflict is DbUpdateConcurrencyException || ClinicDatabase.IsTaken(conflict))
        {
            // The code and the button, an import, or an unsubscribe at the same moment: look again, because their own confirmation still counts.
            db.ChangeTracker.Clear();
            if (await db.Set<SignUp>().SingleOrDefaultAsync(s => s.Id == signUp.Id, cancellation) is { } again) await ConfirmAsync(again, now, cancellation);
        }
    }
}

/// <summary>The result of entering a code.</summary>
public enum CodeResult
{
    /// <summary>Subscribed.</summary>
    Right,

    /// <summary>Another code can be tried.</summary>
    Wrong,

    /// <summary>Too many attempts, or too late. The link in the email still works.</summary>
    Ended,
}
