namespace Ketamine.Web.Web;

/// <summary>The headers of every response: pages, files, and errors.</summary>
public static class SecurityHeaders
{
    /// <summary>
    /// Everything from this origin, nothing inline except style sheets that <see cref="AllowStyles"/> allows by hash, no frames. A page may restrict this
    /// further, but never allow more.
    /// </summary>
    public const string ContentSecurityPolicy =
        $"default-src 'none'; {Styles}; font-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string Styles = "style-src 'self'";

    private const string PermissionsPolicy =
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), "
        + "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

    /// <summary>Sets the headers before anything else responds.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app)
    {
        var production = app.ApplicationServices.GetRequiredService<IHostEnvironment>().IsProduction();
        return app.Use((context, next) =>
        {
            Set(context.Response, production);
            return next(context);
        });
    }

    /// <summary>Allows only these style sheets in a page's style elements.</summary>
    /// <param name="hashes">In the form for a policy: sha256-, then Base64.</param>
    public static void AllowStyles(HttpResponse response, IEnumerable<string> hashes) => response.Headers.ContentSecurityPolicy =
        ContentSecurityPolicy.Replace(Styles, Styles + string.Concat(hashes.Select(hash => $" '{hash}'")), StringComparison.Ordinal);

    /// <summary>Sets the headers on one response, or again after something has cleared them.</summary>
    public static void Set(HttpResponse response, bool production)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        // Don't reveal to other sites that a visitor comes from a ketamine clinic, not even by its name, as strict-origin would. no-referrer is no better and
        // would make browsers send "Origin: null" with our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Responses without a caching header (form results, errors, staff pages) must not be cached.
        headers.CacheControl = "no-store";
        // Sent over plain HTTP too, because a proxy may terminate TLS; browsers honor it only over TLS.
        if (production) headers.StrictTransportSecurity = "max-age=63072000; includeSubDomains";
    }
}
