using Microsoft.AspNetCore.Http.HttpResults;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Gives the next open time as text, for the small script that adds it to a cached page. Never cached, and sets no cookie.</summary>
public static class NextFreeTime
{
    /// <summary>GET /consultation/next: "Next open time: Mon, Nov 30, 9:00 am" as plain text, or 204 if no time is open.</summary>
    public static IEndpointRouteBuilder MapConsultations(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/consultation/next", [HttpMethods.Get, HttpMethods.Head], AnswerAsync);
        return routes;
    }

    private static async Task<Results<ContentHttpResult, NoContent>> AnswerAsync(
        BookingService bookings, IStringLocalizer<SiteStrings> words, CancellationToken cancellation)
    {
        var free = await bookings.FreeAsync(cancellation);
        return free.IsEmpty
            ? TypedResults.NoContent()
            : TypedResults.Text(words["Next open time: {0}", CallStrings.Shortly(free[0])], "text/plain; charset=utf-8");
    }
}
