namespace Ketamine.Web.Web;

/// <summary>The headers that every answer bears, pages, files and errors alike.</summary>
public static class SecurityHeaders
{
    /// <summary>
    /// Everything from this origin, nothing inline but the stylesheets that <see cref="AllowStyles"/> names by their hash, nothing framed. A page that needs
    /// less may say so; none may say more.
    /// </summary>
    public const string ContentSecurityPolicy =
        $"default-src 'none'; {Styles}; font-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string Styles = "style-src 'self'";

    private const string PermissionsPolicy =
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), "
        + "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

    /// <summary>Sets the headers before anything else answers.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app)
    {
        var production = app.ApplicationServices.GetRequiredService<IHostEnvironment>().IsProduction();
        return app.Use((context, next) =>
        {
            Set(context.Response, production);
            return next(context);
        });
    }

    /// <summary>Lets a page hold these stylesheets in style elements, and no other.</summary>
    /// <param name="hashes">Each as a policy writes it: sha256-, then Base64.</param>
    public static void AllowStyles(HttpResponse response, IEnumerable<string> hashes) => response.Headers.ContentSecurityPolicy =
        ContentSecurityPolicy.Replace(Styles, Styles + string.Concat(hashes.Select(hash => $" '{hash}'")), StringComparison.Ordinal);

    /// <summary>Sets the headers on one answer; again after something has cleared them.</summary>
    public static void Set(HttpResponse response, bool production)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        // No other site is told that a visitor comes from a ketamine clinic, not even its name, as strict-origin would. no-referrer is no
        // better and would make browsers send "Origin: null" with our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // What says nothing of caching (a form's answer, an error, a staff page) is nobody's to keep.
        headers.CacheControl = "no-store";
        // Sent over plain HTTP as well: that is the way to the proxy that speaks TLS, and browsers heed it over TLS alone.
        if (production) headers.StrictTransportSecurity = "max-age=63072000; includeSubDomains";
    }
}
