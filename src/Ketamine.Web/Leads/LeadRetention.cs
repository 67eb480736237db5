using Ketamine.Web.Data;
using Ketamine.Web.Web;

namespace Ketamine.Web.Leads;

/// <summary>Deletes leads that have passed their retention period. Runs at startup and then once a day.</summary>
public sealed partial class LeadRetention(IServiceScopeFactory scopes, TimeProvider clock, ILogger<LeadRetention> logger)
    : PeriodicWorker(TimeSpan.FromDays(1), clock)
{
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (leads, mails) = await scope.ServiceProvider.GetRequiredService<LeadService>().ApplyRetentionAsync(cancellation);
        if (leads > 0) Deleted(leads, mails);
    }

    protected override void LogFailed(Exception failure) => Failed(ClinicDatabase.Cause(failure));

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deleted {Leads} leads and {Mails} emails")]
    private partial void Deleted(int leads, int mails);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention failed: {Cause}. It will run again in a day")]
    private partial void Failed(string cause);
}
