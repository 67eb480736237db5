using Microsoft.Extensions.Options;

namespace Ketamine.Content.Publishing;

/// <summary>Registers publishing.</summary>
public static class PublishingServices
{
    /// <summary>Adds the <see cref="Publisher"/> and the <see cref="ShortTexts"/> of the site's content folder.</summary>
    public static IServiceCollection AddPublishing(this IServiceCollection services) => services.AddSingleton(provider => new Publisher(
        provider.GetRequiredService<LiveCopies>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<ContentOptions>>().Value.Git)).AddSingleton<ShortTexts>();
}
