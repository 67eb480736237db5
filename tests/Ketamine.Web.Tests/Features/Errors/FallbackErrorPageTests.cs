using Ketamine.Content;
using Ketamine.Web.Features.Errors;
using NodaTime;

namespace Ketamine.Web.Tests.Features.Errors;

public sealed class FallbackErrorPageTests
{
    [Theory]
    [InlineData("en-US", "We couldn’t show this page")]
    [InlineData("es-US", "No se pudo mostrar esta página")]
    public void it_gives_the_clinics_number_the_crisis_line_and_a_way_home(string locale, string title)
    {
        var page = FallbackErrorPage.Page(new Clinic
        {
            Name = "Juniper & <House>",
            LegalName = "Juniper",
            Url = new Uri("https://juniper.example"),
            Locale = locale,
            TimeZone = DateTimeZone.Utc,
            Phone = PhoneNumber.Parse("+13035550142"),
            Crisis = new CrisisLine("988", "Call or text 988", "988", "988", new Uri("https://988lifeline.org")),
        }, 503);
        page.ShouldContain($"<h1>{title}</h1>");
        page.ShouldContain("<a href=\"tel:+13035550142\">(303) 555-0142</a>");
        page.ShouldContain("tel:988");
        page.ShouldContain("Juniper &amp; &lt;House&gt;");
        page.ShouldNotContain("<House>");
    }
}
