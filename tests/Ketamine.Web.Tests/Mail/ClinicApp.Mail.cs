using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ketamine.Web.Tests;

public partial class ClinicApp
{
    /// <summary>Where the site's mails arrive.</summary>
    public Mailbox Mailbox { get; } = new();

    /// <summary>Has the worker send everything that is due by the clock, and returns what the mailbox then holds.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> DeliverMailAsync()
    {
        await Services.GetRequiredService<OutboxWorker>().DeliverDueAsync(CancellationToken.None);
        return Mailbox.Received;
    }

    partial void ConfigureFakes(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<IMailTransport>(Mailbox));
}
