using System.Globalization;
using Ketamine.Content;
using Ketamine.Web.Leads;
using Microsoft.Extensions.Localization;
using NodaTime;

namespace Ketamine.Web.Tests.Leads;

public sealed class DateFormatTests
{
    [Theory]
    [InlineData("en-US", "March 14, 2026", "9:00 am")]
    [InlineData("es-US", "14 de marzo de 2026", "9:00 a. m.")]
    [InlineData("de-DE", "14. März 2026", "09:00")]
    public void days_and_hours_are_written_as_the_culture_does(string culture, string day, string time)
    {
        var here = CultureInfo.GetCultureInfo(culture);

        new LocalDate(2026, 3, 14).ToString(DateFormat.Pattern(here), here).ShouldBe(day);
        DateFormat.Time(new LocalTime(9, 0), here).Replace('\u00a0', ' ').ShouldBe(time);
    }

    [Fact]
    public void consecutive_days_with_the_same_hours_are_combined()
    {
        OpeningHours[] hours =
        [
            Open("09:00", "12:00", IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday),
            Open("13:00", "17:00", IsoDayOfWeek.Tuesday, IsoDayOfWeek.Monday, IsoDayOfWeek.Wednesday),
            Open("09:00", "13:00", IsoDayOfWeek.Friday),
            Open("10:00", "12:00", IsoDayOfWeek.Saturday, IsoDayOfWeek.Sunday),
        ];

        DateFormat
            .Grouped([.. hours], CultureInfo.GetCultureInfo("en-US"), new English())
            .Select(line => $"{line.Days}: {line.Hours}".Replace('\u00a0', ' '))
            .ShouldBe(["Mon to Wed: 9 am – 12 pm, 1 pm – 5 pm", "Friday: 9 am – 1 pm", "Sat and Sun: 10 am – 12 pm"]);
    }

    private static OpeningHours Open(string from, string to, params IsoDayOfWeek[] days) => new([.. days], Hour(from), Hour(to));

    private static LocalTime Hour(string text) => LocalTime.FromTimeOnly(TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture));

    private sealed class English : IStringLocalizer<SiteStrings>
    {
        public LocalizedString this[string name] => new(name, name);
        public LocalizedString this[string name, params object[] arguments] => new(name, string.Format(CultureInfo.InvariantCulture, name, arguments));
        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
    }
}
