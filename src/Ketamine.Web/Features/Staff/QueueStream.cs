using System.Text.Json;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Notifies an open queue page of changes through server-sent events (HTML, 9.2). Each stream checks the database every few seconds, which also works with
/// several instances on one database. It sends only counts and references, and ends with the session.
/// </summary>
public static class QueueStream
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);
    private const int QuietRounds = 7;

    public static void MapQueueStream(this IEndpointRouteBuilder app) => app.MapGet("/staff/stream", SendAsync)
        .WithMetadata(new StaffAccessAttribute(StaffRole.FrontDesk) { Passive = true });

    private static async Task SendAsync(HttpContext context, IServiceScopeFactory scopes, TimeProvider clock)
    {
        var (response, cancellation) = (context.Response, context.RequestAborted);
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        var (last, quiet) = ("", 0);
        try
        {
            while (await LookAsync(context, scopes, clock, cancellation) is { } state)
            {
                if (state != last)
                {
                    (last, quiet) = (state, 0);
                    await response.WriteAsync($"event: queue\ndata: {state}\n\n", cancellation);
                    await response.Body.FlushAsync(cancellation);
                }
                else if (++quiet >= QuietRounds)
                {
                    quiet = 0;
                    await response.WriteAsync(": still here\n\n", cancellation); // keeps proxies from closing an idle connection
                    await response.Body.FlushAsync(cancellation);
                }

                await Task.Delay(Every, clock, cancellation);
            }

            await response.WriteAsync("event: signed-out\ndata: {}\n\n", cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The page was closed.
        }
    }

    // One scope per check, so no database connection stays open in between.
    private static async Task<string?> LookAsync(HttpContext context, IServiceScopeFactory scopes, TimeProvider clock, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var cookie = scope.ServiceProvider.GetRequiredService<StaffCookie>().Read(context.Request);
        if (cookie is null || await scope.ServiceProvider.GetRequiredService<StaffAccounts>().OpenSessionAsync(cookie, click: false, cancellation)
            is not var (session, _)) return null;
        var now = clock.GetUtcNow();
        var rows = await scope.ServiceProvider.GetRequiredService<LeadQueue>().AnswerNow(now)
            .Select(row => new { row.Lead.Reference, row.Lead.Version, row.Rank }).ToListAsync(cancellation);
        return JsonSerializer.Serialize(new
        {
            leads = rows.Select(row => row.Reference),
            emergency = rows.Where(row => row.Rank is QueueRank.Emergency).Select(row => row.Reference),
            risk = rows.Where(row => row.Rank is QueueRank.Risk).Select(row => row.Reference),
            versions = rows.Sum(row => row.Version),
            endsSoon = session.EndsAt - now <= TimeSpan.FromMinutes(2),
        });
    }
}
