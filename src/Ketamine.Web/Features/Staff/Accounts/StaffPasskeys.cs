using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Ketamine.Web.Features.Staff.Accounts;

/// <summary>
/// Creates passkeys and signs in with them, checked by ASP.NET Core Identity. The state between the two steps travels through the browser, encrypted and valid
/// for <see cref="Lasts"/>.
/// </summary>
public sealed class StaffPasskeys(
    UserManager<StaffMember> users, ContentStore content, IOptions<StaffOptions> options, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The time limit between a challenge and its response.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    /// <summary>The desk's address, which passkeys are tied to. It comes from Staff:Url or clinic.yml, never from a request.</summary>
    public Uri Home => options.Value.Url ?? content.Current.Clinic.Url;

    /// <summary>The browser's options for creating a passkey for <paramref name="member"/>.</summary>
    public async Task<Ceremony> BeginEnrollmentAsync(StaffMember member, HttpContext http)
    {
        var user = new PasskeyUserEntity { Id = member.Id.ToString(), Name = member.Email, DisplayName = member.Name };
        var made = await Handler().MakeCreationOptionsAsync(user, http);
        return new Ceremony(made.CreationOptionsJson, Seal("enroll", made.AttestationState!));
    }

    /// <summary>The public half of the new passkey; null if the browser's response doesn't match this challenge and this member.</summary>
    public async Task<UserPasskeyInfo?> FinishEnrollmentAsync(StaffMember member, string? credential, string? state, HttpContext http)
    {
        if (string.IsNullOrEmpty(credential) || Open("enroll", state) is not { } opened) return null;
        var result = await Handler().PerformAttestationAsync(
            new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential, AttestationState = opened });
        return result.Succeeded && result.UserEntity.Id == member.Id.ToString() ? result.Passkey : null;
    }

    /// <summary>The browser's options for offering any passkey it has for this site.</summary>
    public async Task<Ceremony> BeginSignInAsync(HttpContext http)
    {
        var made = await Handler().MakeRequestOptionsAsync(user: null, http);
        return new Ceremony(made.RequestOptionsJson, Seal("sign-in", made.AssertionState!));
    }

    /// <summary>The active staff member who answered the challenge, and their passkey; null if there is none.</summary>
    public async Task<(StaffMember Member, UserPasskeyInfo Passkey, byte[] Ceremony)?> FinishSignInAsync(string? credential, string? state, HttpContext http)
    {
        if (string.IsNullOrEmpty(credential) || Open("sign-in", state) is not { } opened) return null;
        var result = await Handler().PerformAssertionAsync(
            new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential, AssertionState = opened });
        return result is { Succeeded: true, User: { IsActive: true } member }
            ? (member, result.Passkey, SHA256.HashData(Encoding.UTF8.GetBytes(opened)))
            : null;
    }

    private PasskeyHandler<StaffMember> Handler()
    {
        var home = Home;
        return new PasskeyHandler<StaffMember>(users, Options.Create(new IdentityPasskeyOptions
        {
            ServerDomain = home.Host,
            AuthenticatorTimeout = Lasts,
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            AttestationConveyancePreference = "none",
            ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && IsHome(context.Origin, home)),
        }));
    }

    // On localhost, any port is fine.
    private static bool IsHome(string origin, Uri home) =>
        WebAddress.TryParse(origin, out var from)
        && from.Scheme == home.Scheme && from.IdnHost.Equals(home.IdnHost, StringComparison.OrdinalIgnoreCase) && (home.IsLoopback || from.Port == home.Port);

    private string Seal(string purpose, string state)
    {
        var sealedUntil = JsonSerializer.Serialize(new State(clock.GetUtcNow() + Lasts, state));
        return protection.CreateProtector("Staff.Ceremony", purpose).Protect(sealedUntil);
    }

    // Data Protection's own time limit uses the system clock, which tests can't control.
    private string? Open(string purpose, string? state)
    {
        if (string.IsNullOrEmpty(state)) return null;
        try
        {
            var opened = JsonSerializer.Deserialize<State>(protection.CreateProtector("Staff.Ceremony", purpose).Unprotect(state));
            return opened is not null && clock.GetUtcNow() < opened.Until ? opened.Value : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record State(DateTimeOffset Until, string Value);

    /// <param name="Options">JSON for navigator.credentials.</param>
    /// <param name="State">State that returns with the browser's response.</param>
    public sealed record Ceremony(string Options, string State);
}
