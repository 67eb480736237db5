namespace Ketamine.Web.Mail;

/// <summary>Web addresses in email.</summary>
internal static class MailAddresses
{
    /// <summary>The address with its host in ASCII (IDNA). Headers allow nothing else, and some email programs don't recognize other hosts as links.</summary>
    public static string ToAscii(this Uri address) =>
        address.IsAbsoluteUri && address.Host.Length > 0 && address.Host != address.IdnHost
            ? new UriBuilder(address) { Host = address.IdnHost }.Uri.AbsoluteUri
            : address.AbsoluteUri;
}
