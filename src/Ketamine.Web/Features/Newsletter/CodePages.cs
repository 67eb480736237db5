using Ketamine.Web.Web;
using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// The secret in the address of the page that asks for a code. It says which sign-up the page is for and whether this page's form sent the email. It is
/// encrypted, so someone who enters the same address can't see the sign-up's ID, and every page has a different secret.
/// </summary>
public sealed class CodePages(IDataProtectionProvider keys)
{
    private readonly IDataProtector _seal = keys.CreateProtector("newsletter-code-pages");

    /// <param name="mailedAt">When the email that this page's form requested was sent; null if none was.</param>
    public string Create(Guid signUp, DateTimeOffset? mailedAt) =>
        _seal.SealSecret([.. signUp.ToByteArray(), .. BitConverter.GetBytes(mailedAt?.UtcTicks ?? 0L)]);

    /// <summary>A page for no sign-up, which looks like any other.</summary>
    public string CreateEmpty() => Create(Guid.NewGuid(), mailedAt: null);

    /// <summary>Reads a secret; null if it isn't ours.</summary>
    public CodePage? Open(string? secret)
    {
        if (_seal.OpenSecret(secret, 24) is not { } said) return null;
        var ticks = BitConverter.ToInt64(said.AsSpan(16));
        return new CodePage(new Guid(said.AsSpan(0, 16)), ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero));
    }
}

/// <inheritdoc cref="CodePages.Create"/>
public sealed record CodePage(Guid SignUp, DateTimeOffset? MailedAt);
