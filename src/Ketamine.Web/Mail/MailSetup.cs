using Ketamine.Web.Data;
using Ketamine.Web.Web;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ketamine.Web.Mail;

/// <summary>Registers the outbox, its worker, and the configured transport.</summary>
public static class MailSetup
{
    /// <summary>
    /// Adds <see cref="Outbox"/>, <see cref="OutboxWorker"/>, and <see cref="MailOptions"/>, which are checked at startup. Requires <c>AddData</c>, a
    /// ContentStore, and a TimeProvider.
    /// </summary>
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IOptionsFactory<MailOptions>>(new OptionsFromConfiguration(configuration));
        services.AddOptions<MailOptions>().ValidateOnStart();
        services.AddSingleton(UnsealedKind.Of<OutboxMessage, OutboxMessage.Content>("Outbox", (mail, content, _) => mail.TakeIn(content)));
        services.AddSingleton<OutboxSignal>();
        services.AddScoped<Outbox>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton<OAuth2Tokens>();
        services.TryAddSingleton<IMailTransport>(provider => provider.GetRequiredService<IOptions<MailOptions>>().Value.Host is null
            ? ActivatorUtilities.CreateInstance<FileTransport>(provider)
            : ActivatorUtilities.CreateInstance<SmtpTransport>(provider));
        return services.AddWorker<OutboxWorker>();
    }

    private sealed class OptionsFromConfiguration(IConfiguration configuration) : IOptionsFactory<MailOptions>
    {
        public MailOptions Create(string name) => MailOptions.Read(configuration.GetSection("Mail"));
    }
}
