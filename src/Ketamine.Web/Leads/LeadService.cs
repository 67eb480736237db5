using System.Linq.Expressions;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Leads;

/// <summary>What staff do with leads (answer, release, forget) and what the clock does (retention).</summary>
public sealed class LeadService(
    ClinicDb db,
    ContentStore content,
    LeadMails mails,
    Outbox outbox,
    AuditLog audit,
    KeyedHash hash,
    IOptions<LeadsOptions> options,
    TimeProvider clock,
    IOptions<DataOptions> data)
{
    /// <summary>How long the link in an email to staff works.</summary>
    public static readonly TimeSpan StaffLinkLasts = TimeSpan.FromDays(30);

    /// <summary>How long to keep the network that a request came from.</summary>
    public static readonly TimeSpan NetworkKept = TimeSpan.FromDays(7);

    private const int Tries = 4;

    /// <summary>The lead that a link for staff opens; null if the link is wrong or expired.</summary>
    public async Task<Lead?> OpenAsync(string token, CancellationToken cancellation)
    {
        var tokenHash = SecretLink.Hash(token);
        var since = clock.GetUtcNow() - StaffLinkLasts;
        return await db.Set<Lead>().FirstOrDefaultAsync(lead => lead.StaffTokenHash == tokenHash && lead.CreatedAt > since, cancellation);
    }

    /// <param name="typed">Its reference, as typed; see <see cref="LeadReference.Read"/>.</param>
    public Task<Lead?> FindAsync(string typed, CancellationToken cancellation)
    {
        var reference = LeadReference.Read(typed);
        return db.Set<Lead>().FirstOrDefaultAsync(lead => lead.Reference == reference, cancellation);
    }

    /// <summary>In a lead's history: the one who ran a command.</summary>
    public const string OnServer = "Someone on the server";

    /// <summary>In a lead's history: the one who used the link in an email to staff.</summary>
    public const string ByLink = "Someone with the link from the email";

    /// <summary>The actor in the audit log.</summary>
    /// <param name="who"><see cref="OnServer"/> or <see cref="ByLink"/>.</param>
    internal static string AuditedAs(string who) => who == OnServer ? AuditLog.Ops : AuditLog.Link;

    /// <summary>Marks it as answered and cancels the email that would warn of a missed deadline.</summary>
    /// <param name="who"><see cref="OnServer"/> or <see cref="ByLink"/>.</param>
    public Task<bool> AnswerAsync(Lead lead, string who, CancellationToken cancellation) => ChangeAsync(lead, who, "lead-answered", async again =>
    {
        var now = clock.GetUtcNow();
        if (!again.TryAnswer(now)) return null;
        await Outbox.WithdrawAsync(db, again.Id, LeadMails.OverdueKind, cancellation);
        return new LeadEvent(again, LeadEventKind.Answered, by: null, detail: null, note: null, now);
    }, cancellation);

    /// <summary>Releases a quarantined lead: sends its emails, with a deadline counted from now. False unless it was quarantined.</summary>
    /// <param name="who"><see cref="OnServer"/> or <see cref="ByLink"/>.</param>
    public Task<bool> ReleaseAsync(Lead lead, string who, CancellationToken cancellation) => ChangeAsync(lead, who, "lead-let-through", again =>
        Task.FromResult(Release(again)
            ? new LeadEvent(again, LeadEventKind.LetThrough, by: null, again.Suspicion, note: null, clock.GetUtcNow()) : null), cancellation);

    /// <summary>Records who has taken over the risk. False if no one has to, or someone already has.</summary>
    /// <param name="who"><see cref="OnServer"/> or <see cref="ByLink"/>.</param>
    public Task<bool> TakeOverRiskAsync(Lead lead, RiskTaker taker, string who, CancellationToken cancellation) =>
        ChangeAsync(lead, who, "lead-risk-taken-over", again =>
        {
            var now = clock.GetUtcNow();
            return Task.FromResult(again.TryTakeOverRisk(taker, now)
                ? new LeadEvent(again, LeadEventKind.RiskTaken, by: null, taker.ToString(), note: null, now) : null);
        }, cancellation);

    /// <summary>Like <see cref="ReleaseAsync"/>, but the caller saves; see <see cref="LeadIntake"/>.</summary>
    public bool Release(Lead lead)
    {
        var clinic = content.Current.Clinic;
        if (!lead.TryRelease(AnswerPromise.For(clinic, clock.GetUtcNow()))) return false;
        foreach (var draft in mails.For(lead, lead.RenewStaffToken(), clinic)) outbox.Add(draft);
        return true;
    }

    /// <summary>Erases everything about a person: their leads with all attachments, and their emails, sent or not. Returns the numbers of both.</summary>
    public async Task<(int Leads, int Mails)> ForgetAsync(EmailAddress person, CancellationToken cancellation)
    {
        var wanted = Lead.HashOf(hash, person);
        return await RemoveAsync(WithMerged(lead => lead.EmailHash == wanted || lead.FormerEmailHash == wanted), AuditLog.Ops, cancellation);
    }

    /// <summary>The same, by phone number. With an extension, only that extension: behind a hospital's number are many people.</summary>
    /// <returns>Also the number of leads that stay because they have the same number with another extension, or none.</returns>
    public async Task<(int Leads, int Mails, int Others)> ForgetAsync(PhoneNumber person, CancellationToken cancellation)
    {
        var wanted = Lead.HashOf(hash, person);
        Expression<Func<Lead, bool>> theirs = lead => lead.PhoneHash == wanted || lead.FormerPhoneHash == wanted;
        var others = 0;
        if (person.Extension is not null)
        {
            var sameNumber = await db.Set<Lead>().AsNoTracking().Where(theirs).ToListAsync(cancellation);
            var ids = sameNumber.Where(lead => lead.Number == person).Select(lead => lead.Id).ToList();
            others = sameNumber.Count - ids.Count;
            theirs = lead => ids.Contains(lead.Id);
        }

        var (leads, emails) = await RemoveAsync(WithMerged(theirs), AuditLog.Ops, cancellation);
        return (leads, emails, others);
    }

    /// <summary>Deletes leads older than <see cref="LeadsOptions"/> allows, with their emails. Unseen leads in quarantine stay.</summary>
    public async Task<(int Leads, int Mails)> ApplyRetentionAsync(CancellationToken cancellation)
    {
        var kept = clock.GetUtcNow() - TimeSpan.FromDays(options.Value.RetentionDays);
        var quarantined = clock.GetUtcNow() - TimeSpan.FromDays(options.Value.QuarantineDays);
        var networks = clock.GetUtcNow() - NetworkKept;
        await db.Set<Lead>()
            .Where(lead => lead.Network != null && lead.CreatedAt < networks)
            .ExecuteUpdateAsync(set => set.SetProperty(lead => lead.Network, (string?)null), cancellation);
        return await RemoveAsync(
            db.Set<Lead>().Where(lead => lead.Status == LeadStatus.Quarantined
                ? lead.SeenAt != null && lead.CreatedAt < quarantined
                : lead.CreatedAt < kept),
            AuditLog.Site, cancellation);
    }

    // A person's leads and those merged with them, which may have another address or number.
    private IQueryable<Lead> WithMerged(Expression<Func<Lead, bool>> theirs)
    {
        var found = db.Set<Lead>().Where(theirs);
        return db.Set<Lead>().Where(lead =>
            found.Any(one => one.Id == lead.Id || one.Id == lead.MergedIntoId || one.MergedIntoId == lead.Id
                || (one.MergedIntoId != null && one.MergedIntoId == lead.MergedIntoId)));
    }

    private async Task<(int Leads, int Mails)> RemoveAsync(IQueryable<Lead> leads, string by, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var references = await leads.Select(lead => lead.Reference).ToListAsync(cancellation);
        var theirs = db.Set<OutboxMessage>().Where(mail => leads.Any(lead => lead.Id == mail.LeadId));
        var written = await theirs.Select(mail => mail.Id).ToListAsync(cancellation);
        var mailsGone = await theirs.ExecuteDeleteAsync(cancellation);
        var leadsGone = await leads.ExecuteDeleteAsync(cancellation);
        foreach (var reference in references) await audit.WriteAsync(by, "lead-deleted", reference, null, cancellation);
        await transaction.CommitAsync(cancellation);
        // Data about them outside the database file: emails written as files, and the write-ahead log.
        DataFolder.DeleteMails(data.Value.Path, written);
        if (leadsGone + mailsGone > 0) await ClinicDatabase.EraseLogAsync(db, cancellation);
        return (leadsGone, mailsGone);
    }

    // One transaction, with the entries in the timeline and the audit log. If someone else was faster, it starts over with the new state.
    private async Task<bool> ChangeAsync(Lead lead, string who, string what, Func<Lead, Task<LeadEvent?>> change, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
                if (await change(lead) is not { } happened) return false;
                db.Add(happened.By(who));
                await db.SaveChangesAsync(cancellation);
                await audit.WriteAsync(AuditedAs(who), what, lead.Reference, happened.Detail, cancellation);
                await transaction.CommitAsync(cancellation);
                return true;
            }
            catch (DbUpdateConcurrencyException) when (attempt < Tries)
            {
                db.ChangeTracker.Clear();
                if (await db.Set<Lead>().FirstOrDefaultAsync(l => l.Id == lead.Id, cancellation) is not { } again) return false;
                lead = again;
            }
        }
    }
}
