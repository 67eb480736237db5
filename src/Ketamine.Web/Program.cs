using Ketamine.Web.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddLocalization();
builder.Services.AddSiteAssets();
builder.Services.AddRazorPages(pages =>
{
    pages.RootDirectory = "/Features";
    // Public forms stand on cached pages and carry no antiforgery cookie: Web/SameOrigin guards them. Staff pages have a session, and antiforgery too.
    pages.Conventions.AddFolderApplicationModelConvention("/", page =>
    {
        if (!page.ViewEnginePath.StartsWith("/Staff/", StringComparison.Ordinal)) page.Filters.Add(new IgnoreAntiforgeryTokenAttribute());
    });
});
builder.Services.AddSingleton(services => new ContentStore(
    new SiteContent
    {
        Version = "0",
        Clinic = new Clinic
        {
            Name = "Clinic",
            LegalName = "Clinic",
            Url = new Uri("https://clinic.example"),
            TimeZone = NodaTime.DateTimeZone.Utc,
            Crisis = new CrisisLine("988", "Call or text 988", "988", "988", new Uri("https://988lifeline.org")),
        },
    },
    services.GetRequiredService<TimeProvider>()));

var app = builder.Build();
var content = app.Services.GetRequiredService<ContentStore>();
app.UseSiteCulture(() => content.Current.Clinic.Locale);
app.UseStaticFiles();
app.UseRouting();
app.MapRazorPages();
app.MapSiteStylesheet();
app.MapGet("/health/live", () => "live");
app.Run();
