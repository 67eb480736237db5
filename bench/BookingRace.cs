using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Bench;

/// <summary>
/// A thousand people try to book each of a hundred times at once. Each time must be booked once, and everyone else must be offered other times.
/// </summary>
internal static partial class BookingRace
{
    private const int Times = 100;
    private const int People = 1000;

    public static async Task<int> RunAsync()
    {
        var content = Directory.CreateTempSubdirectory("ketamine-bench-content-").FullName;
        await File.WriteAllTextAsync(Path.Combine(content, "clinic.yml"), """
            name: Juniper House
            url: https://juniper.example
            timeZone: America/Denver
            consultation:
              title: Free call
              horizonDays: 30
              weekly:
                - {day: mon, from: "08:00", to: "18:00"}
                - {day: tue, from: "08:00", to: "18:00"}
                - {day: wed, from: "08:00", to: "18:00"}
                - {day: thu, from: "08:00", to: "18:00"}
                - {day: fri, from: "08:00", to: "18:00"}
            """);
        await using var site = await RunningSite.StartAsync(content);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 256 })
        {
            BaseAddress = site.Address,
            Timeout = TimeSpan.FromMinutes(5),
        };
        var page = await http.GetStringAsync(new Uri("/consultation", UriKind.Relative));
        var slots = Slot().Matches(page).Select(match => match.Groups[1].Value).Distinct().Take(Times).ToList();
        if (slots.Count < Times) throw new InvalidOperationException($"only {slots.Count} times are offered");

        var responses = new Dictionary<HttpStatusCode, int>();
        var offered = 0;
        var clock = Stopwatch.StartNew();
        for (var s = 0; s < slots.Count; s++)
        {
            var slot = slots[s];
            var last = s == slots.Count - 1;
            var round = await Task.WhenAll(Enumerable.Range(0, People).Select(async person =>
            {
                using var form = new FormUrlEncodedContent([
                    new("slot", slot), new("name", $"Person {person}"), new("email", $"p{s}-{person}@example.com"),
                    new("phone", $"{(s < 50 ? 220 + s : 280 + s)}555{1000 + person}"), new("contactBy", "phone"), new("consent", "yes"),
                ]);
                using var response = await http.PostAsync(new Uri("/consultation", UriKind.Relative), form);
                return (response.StatusCode, Body: response.StatusCode == HttpStatusCode.Conflict ? await response.Content.ReadAsStringAsync() : "");
            }));
            foreach (var (status, body) in round)
            {
                responses[status] = responses.GetValueOrDefault(status) + 1;
                if (status == HttpStatusCode.Conflict && body.Contains("id=\"slot-nearest\"", StringComparison.Ordinal)) offered++;
            }
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var calls = await SiteDatabase.AskAsync(site.DataPath, db => db.Set<Consultation>().CountAsync());
        var distinct = await SiteDatabase.AskAsync(site.DataPath, db => db.Set<Consultation>().Select(call => call.StartsAt).Distinct().CountAsync());
        var failed = responses.Where(response => (int)response.Key >= 500).Sum(response => response.Value);
        var losers = responses.GetValueOrDefault(HttpStatusCode.Conflict);
        Console.WriteLine($"{Times} times, {People} requests each, in {seconds:0.0} s ({Times * People / seconds:0} a second)");
        Console.WriteLine("responses: " + string.Join(", ", responses.OrderBy(same => same.Key).Select(same => $"{(int)same.Key} x {same.Value}")));
        Console.WriteLine(
            $"bookings in the database: {calls}, distinct times: {distinct}; responses of 5xx: {failed}; "
                + $"losers: {losers}, of them offered other times: {offered}"
        );
        return calls == Times && distinct == Times && failed == 0 && losers == Times * (People - 1) && offered == losers ? 0 : 1;
    }

    [GeneratedRegex("name=\"slot\"[^>]*value=\"(2[^\"]*Z)\"")]
    private static partial Regex Slot();
}
