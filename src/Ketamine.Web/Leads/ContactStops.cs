using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Leads;

/// <summary>Stops ways of contacting a person, on all their leads at once, and logs it.</summary>
public sealed class ContactStops(ClinicDb db, AuditLog audit, TimeProvider clock)
{
    private const int Tries = 4;

    /// <summary>
    /// Records that a lead's person doesn't want to be contacted these ways. Their leads then refuse it, and waiting emails to them are withdrawn.
    /// </summary>
    /// <param name="by">Null if the person did it.</param>
    /// <returns>What is newly stopped; null if the lead no longer exists.</returns>
    public async Task<ContactChannels?> StopAsync(Guid leadId, ContactChannels channels, StopMethod how, StaffStamp? by, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StopOnceAsync(leadId, channels, how, by, cancellation);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Tries)
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>Whether an email address opted out at or after an instant; earlier consent no longer counts.</summary>
    public static Task<bool> EmailStoppedSinceAsync(ClinicDb db, KeyedHash hash, EmailAddress email, DateTimeOffset consentAt, CancellationToken cancellation)
    {
        var address = Lead.HashOf(hash, email);
        return db.Set<ContactStop>()
            .AnyAsync(stop => stop.Channel == ContactChannels.Email && stop.AddressHash == address && stop.At >= consentAt, cancellation);
    }

    private async Task<ContactChannels?> StopOnceAsync(Guid leadId, ContactChannels channels, StopMethod how, StaffStamp? by, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await db.Set<Lead>().FirstOrDefaultAsync(lead => lead.Id == leadId, cancellation) is not { } lead) return null;
        var ended = ContactChannels.None;
        foreach (var channel in Enum.GetValues<ContactChannels>().Where(channel => channel is not ContactChannels.None && channels.HasFlag(channel)))
        {
            if ((channel is ContactChannels.Email ? lead.EmailHash : lead.PhoneHash) is not { } address || lead.Stopped.HasFlag(channel)) continue;
            db.Add(new ContactStop(channel, address, how, by?.Name ?? AuditLog.Visitor, now));
            var theirs = await db.Set<Lead>().Where(other => other.PhoneHash == address || other.EmailHash == address).ToListAsync(cancellation);
            foreach (var other in theirs)
            {
                other.Stop(channel);
                if (channel is ContactChannels.Email) await Outbox.WithdrawFromProspectAsync(db, other.Id, cancellation);
            }

            ended |= channel;
        }

        if (ended is ContactChannels.None) return ended;
        db.Add(new LeadEvent(lead, LeadEventKind.Stopped, by, Words(ended), note: null, now));
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by?.Name ?? AuditLog.Visitor, "contact-stopped", lead.Reference, Words(ended), cancellation);
        await transaction.CommitAsync(cancellation);
        return ended;
    }

    /// <summary>"calls, texts", for staff.</summary>
    public static string Words(ContactChannels channels) => string.Join(", ", new[]
    {
        channels.HasFlag(ContactChannels.Call) ? "calls" : null, channels.HasFlag(ContactChannels.Text) ? "texts" : null,
        channels.HasFlag(ContactChannels.Voicemail) ? "voicemails" : null, channels.HasFlag(ContactChannels.Email) ? "emails" : null,
    }.OfType<string>());
}
