using System.Net;
using Ketamine.Content;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Contact;

/// <summary>Phone numbers and email addresses as people and programs write them, from the form to what staff see.</summary>
public sealed class PhoneFormTests
{
    [Fact]
    public async Task a_pasted_number_with_an_extension_reaches_staff_whole()
    {
        await using var app = new ClinicApp();
        using var sent = await app.PostFormAsync(
            "/contact",
            ("name", "Robin"),
            ("phone", "\u202D(303) 555\u20110142\u202C x12"),
            ("reach", "call"),
            ("message", "Hello"),
            ("consent", "yes")
        );
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        var lead = await app.UseAsync<Ketamine.Web.Data.ClinicDb, Lead>(db => db.Set<Lead>().SingleAsync());
        lead.Phone.ShouldBe("+13035550142");
        lead.PhoneExtension.ShouldBe("12");
        await app.DeliverMailAsync();
        app.Mailbox.To("staff@juniper.example").ShouldHaveSingleItem().Text.ShouldContain("(303) 555-0142 ext. 12");
    }

    [Fact]
    public async Task a_clinic_abroad_reads_numbers_as_they_are_dialed_there()
    {
        await using var app = ClinicApp.With(clinic => clinic.Replace("clinic.yml", "\"+13035550142\"", "\"\u2066+44 (0)20 7946 0000\u2069\""));
        using var sent = await app.PostFormAsync(
            "/contact",
            ("name", "Robin"),
            ("phone", "020 7946 0958"),
            ("reach", "call"),
            ("message", "Hello"),
            ("consent", "yes")
        );
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await app.UseAsync<Ketamine.Web.Data.ClinicDb, Lead>(db => db.Set<Lead>().SingleAsync())).Phone.ShouldBe("+442079460958");
        (await app.GetPageAsync("/contact")).One(".facts a[href^='tel:+']").GetAttribute("href").ShouldBe("tel:+442079460000");
    }
}
