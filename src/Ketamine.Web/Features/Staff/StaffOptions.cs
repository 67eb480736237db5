namespace Ketamine.Web.Features.Staff;

/// <summary>The configuration section <c>Staff</c>.</summary>
public sealed record StaffOptions
{
    /// <summary>
    /// Where staff open the desk, if that isn't the <c>url</c> in clinic.yml: for example <c>http://localhost:5000</c> to try it on your own machine. Passkeys
    /// are tied to its host, so passkeys created for another host stop working. Must be https, or http on localhost.
    /// </summary>
    public Uri? Url { get; init; }

    /// <summary>Whether passkeys can be tied to it.</summary>
    public bool UrlIsUsable => Url is null || (Url.IsAbsoluteUri && (Url.Scheme == "https" || (Url.Scheme == "http" && Url.Host == "localhost")));
}
