using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>Checks whether any staff member can sign in, at the start and every minute, because another instance or a command may have changed that.</summary>
public sealed partial class DeskInUse(IServiceScopeFactory scopes, EffectiveLeadDetail detail, TimeProvider clock, ILogger<DeskInUse> logger)
    : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken); // before the first request, so emails don't reveal too much
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await minute.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (detail.SetDeskInUse(await scope.ServiceProvider.GetRequiredService<StaffAccounts>().AnyEnrolledAsync(cancellation))
                && detail.FollowsDesk) Follows(detail.Value.ToString());
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            Failed(failure.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Emails to staff about leads are now {Detail}: staff can sign in at /staff. Set Mail:LeadDetail to choose otherwise")]
    private partial void Follows(string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not check whether staff can sign in: {Error}. Emails to staff keep their level of detail")]
    private partial void Failed(string error);
}
