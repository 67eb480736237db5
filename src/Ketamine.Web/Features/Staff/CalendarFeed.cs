using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// The feed of booked calls for a staff member's calendar app. Its address is the key: anyone who has it sees when calls are, and nothing else.
/// </summary>
public static class CalendarFeed
{
    private static readonly TimeSpan Back = TimeSpan.FromDays(7);

    public static void MapCalendarFeed(this IEndpointRouteBuilder app) =>
        app.MapMethods("/staff/calendar/{secret}", [HttpMethods.Get, HttpMethods.Head], ReadAsync)
            .WithMetadata(new StaffAccessAttribute { Anyone = true, Passive = true });

    /// <summary>The feed's address for a secret.</summary>
    public static Uri Address(Uri home, string secret) => new(home, $"/staff/calendar/{secret}.ics");

    private static async Task<IResult> ReadAsync(
        string secret, StaffAccounts accounts, ClinicDb db, ContentStore content, TimeProvider clock, CancellationToken cancellation)
    {
        if (!secret.EndsWith(".ics", StringComparison.Ordinal)) return Results.NotFound();
        if (await accounts.OpenCalendarAsync(secret[..^4], cancellation) is null) return Results.NotFound();
        var since = clock.GetUtcNow() - Back;
        var calls = await db.Set<Consultation>().AsNoTracking().Where(call => call.Status == ConsultationStatus.Booked && call.EndsAt > since)
            .OrderBy(call => call.StartsAt).ToListAsync(cancellation);
        return Results.Text(CalendarFile.WriteFeed(calls, content.Current.Clinic.DiscreetName, "Call"), "text/calendar; charset=utf-8");
    }
}
