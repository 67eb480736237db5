namespace Ketamine.Web.Features.Staff;

/// <summary>The configuration section <c>Staff</c>.</summary>
public sealed record StaffOptions
{
    /// <summary>
    /// Where staff open the desk, when that isn't clinic.yml's <c>url</c>: <c>http://localhost:5000</c> to try it on one's own machine. Passkeys are
    /// bound to its host, so those made under another one stop working. https, or http on localhost.
    /// </summary>
    public Uri? Url { get; init; }

    /// <summary>Whether passkeys can be bound to it.</summary>
    public bool UrlIsUsable => Url is null || (Url.IsAbsoluteUri && (Url.Scheme == "https" || (Url.Scheme == "http" && Url.Host == "localhost")));
}
