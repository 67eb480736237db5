using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Ketamine.Web.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Ketamine.Web.Tests;

public partial class ClinicApp
{
    /// <summary>The mailbox that receives the site's emails.</summary>
    public Mailbox Mailbox { get; } = new();

    /// <summary>Lets the worker send everything that is due by the fake clock. Returns the contents of the mailbox.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> DeliverMailAsync()
    {
        await Services.GetRequiredService<OutboxWorker>().DeliverDueAsync(CancellationToken.None);
        return Mailbox.Received;
    }

    /// <summary>Sends by SMTP to <paramref name="server"/> instead of to <see cref="Mailbox"/>.</summary>
    internal ClinicApp SendTo(SmtpSink server)
    {
        _realTransport = true;
        foreach (var (key, value) in server.Settings()) Set(key, value);
        return Set("Mail:From", "clinic@juniper.example").Set("Mail:Staff:0", "staff@juniper.example");
    }

    private bool _realTransport;

    partial void ConfigureFakes(IServiceCollection services)
    {
        if (!_realTransport) services.Replace(ServiceDescriptor.Singleton<IMailTransport>(Mailbox));
        // It looks for issues every five seconds of the fake clock. A test that skips a week would wait for 120,960 runs, and a test that runs it directly
        // would race it.
        LeaveOut<AfterFirstPage<IssueSender>>(services);
        // Rendering and compressing about 50 pages takes longer than most tests.
        if (!_pagesAhead) LeaveOut<PageCacheWarmer>(services);
    }

    /// <summary>Renders and compresses pages before they are requested, as the site does outside tests. Call it before the first request.</summary>
    internal ClinicApp RenderPagesAhead()
    {
        _pagesAhead = true;
        return this;
    }

    private bool _pagesAhead;

    private static void LeaveOut<T>(IServiceCollection services) where T : IHostedService => services.Remove(
        services.Single(service => service.ServiceType == typeof(IHostedService)
            && (service.ImplementationType ?? service.ImplementationFactory?.Method.ReturnType) == typeof(T))
    );
}
