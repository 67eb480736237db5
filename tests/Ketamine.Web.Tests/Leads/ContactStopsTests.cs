using System.Net;
using System.Text.RegularExpressions;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Leads;

/// <summary>People consent to each way of being contacted and can withdraw consent for each. Everything that sends or calls obeys.</summary>
public sealed class ContactStopsTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n"));

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task the_consent_wording_for_each_chosen_way_is_shown_and_stored()
    {
        var form = (await _app.GetPageAsync("/contact")).Body!.Words();
        form.ShouldContain("Juniper House may text the number I give about my request.");
        form.ShouldContain("I can reply STOP at any time.");
        var lead = await WriteAsync(("reach", "text"), ("voicemail", "yes"));
        lead.ConsentWords.ShouldContain("may text the number I give");
        lead.ConsentWords.ShouldContain("may leave a voicemail. Others may hear it.");
        lead.ConsentWords.ShouldContain("Email is less private than a call");
        lead.ConsentWords.ShouldNotContain("may call the number");
    }

    [Fact]
    public async Task the_link_in_an_email_stops_what_is_checked_once_the_button_is_pressed()
    {
        var lead = await WriteAsync(("reach", "call"), ("reach", "text"), ("reach", "email"), ("voicemail", "yes"));
        await _app.DeliverMailAsync();
        var link = Regex.Match(_app.Mailbox.To("jordan@example.com").Single().Text, @"https?://\S+(/contact/stop/\S+)").Groups[1].Value;
        (await _app.GetPageAsync(link)).One("h1").Words().ShouldBe("What should we stop?");
        (await LeadAsync(lead.Id)).Stopped.ShouldBe(ContactChannels.None);

        using (var nothing = await _app.PostFormAsync(link, ("x", "y"))) nothing.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        using (var done = await _app.PostFormAsync(link, ("channels", "Text"), ("channels", "Email")))
            (await done.ReadPageAsync(HttpStatusCode.OK)).One("h1").Words().ShouldBe("We’ve stopped");
        var now = await LeadAsync(lead.Id);
        (now.MayCall, now.MayText, now.MayEmail, now.MayLeaveVoicemail).ShouldBe((true, false, false, true));
        now.MailTo.ShouldBeNull();
        var log = await _app.UseAsync<ClinicDb, List<ContactStop>>(db => db.Set<ContactStop>().AsNoTracking().ToListAsync());
        log.Select(stop => (stop.Channel, stop.How, stop.By, stop.At))
            .ShouldBe(
                [(ContactChannels.Text, StopMethod.Link, "visitor", _app.Clock.Now), (ContactChannels.Email, StopMethod.Link, "visitor", _app.Clock.Now)],
                ignoreOrder: true
            );

        using var again = await _app.PostFormAsync(link, ("channels", "Text"));
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _app.UseAsync<ClinicDb, int>(db => db.Set<ContactStop>().CountAsync())).ShouldBe(2);
    }

    [Fact]
    public async Task waiting_emails_are_withdrawn_except_to_staff_and_every_lead_of_the_address_complies()
    {
        _app.Mailbox.BeforeTaking = (_, _) => throw new MailFailedException(MailFailure.Later, "451 4.7.1"); // so they wait
        var first = await WriteAsync(("reach", "email"));
        var second = await WriteAsync(("reach", "email"), ("message", "Another thing"));
        await _app.DeliverMailAsync();
        await _app.UseAsync<ContactStops>(async stops =>
            (await stops.StopAsync(first.Id, ContactChannels.Email, StopMethod.Phone, by: null, CancellationToken.None)).ShouldBe(ContactChannels.Email));
        _app.Mailbox.BeforeTaking = (_, _) => Task.CompletedTask;
        _app.Clock.Advance(TimeSpan.FromHours(1));
        await _app.DeliverMailAsync();
        _app.Mailbox.To("jordan@example.com").ShouldBeEmpty();
        _app.Mailbox.OfKind("lead-staff").Count().ShouldBe(2);
        (await LeadAsync(second.Id)).MayEmail.ShouldBeFalse();

        // A new form is new consent.
        _app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await WriteAsync(("reach", "email"), ("message", "I changed my mind"))).MayEmail.ShouldBeTrue();
        await _app.DeliverMailAsync();
        _app.Mailbox.To("jordan@example.com").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task the_newsletter_checks_the_consent_log_too()
    {
        var lead = await WriteAsync(("reach", "email"));
        var before = _app.Clock.Now;
        await _app.UseAsync<ContactStops>(stops => stops.StopAsync(lead.Id, ContactChannels.Email, StopMethod.Link, by: null, CancellationToken.None));
        var hash = _app.Services.GetRequiredService<KeyedHash>();
        (await StoppedAsync("Jordan@Example.com", before)).ShouldBeTrue();
        (await StoppedAsync("jordan@example.com", before.AddMinutes(1))).ShouldBeFalse(); // agreed again since
        (await StoppedAsync("other@example.com", before)).ShouldBeFalse();

        Task<bool> StoppedAsync(string email, DateTimeOffset consent) =>
            _app.UseAsync<ClinicDb, bool>(db => ContactStops.EmailStoppedSinceAsync(db, hash, EmailAddress.Parse(email), consent, CancellationToken.None));
    }

    [Fact]
    public async Task a_truncated_link_opens_nothing()
    {
        using var broken = await _app.Http.GetAsync("/contact/stop/abc");
        broken.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<Lead> WriteAsync(params (string, string)[] more)
    {
        using var sent = await _app.PostFormAsync(
            "/contact",
            [("name", "Jordan Lee"), ("email", "jordan@example.com"), ("phone", "303 555 0155"), ("consent", "yes"), .. more]
        );
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return await _app.UseAsync<ClinicDb, Lead>(async db => (await db.Set<Lead>().AsNoTracking().ToListAsync()).MaxBy(lead => lead.Id)!);
    }

    private Task<Lead> LeadAsync(Guid id) => _app.UseAsync<ClinicDb, Lead>(db => db.Set<Lead>().AsNoTracking().SingleAsync(lead => lead.Id == id));
}
