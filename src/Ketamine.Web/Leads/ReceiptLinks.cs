using System.Buffers.Binary;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Web.Leads;

/// <summary>
/// Creates and opens the secret in the URL of the confirmation page after a form. It lets the person who sent the form see that page for
/// <see cref="Lasts"/>. Encrypted with the site's Data Protection keys, so the server stores nothing; a lead's reference alone opens nothing.
/// </summary>
public sealed class ReceiptLinks(IDataProtectionProvider keys, TimeProvider clock)
{
    /// <summary>Long enough to read the page, reload it, or return to its tab.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);

    private readonly IDataProtector _protector = keys.CreateProtector("receipts");

    /// <summary>A new secret, in base64url, that opens the confirmation page of a lead; different on every call.</summary>
    public string Create(Guid lead)
    {
        var payload = new byte[24];
        lead.TryWriteBytes(payload);
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(16), (clock.GetUtcNow() + Lasts).ToUnixTimeSeconds());
        return _protector.SealSecret(payload);
    }

    /// <summary>The lead whose confirmation page a secret opens; null if the secret is invalid or expired.</summary>
    public Guid? Open(string? secret) =>
        _protector.OpenSecret(secret, 24) is { } payload && BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(16)) > clock.GetUtcNow().ToUnixTimeSeconds()
            ? new Guid(payload.AsSpan(0, 16))
            : null;
}
