using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Web;

/// <summary>Hosting setup that is the same for every website of this kind.</summary>
public static class SiteHost
{
    /// <summary>A builder with its own files (appsettings.json, wwwroot) next to the binary, and paths relative to the working directory.</summary>
    public static WebApplicationBuilder NewBuilder(string[] args)
    {
#if DEBUG
        // A Debug build means development; published builds are Release builds.
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
        builder.WebHost.UseSockets(sockets =>
        {
            // One thread reads a request, answers it, and sends the response; other connections have other threads of the pool. "Unsafe" if a request is
            // processed on the thread that waits for the sockets, which .NET does only with DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS.
            sockets.UnsafePreferInlineScheduling = true;
            // Saves a system call per request, and costs each idle connection 4 KB.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.Services.AddSiteKeys(builder.Configuration);
        return builder;
    }

    /// <summary>
    /// Prepares the site, and serves it until the process is asked to stop. If the last run's pages are still valid, it serves those while it prepares, and
    /// other requests wait. Reports wrong settings, one per line, without serving anything.
    /// </summary>
    /// <param name="prepare">Reads and opens what requests need; false if that failed and has been reported.</param>
    /// <param name="pipeline">Adds everything behind the cached pages; called once the site is prepared.</param>
    /// <returns>The exit code: 0, or 1 if the site couldn't start.</returns>
    public static async Task<int> RunSiteAsync(this WebApplication app, Func<Task<bool>> prepare, Action<IApplicationBuilder> pipeline)
    {
        var opened = new TaskCompletionSource<RequestDelegate>(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Run(async context => await (await opened.Task.WaitAsync(context.RequestAborted))(context));
        var (cache, firstPage) = (app.Services.GetRequiredService<PageCache>(), app.Services.GetRequiredService<FirstPage>());
        var isStarting = false;
        try
        {
            var isEarly = cache.TryRestore();
            if (isEarly)
            {
                firstPage.BeginPreparation();
                await ListenAsync();
            }

            if (!await prepare())
            {
                if (isEarly) await app.StopAsync();
                return 1;
            }

            cache.Open();
            var site = new ApplicationBuilder(app.Services);
            pipeline(site);
            opened.SetResult(site.Build());
            firstPage.EndPreparation();
            if (!isEarly) await ListenAsync();
            await app.WaitForShutdownAsync();
            await app.DisposeAsync();
            return 0;
        }
        catch (OptionsValidationException wrong)
        {
            foreach (var failure in wrong.Failures) await Console.Error.WriteLineAsync(failure);
            await Console.Error.WriteLineAsync("The site can't start: its settings are wrong.");
            return 1;
        }
        catch (Exception wrong) when (isStarting && wrong is FormatException or ArgumentException or InvalidOperationException or UnauthorizedAccessException
            or System.Net.Sockets.SocketException)
        {
            await app.StopAsync(); // what has started already
            var message = $"The site can't start at {app.Configuration["urls"] ?? "its address"}: {wrong.Message} Use an address like http://localhost:5001";
            await Console.Error.WriteLineAsync(message);
            return 1;
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"The site can't start: {taken.Message} Use another address: --urls=http://localhost:5001");
            return 1;
        }

        async Task ListenAsync()
        {
            isStarting = true;
            await app.StartAsync();
            isStarting = false;
        }
    }

    /// <summary>Razor Pages from Features/, one folder per feature.</summary>
    public static IServiceCollection AddFeaturePages(this IServiceCollection services)
    {
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/Features";
            // Public forms are on cached pages and have no antiforgery cookie: SameOrigin protects them. A staff page with a session also has
            // antiforgery; the one without is authorized by its link's secret, and says so.
            pages.Conventions.AddFolderApplicationModelConvention("/", page =>
            {
                if (!page.ViewEnginePath.StartsWith("/Staff/", StringComparison.Ordinal)) page.Filters.Add(new IgnoreAntiforgeryTokenAttribute());
            });
        });
        return services;
    }

    /// <summary>Serves the files of wwwroot, cacheable for a year if the address includes their version.</summary>
    public static IApplicationBuilder UseSiteFiles(this IApplicationBuilder app) => app.UseStaticFiles(new StaticFileOptions
    {
        OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Query.ContainsKey("v")
            ? "public, max-age=31536000, immutable"
            : "public, max-age=3600, stale-while-revalidate=86400",
    });
}
