using Microsoft.Extensions.Options;

namespace Ketamine.Content.Publishing;

/// <summary>Puts publishing into the application.</summary>
public static class PublishingServices
{
    /// <summary>Adds a <see cref="Publisher"/> of the site's content folder, and what changes short texts in it.</summary>
    public static IServiceCollection AddPublishing(this IServiceCollection services) => services.AddSingleton(provider => new Publisher(
        provider.GetRequiredService<LiveCopies>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<ContentOptions>>().Value.Git)).AddSingleton<SmallTexts>();
}
