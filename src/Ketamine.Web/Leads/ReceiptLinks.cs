using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Ketamine.Web.Leads;

/// <summary>
/// The secret in the address of the page after a form: it opens for whoever sent the form, for <see cref="Lasts"/>. Sealed with the site's keys, so
/// nothing is kept for it; a lead's reference opens nothing.
/// </summary>
public sealed class ReceiptLinks(IDataProtectionProvider keys, TimeProvider clock)
{
    /// <summary>Long enough to read the page, reload it, or come back to its tab.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);

    private readonly IDataProtector _seal = keys.CreateProtector("receipts");

    /// <summary>The secret that opens the page of a lead, in the alphabet of addresses; another one each time.</summary>
    public string Create(Guid lead)
    {
        var said = new byte[24];
        lead.TryWriteBytes(said);
        BinaryPrimitives.WriteInt64BigEndian(said.AsSpan(16), (clock.GetUtcNow() + Lasts).ToUnixTimeSeconds());
        return WebEncoders.Base64UrlEncode(_seal.Protect(said));
    }

    /// <summary>The lead whose page a secret opens; null for one that was never made here, or has run out.</summary>
    public Guid? Open(string? secret)
    {
        if (secret is null or { Length: > 500 }) return null;
        try
        {
            var said = _seal.Unprotect(WebEncoders.Base64UrlDecode(secret));
            if (said.Length != 24 || BinaryPrimitives.ReadInt64BigEndian(said.AsSpan(16)) <= clock.GetUtcNow().ToUnixTimeSeconds()) return null;
            return new Guid(said.AsSpan(0, 16));
        }
        catch (Exception wrong) when (wrong is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
