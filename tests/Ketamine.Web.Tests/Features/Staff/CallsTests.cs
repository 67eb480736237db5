using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>Calls at the desk: changes by visitors, calls that staff book, video call links, and time off.</summary>
public sealed class CallsTests : IDisposable
{
    // It is Wednesday, 10:00 am. The site offers Thursday and Friday.
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        hours:
          - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
        consultation:
          title: Free call
          weekly:
            - {day: wed, from: "13:00", to: "14:00"}
            - {day: thu, from: "09:00", to: "12:00"}
            - {day: fri, from: "09:00", to: "12:00"}
          by: [phone, video]
          video: staff
        """));

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task a_visitors_reschedule_and_cancellation_stay_in_the_queue_until_noted()
    {
        var (reference, manage) = await BookAsync("Jo");
        var dana = await _app.HireAsync();
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldBeEmpty("a call tomorrow needs no one today");
        using (await _app.PostFormAsync($"{manage}?handler=Move", ("slot", "2027-01-15T17:00Z"))) { }
        var row = (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldHaveSingleItem();
        row.Words().ShouldContain("Changed by them");
        row.Words().ShouldContain("Moved their call, 10:00 am. Now Fri 10:00 am");
        var lead = await dana.GetPageAsync($"/staff/leads/{reference}");
        lead.One(".timeline").Words().ShouldContain("Jo moved the call: Thu, Jan 14, 10:00 am, now Fri, Jan 15, 10:00 am");
        using (await dana.PressAsync(lead, $"/staff/leads/{reference}?handler=Noted")) { }
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldBeEmpty();

        using (await _app.PostFormAsync($"{manage}?handler=Cancel")) { }
        var canceled = await dana.GetPageAsync("/staff");
        canceled.One("section:has(#now) .row").Words().ShouldContain("Canceled their call");
        canceled.QuerySelectorAll("#done .row").ShouldBeEmpty("it isn't done before staff have seen it");
        using (await dana.PressAsync(canceled, "/staff?handler=Noted")) { }
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldBeEmpty();
        (await AuditAsync(reference)).ShouldBe(
        [
            "visitor lead-call-moved", "Dana lead-opened", "Dana lead-change-noted", "visitor lead-call-canceled", "Dana lead-change-noted",
        ]);
    }

    [Fact]
    public async Task a_call_is_moved_canceled_and_booked_again_for_a_caller_with_their_emails()
    {
        var (reference, manage) = await BookAsync("Jo");
        await _app.DeliverMailAsync();
        _app.Mailbox.Clear();
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}";
        var move = await dana.GetPageAsync($"{path}/call");
        move.One("h1").TextContent.ShouldBe("Move the call with Jo");
        move.QuerySelectorAll<IHtmlInputElement>("input[name=slot]").First().Value.ShouldBe("2027-01-13T20:00Z", "staff may book inside the notice");
        using (var moved = await dana.PressAsync(move, $"{path}/call", ("slot", "2027-01-14T18:00Z")))
            moved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await moved.Content.ReadAsStringAsync());
        await _app.DeliverMailAsync();
        var mail = _app.Mailbox.To("jo@example.com").Single(one => one.Kind == "consultation-moved");
        mail.Attachments.ShouldHaveSingleItem().Text.ShouldContain("DTSTART:20270114T180000Z");
        var link = mail.Links.Single(one => one.AbsolutePath.StartsWith("/consultation/manage/", StringComparison.Ordinal)).AbsolutePath;
        link.ShouldNotBe(manage);
        (await _app.GetPageAsync(link)).One("h1").TextContent.Trim().ShouldBe("Reschedule or cancel");
        using (var old = await _app.Http.GetAsync(manage)) old.StatusCode.ShouldBe(HttpStatusCode.NotFound, "the new email has the link that works");
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldBeEmpty("what staff did themselves is not to note");

        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=CancelCall")) { }
        using (var twice = await dana.PostAsync($"{path}?handler=CancelCall")) twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await _app.DeliverMailAsync();
        _app.Mailbox.To("jo@example.com").Count(one => one.Kind == "consultation-cancelled").ShouldBe(1);

        var again = await dana.GetPageAsync($"{path}/call");
        again.One("h1").TextContent.ShouldBe("Book a call with Jo");
        using (var booked = await dana.PressAsync(again, $"{path}/call", ("slot", "2027-01-15T16:00Z"), ("by", "Video")))
            booked.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await booked.Content.ReadAsStringAsync());
        await _app.DeliverMailAsync();
        _app.Mailbox.To("jo@example.com").Single(one => one.Kind == "consultation-confirmed").Text.ShouldContain("Your call is booked.");
        var call = await CallAsync();
        (call.Status, call.By, call.HeldUntil).ShouldBe((ConsultationStatus.Booked, Content.Model.CallKind.Video, null));
        (await dana.GetPageAsync(path)).One(".timeline").Words().ShouldContain("You booked a call: Fri, Jan 15, 9:00 am");
    }

    [Fact]
    public async Task a_missed_call_is_logged_once_and_emails_how_to_choose_another_time()
    {
        var (reference, _) = await BookAsync("Jo");
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}";
        using (var early = await dana.PostAsync($"{path}?handler=Missed")) early.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using (await dana.PressAsync(await dana.GetPageAsync($"{path}/call"), $"{path}/call", ("slot", "2027-01-13T20:00Z"))) { }
        _app.Clock.Advance(TimeSpan.FromMinutes(190)); // ten minutes into the call, and the session is over
        var signedOut = dana;
        dana = dana.Elsewhere();
        using (await dana.SignInAsync(sign: signedOut.Passkey.SignFor)) { }
        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Missed")) { }
        using (var twice = await dana.PostAsync($"{path}?handler=Missed")) twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-missed").ShouldHaveSingleItem().To.ShouldBe("jo@example.com");
        (await dana.GetPageAsync(path)).One(".timeline").Words().ShouldContain("You marked the call as missed");
        (await AuditAsync(reference)).ShouldContain("Dana lead-call-missed");
    }

    [Fact]
    public async Task the_link_for_a_video_call_is_sent_once_and_staff_are_reminded_until_then()
    {
        var (reference, _) = await BookAsync("Jo", "video");
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}";
        (await dana.GetPageAsync("/staff/calls")).One(".flash").Words().ShouldBe("1 video call needs its link: Jo, Thu 10:00 am.");
        var page = await dana.GetPageAsync(path);
        foreach (var wrong in new[] { "", "meet.example/abc", "http://meet.example/abc", "javascript:alert(1)" })
        {
            using var refused = await dana.PressAsync(page, $"{path}?handler=SendLink", ("link", wrong));
            (await refused.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("#link-error").Words()
                .ShouldBe("Paste the whole link, which begins with https://");
        }

        using (await dana.PressAsync(page, $"{path}?handler=SendLink", ("link", "https://meet.example/abc-def"))) { }
        await _app.DeliverMailAsync();
        var mail = _app.Mailbox.OfKind("consultation-video-link").ShouldHaveSingleItem();
        (mail.To, mail.Subject).ShouldBe(("jo@example.com", "Video link: Call with Juniper House"));
        mail.Links.ShouldContain(new Uri("https://meet.example/abc-def"));
        (await dana.GetPageAsync("/staff/calls")).QuerySelectorAll(".flash").ShouldBeEmpty();
        var after = await dana.GetPageAsync(path);
        after.One(".panel--call").Words().ShouldContain("Video link sent 10:00 am.");
        after.One(".timeline").Words().ShouldContain("You sent the video link");
        using (await dana.PressAsync(await dana.GetPageAsync($"{path}/call"), $"{path}/call", ("slot", "2027-01-15T16:00Z"))) { }
        (await dana.GetPageAsync("/staff/calls")).QuerySelectorAll(".flash").Length.ShouldBe(1, "a link was made for its time");
    }

    [Fact]
    public async Task time_off_hides_times_cancels_nothing_and_lists_affected_calls()
    {
        await BookAsync("Jo"); // Thursday, 10:00 am
        var dana = await _app.HireAsync();
        var form = await dana.GetPageAsync("/staff/calls/time-off?day=2027-01-14");
        (string, string)[] period = [("from", "09:30"), ("to", "11:00"), ("why", "Canaryreason")];
        using var asked = await dana.PressAsync(form, "/staff/calls/time-off", period);
        var warned = await asked.ReadPageAsync(HttpStatusCode.Conflict);
        warned.One("[role=alert]").Words()
            .ShouldBe("1 call is booked then: Jo, Thu 10:00 am. It keeps its time, and is in “Answer now” until it is moved.");
        (await OfferedAsync()).ShouldContain("2027-01-14T17:30Z", "nothing is off before it is confirmed");
        using (var taken = await dana.PressAsync(warned, "/staff/calls/time-off")) taken.StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        var offered = await OfferedAsync();
        offered.ShouldNotContain("2027-01-14T17:30Z");
        offered.ShouldContain("2027-01-14T18:00Z", "11:00 am is free again");
        (await CallAsync()).Status.ShouldBe(ConsultationStatus.Booked);
        using (var refused = await PostAsync("Kit", "2027-01-14T17:30Z")) refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await dana.GetPageAsync("/staff")).One("section:has(#now) .row").Words().ShouldContain("In time off");
        var day = await dana.GetPageAsync("/staff/calls?day=2027-01-14");
        day.One(".slot--off").Words().ShouldBe("9:30 am Off until 11:00 am today: Canaryreason Remove the time off at 9:30 am");

        using (await dana.PressAsync(day, "/staff/calls/time-off?handler=Remove")) { }
        (await OfferedAsync()).ShouldContain("2027-01-14T17:30Z");
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldBeEmpty();
        var audit = await _app.UseAsync<ClinicDb, List<string>>(db => db.Set<AuditEntry>().Where(entry => entry.What.StartsWith("time-off"))
            .OrderBy(entry => entry.Number).Select(entry => entry.What + " " + entry.Detail).ToListAsync());
        audit.ShouldBe(["time-off-added 2027-01-14 09:30 to 2027-01-14 11:00", "time-off-removed 2027-01-14 09:30 to 2027-01-14 11:00"]);
    }

    [Fact]
    public async Task a_calendar_app_with_the_secret_address_sees_only_the_times_of_calls()
    {
        await BookAsync("Jo");
        var dana = await _app.HireAsync();
        using var made = await dana.PressAsync(await dana.GetPageAsync("/staff/calendar"), "/staff/calendar?handler=Make");
        var address = new Uri((await made.ReadPageAsync()).One("#url").GetAttribute("value")!).AbsolutePath;
        (await dana.GetPageAsync("/staff/calendar")).QuerySelectorAll("#url").ShouldBeEmpty("it is shown once");

        using var feed = await _app.Http.GetAsync(address); // as a calendar app requests it: without a cookie
        feed.Content.Headers.ContentType!.MediaType.ShouldBe("text/calendar");
        feed.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var text = await feed.Content.ReadAsStringAsync();
        var entry = Ical.Net.Calendar.Load(text).ShouldNotBeNull().Events.ShouldHaveSingleItem();
        (entry.Summary, entry.Location, entry.Description, entry.Class).ShouldBe(("Call", null, null, "PRIVATE"));
        entry.Start!.AsUtc.ShouldBe(new DateTime(2027, 1, 14, 17, 0, 0, DateTimeKind.Utc));
        foreach (var secret in new[] { "Jo", "jo@", "555", "etamine" }) text.ShouldNotContain(secret);

        using (await dana.PressAsync(await dana.GetPageAsync("/staff/calendar"), "/staff/calendar?handler=Make")) { }
        using (var old = await _app.Http.GetAsync(address)) old.StatusCode.ShouldBe(HttpStatusCode.NotFound, "a new address ends the old one");
        using (var guessed = await _app.Http.GetAsync("/staff/calendar/" + new string('A', 43) + ".ics")) guessed.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", "", "", "", "Choose the day")]
    [InlineData("2027-01-14", "2027-01-13", "", "", "Choose a last day that isn’t before the first, or leave it empty")]
    [InlineData("2027-01-14", "", "13:00", "", "Give both times, or neither for the whole day")]
    [InlineData("2027-01-14", "", "13:00", "12:00", "Choose an end after the start")]
    [InlineData("2027-01-12", "", "", "", "That time is in the past. Choose a later one")]
    public async Task invalid_time_off_is_refused_with_what_to_write_instead(string day, string last, string from, string to, string sentence)
    {
        var dana = await _app.HireAsync();
        using var refused = await dana.PostAsync("/staff/calls/time-off", null, ("day", day), ("lastDay", last), ("from", from), ("to", to));
        (await refused.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).QuerySelectorAll(".errors li").ShouldHaveSingleItem().Words().ShouldBe(sentence);
    }

    /// <summary>Books Thursday, 10:00 am, and verifies the contact. Returns the lead's reference and the path of the prospect's link.</summary>
    private async Task<(string Reference, string Manage)> BookAsync(string name, string by = "phone")
    {
        using (var sent = await PostAsync(name, "2027-01-14T17:00Z", by))
            sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await sent.Content.ReadAsStringAsync());
        await _app.DeliverMailAsync();
        var manage = _app.Mailbox.OfKind("consultation-confirmation").Last().Links
            .Single(link => link.AbsolutePath.StartsWith("/consultation/manage/", StringComparison.Ordinal)).AbsolutePath;
        using (await _app.PostFormAsync($"{manage}?handler=Keep")) { }
        return (await _app.UseAsync<ClinicDb, string>(db => db.Set<Lead>().Select(lead => lead.Reference).SingleAsync()), manage);
    }

    private Task<HttpResponseMessage> PostAsync(string name, string slot, string by = "phone") => _app.PostFormAsync("/consultation",
        [("slot", slot), ("name", name), ("contactBy", by), ("email", $"{name.ToLowerInvariant()}@example.com"), ("consent", "yes"),
            .. by == "phone" ? new[] { ("phone", "303 555 0155") } : []]);

    private async Task<List<string>> OfferedAsync() =>
        [.. (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>("input[name=slot]").Select(input => input.Value)];

    private Task<Consultation> CallAsync() => _app.UseAsync<ClinicDb, Consultation>(db => db.Set<Consultation>().AsNoTracking().SingleAsync());

    private Task<List<string>> AuditAsync(string reference) => _app.UseAsync<ClinicDb, List<string>>(db => db.Set<AuditEntry>()
        .Where(entry => entry.Subject == reference).OrderBy(entry => entry.Number).Select(entry => entry.Who + " " + entry.What).ToListAsync());
}
