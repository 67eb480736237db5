using Ketamine.Content;
using Ketamine.Web.Leads;
using NodaTime;

namespace Ketamine.Web.Tests.Leads;

public sealed class AnswerPromiseTests
{
    private static readonly DateTimeZone Denver = DateTimeZoneProviders.Tzdb["America/Denver"];

    private static readonly Clinic Clinic = new()
    {
        Name = "Juniper House",
        LegalName = "Juniper House",
        Url = new Uri("https://juniper.example"),
        TimeZone = Denver,
        Crisis = new CrisisLine("", "", "988", "988", new Uri("https://988lifeline.org")),
        Hours =
        [
            new OpeningHours(
                [IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday],
                new LocalTime(9, 0),
                new LocalTime(17, 0)
            ),
            new OpeningHours([IsoDayOfWeek.Friday], new LocalTime(9, 0), new LocalTime(13, 0)),
        ],
        Holidays = [new Holiday(new DateInterval(new LocalDate(2026, 11, 26), new LocalDate(2026, 11, 27)), null, "Thanksgiving")],
    };

    [Theory]
    [InlineData("2026-11-23T07:00", "2026-11-23T17:00")] // Monday before opening: today
    [InlineData("2026-11-23T12:59", "2026-11-23T17:00")] // four open hours left: today
    [InlineData("2026-11-23T13:01", "2026-11-24T17:00")] // fewer: tomorrow
    [InlineData("2026-11-25T16:00", "2026-11-30T17:00")] // before Thanksgiving, a closed Friday and a weekend
    [InlineData("2026-11-20T08:00", "2026-11-20T13:00")] // a short Friday has four hours
    [InlineData("2026-11-20T09:30", "2026-11-23T17:00")] // and then no more
    [InlineData("2026-11-21T10:00", "2026-11-23T17:00")] // Saturday
    public void an_answer_is_promised_by_the_close_of_an_open_day(string asked, string promised) =>
        AnswerPromise.For(Clinic, At(asked)).ShouldBe(At(promised));

    [Fact]
    public void a_clinic_without_hours_promises_two_days() =>
        AnswerPromise.For(Clinic with { Hours = [] }, At("2026-11-23T07:00")).ShouldBe(At("2026-11-25T07:00"));

    private static DateTimeOffset At(string local) =>
        NodaTime.Text.LocalDateTimePattern.CreateWithInvariantCulture("yyyy-MM-dd'T'HH:mm").Parse(local).Value.InZoneStrictly(Denver).ToDateTimeOffset();
}
