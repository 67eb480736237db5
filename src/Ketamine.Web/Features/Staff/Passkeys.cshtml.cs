using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace Ketamine.Web.Features.Staff;

/// <summary>A staff member's own passkeys, sessions, and recovery codes.</summary>
[StaffAccess(StaffRole.FrontDesk, StaffRole.Editor)]
public sealed class PasskeysModel(DeskContext desk, ClinicDb db, StaffPasskeys passkeys, StaffAccounts accounts) : DeskPage(desk)
{
    public IReadOnlyList<StaffPasskey> Passkeys { get; private set; } = [];
    public IReadOnlyList<StaffSession> Sessions { get; private set; } = [];
    public int CodesLeft { get; private set; }

    /// <summary>The codes just created, which are shown only once; otherwise empty.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public string? Refusal { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostOptionsAsync() => new JsonResult(await passkeys.BeginEnrollmentAsync(Me, HttpContext));

    public async Task<IActionResult> OnPostAddAsync(string? device, string? credential, string? state, CancellationToken cancellation)
    {
        if (await passkeys.FinishEnrollmentAsync(Me, credential, state, HttpContext) is { } passkey
            && await accounts.AddPasskeyAsync(Me, passkey, EnrollModel.DeviceName(device), cancellation)) return new SeeOther("/staff/passkeys");
        return await RefuseAsync("No passkey was created. The device canceled the request, can’t create passkeys, or already has one.", cancellation);
    }

    public async Task<IActionResult> OnPostRemoveAsync(string? id, CancellationToken cancellation)
    {
        if (TryDecode(id) is { } credential && await accounts.RemovePasskeyAsync(Me, credential, cancellation)) return new SeeOther("/staff/passkeys");
        return await RefuseAsync("You can’t remove your last passkey. Add another one first.", cancellation);
    }

    public async Task<IActionResult> OnPostRenameAsync(string? id, string? name, CancellationToken cancellation)
    {
        if (TypedText.OneLine(name) is not { Length: > 0 and <= StaffPasskey.MaxNameLength } typed)
            return await RefuseAsync($"Nothing was changed. Give the passkey a name of up to {StaffPasskey.MaxNameLength} characters.", cancellation);
        return TryDecode(id) is { } credential && await accounts.RenamePasskeyAsync(Me, credential, typed, cancellation) ? new SeeOther("/staff/passkeys")
            : await RefuseAsync("That passkey was removed, so nothing was changed.", cancellation);
    }

    public async Task<IActionResult> OnPostCodesAsync(CancellationToken cancellation)
    {
        Codes = await accounts.NewCodesAsync(Me, cancellation);
        await LoadAsync(cancellation);
        return Page();
    }

    /// <summary>A passkey's ID as used in forms.</summary>
    public static string Encode(StaffPasskey passkey) => WebEncoders.Base64UrlEncode(passkey.CredentialId);

    private static byte[]? TryDecode(string? id)
    {
        try
        {
            return id is null ? null : WebEncoders.Base64UrlDecode(id);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private async Task<PageResult> RefuseAsync(string sentence, CancellationToken cancellation)
    {
        Refusal = sentence;
        await LoadAsync(cancellation);
        return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("Your passkeys", "/staff/passkeys");
        var (me, now) = (Me.Id, Now);
        Passkeys = await db.Set<StaffPasskey>().AsNoTracking().Where(passkey => passkey.StaffId == me).OrderBy(passkey => passkey.CreatedAt)
            .ToListAsync(cancellation);
        Sessions = [.. (await db.Set<StaffSession>().AsNoTracking().Where(session => session.StaffId == me && session.EndedAt == null)
            .OrderByDescending(session => session.StartedAt)
            .ToListAsync(cancellation)).Where(session => session.IsOpen(now))];
        CodesLeft = await db.Set<StaffSecret>()
            .CountAsync(secret => secret.StaffId == me && secret.Kind == StaffSecretKind.Recovery && secret.UsedAt == null, cancellation);
    }
}
