using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Consultations;

/// <summary>A time is held until the person's contact details are verified. Booking never reveals who else has booked.</summary>
public sealed class HoldTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        hours:
          - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
        consultation:
          title: Free call
          weekly:
            - {day: mon, from: "09:00", to: "17:00"}
            - {day: thu, from: "09:00", to: "12:00"}
            - {day: fri, from: "09:00", to: "12:00"}
        """));

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task an_unconfirmed_time_is_freed_and_the_request_waits_for_staff()
    {
        var free = await FreeAsync();
        var page = await _app.GetPageAsync(await BookAsync(free[4], "jo"));
        page.One("h1").Words().ShouldBe("Your time is held");
        page.One("main").Words().ShouldContain("press the button in the email we just sent you, by 10:00 pm today");
        (await FreeAsync()).ShouldNotContain(free[4]);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem().Subject.ShouldStartWith("New call, not confirmed yet");
        _app.Mailbox.Clear();

        _app.Clock.Advance(TimeSpan.FromHours(12));
        (await FreeAsync()).ShouldContain(free[4]);
        await _app.UseAsync<BookingService>(desk => desk.LapseDueAsync(CancellationToken.None));
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-lapsed").ShouldHaveSingleItem().Attachments[0].Text.ShouldContain("METHOD:CANCEL");
        var lead = (await LeadsAsync()).ShouldHaveSingleItem();
        lead.Status.ShouldBe(LeadStatus.New);
        lead.Times.ShouldStartWith("Friday, January 15 at 9:00 am");
        _app.Mailbox.OfKind("consultation-lapsed-staff").ShouldHaveSingleItem().Text.ShouldContain(lead.Reference);
        _app.Clock.Advance(TimeSpan.FromDays(3));
        await _app.DeliverMailAsync();
        _app.Mailbox.Received.ShouldAllBe(mail => !mail.Kind.StartsWith(ConsultationMails.ReminderKind));
        await BookAsync((await FreeAsync())[0], "al");
    }

    [Fact]
    public async Task after_an_outage_an_unconfirmed_call_gets_no_reminder_before_it_lapses()
    {
        var free = await FreeAsync();
        await BookAsync(free[4], "jo");
        await BookAsync(free[5], "al");
        using var kept = await _app.PostFormAsync(await ManageAsync("al") + "?handler=Keep");
        await _app.DeliverMailAsync();
        _app.Mailbox.Clear();
        // No one released the calls while the site was down, and the outbox runs first.
        _app.Clock.Set(_app.Clock.Now + TimeSpan.FromHours(30));
        await _app.DeliverMailAsync();
        _app.Mailbox.Received.Where(mail => mail.Kind.StartsWith(ConsultationMails.ReminderKind, StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .To.ShouldBe("al@example.com");
    }

    [Fact]
    public async Task the_button_behind_the_link_in_the_email_confirms_the_time()
    {
        var free = await FreeAsync();
        await BookAsync(free[4], "jo");
        var manage = await ManageAsync("jo");
        (await _app.GetPageAsync(manage)).One("form[action$='handler=Keep'] button").Words().ShouldBe("Keep this time");
        for (var i = 0; i < 2; i++)
        {
            using var kept = await _app.PostFormAsync(manage + "?handler=Keep");
            (await _app.GetPageAsync(kept.Headers.Location!.ToString())).One("h1").Words().ShouldStartWith("You’re all set");
        }

        _app.Clock.Advance(TimeSpan.FromHours(30));
        (await FreeAsync()).ShouldNotContain(free[4]);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-staff").Count(mail => mail.Subject.StartsWith("Confirmed call", StringComparison.Ordinal)).ShouldBe(1);
        _app.Mailbox.OfKind("consultation-reminder-day").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_lapsed_time_can_be_booked_again_only_while_it_is_free()
    {
        var free = await FreeAsync();
        await BookAsync(free[6], "jo");
        await BookAsync(free[7], "al");
        var (jo, al) = (await ManageAsync("jo"), await ManageAsync("al"));
        _app.Clock.Advance(TimeSpan.FromHours(13));
        await BookAsync(free[7], "kim");
        (await _app.GetPageAsync(jo)).One("h1").Words().ShouldBe("We freed up this time");
        using var again = await _app.PostFormAsync(jo + "?handler=Keep");
        (await _app.GetPageAsync(again.Headers.Location!.ToString())).One("h1").Words().ShouldStartWith("You’re all set");
        using var late = await _app.PostFormAsync(al + "?handler=Keep");
        (await late.ReadPageAsync(HttpStatusCode.Conflict)).One(".error-summary").Words().ShouldContain("This time isn’t free anymore");
        (await CallsAsync()).Count(call => call.Status == ConsultationStatus.Booked).ShouldBe(2);
    }

    [Fact]
    public async Task without_an_email_address_the_clinic_calls_to_confirm_and_marking_it_answered_does()
    {
        var free = await FreeAsync();
        using var response = await _app.PostFormAsync("/consultation", ("slot", free[6]), ("name", "Jo"), ("phone", "3035550155"), ("consent", "yes"));
        (await _app.GetPageAsync(response.Headers.Location!.ToString()))
            .One("main")
            .Words()
            .ShouldContain("We’ll call you by 5:00 pm today to confirm it");
        await _app.DeliverMailAsync();
        var staff = _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem();
        staff.Text.ShouldContain("please call to confirm by 5:00 pm on");
        var link = staff.Links.Single(uri => uri.AbsolutePath.StartsWith("/staff/", StringComparison.Ordinal)).AbsolutePath;
        using var done = await _app.PostFormAsync(link + "?handler=Answered");
        _app.Clock.Advance(TimeSpan.FromHours(20));
        await _app.UseAsync<BookingService>(desk => desk.LapseDueAsync(CancellationToken.None));
        var call = (await CallsAsync()).ShouldHaveSingleItem();
        (call.Status, call.HeldUntil).ShouldBe((ConsultationStatus.Booked, null));
    }

    [Fact]
    public async Task one_network_can_hold_only_a_few_times_but_its_further_requests_are_accepted()
    {
        _app.Set("Limits:Enabled", "true");
        var free = await FreeAsync();
        for (var i = 0; i < 10; i++)
        {
            var page = await _app.GetPageAsync(await BookAsync(free[i], $"p{i}"));
            page.One("h1").Words().ShouldBe(i < BookingService.HeldFromNetwork ? "Your time is held" : "We got your request");
        }

        (await CallsAsync()).Count.ShouldBe(BookingService.HeldFromNetwork);
        (await LeadsAsync()).Count.ShouldBe(10);
        // Once confirmed, it is no longer held, which makes room for another.
        using var kept = await _app.PostFormAsync(await ManageAsync("p0") + "?handler=Keep");
        (await _app.GetPageAsync(await BookAsync(free[3], "another"))).One("h1").Words().ShouldBe("Your time is held");
    }

    [Fact]
    public async Task staff_see_many_unconfirmed_calls_and_free_all_without_signs_of_danger()
    {
        var free = await FreeAsync();
        for (var i = 0; i < 8; i++) await BookAsync(free[i], $"p{i}", ("message", i == 3 ? "I want to kill myself" : ""));
        var kept = await ManageAsync("p7");
        using var confirmed = await _app.PostFormAsync(kept + "?handler=Keep");
        _app.Mailbox.OfKind(ConsultationMails.ManyUnconfirmedKind).ShouldHaveSingleItem().Text.ShouldContain("ops leads free --all");

        (await _app.UseAsync<BookingService, int>(desk => desk.FreeUnconfirmedAsync(like: null, CancellationToken.None))).ShouldBe(7);
        (await CallsAsync()).Where(call => call.Seat is not null).ShouldHaveSingleItem().Status.ShouldBe(ConsultationStatus.Booked);
        var leads = await LeadsAsync();
        leads.Single(lead => lead.Name == "p3").Status.ShouldBe(LeadStatus.New);
        leads.Count(lead => lead.Status == LeadStatus.Quarantined).ShouldBe(6);
        (await FreeAsync()).Count.ShouldBe(free.Count - 1);
    }

    [Fact]
    public async Task nothing_reveals_whether_a_number_or_an_address_already_has_a_call()
    {
        var free = await FreeAsync();
        for (var i = 0; i < 3; i++) await BookAsync(free[i], "patient");
        for (var i = 0; i < 3; i++)
        {
            using var kept = await _app.PostFormAsync(await ManageAsync("patient", skip: i) + "?handler=Keep");
            kept.StatusCode.ShouldBe(
                i < 2 ? HttpStatusCode.SeeOther : HttpStatusCode.Conflict,
                "only the owner of the address learns that two calls are enough"
            );
        }

        _app.Mailbox.Clear();
        string[] probes = [await ProbeAsync("patient", free[3]), await ProbeAsync("patient", free[4]), await ProbeAsync("nobody", free[5])];
        probes.Distinct().ShouldHaveSingleItem();
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-confirmation")
            .Select(mail => mail.To)
            .Order()
            .ShouldBe(["nobody@example.com", "patient@example.com", "patient@example.com"]);

        async Task<string> ProbeAsync(string who, string slot)
        {
            var page = await _app.GetPageAsync(await BookAsync(slot, who));
            foreach (var own in page.QuerySelectorAll("time, .done__reference, a[href*='handler=Calendar']")) own.Remove();
            return page.One("main").InnerHtml;
        }
    }

    [Fact]
    public async Task nothing_that_a_stranger_typed_goes_to_the_address_that_they_typed()
    {
        string[] typed = ["Canaryname", "canarymessage", "canaryanswer", "canarytimes"];
        using var booked = await _app.PostFormAsync(
            "/consultation",
            ("slot", (await FreeAsync())[6]),
            ("name", typed[0]),
            ("email", "victim@example.com"),
            ("phone", "3035550155"),
            ("message", typed[1]),
            ("times", typed[3]),
            ("consent", "yes")
        );
        using var sent = await _app.PostFormAsync(
            "/contact",
            ("name", typed[0]),
            ("email", "victim@example.com"),
            ("phone", "3035550155"),
            ("message", typed[1]),
            ("consent", "yes")
        );
        await _app.DeliverMailAsync();
        _app.Clock.Advance(TimeSpan.FromDays(2));
        await _app.UseAsync<BookingService>(desk => desk.LapseDueAsync(CancellationToken.None));
        await _app.DeliverMailAsync();
        var mails = _app.Mailbox.To("victim@example.com").ToList();
        mails.Select(mail => mail.Kind).ShouldBe(["consultation-confirmation", "lead-confirmation", "consultation-lapsed"], ignoreOrder: true);
        foreach (var mail in mails)
        {
            var whole = string.Join(
                '\n',
                [
                    mail.Subject,
                    mail.FromName,
                    mail.Text,
                    mail.Html,
                    mail.ReplyTo,
                    .. mail.Headers.Values,
                    .. mail.Attachments.Select(attachment => attachment.Text),
                ]
            );
            foreach (var word in typed.Append("5550155")) whole.ShouldNotContain(word, Case.Insensitive);
            mail.Links.ShouldAllBe(link => link.Host == "juniper.example");
        }
    }

    [Theory]
    [InlineData("2027-01-17T17:00Z", "We don’t offer calls on Sunday, January 17")] // a day without hours
    [InlineData("2027-01-14T17:15Z", "We don’t offer calls on Thursday, January 14 at 10:15 am")] // between two times
    [InlineData("2027-01-14T16:00Z", "is too soon now: we need 24 hours’ notice")]
    [InlineData("2027-01-11T16:00Z", "Monday, January 11 at 9:00 am (Mountain Standard Time) has passed")]
    [InlineData("2028-03-13T15:00Z", "Monday, March 13, 2028 at 9:00 am")] // without the year, it reads as this year's
    [InlineData("2027-03-15T15:00Z", "is too far ahead: we book up to 21 days ahead")]
    public async Task a_time_that_cannot_be_booked_says_why_and_not_that_someone_took_it(string slot, string why)
    {
        using var response = await PostAsync(slot, "jo");
        var summary = (await response.ReadPageAsync(HttpStatusCode.Conflict)).One(".error-summary").Words();
        summary.ShouldContain(why);
        summary.ShouldNotContain("Someone");
    }

    [Fact]
    public async Task times_on_both_sides_of_a_clock_change_name_the_zone_without_standard_or_daylight()
    {
        _app.Clock.Set(new DateTimeOffset(2027, 3, 8, 17, 0, 0, TimeSpan.Zero));
        var page = await _app.GetPageAsync("/consultation");
        page.QuerySelectorAll("form fieldset .field__hint")[0].Words().ShouldContain("Mountain Time.");
    }

    private async Task<List<string>> FreeAsync() =>
        [.. (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>(".days input[name=slot]").Select(input => input.Value)];

    private Task<HttpResponseMessage> PostAsync(string slot, string who, params (string, string)[] more) =>
        _app.PostFormAsync(
            "/consultation",
            [("slot", slot), ("name", who), ("email", $"{who}@example.com"), ("phone", "3035550155"), ("consent", "yes"), .. more]
        );

    private async Task<string> BookAsync(string slot, string who, params (string, string)[] more)
    {
        using var response = await PostAsync(slot, who, more);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.ToString();
    }

    private async Task<string> ManageAsync(string who, int skip = 0)
    {
        await _app.DeliverMailAsync();
        return _app.Mailbox.OfKind("consultation-confirmation").Where(mail => mail.To == $"{who}@example.com").Skip(skip).First()
            .Links.First(link => link.AbsolutePath.StartsWith("/consultation/manage/", StringComparison.Ordinal)).AbsolutePath;
    }

    private Task<List<Lead>> LeadsAsync() => _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync());

    private Task<List<Consultation>> CallsAsync() => _app.UseAsync<ClinicDb, List<Consultation>>(db => db.Set<Consultation>().AsNoTracking().ToListAsync());
}
