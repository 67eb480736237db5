using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Ketamine.Web.Web;

/// <summary>Encodes a few bytes as a secret for addresses: encrypted with the site's Data Protection keys, in base64url.</summary>
public static class SealedSecrets
{
    private const int MaxLength = 500;

    /// <summary>A new secret; different on every call.</summary>
    public static string SealSecret(this IDataProtector protector, byte[] bytes) => WebEncoders.Base64UrlEncode(protector.Protect(bytes));

    /// <summary>The contents of a secret; null if it is incomplete, altered, or not ours.</summary>
    /// <param name="length">The required length of the contents, in bytes.</param>
    public static byte[]? OpenSecret(this IDataProtector protector, string? secret, int length)
    {
        if (secret is null or { Length: > MaxLength }) return null;
        try
        {
            return protector.Unprotect(WebEncoders.Base64UrlDecode(secret)) is { } bytes && bytes.Length == length ? bytes : null;
        }
        catch (Exception broken) when (broken is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
