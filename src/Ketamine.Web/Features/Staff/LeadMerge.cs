using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Merges two leads of one person, so they get one answer. The lead with a booked call stays, or else the newer one. The other keeps its message and timeline,
/// which the remaining lead shows. <see cref="LeadWork.UndoAsync"/> separates them again.
/// </summary>
public sealed class LeadMerge(ClinicDb db, AuditLog audit, TimeProvider clock)
{
    private const int MostFound = 3;

    /// <summary>Other leads with the same email address or number, newest first. Empty if the lead is held or was merged.</summary>
    public async Task<IReadOnlyList<Lead>> FindAsync(Lead lead, CancellationToken cancellation)
    {
        if (lead.IsHeld || lead.MergedIntoId is not null) return [];
        var (email, phone) = (lead.EmailHash, lead.PhoneHash);
        return await Mergeable().Where(other => other.Id != lead.Id
                && ((email != null && other.EmailHash == email) || (phone != null && other.PhoneHash == phone)))
            .OrderByDescending(other => other.CreatedAt).Take(MostFound).ToListAsync(cancellation);
    }

    /// <summary>Both leads, the one that stays first. Null if either can't be merged, or both have a booked call.</summary>
    public async Task<(Lead Stays, Lead Goes)?> PairAsync(string reference, string other, CancellationToken cancellation)
    {
        var (one, two) = (reference.ToUpperInvariant(), other.ToUpperInvariant());
        var leads = await Mergeable().Where(lead => lead.Reference == one || lead.Reference == two).OrderByDescending(lead => lead.CreatedAt)
            .ThenByDescending(lead => lead.Id).ToListAsync(cancellation);
        if (leads.Count != 2) return null;
        var ids = leads.Select(lead => lead.Id).ToList();
        var booked = await db.Set<Consultation>().Where(call => ids.Contains(call.LeadId) && call.Status == ConsultationStatus.Booked)
            .Select(call => call.LeadId).Distinct().ToListAsync(cancellation);
        if (booked.Count == 2) return null;
        return booked.Contains(leads[1].Id) ? (leads[1], leads[0]) : (leads[0], leads[1]);
    }

    /// <summary>What the remaining lead would become. Don't save it.</summary>
    public static Lead Preview(Lead stays, Lead goes)
    {
        stays.Absorb(goes);
        return stays;
    }

    /// <summary>
    /// Merges two leads, and records it in both timelines and the audit log. Returns the remaining lead's reference, or null if they can no longer be merged.
    /// </summary>
    public async Task<string?> MergeAsync(string reference, string other, StaffStamp by, CancellationToken cancellation)
    {
        try
        {
            var now = clock.GetUtcNow();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            if (await PairAsync(reference, other, cancellation) is not var (stays, goes)) return null;
            var (before, words, away) = (stays.State, stays.WordsNow, goes.State);
            stays.Absorb(goes);
            goes.MergeInto(stays, now);
            db.Add(new LeadEvent(stays, LeadEventKind.Merged, by, goes.Reference, note: null, now).Undoable(before, stays, words));
            db.Add(new LeadEvent(goes, LeadEventKind.MergedAway, by, stays.Reference, note: null, now).Undoable(away, goes));
            await db.SaveChangesAsync(cancellation);
            await audit.WriteAsync(by.Name, "lead-merged", stays.Reference, goes.Reference, cancellation);
            await transaction.CommitAsync(cancellation);
            return stays.Reference;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return null;
        }
    }

    private IQueryable<Lead> Mergeable() => db.Set<Lead>().Where(lead =>
        lead.Status != LeadStatus.Quarantined && lead.MergedIntoId == null && lead.ClosedFor != CloseReason.Spam);
}
