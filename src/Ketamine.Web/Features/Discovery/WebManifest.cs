using System.Text.Json;
using Ketamine.Web.Features.Shared;

namespace Ketamine.Web.Features.Discovery;

/// <summary>How a phone shows the site on its home screen (W3C Web Application Manifest).</summary>
public static class WebManifest
{
    /// <summary>UTF-8. The short name appears under the icon, where others may see it, so it doesn't name a treatment.</summary>
    public static byte[] Write(Edition site) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["id"] = "/",
        ["name"] = site.Clinic.Name,
        ["short_name"] = site.Clinic.DiscreetName,
        ["lang"] = site.Clinic.Locale,
        ["start_url"] = "/",
        ["scope"] = "/",
        ["display"] = "browser",
        ["background_color"] = ThemeStyles.Paper(site.Clinic.Theme, dark: false),
        ["theme_color"] = ThemeStyles.Paper(site.Clinic.Theme, dark: false),
        ["icons"] = new[] { new Dictionary<string, string> { ["src"] = SiteAssets.IconHref(site), ["sizes"] = "any", ["type"] = "image/svg+xml" } },
    });
}
