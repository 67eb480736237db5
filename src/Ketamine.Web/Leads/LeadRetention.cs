namespace Ketamine.Web.Leads;

/// <summary>Deletes leads whose time is over: at start, and every day after.</summary>
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
                Failed(exception.GetType().Name); // the message could hold a value; tomorrow is another try
            }
        }
        while (await daily.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deleted {Leads} leads and {Mails} mails")]
    private partial void Deleted(int leads, int mails);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention did not run: {Error}. It runs again in a day")]
    private partial void Failed(string error);
}
