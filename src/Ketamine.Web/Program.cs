using Ketamine.Web.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Articles;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Discovery;
using Ketamine.Web.Features.Errors;
using Ketamine.Web.Features.Images;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Features.Search;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Ops;
using Ketamine.Web.Web;

if (Commands.Asked(args)) return await Commands.RunAsync(args, Build);

var app = Build(args);
if (!app.Services.TryReadContent(Console.Error)) return 1;
if (!await ClinicDatabase.TryMigrateAsync(app.Services, Console.Error, CancellationToken.None)) return 1;
var content = app.Services.GetRequiredService<ContentStore>();

app.UseFinishedPages();
app.UseForwardedHeaders();
app.UseMiddleware<RequestLog>();
app.UseErrorPages("/error/{0}", status => LastResort.Page(content.Current.Clinic, status));
app.UseSecurityHeaders();
app.UsePagesAhead();
app.UseSiteCulture(() => content.Current.Clinic.Locale);
app.UseSiteFiles();
app.UsePreviews();
app.UseRouting();
app.Use(next => context => RequestLog.RememberRoute(context, next));
app.UseAllowedMethods();
app.UseOldAddresses(OldAddressOf);
app.UseCanonicalAddress();
app.UseSameOrigin();
app.UseRateLimiter();
app.UseFormQueue();
app.UseFormBodies();
app.UseRequestText();
app.UseCompression();
app.UsePageCache();

app.MapRazorPages();
app.MapSiteStylesheet();
app.MapImages();
app.MapArticles();
app.MapDiscovery();
app.MapHealth();

return await app.RunSiteAsync();

OldAddress? OldAddressOf(string path) => content.Current.FindRedirect(path) is { } old ? new OldAddress(old.To) : null;

static WebApplication Build(string[] args)
{
    var builder = SiteHost.NewBuilder(args);
    var (services, configuration) = (builder.Services, builder.Configuration);

    services.AddSingleton(TimeProvider.System);
    services.AddLocalization();
    services.AddFeaturePages();
    services.AddFinishedPages();
    services.AddDatabaseFailures();
    services.AddCompression();
    services.AddTrustedProxies(configuration);
    services.AddRequestLimits(configuration);
    services.AddFormBodies();

    services.AddData(configuration);
    services.AddContent(configuration);
    services.AddMail(configuration);
    services.AddLeads(configuration);
    services.AddArticles();
    services.AddConsultations();
    services.AddNewsletter(configuration);
    services.AddSearch();
    services.AddSiteAssets();
    services.AddHealth(configuration);
    return builder.Build();
}
