using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Web;

/// <summary>How the program is hosted: what is the same for every website of this make.</summary>
public static class SiteHost
{
    /// <summary>A builder whose own files (appsettings.json, wwwroot) stand beside the binary, and whose paths are those of the caller's folder.</summary>
    public static WebApplicationBuilder NewBuilder(string[] args)
    {
#if DEBUG
        // Whoever builds the working tree develops; what is published is built as Release.
        if (Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is null && Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is null)
            Environment.SetEnvironmentVariable("DOTNET_ENVIRONMENT", Environments.Development);
#endif
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var data = builder.Configuration["Data:Path"] ?? "data";
        builder.AddLogs(Path.Combine(data, "logs"));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = FormBodies.MaxBytes;
        });
        builder.Services.AddSiteKeys(builder.Configuration);
        return builder;
    }

    /// <summary>Serves until the process is told to stop. Settings that are wrong are told one a line, and nothing is served.</summary>
    /// <returns>The exit code: 0, or 1 when the settings keep the site from starting.</returns>
    public static async Task<int> RunSiteAsync(this WebApplication app)
    {
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException wrong)
        {
            foreach (var failure in wrong.Failures) await Console.Error.WriteLineAsync(failure);
            await Console.Error.WriteLineAsync("The site does not start: its settings are wrong.");
            return 1;
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"The site does not start: {taken.Message} Another address: --urls=http://localhost:5001");
            return 1;
        }
    }

    /// <summary>Razor Pages from Features/, a folder a feature.</summary>
    public static IServiceCollection AddFeaturePages(this IServiceCollection services)
    {
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/Features";
            // Public forms stand on cached pages and carry no antiforgery cookie: SameOrigin guards them. A staff page
            // with a session would have antiforgery too; the one there is goes by its link's secret, and says so.
            pages.Conventions.AddFolderApplicationModelConvention("/", page =>
            {
                if (!page.ViewEnginePath.StartsWith("/Staff/", StringComparison.Ordinal)) page.Filters.Add(new IgnoreAntiforgeryTokenAttribute());
            });
        });
        return services;
    }

    /// <summary>The files of wwwroot; for a year where the address carries their version.</summary>
    public static IApplicationBuilder UseSiteFiles(this IApplicationBuilder app) => app.UseStaticFiles(new StaticFileOptions
    {
        OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Query.ContainsKey("v")
            ? "public, max-age=31536000, immutable"
            : "public, max-age=3600, stale-while-revalidate=86400",
    });
}
