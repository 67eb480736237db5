using System.Security.Cryptography;
using Ketamine.Content;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Ketamine.Web.Leads;

/// <summary>
/// The link at the end of emails to a prospect, where they end calls, texts, voicemails or emails. It names a lead, sealed with the site's Data
/// Protection keys, and works for as long as the lead is kept.
/// </summary>
public sealed class StopLinks(IDataProtectionProvider keys)
{
    private readonly IDataProtector _protector = keys.CreateProtector("stops");

    public Uri Create(Clinic clinic, Guid lead) => new(clinic.Url, $"/contact/stop/{WebEncoders.Base64UrlEncode(_protector.Protect(lead.ToByteArray()))}");

    /// <summary>The lead that a link's last part names; null for one that was cut short or isn't ours.</summary>
    public Guid? Open(string token)
    {
        if (token.Length > 500) return null;
        try
        {
            return _protector.Unprotect(WebEncoders.Base64UrlDecode(token)) is { Length: 16 } lead ? new Guid(lead) : null;
        }
        catch (Exception broken) when (broken is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
