namespace Ketamine.Web.Mail;

/// <summary>Web addresses in email.</summary>
internal static class MailAddresses
{
    /// <summary>The whole address with its host in ASCII (IDNA): headers allow nothing else, and some email programs make no link of the rest.</summary>
    public static string ToAscii(this Uri address) =>
        address.IsAbsoluteUri && address.Host.Length > 0 && address.Host != address.IdnHost
            ? new UriBuilder(address) { Host = address.IdnHost }.Uri.AbsoluteUri
            : address.AbsoluteUri;
}
