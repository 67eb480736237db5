using Ketamine.Web.Web;
using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Web.Leads;

/// <summary>
/// The link at the end of emails to a prospect, for stopping calls, texts, voicemails, or emails. It contains the lead's id, encrypted with the site's
/// Data Protection keys, and works for as long as the lead is kept.
/// </summary>
public sealed class StopLinks(IDataProtectionProvider keys)
{
    private readonly IDataProtector _protector = keys.CreateProtector("stops");

    public Uri Create(Clinic clinic, Guid lead) => new(clinic.Url, $"/contact/stop/{_protector.SealSecret(lead.ToByteArray())}");

    /// <summary>The lead in a link's last part; null if the link is incomplete or isn't ours.</summary>
    public Guid? Open(string token) => _protector.OpenSecret(token, 16) is { } lead ? new Guid(lead) : null;
}
