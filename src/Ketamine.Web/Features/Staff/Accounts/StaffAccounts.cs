using System.Security.Cryptography;
using Ketamine.Web.Audit;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>Everything that changes who works at the desk and how they get in; each in one transaction with its line in the audit.</summary>
public sealed class StaffAccounts(ClinicDb db, KeyedHash hash, AuditLog audit, LeadDetailInForce detail, TimeProvider clock)
{
    /// <summary>How long an enrollment link works.</summary>
    public static readonly TimeSpan LinkLasts = TimeSpan.FromMinutes(15);

    /// <summary>Recovery codes that are made at once.</summary>
    public const int RecoveryCodes = 10;

    // No 0/O, 1/I/L, U/V: codes are read from paper.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ";

    /// <summary>Adds someone, with a link that makes their first passkey. Null when the address is somebody's already.</summary>
    public async Task<string?> AddAsync(string name, EmailAddress email, StaffRole role, string by, CancellationToken cancellation)
    {
        var member = new StaffMember(name, email, role, clock.GetUtcNow());
        db.Add(member);
        var token = AddLink(member.Id);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException taken) when (ClinicDatabase.IsTaken(taken))
        {
            db.ChangeTracker.Clear();
            return null;
        }

        await audit.WriteAsync(by, "staff-added", name, role.ToString(), cancellation);
        await transaction.CommitAsync(cancellation);
        return token;
    }

    /// <summary>
    /// Takes someone's passkeys, codes and sessions away, and gives them a new link: for a lost or stolen device. Lets someone who was switched off
    /// back in.
    /// </summary>
    public async Task<string> ResetAsync(StaffMember member, string by, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await EndSessionsAsync(member.Id, cancellation);
        await db.Set<StaffPasskey>().Where(passkey => passkey.StaffId == member.Id).ExecuteDeleteAsync(cancellation);
        await db.Set<StaffSecret>().Where(secret => secret.StaffId == member.Id).ExecuteDeleteAsync(cancellation);
        member.SwitchOn();
        member.SetCalendar(null); // a lost phone had its address too
        var token = AddLink(member.Id);
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by, "staff-reset", member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return token;
    }

    /// <summary>Ends someone's sessions and lets them in no more. False for the last owner, without whom nobody could add anyone at the desk.</summary>
    public async Task<bool> SwitchOffAsync(StaffMember member, string by, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await audit.WriteAsync(by, "staff-off", member.Name, null, cancellation); // first: two owners who switch each other off at once take turns here
        var otherOwners = await db.Set<StaffMember>()
            .CountAsync(other => other.Role == StaffRole.Owner && other.OffAt == null && other.Id != member.Id, cancellation);
        if (member.Role is StaffRole.Owner && otherOwners == 0) return false;
        member.SwitchOff(clock.GetUtcNow());
        member.SetCalendar(null);
        await EndSessionsAsync(member.Id, cancellation);
        await db.Set<StaffSecret>().Where(secret => secret.StaffId == member.Id && secret.UsedAt == null).ExecuteDeleteAsync(cancellation);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public Task<StaffMember?> FindAsync(EmailAddress email, CancellationToken cancellation)
    {
        var normalized = email.Normalized;
        return db.Set<StaffMember>().FirstOrDefaultAsync(member => member.EmailNormalized == normalized, cancellation);
    }

    /// <summary>Whom an enrollment link is for, as long as it works; null for one that is wrong, used or over.</summary>
    public async Task<(StaffMember Member, StaffSecret Link)?> OpenLinkAsync(string token, CancellationToken cancellation)
    {
        var (wanted, now) = (hash.Of("enrollment", token), clock.GetUtcNow());
        var found = await db.Set<StaffSecret>().AsNoTracking()
            .Where(secret => secret.Hash == wanted && secret.Kind == StaffSecretKind.Enrollment && secret.UsedAt == null && secret.ExpiresAt > now)
            .Join(db.Set<StaffMember>(), secret => secret.StaffId, member => member.Id, (secret, member) => new { secret, member })
            .FirstOrDefaultAsync(pair => pair.member.OffAt == null, cancellation);
        return found is null ? null : (found.member, found.secret);
    }

    /// <summary>
    /// Uses the link up, keeps the passkey, signs its owner in and replaces their recovery codes. Null when the link was used a moment before, or the
    /// passkey is known already.
    /// </summary>
    public async Task<Enrolled?> EnrollAsync(StaffMember member, StaffSecret link, UserPasskeyInfo passkey, string name, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (!await UseAsync(link.Id, now, cancellation)) return null;
        db.Add(new StaffPasskey(member.Id, name, passkey, now));
        var cookie = AddSession(member.Id, RandomNumberGenerator.GetBytes(32), name, now);
        var codes = await ReplaceCodesAsync(member.Id, now, cancellation);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException taken) when (ClinicDatabase.IsTaken(taken))
        {
            return null;
        }

        await audit.WriteAsync(member.Name, "passkey-made", member.Name, name, cancellation);
        await transaction.CommitAsync(cancellation);
        detail.SetDeskInUse(true); // at once: the next email must not say more than it should
        return new Enrolled(cookie, codes);
    }

    /// <summary>Keeps a further passkey of someone who is signed in. False when it is known already.</summary>
    public async Task<bool> AddPasskeyAsync(StaffMember member, UserPasskeyInfo passkey, string name, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        db.Add(new StaffPasskey(member.Id, name, passkey, clock.GetUtcNow()));
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException taken) when (ClinicDatabase.IsTaken(taken))
        {
            return false;
        }

        await audit.WriteAsync(member.Name, "passkey-made", member.Name, name, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Gives one of someone's own passkeys another name. False when they have no such passkey.</summary>
    public async Task<bool> RenamePasskeyAsync(StaffMember member, byte[] credentialId, string name, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await db.Set<StaffPasskey>().Where(passkey => passkey.StaffId == member.Id && passkey.CredentialId == credentialId)
            .ExecuteUpdateAsync(set => set.SetProperty(passkey => passkey.Name, name), cancellation) == 0) return false;
        await audit.WriteAsync(member.Name, "passkey-renamed", member.Name, name, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Removes a passkey, unless it is the last one.</summary>
    public async Task<bool> RemovePasskeyAsync(StaffMember member, byte[] credentialId, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // The audit's line first: it makes two removals at once take turns.
        await audit.WriteAsync(member.Name, "passkey-removed", member.Name, null, cancellation);
        if (await db.Set<StaffPasskey>().CountAsync(passkey => passkey.StaffId == member.Id, cancellation) < 2) return false;
        if (await db.Set<StaffPasskey>().Where(passkey => passkey.StaffId == member.Id && passkey.CredentialId == credentialId)
            .ExecuteDeleteAsync(cancellation) == 0) return false;
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Opens a session for someone whose passkey was accepted; the cookie's value. Null when this answer opened one before.</summary>
    public async Task<string?> SignInAsync(StaffMember member, UserPasskeyInfo info, byte[] ceremony, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var credentialId = info.CredentialId;
        if (await db.Set<StaffPasskey>().FirstOrDefaultAsync(passkey => passkey.CredentialId == credentialId, cancellation) is not { } passkey) return null;
        passkey.Used(info, now);
        var cookie = AddSession(member.Id, ceremony, passkey.Name, now);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException taken) when (ClinicDatabase.IsTaken(taken))
        {
            return null;
        }

        await audit.WriteAsync(member.Name, "signed-in", member.Name, passkey.Name, cancellation);
        await transaction.CommitAsync(cancellation);
        return cookie;
    }

    /// <summary>Ends all of someone's sessions, on every device.</summary>
    public async Task SignOutAsync(StaffMember member, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await EndSessionsAsync(member.Id, cancellation);
        await audit.WriteAsync(member.Name, "signed-out", member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Uses a recovery code up and gives a link that makes a new passkey; null for a code that is wrong or used.</summary>
    public async Task<string?> RecoverAsync(string code, CancellationToken cancellation)
    {
        var (wanted, now) = (hash.Of("recovery", Plain(code)), clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var found = await db.Set<StaffSecret>().AsNoTracking().Where(secret => secret.Hash == wanted && secret.Kind == StaffSecretKind.Recovery)
            .Join(db.Set<StaffMember>(), secret => secret.StaffId, member => member.Id, (secret, member) => new { secret.Id, member })
            .FirstOrDefaultAsync(pair => pair.member.OffAt == null, cancellation);
        if (found is null || !await UseAsync(found.Id, now, cancellation)) return null;
        var token = AddLink(found.member.Id);
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(found.member.Name, "recovery-code-used", found.member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return token;
    }

    /// <summary>Ten new recovery codes; the old ones work no more.</summary>
    public async Task<IReadOnlyList<string>> NewCodesAsync(StaffMember member, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var codes = await ReplaceCodesAsync(member.Id, clock.GetUtcNow(), cancellation);
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(member.Name, "recovery-codes-made", member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return codes;
    }

    /// <summary>The secret of a new address for someone's calendar; an earlier address ends.</summary>
    public async Task<string> NewCalendarAsync(StaffMember member, CancellationToken cancellation)
    {
        var token = NewToken();
        await SetCalendarAsync(member, hash.Of("calendar", token), "calendar-made", cancellation);
        return token;
    }

    /// <summary>Ends the address of someone's calendar.</summary>
    public Task EndCalendarAsync(StaffMember member, CancellationToken cancellation) => SetCalendarAsync(member, null, "calendar-ended", cancellation);

    /// <summary>Whose calendar has this secret; null for a wrong one, and for someone who was switched off or sees no leads.</summary>
    public async Task<StaffMember?> OpenCalendarAsync(string token, CancellationToken cancellation)
    {
        var wanted = hash.Of("calendar", token);
        var member = await db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(one => one.CalendarHash == wanted, cancellation);
        return member is { IsOn: true, Role: not StaffRole.Editor } ? member : null;
    }

    private async Task SetCalendarAsync(StaffMember member, byte[]? calendar, string what, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var id = member.Id;
        await db.Set<StaffMember>().Where(one => one.Id == id).ExecuteUpdateAsync(set => set.SetProperty(one => one.CalendarHash, calendar), cancellation);
        await audit.WriteAsync(member.Name, what, member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The open session of a cookie, with its owner; a click now and then keeps it open when <paramref name="click"/> says so.</summary>
    public async Task<(StaffSession Session, StaffMember Member)?> OpenSessionAsync(string cookie, bool click, CancellationToken cancellation)
    {
        var (wanted, now) = (hash.Of("session", cookie), clock.GetUtcNow());
        var found = await db.Set<StaffSession>().AsNoTracking().Where(session => session.TokenHash == wanted)
            .Join(db.Set<StaffMember>().AsNoTracking(), session => session.StaffId, member => member.Id, (session, member) => new { session, member })
            .FirstOrDefaultAsync(cancellation);
        if (found is null || !found.member.IsOn || !found.session.IsOpen(now)) return null;
        if (click && now - found.session.SeenAt >= TimeSpan.FromMinutes(1))
        {
            await db.Set<StaffSession>().Where(session => session.Id == found.session.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(session => session.SeenAt, now), cancellation);
            found.session.Seen(now);
        }

        return (found.session, found.member);
    }

    /// <summary>Whether anybody has a passkey yet: from then on the desk is where leads are read.</summary>
    public Task<bool> AnyEnrolledAsync(CancellationToken cancellation) => db.Set<StaffPasskey>().AnyAsync(cancellation);

    private string AddLink(Guid member)
    {
        var token = NewToken();
        var now = clock.GetUtcNow();
        db.Add(new StaffSecret(member, StaffSecretKind.Enrollment, hash.Of("enrollment", token), now, now + LinkLasts));
        return token;
    }

    private string AddSession(Guid member, byte[] ceremony, string device, DateTimeOffset now)
    {
        var token = NewToken();
        db.Add(new StaffSession(member, hash.Of("session", token), ceremony, device, now));
        return token;
    }

    private async Task<IReadOnlyList<string>> ReplaceCodesAsync(Guid member, DateTimeOffset now, CancellationToken cancellation)
    {
        await db.Set<StaffSecret>().Where(secret => secret.StaffId == member && secret.Kind == StaffSecretKind.Recovery).ExecuteDeleteAsync(cancellation);
        var codes = new List<string>();
        for (var i = 0; i < RecoveryCodes; i++)
        {
            var code = RandomNumberGenerator.GetString(Alphabet, 12);
            codes.Add($"{code[..4]}-{code[4..8]}-{code[8..]}");
            db.Add(new StaffSecret(member, StaffSecretKind.Recovery, hash.Of("recovery", code), now, expiresAt: null));
        }

        return codes;
    }

    private async Task<bool> UseAsync(Guid secret, DateTimeOffset now, CancellationToken cancellation) =>
        await db.Set<StaffSecret>().Where(one => one.Id == secret && one.UsedAt == null && (one.ExpiresAt == null || one.ExpiresAt > now))
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.UsedAt, now), cancellation) == 1;

    private Task<int> EndSessionsAsync(Guid member, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return db.Set<StaffSession>().Where(session => session.StaffId == member && session.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.EndedAt, now), cancellation);
    }

    private static string NewToken() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    // Typed from paper: spaces, hyphens and case don't matter.
    private static string Plain(string code) => string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <param name="Cookie">Opens the new session.</param>
    /// <param name="Codes">To be shown once.</param>
    public sealed record Enrolled(string Cookie, IReadOnlyList<string> Codes);
}
