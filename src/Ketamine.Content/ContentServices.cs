using Ketamine.Content.Claims;
using Ketamine.Content.Images;
using Microsoft.Extensions.Options;

namespace Ketamine.Content;

/// <summary>Registers the clinic's content.</summary>
public static class ContentServices
{
    /// <summary>
    /// Adds <see cref="ContentFolder"/>, and <see cref="ContentStore"/> with its first content. The first read happens when the store is first
    /// resolved, and throws <see cref="ContentException"/> if the folder has errors. <see cref="ContentWatcher"/> keeps it up to date.
    /// </summary>
    public static IServiceCollection AddContent(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ContentOptions>().Bind(configuration.GetSection("Content"));
        services.AddSingleton(provider => new LiveCopies(provider.GetRequiredService<IOptions<ContentOptions>>().Value.Path, DataPath(configuration)));
        // The editor sees the folder itself; everyone else sees the published version.
        services.AddSingleton(provider =>
        {
            var (options, clock) = (provider.GetRequiredService<IOptions<ContentOptions>>().Value, provider.GetRequiredService<TimeProvider>());
            var cache = options.Cache ?? Path.Combine(DataPath(configuration), "cache");
            return options.Editing
                ? new ContentFolder(options.Path, clock) { Cache = cache }
                : new ContentFolder(provider.GetRequiredService<LiveCopies>(), clock) { Cache = cache };
        });
        services.AddSingleton(provider => new ContentView(
            provider.GetRequiredService<IOptions<ContentOptions>>().Value.Editing,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            var reading = provider.GetRequiredService<ContentFolder>().Read();
            return new ContentStore(
                provider.GetRequiredService<ContentView>().Of(reading) ?? throw new ContentException(reading.Problems),
                provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<PreviewLinks>();
        // In parallel with startup, instead of when the first text and the first phone number need them.
        _ = Task.Run(ClaimsCheck.WarmUp);
        _ = Task.Run(PhoneNumber.WarmUp);
        return services;
    }

    /// <summary>The site's data folder, which has the published versions: <c>Data:Path</c>.</summary>
    public static string DataPath(IConfiguration configuration) => configuration["Data:Path"] is { Length: > 0 } path ? path : "data";

    /// <summary>Adds the store for photographs' sizes; <see cref="PhotoWorker"/> makes them.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="folder">The data folder, from the application's options.</param>
    public static IServiceCollection AddPhotographs(this IServiceCollection services, Func<IServiceProvider, string> folder) =>
        services.AddSingleton(provider => new PhotoStore(Path.Combine(folder(provider), "photos")));

    /// <summary>
    /// Reads the folder for the first time. If there are errors, writes them to <paramref name="errors"/> and returns false: the site must not start, and the
    /// process ends with exit code 1.
    /// </summary>
    public static bool TryReadContent(this IServiceProvider services, TextWriter errors)
    {
        try
        {
            services.GetRequiredService<ContentStore>();
            return true;
        }
        catch (ContentException bad)
        {
            foreach (var problem in bad.Problems) errors.WriteLine(problem.ToMessage());
            errors.WriteLine($"The site can't start: {bad.Message}.");
            return false;
        }
    }
}

/// <summary>A folder that can't be served.</summary>
/// <param name="problems">Errors and warnings.</param>
public sealed class ContentException(IReadOnlyList<Diagnostic> problems)
    : Exception("the content folder has errors")
{
    public IReadOnlyList<Diagnostic> Problems { get; } = problems;
}
