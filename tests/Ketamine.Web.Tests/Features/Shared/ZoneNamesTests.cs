using System.Globalization;
using Ketamine.Web.Features.Shared;
using NodaTime;

namespace Ketamine.Web.Tests.Features.Shared;

public sealed class ZoneNamesTests
{
    private static readonly Instant Winter = Instant.FromUtc(2027, 1, 10, 12, 0);
    private static readonly Instant Summer = Instant.FromUtc(2027, 7, 10, 12, 0);

    [Theory]
    [InlineData("America/New_York", "en-US", "Eastern Standard Time", "Eastern Daylight Time", "Eastern Time")]
    [InlineData("America/Indiana/Indianapolis", "en-US", "Eastern Standard Time", "Eastern Daylight Time", "Eastern Time")]
    [InlineData("America/Chicago", "es-US", "hora estándar central", "hora de verano central", "hora central")]
    [InlineData(
        "America/Denver", "es-US", "hora estándar de las Montañas Rocosas", "hora de verano de las Montañas Rocosas", "hora de las Montañas Rocosas"
    )]
    [InlineData("America/Phoenix", "en-US", "Mountain Standard Time", "Mountain Standard Time", "Mountain Standard Time")]
    [InlineData("Pacific/Honolulu", "en-US", "Hawaii-Aleutian Standard Time", "Hawaii-Aleutian Standard Time", "Hawaii-Aleutian Standard Time")]
    [InlineData("America/Puerto_Rico", "es-US", "hora estándar del Atlántico", "hora estándar del Atlántico", "hora estándar del Atlántico")]
    [InlineData("Europe/Berlin", "en-US", "Berlin time", "Berlin time", "Berlin time")]
    [InlineData("Asia/Shanghai", "en-US", "Shanghai time", "Shanghai time", "Shanghai time")]
    public void a_time_zone_is_named_the_way_its_residents_name_it(string id, string culture, string winter, string summer, string allYear)
    {
        var (zone, language) = (DateTimeZoneProviders.Tzdb[id], CultureInfo.GetCultureInfo(culture));
        ZoneNames.At(zone, Winter, language).ShouldBe(winter);
        ZoneNames.At(zone, Summer, language).ShouldBe(summer);
        ZoneNames.AllYear(zone, Winter, language).ShouldBe(allYear);
    }

    [Fact]
    public void every_zone_that_a_clinic_may_name_has_a_name()
    {
        foreach (var zone in DateTimeZoneProviders.Tzdb.Ids.Select(id => DateTimeZoneProviders.Tzdb[id]))
            ZoneNames.At(zone, Summer, CultureInfo.InvariantCulture).ShouldNotBeNullOrWhiteSpace(zone.Id);
    }
}
