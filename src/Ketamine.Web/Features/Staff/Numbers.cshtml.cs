using CsvHelper;
using Ketamine.Web.Features.Staff.Accounts;
using NodaTime.Text;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Figures for the last weeks: whether promises were kept, how many people wrote and booked, and what was read. Nothing about individual visitors.
/// </summary>
[StaffAccess(StaffRole.FrontDesk, StaffRole.Editor)]
public sealed class NumbersModel(DeskContext desk, DeskNumbers numbers) : DeskPage(desk)
{
    public WeeklyNumbers Counts { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("Numbers", "/staff/numbers");
        Counts = await numbers.CountAsync(cancellation);
    }

    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellation)
    {
        Counts = await numbers.CountAsync(cancellation);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        await using (var csv = CsvWriter.Create(text, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true))
        {
            string[] header =
            [
                "week of", "views", "leads", "calls booked", "reached", "answered in time", "tried in time", "late", "median minutes to answer",
            ];
            await csv.WriteRecordAsync(header, cancellation);
            foreach (var week in Counts.Weeks)
            {
                await csv.WriteRecordAsync(
                [
                    LocalDatePattern.Iso.Format(week.Monday), Number(week.Views), Number(week.Leads), Number(week.Booked), Number(week.Reached),
                    Number(week.InTime), Number(week.Tried), Number(week.Late), week.Median is { } median ? Number((int)median.TotalMinutes) : "",
                ], cancellation);
            }
        }

        return File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "numbers.csv");
    }

    /// <summary>"Nov 23".</summary>
    public static string Day(LocalDate date) => date.ToString("MMM d", CultureInfo.GetCultureInfo("en-US"));

    /// <summary>"1,310".</summary>
    public static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>How many people asked about one article. Small numbers show as "1 or 2", because editors may not see leads.</summary>
    public static string People(int number) => number is > 0 and < DeskNumbers.Few ? "1 or 2" : Count(number);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
