namespace Ketamine.Web.Leads;

/// <summary>Deletes leads that have passed their retention period. Runs at startup and then once a day.</summary>
public sealed partial class LeadRetention(IServiceScopeFactory scopes, TimeProvider clock, ILogger<LeadRetention> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var daily = new PeriodicTimer(TimeSpan.FromDays(1), clock);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var (leads, mails) = await scope.ServiceProvider.GetRequiredService<LeadService>().ApplyRetentionAsync(stoppingToken);
                if (leads > 0) Deleted(leads, mails);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(exception.GetType().Name); // only the type: the message could contain someone's data
            }
        }
        while (await daily.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deleted {Leads} leads and {Mails} emails")]
    private partial void Deleted(int leads, int mails);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention failed: {Error}. It will run again in a day")]
    private partial void Failed(string error);
}
