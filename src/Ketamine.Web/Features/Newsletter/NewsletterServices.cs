namespace Ketamine.Web.Features.Newsletter;

/// <summary>Registers the newsletter.</summary>
public static class NewsletterServices
{
    public static IServiceCollection AddNewsletter(this IServiceCollection services)
    {
        services.AddSingleton<NewsletterKeys>();
        services.AddScoped<ConfirmationMail>();
        services.AddScoped<SubscriptionDesk>();
        return services;
    }
}
