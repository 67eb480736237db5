using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Identity;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>Changes who works at the desk and how they sign in. Each change is one transaction with its entry in the audit log.</summary>
public sealed class StaffAccounts(ClinicDb db, KeyedHash hash, AuditLog audit, EffectiveLeadDetail detail, TimeProvider clock)
{
    /// <summary>How long an enrollment link works.</summary>
    public static readonly TimeSpan LinkLasts = TimeSpan.FromMinutes(15);

    /// <summary>How many recovery codes are created at once.</summary>
    public const int RecoveryCodes = 10;

    // Without 0/O, 1/I/L, and U/V, because people read codes from paper.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ";

    /// <summary>Adds a staff member and returns a link for creating their first passkey; null if the email address is taken.</summary>
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
    /// Removes someone's passkeys, codes, and sessions, and returns a link for a new passkey: for a lost or stolen device. Reactivates someone who was
    /// deactivated.
    /// </summary>
    public async Task<string> ResetAsync(StaffMember member, string by, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await EndSessionsAsync(member.Id, cancellation);
        await db.Set<StaffPasskey>().Where(passkey => passkey.StaffId == member.Id).ExecuteDeleteAsync(cancellation);
        await db.Set<StaffSecret>().Where(secret => secret.StaffId == member.Id).ExecuteDeleteAsync(cancellation);
        member.Reactivate();
        member.SetCalendar(null); // a lost phone may contain the address too
        var token = AddLink(member.Id);
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(by, "staff-reset", member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return token;
    }

    /// <summary>Ends someone's sessions and deactivates them. Returns false for the last owner, without whom no one could add staff at the desk.</summary>
    public async Task<bool> DeactivateAsync(StaffMember member, string by, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await audit.WriteAsync(by, "staff-off", member.Name, null, cancellation); // first, so two owners who deactivate each other at once wait here
        var otherOwners = await db.Set<StaffMember>()
            .CountAsync(other => other.Role == StaffRole.Owner && other.OffAt == null && other.Id != member.Id, cancellation);
        if (member.Role is StaffRole.Owner && otherOwners == 0) return false;
        member.Deactivate(clock.GetUtcNow());
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

    /// <summary>The staff member an enrollment link is for; null if the link is wrong, used, or expired.</summary>
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
    /// Uses up the link, saves the passkey, signs its owner in, and replaces their recovery codes. Null if the link was just used or the passkey already
    /// exists.
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
        detail.SetDeskInUse(true); // right away, so the next email doesn't reveal too much
        return new Enrolled(cookie, codes);
    }

    /// <summary>Saves another passkey for a signed-in staff member. Returns false if it already exists.</summary>
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

    /// <summary>Renames one of a staff member's passkeys. Returns false if they have no such passkey.</summary>
    public async Task<bool> RenamePasskeyAsync(StaffMember member, byte[] credentialId, string name, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await db.Set<StaffPasskey>().Where(passkey => passkey.StaffId == member.Id && passkey.CredentialId == credentialId)
            .ExecuteUpdateAsync(set => set.SetProperty(passkey => passkey.Name, name), cancellation) == 0) return false;
        await audit.WriteAsync(member.Name, "passkey-renamed", member.Name, name, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Removes a passkey unless it is the last one.</summary>
    public async Task<bool> RemovePasskeyAsync(StaffMember member, byte[] credentialId, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // Write to the audit log first: that makes two concurrent removals wait for each other.
        await audit.WriteAsync(member.Name, "passkey-removed", member.Name, null, cancellation);
        if (await db.Set<StaffPasskey>().CountAsync(passkey => passkey.StaffId == member.Id, cancellation) < 2) return false;
        if (await db.Set<StaffPasskey>().Where(passkey => passkey.StaffId == member.Id && passkey.CredentialId == credentialId)
            .ExecuteDeleteAsync(cancellation) == 0) return false;
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Opens a session after a passkey was accepted, and returns the cookie's value. Null if the same response already opened one.</summary>
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

    /// <summary>Ends all of a staff member's sessions, on every device.</summary>
    public async Task SignOutAsync(StaffMember member, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await EndSessionsAsync(member.Id, cancellation);
        await audit.WriteAsync(member.Name, "signed-out", member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Uses up a recovery code and returns a link for a new passkey; null if the code is wrong or used.</summary>
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

    /// <summary>Creates ten recovery codes. The old ones stop working.</summary>
    public async Task<IReadOnlyList<string>> NewCodesAsync(StaffMember member, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var codes = await ReplaceCodesAsync(member.Id, clock.GetUtcNow(), cancellation);
        await db.SaveChangesAsync(cancellation);
        await audit.WriteAsync(member.Name, "recovery-codes-made", member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return codes;
    }

    /// <summary>Creates a secret for a new calendar address. An earlier address stops working.</summary>
    public async Task<string> NewCalendarAsync(StaffMember member, CancellationToken cancellation)
    {
        var token = NewToken();
        await SetCalendarAsync(member, hash.Of("calendar", token), "calendar-made", cancellation);
        return token;
    }

    /// <summary>Ends a staff member's calendar address.</summary>
    public Task EndCalendarAsync(StaffMember member, CancellationToken cancellation) => SetCalendarAsync(member, null, "calendar-ended", cancellation);

    /// <summary>The staff member whose calendar has this secret; null if it is wrong, or they were deactivated or may not see leads.</summary>
    public async Task<StaffMember?> OpenCalendarAsync(string token, CancellationToken cancellation)
    {
        var wanted = hash.Of("calendar", token);
        var member = await db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(one => one.CalendarHash == wanted, cancellation);
        return member is { IsActive: true, Role: not StaffRole.Editor } ? member : null;
    }

    private async Task SetCalendarAsync(StaffMember member, byte[]? calendar, string what, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var id = member.Id;
        await db.Set<StaffMember>().Where(one => one.Id == id).ExecuteUpdateAsync(set => set.SetProperty(one => one.CalendarHash, calendar), cancellation);
        await audit.WriteAsync(member.Name, what, member.Name, null, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The open session of a cookie and its owner. If <paramref name="click"/> is true, it counts as activity, which keeps the session open.</summary>
    public async Task<(StaffSession Session, StaffMember Member)?> OpenSessionAsync(string cookie, bool click, CancellationToken cancellation)
    {
        var (wanted, now) = (hash.Of("session", cookie), clock.GetUtcNow());
        var found = await db.Set<StaffSession>().AsNoTracking().Where(session => session.TokenHash == wanted)
            .Join(db.Set<StaffMember>().AsNoTracking(), session => session.StaffId, member => member.Id, (session, member) => new { session, member })
            .FirstOrDefaultAsync(cancellation);
        if (found is null || !found.member.IsActive || !found.session.IsOpen(now)) return null;
        if (click && now - found.session.SeenAt >= TimeSpan.FromMinutes(1))
        {
            await db.Set<StaffSession>().Where(session => session.Id == found.session.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(session => session.SeenAt, now), cancellation);
            found.session.Seen(now);
        }

        return (found.session, found.member);
    }

    /// <summary>Whether any staff member has a passkey. From then on, leads are read at the desk.</summary>
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

    // People type codes from paper, so spaces, hyphens, and case don't matter.
    private static string Plain(string code) => string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <param name="Cookie">The cookie value that opens the new session.</param>
    /// <param name="Codes">Shown only once.</param>
    public sealed record Enrolled(string Cookie, IReadOnlyList<string> Codes);
}
