using Ketamine.Content.Publishing;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Articles;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Discovery;
using Ketamine.Web.Features.Errors;
using Ketamine.Web.Features.Images;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Features.Search;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Ops;
using Ketamine.Web.Web;

if (Commands.IsCommand(args)) return await Commands.RunAsync(args, Build);
if (WrongSettings.Report(args, Console.Error)) return 1;
var app = Build(args);
app.UseEditing().UseCachedPages();
return await app.RunSiteAsync(() => app.TryPrepareAsync(Console.Error), Configure);

static void Configure(IApplicationBuilder app)
{
    var content = app.ApplicationServices.GetRequiredService<ContentStore>();
    app.UseForwardedHeaders();
    app.UseRequestLog();
    app.UseErrorPages("/error/{0}", status => FallbackErrorPage.Page(content.Current.Clinic, status));
    app.UseSecurityHeaders();
    app.UsePagesAhead();
    app.UseSiteCulture(() => content.Current.Clinic.Locale);
    app.UseSiteFiles();
    app.UsePreviews();
    app.UseSignedOutForms();
    app.UseDeskErrors();
    app.UseRouting();
    app.UseStaffGate();
    app.UseAllowedMethods();
    app.UseOldAddresses(path => content.Current.FindRedirect(path) is { } old ? new OldAddress(old.To) : null);
    app.UseCanonicalAddress();
    app.UseSameOrigin();
    app.UseRequestLimits();
    app.UseFormQueue();
    app.UseFormBodies();
    app.UseRequestText();
    app.UseCompression();
    app.UsePageCache();
    app.UseEndpoints(pages =>
    {
        pages.MapRazorPages();
        pages.MapSiteStylesheet();
        pages.MapStaff();
        pages.MapImages().MapArticles().MapConsultations().MapDiscovery().MapHealth();
    });
}

static WebApplication Build(string[] args)
{
    var builder = SiteHost.NewBuilder(EditCommand.Expand(args));
    var (services, configuration) = (builder.Services, builder.Configuration);
    services.AddSingleton(TimeProvider.System).AddLocalization().AddFeaturePages().AddCachedPages();
    services.AddDatabaseFailures();
    services.AddCompression().AddTrustedProxies(configuration);
    services.AddRequestLimits();
    services.AddFormBodies();
    services.AddData(configuration);
    services.AddContent(configuration).AddPublishing().AddWorker<ContentWatcher>();
    services.AddMail(configuration);
    services.AddLeads(configuration);
    services.AddArticles();
    services.AddConsultations();
    services.AddNewsletter(configuration);
    services.AddSearch();
    services.AddStaff(configuration);
    services.AddSiteAssets();
    services.AddHealth(configuration);
    return builder.Build();
}
