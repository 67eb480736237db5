using Ketamine.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>
/// Lets ASP.NET Core Identity read the staff and their passkeys. Identity checks passkeys; only <see cref="StaffAccounts"/> changes anything, each time in one
/// transaction with an audit entry. Every method here that would write throws instead.
/// </summary>
internal sealed class StaffStore(ClinicDb db) : IUserPasskeyStore<StaffMember>
{
    public Task<string> GetUserIdAsync(StaffMember user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Id.ToString("D", CultureInfo.InvariantCulture));

    public Task<string?> GetUserNameAsync(StaffMember user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(StaffMember user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.EmailNormalized);

    public Task<StaffMember?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) ? db.Set<StaffMember>().FirstOrDefaultAsync(member => member.Id == id && member.OffAt == null, cancellationToken)
            : Task.FromResult<StaffMember?>(null);

    public Task<StaffMember?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        db.Set<StaffMember>().FirstOrDefaultAsync(member => member.EmailNormalized == normalizedUserName && member.OffAt == null, cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(StaffMember user, CancellationToken cancellationToken) =>
        [.. (await db.Set<StaffPasskey>().AsNoTracking().Where(passkey => passkey.StaffId == user.Id).ToListAsync(cancellationToken))
            .Select(passkey => passkey.ToInfo())];

    public async Task<StaffMember?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await db.Set<StaffPasskey>().Where(passkey => passkey.CredentialId == credentialId)
            .Join(db.Set<StaffMember>(), passkey => passkey.StaffId, member => member.Id, (_, member) => member)
            .FirstOrDefaultAsync(member => member.OffAt == null, cancellationToken);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(StaffMember user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await db.Set<StaffPasskey>().AsNoTracking()
            .FirstOrDefaultAsync(passkey => passkey.CredentialId == credentialId && passkey.StaffId == user.Id, cancellationToken))?.ToInfo();

    public Task AddOrUpdatePasskeyAsync(StaffMember user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Refusal();

    public Task RemovePasskeyAsync(StaffMember user, byte[] credentialId, CancellationToken cancellationToken) => throw Refusal();

    public Task SetUserNameAsync(StaffMember user, string? userName, CancellationToken cancellationToken) => throw Refusal();

    public Task SetNormalizedUserNameAsync(StaffMember user, string? normalizedName, CancellationToken cancellationToken) => throw Refusal();

    public Task<IdentityResult> CreateAsync(StaffMember user, CancellationToken cancellationToken) => throw Refusal();

    public Task<IdentityResult> UpdateAsync(StaffMember user, CancellationToken cancellationToken) => throw Refusal();

    public Task<IdentityResult> DeleteAsync(StaffMember user, CancellationToken cancellationToken) => throw Refusal();

    public void Dispose()
    {
        // The scope disposes of the database context.
    }

    private static NotSupportedException Refusal() => new("Use StaffAccounts to change staff: it also writes the audit log.");
}
