using System.Security.Claims;
using Ketamine.Web.Audit;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Guards everything under /staff: opens the session, checks roles, and sets headers.</summary>
public sealed class StaffGate(RequestDelegate next, IOptions<AntiforgeryOptions> forms)
{
    /// <summary>Allows only the site's own resources, no inline code, and no framing.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
            + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];

    public async Task InvokeAsync(HttpContext context, DeskContext desk, StaffAccounts accounts, StaffCookie cookie, AuditLog audit)
    {
        if (!context.Request.Path.StartsWithSegments("/staff", StringComparison.OrdinalIgnoreCase) || context.GetEndpoint() is not { } endpoint)
        {
            await next(context);
            return;
        }

        SetHeaders(context.Response.Headers);
        // No page under /staff accepts other methods, so this response doesn't reveal which pages exist.
        if (!Methods.Contains(context.Request.Method, StringComparer.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = string.Join(", ", Methods);
            return;
        }

        if (endpoint.Metadata.GetMetadata<StaffAccessAttribute>() is not { } access)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!context.Request.IsHttps && NeedsHttps(endpoint))
        {
            await SendToHttpsAsync(context.Response, cookie.Home);
            return;
        }

        if (cookie.Read(context.Request) is { } value
            && await accounts.OpenSessionAsync(value, click: !access.Passive, context.RequestAborted) is var (session, member))
        {
            desk.Enter(session, member);
            // Antiforgery tokens are tied to this name.
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, $"{member.Id:N}{session.Id:N}")], "Staff"));
        }

        if (access.Anyone || await MayEnterAsync(context, desk, access, audit)) await next(context);
    }

    /// <summary>Whether the visitor may use the address. If not, sets the response.</summary>
    private static async Task<bool> MayEnterAsync(HttpContext context, DeskContext desk, StaffAccessAttribute access, AuditLog audit)
    {
        if (!desk.IsSignedIn)
        {
            await RefuseAsync(context);
            return false;
        }

        if (!access.Allows(desk.Me.Role))
        {
            await audit.WriteAsync(desk.Me.Name, "refused", "/" + (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimStart('/'),
                desk.Me.Role.ToString(), context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return false;
        }

        if (desk.Session.CoveredAt is not null && access is { Covered: false, Passive: false })
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = "/staff/covered";
            return false;
        }

        return true;
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers.CacheControl = "no-store";
        var policy = headers["Permissions-Policy"].ToString()
            .Replace("publickey-credentials-get=()", "publickey-credentials-get=(self)", StringComparison.Ordinal);
        headers["Permissions-Policy"] = policy + ", publickey-credentials-create=(self)";
    }

    // The antiforgery cookie requires TLS, and creating a form's token without TLS is an error.
    private bool NeedsHttps(Endpoint endpoint) =>
        forms.Value.Cookie.SecurePolicy == CookieSecurePolicy.Always
        && endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null
        && endpoint.Metadata.GetMetadata<IgnoreAntiforgeryTokenAttribute>() is null;

    // Not a redirect: behind an untrusted proxy, every request looks like plain HTTP, so the browser would loop.
    private static Task SendToHttpsAsync(HttpResponse response, Uri home)
    {
        response.StatusCode = StatusCodes.Status403Forbidden;
        response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.WriteAsync($"""
            The desk opens over HTTPS only: https://{home.Authority}/staff
            If you did use HTTPS, the proxy in front of the site has to be named in Site:TrustedProxies.
            To try the desk on your own machine, start the site with --Staff:Url=http://localhost:5000.

            """, response.HttpContext.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            var asked = request.Path + request.QueryString.ToUriComponent();
            context.Response.Headers.Location = asked is "/staff" ? "/staff/sign-in" : $"/staff/sign-in?next={Uri.EscapeDataString(asked)}";
            return;
        }

        if (await FormBodies.RefusalAsync(context) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        context.Items[SignedOut] = request.HasFormContentType ? await request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
    }

    /// <summary>A form arrived after its session ended. The request ends at the page that says so, which still has what was typed.</summary>
    internal const string SignedOut = "staff.signed-out";
}

/// <summary>The cookie with the session's secret.</summary>
public sealed class StaffCookie(StaffPasskeys passkeys)
{
    /// <inheritdoc cref="StaffPasskeys.Home"/>
    public Uri Home => passkeys.Home;

    private bool Secure => Home.Scheme == "https";

    // The prefix makes browsers reject the cookie if it was set without TLS (RFC 6265bis, 4.1.3.1).
    private string Name => Secure ? "__Secure-desk" : "desk";

    public string? Read(HttpRequest request) => request.Cookies.TryGetValue(Name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Sets the cookie for the desk only. Public pages never receive it.</summary>
    public void Set(HttpResponse response, string value) => response.Cookies.Append(Name, value, Options());

    public void Delete(HttpResponse response) => response.Cookies.Delete(Name, Options());

    private CookieOptions Options() => new()
    {
        Path = "/staff",
        HttpOnly = true,
        Secure = Secure,
        // Not Strict: staff who follow a link from an email must still be signed in. Every change also requires an antiforgery token and the same origin.
        SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax,
        IsEssential = true,
    };
}
