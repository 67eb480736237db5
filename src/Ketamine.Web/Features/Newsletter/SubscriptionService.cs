using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Signing up, confirming and leaving. What it answers never tells whether an address is on the list.</summary>
public sealed class SubscriptionService(ClinicDb db, NewsletterKeys keys, CodePages pages, Outbox outbox, ConfirmationMail mails, ContentStore content, TimeProvider clock)
{
    /// <summary>Someone typed an address: its owner gets one mail a day at most. The secret of the page that asks for the code, another one each time.</summary>
    public async Task<string> AskAsync(EmailAddress address, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var hash = key.HashOf(address);
        try
        {
            return await AskAsync();
        }
        catch (DbUpdateException)
        {
            // The same address at the same moment: whoever came second finds the first one's.
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

    /// <summary>Tries a code. Each try counts, before it is compared.</summary>
    public async Task<CodeAnswer> TryCodeAsync(CodePage page, string code, CancellationToken cancellation)
    {
        var (key, now) = (await keys.GetAsync(cancellation), clock.GetUtcNow());
        var (id, issued) = (page.SignUp, now - SignUp.CodeLasts);
        // A page of an earlier mail has no tries of its own any more.
        var last = await db.Set<SignUp>().Where(s => s.Id == id).Select(s => (DateTimeOffset?)s.MailedAt).SingleOrDefaultAsync(cancellation);
        var own = (last - page.MailedAt)?.Duration() < TimeSpan.FromMilliseconds(1); // PostgreSQL keeps microseconds
        var open = db.Set<SignUp>().Where(s => s.Id == id && s.MailedAt > issued);
        var counted = own
            ? await open.Where(s => s.Tries < SignUp.MaxTries).ExecuteUpdateAsync(set => set.SetProperty(s => s.Tries, s => s.Tries + 1), cancellation)
            : await open.Where(s => s.OtherTries < SignUp.MaxTries).ExecuteUpdateAsync(set => set.SetProperty(s => s.OtherTries, s => s.OtherTries + 1), cancellation);
        var signUp = await db.Set<SignUp>().SingleOrDefaultAsync(s => s.Id == id, cancellation);
        // No such sign-up: a trap was filled in, or the time is over. A guess is answered as any wrong one.
        if (signUp is null) return CodeAnswer.Wrong;
        if (counted == 0) return CodeAnswer.Ended;
        if (!signUp.IsCode(code, key)) return signUp.TakesCodes(own, now) ? CodeAnswer.Wrong : CodeAnswer.Ended;
        await ConfirmAsync(signUp, now, cancellation);
        return CodeAnswer.Right;
    }

    /// <summary>Whether a mail's link still works. Asks, and changes nothing.</summary>
    public async Task<bool> LinkWorksAsync(string token, CancellationToken cancellation) => await FindAsync(token, cancellation) is not null;

    /// <summary>Confirms by a mail's link. False for a link that has run out, or never was.</summary>
    public async Task<bool> ConfirmAsync(string token, CancellationToken cancellation)
    {
        if (await FindAsync(token, cancellation) is not { } signUp) return false;
        await ConfirmAsync(signUp, clock.GetUtcNow(), cancellation);
        return true;
    }

    /// <summary>Whether a link to leave is one of ours. Asks nothing of the list.</summary>
    public async Task<bool> IsUnsubscribeLinkAsync(string token, CancellationToken cancellation) => (await keys.GetAsync(cancellation)).TryReadLeaveToken(token, out _, out _);

    /// <summary>Leaves by an issue's link; once or many times is the same. False for a link that is none of ours.</summary>
    public async Task<bool> UnsubscribeAsync(string token, CancellationToken cancellation)
    {
        if (!(await keys.GetAsync(cancellation)).TryReadLeaveToken(token, out var id, out var issue)) return false;
        var now = clock.GetUtcNow();
        if (await db.Set<Subscriber>().SingleOrDefaultAsync(s => s.Id == id, cancellation) is not { } subscriber || !subscriber.Leave(now)) return true;
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Suppressed, or left by another click, at the same moment: leaving is the last word.
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
        // Used, and they have left since: the link brings nobody back.
        var back = signUp.ConfirmedAt is null || await db.Set<Subscriber>().AnyAsync(s => s.AddressHash == signUp.AddressHash && s.State == SubscriberState.Subscribed, cancellation);
        return back ? signUp : null;
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
        catch (DbUpdateConcurrencyException)
        {
            // The code and the button at the same moment: the other one has done it.
        }
        catch (DbUpdateException failure) when (ClinicDatabase.IsTaken(failure))
        {
            // An import put them on the list at the same moment: what they confirm themselves counts all the same.
            db.ChangeTracker.Clear();
            await ConfirmAsync(await db.Set<SignUp>().SingleAsync(s => s.Id == signUp.Id, cancellation), now, cancellation);
        }
    }
}

/// <summary>What became of a code.</summary>
public enum CodeAnswer
{
    /// <summary>Subscribed.</summary>
    Right,

    /// <summary>It may be tried again.</summary>
    Wrong,

    /// <summary>Tried too often, or too late: the mail's link still works.</summary>
    Ended,
}
