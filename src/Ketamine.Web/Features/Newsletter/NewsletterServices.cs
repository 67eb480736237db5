using Ketamine.Web.Data;
using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Registers the newsletter.</summary>
public static class NewsletterServices
{
    public static IServiceCollection AddNewsletter(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NewsletterOptions>().Bind(configuration.GetSection("Newsletter"))
            .Validate(options => options.RetryAfter >= TimeSpan.FromMilliseconds(1) && options.RetryAfter <= TimeSpan.FromHours(1),
                $"Newsletter:RetryAfter is {configuration["Newsletter:RetryAfter"]}; use a time from 00:00:00.001 to 01:00:00")
            .ValidateOnStart();
        services.AddSingleton<NewsletterKeys>();
        services.AddSingleton<CodePages>();
        services.AddScoped<ConfirmationMail>();
        services.AddScoped<SubscriptionService>();
        services.AddScoped<IssueComposer>();
        services.AddScoped<NewsletterService>();
        services.AddScoped<SubscriberList>();
        services.AddSingleton(UnsealedKind.Of<Subscriber, ReaderAddress>("Subscribers", (reader, words, _) => reader.TakeIn(words)));
        services.AddSingleton(UnsealedKind.Of<SignUp, ReaderAddress>("SignUps", (signUp, words, _) => signUp.TakeIn(words)));
        return services.AddWorker<IssueSender>();
    }
}
