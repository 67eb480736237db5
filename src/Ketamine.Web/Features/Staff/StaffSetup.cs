using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Antiforgery;

namespace Ketamine.Web.Features.Staff;

/// <summary>Registers the desk and adds it to the pipeline.</summary>
public static class StaffSetup
{
    public static IServiceCollection AddStaff(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StaffOptions>().Bind(configuration.GetSection("Staff"))
            .Validate(options => options.UrlIsUsable,
                $"Staff:Url is \"{configuration["Staff:Url"]}\"; use an https address, or http://localhost with a port to try the desk")
            .ValidateOnStart();
        services.AddIdentityCore<StaffMember>().AddUserStore<StaffStore>();
        services.AddScoped<StaffPasskeys>();
        services.AddScoped<StaffAccounts>();
        services.AddScoped<StaffCookie>();
        services.AddScoped<LeadQueue>();
        services.AddScoped<LeadMerge>();
        services.AddScoped<DeskNumbers>();
        services.AddWorker<DeskInUse>();
        services.AddSingleton<SignInDelays>();
        services.AddSingleton<ContentFindings>();
        services.AddSingleton<RiskWords>();
        services.AddScoped<DeskContext>();
        services.AddSingleton<DeskAssets>();
        services.AddAntiforgery();
        services.AddOptions<AntiforgeryOptions>().Configure<IOptions<StaffOptions>>((forms, staff) =>
        {
            var secure = staff.Value.Url is not { Scheme: "http" };
            forms.Cookie.Name = secure ? "__Secure-desk-forms" : "desk-forms";
            forms.Cookie.Path = "/staff";
            forms.Cookie.SameSite = SameSiteMode.Strict;
            forms.Cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            forms.SuppressXFrameOptionsHeader = true; // every page sends frame-ancestors instead
        });
        return services;
    }

    /// <summary>Before routing: if a form arrives after its session ended, shows the page that keeps what was typed.</summary>
    public static IApplicationBuilder UseSignedOutForms(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (context.Response.HasStarted || !context.Items.ContainsKey(StaffGate.SignedOut)) return;
        context.Items["staff.asked"] = context.Request.Path.Value + context.Request.QueryString.Value;
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = "/staff/signed-out";
        context.Request.QueryString = QueryString.Empty;
        context.Request.RouteValues.Clear();
        context.SetEndpoint(null);
        await next(context);
    });

    /// <summary>
    /// Before routing: shows the desk's own error page for everything under /staff. What that page leaves to the public one, or can't show without its data,
    /// falls through to <see cref="ErrorPages"/> in front of this.
    /// </summary>
    public static IApplicationBuilder UseDeskErrors(this IApplicationBuilder app) => app.UseWhen(
        context => context.Request.Path.StartsWithSegments("/staff", StringComparison.OrdinalIgnoreCase),
        desk => desk.UseErrorPages(DeskErrorModel.Path, fallback: null));

    /// <summary>After routing, and before all endpoints.</summary>
    public static IApplicationBuilder UseStaffGate(this IApplicationBuilder app) => app.UseMiddleware<StaffGate>();

    public static void MapStaff(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/staff/desk.css", [HttpMethods.Get, HttpMethods.Head], (DeskAssets assets, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(assets.Css, "text/css; charset=utf-8");
        }).WithMetadata(new StaffAccessAttribute { Anyone = true, Passive = true });
        app.MapQueueStream();
        app.MapCalendarFeed();
    }
}
