using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ical.Net.CalendarComponents;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;
using Calendar = Ical.Net.Calendar;

namespace Ketamine.Web.Tests.Features.Consultations;

public sealed class BookingTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic =>
        clinic.Write(
            "clinic.yml",
            ClinicFolder.SmallestClinic.Replace("Juniper House", "Juniper Ketamine Clinic", StringComparison.Ordinal)
                + "\n"
                + """
                consultation:
                  title: Free call
                  weekly:
                    - {day: thu, from: "09:00", to: "12:00"}
                    - {day: fri, from: "09:00", to: "12:00"}
                  by: [phone, video]
                  questions:
                    - {name: tried, label: "What have you tried?", kind: text, required: false}
                """
        )
    );

    [Fact]
    public async Task a_chosen_time_is_the_same_on_the_page_in_both_emails_and_in_the_calendar()
    {
        var slot = (await FreeAsync())[0];
        var page = await _app.GetPageAsync(await BookAsync(slot, "jo"));
        const string when = "Thursday, January 14 at 10:00 am (Mountain Standard Time)"; // 24 hours' notice from Wednesday, 10 am
        slot.ShouldBe("2027-01-14T17:00Z");
        page.One(".ticket__when time").Words().ShouldBe(when);
        page.One(".ticket__when time").GetAttribute("datetime").ShouldBe(slot);

        await _app.DeliverMailAsync();
        var confirmation = _app.Mailbox.To("jo@example.com").ShouldHaveSingleItem();
        Unwrapped(confirmation.Text).ShouldContain(when);
        var staff = _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem();
        Unwrapped(staff.Text).ShouldContain(when);
        staff.Text.ShouldStartWith("jo: call (303) 555-");
        staff.Text.ShouldContain("\ntel:+1303555");
        var attachment = confirmation.Attachments.ShouldHaveSingleItem();
        attachment.ContentType.ShouldBe("text/calendar; charset=utf-8; method=PUBLISH");
        var calendar = Calendar.Load(attachment.Text).ShouldNotBeNull();
        calendar.Method.ShouldBe("PUBLISH");
        var entry = calendar.Events.ShouldHaveSingleItem();
        entry.Start.ShouldNotBeNull().AsUtc.ShouldBe(new DateTime(2027, 1, 14, 17, 0, 0, DateTimeKind.Utc));
        entry.End.ShouldNotBeNull().AsUtc.ShouldBe(new DateTime(2027, 1, 14, 17, 20, 0, DateTimeKind.Utc));
        entry.Status.ShouldBe("CONFIRMED");
        entry.Attendees.ShouldBeEmpty();
    }

    [Fact]
    public async Task nothing_that_others_may_see_names_a_treatment_or_a_condition()
    {
        await BookAsync((await FreeAsync())[0], "jo");
        await _app.DeliverMailAsync();
        var mail = _app.Mailbox.To("jo@example.com").ShouldHaveSingleItem();
        foreach (var seen in new[] { mail.Subject, mail.FromName!, mail.Attachments[0].Text, mail.Attachments[0].Name, mail.Text })
            seen.ShouldNotContain("ketamine", Case.Insensitive);
        mail.Subject.ShouldBe("Call with Juniper");
    }

    [Fact]
    public async Task a_taken_slot_is_refused_and_the_others_are_offered()
    {
        var free = await FreeAsync();
        await BookAsync(free[0], "first");
        using var late = await PostAsync(free[0], "second", ("message", "Kept as typed"));
        var page = await late.ReadPageAsync(HttpStatusCode.Conflict);
        page.One(".error-summary").Words().ShouldContain("Someone just booked that time");
        page.One("#name").GetAttribute("value").ShouldBe("second");
        page.One("#message").TextContent.Trim().ShouldBe("Kept as typed");
        var offered = page.QuerySelectorAll<IHtmlInputElement>("#slot-nearest input").Select(input => input.Value).ToList();
        offered.ShouldBe(free.Skip(1).Take(3));
        page.QuerySelectorAll<IHtmlInputElement>("input[name=slot]").ShouldNotContain(input => input.Value == free[0]);
        (await LeadsAsync()).ShouldHaveSingleItem().Name.ShouldBe("first");
    }

    [Fact]
    public async Task a_time_that_is_now_too_soon_is_not_reported_as_the_visitors_mistake()
    {
        var free = await FreeAsync();
        _app.Clock.Advance(TimeSpan.FromHours(2));
        using var response = await PostAsync(free[0], "jo");
        var page = await response.ReadPageAsync(HttpStatusCode.Conflict);
        page.QuerySelectorAll(".field--invalid").ShouldBeEmpty();
    }

    [Fact]
    public async Task when_many_want_each_time_at_once_one_gets_it_and_the_rest_are_offered_other_times()
    {
        var free = await FreeAsync();
        var wanted = free.Take(5).ToList();
        var responses = await Task.WhenAll(wanted.SelectMany((slot, s) => Enumerable.Range(0, 40).Select(i => PostAsync(slot, $"p{s}x{i}"))));
        responses.Count(response => response.StatusCode == HttpStatusCode.SeeOther).ShouldBe(wanted.Count);
        responses.Count(response => response.StatusCode == HttpStatusCode.Conflict).ShouldBe(responses.Length - wanted.Count);
        var calls = await CallsAsync();
        calls.Select(call => call.StartsAt).Distinct().Count().ShouldBe(wanted.Count);
        (await LeadsAsync()).Count.ShouldBe(wanted.Count);
        foreach (var loser in responses.Where(response => response.StatusCode == HttpStatusCode.Conflict).Take(10))
            (await loser.ReadPageAsync(HttpStatusCode.Conflict)).QuerySelectorAll("#slot-nearest input").Length.ShouldBe(3);
    }

    [Fact]
    public async Task the_database_itself_refuses_a_second_call_on_a_seat()
    {
        await BookAsync((await FreeAsync())[0], "jo");
        await _app.UseAsync<ClinicDb>(async db =>
        {
            var lead = await db.Set<Lead>().SingleAsync();
            var call = await db.Set<Consultation>().SingleAsync();
            db.Add(
                new Consultation(
                    lead,
                    call.Time(NodaTime.DateTimeZone.Utc),
                    seat: 0,
                    Ketamine.Content.Model.CallKind.Phone,
                    SecretLink.Create().Hash,
                    _app.Clock.Now,
                    _app.Clock.Now
                )
            );
            await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync());
        });
    }

    [Fact]
    public async Task a_database_write_error_is_not_reported_as_a_taken_time()
    {
        var slot = (await FreeAsync())[0];
        await _app.UseAsync<ClinicDb>(db =>
            db.Database.ExecuteSqlRawAsync("CREATE TRIGGER full BEFORE INSERT ON \"Outbox\" BEGIN SELECT RAISE(FAIL, 'x') FROM no_such_table; END")
        );
        using var response = await PostAsync(slot, "jo");
        var page = await response.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
        page.One(".error-summary").Words().ShouldContain("We couldn’t save this just now");
        page.One("#name").GetAttribute("value").ShouldBe("jo");
        (await LeadsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_form_is_kept_even_if_the_database_cannot_be_read()
    {
        var slot = (await FreeAsync())[0];
        await _app.UseAsync<ClinicDb>(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Consultations\" RENAME TO \"Away\""));
        using var response = await PostAsync(slot, "jo");
        var page = await response.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
        page.One(".error-summary").Words().ShouldContain("We couldn’t save this just now");
        page.One("#name").GetAttribute("value").ShouldBe("jo");
    }

    [Fact]
    public async Task the_same_form_sent_twice_is_one_booking()
    {
        var slot = (await FreeAsync())[0];
        var responses = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostAsync(slot, "jo")));
        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.SeeOther);
        (await CallsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task rescheduling_keeps_the_reference_frees_the_old_time_and_updates_the_calendar()
    {
        var free = await FreeAsync();
        await BookAsync(free[0], "jo");
        await _app.DeliverMailAsync();
        var manage = ManageLink();
        var before = (await LeadsAsync()).Single();
        var booked = Entry("consultation-confirmation");
        _app.Mailbox.Clear();
        using var moved = await _app.PostFormAsync(manage + "?handler=Move", ("slot", free[5]));
        moved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        (await LeadsAsync()).Single().Reference.ShouldBe(before.Reference);
        (await FreeAsync()).ShouldContain(free[0]);
        (await FreeAsync()).ShouldNotContain(free[5]);
        await _app.DeliverMailAsync();
        var entry = Entry("consultation-moved");
        entry.Uid.ShouldBe(booked.Uid);
        entry.Sequence.ShouldBe(booked.Sequence + 1);
        entry.Start.ShouldNotBeNull().AsUtc.ShouldBe(DateTimeOffset.Parse(free[5], CultureInfo.InvariantCulture).UtcDateTime);
        _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem().Subject.ShouldStartWith("Moved call");
    }

    [Fact]
    public async Task canceling_frees_the_time_stops_the_reminders_and_removes_the_calendar_entry()
    {
        var free = await FreeAsync();
        await BookAsync(free[6], "jo"); // on Friday, two days ahead: both reminders wait
        await _app.DeliverMailAsync();
        var manage = ManageLink();
        var booked = Entry("consultation-confirmation");
        _app.Mailbox.Clear();
        // A page that does nothing must not say that all is well.
        foreach (var unknown in new[] { "", "?handler=Cancels" })
        {
            using var nothing = await _app.PostFormAsync(manage + unknown);
            nothing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        using var cancelled = await _app.PostFormAsync(manage + "?handler=Cancel");
        (await _app.GetPageAsync(cancelled.Headers.Location!.ToString())).One("h1").Words().ShouldBe("Your call is canceled");
        (await FreeAsync()).ShouldContain(free[6]);
        _app.Clock.Advance(TimeSpan.FromDays(3));
        await _app.DeliverMailAsync();
        var calendar = Calendar.Load(_app.Mailbox.To("jo@example.com").ShouldHaveSingleItem().Attachments[0].Text).ShouldNotBeNull();
        calendar.Method.ShouldBe("CANCEL");
        var entry = calendar.Events.ShouldHaveSingleItem();
        entry.Uid.ShouldBe(booked.Uid);
        entry.Sequence.ShouldBeGreaterThan(booked.Sequence);
        entry.Status.ShouldBe("CANCELLED");
        (await _app.GetPageAsync(manage, HttpStatusCode.Gone)).Body!.Words().ShouldContain("(303) 555-0142");
    }

    [Fact]
    public async Task a_cancellation_is_undone_within_ten_minutes_and_everything_is_as_before()
    {
        var free = await FreeAsync();
        await BookAsync(free[6], "jo");
        await _app.DeliverMailAsync();
        await KeepAsync();
        await _app.DeliverMailAsync();
        var manage = ManageLink();
        var booked = Entry("consultation-confirmation");
        var before = (await LeadsAsync()).Single();
        using var canceled = await _app.PostFormAsync(manage + "?handler=Cancel");
        _app.Clock.Advance(TimeSpan.FromMinutes(9));
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-cancelled").ShouldHaveSingleItem().Links.ShouldContain(link => link.AbsolutePath == manage);
        _app.Mailbox.Clear();
        var undo = (await _app.GetPageAsync(canceled.Headers.Location!.ToString())).One("form[action*='handler=Undo']").GetAttribute("action")!;
        (await _app.GetPageAsync(manage)).One("form[action*='handler=Undo']").GetAttribute("action").ShouldBe(undo);

        var responses = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _app.PostFormAsync(undo)));
        foreach (var response in responses)
            (await _app.GetPageAsync(response.Headers.Location!.ToString())).One(".ticket__when time").GetAttribute("datetime").ShouldBe(free[6]);
        var lead = (await LeadsAsync()).Single();
        (lead.Status, lead.AnsweredAt, lead.AnswerBy, lead.ChangeToNoteAt).ShouldBe((before.Status, before.AnsweredAt, before.AnswerBy, null));
        (await FreeAsync()).ShouldNotContain(free[6]);
        await _app.DeliverMailAsync();
        var entry = Entry("consultation-restored");
        (entry.Uid, entry.Status).ShouldBe((booked.Uid, "CONFIRMED"));
        entry.Sequence.ShouldBeGreaterThan(booked.Sequence + 1);
        _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem().Subject.ShouldStartWith("Not canceled after all");
        _app.Clock.Advance(TimeSpan.FromHours(47));
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-reminder-day").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_cancellation_is_final_after_ten_minutes_or_once_someone_else_has_the_time()
    {
        var free = await FreeAsync();
        await BookAsync(free[6], "jo");
        await _app.DeliverMailAsync();
        var manage = ManageLink();
        using var canceled = await _app.PostFormAsync(manage + "?handler=Cancel");
        await BookAsync(free[6], "other");
        (await _app.GetPageAsync(canceled.Headers.Location!.ToString())).QuerySelector("#undo").ShouldBeNull();
        using (var late = await _app.PostFormAsync(manage + "?handler=Undo"))
            (await late.ReadPageAsync(HttpStatusCode.Conflict)).One(".error-summary").Words().ShouldContain("can’t be undone anymore");

        await BookAsync(free[3], "al");
        await _app.DeliverMailAsync();
        var his = _app.Mailbox.To("al@example.com").Single().Links.First(link => link.AbsolutePath.Contains("/manage/", StringComparison.Ordinal)).AbsolutePath;
        using var second = await _app.PostFormAsync(his + "?handler=Cancel");
        _app.Clock.Advance(Consultation.UndoWithin);
        using (var late = await _app.PostFormAsync(his + "?handler=Undo")) late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await _app.GetPageAsync(his, HttpStatusCode.Gone)).QuerySelectorAll(".times a").Length.ShouldBe(3);
        (await CallsAsync()).Count(call => call.Status is ConsultationStatus.Booked).ShouldBe(1);
    }

    [Fact]
    public async Task only_the_link_in_the_email_undoes_a_cancellation_and_never_past_two_calls()
    {
        var free = await FreeAsync();
        var receipt = await BookAsync(free[6], "jo");
        await _app.DeliverMailAsync();
        var manage = ManageLink();
        using var canceled = await _app.PostFormAsync(manage + "?handler=Cancel");
        // Someone who entered another person's address has only the confirmation page.
        (await _app.GetPageAsync(receipt)).QuerySelector("#undo").ShouldBeNull();
        (await _app.GetPageAsync($"{receipt}&manage={SecretLink.Create().Token}")).QuerySelector("#undo").ShouldBeNull();

        foreach (var slot in free.Take(BookingService.CallsAPerson))
        {
            using var more = await PostAsync(slot, "jo");
            more.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
            await _app.DeliverMailAsync();
            var link = _app
                .Mailbox.OfKind("consultation-confirmation")
                .Last()
                .Links.First(link => link.AbsolutePath.Contains("/manage/", StringComparison.Ordinal));
            using var kept = await _app.PostFormAsync(link.AbsolutePath + "?handler=Keep");
            kept.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        }

        using var undone = await _app.PostFormAsync(manage + "?handler=Undo");
        (await undone.ReadPageAsync(HttpStatusCode.Conflict)).One(".error-summary").Words().ShouldContain("2 other calls");
    }

    [Fact]
    public async Task an_address_keeps_two_calls_even_if_it_confirms_three_at_the_same_moment()
    {
        var free = await FreeAsync();
        for (var i = 0; i <= BookingService.CallsAPerson; i++) await BookAsync(free[i], "jo");
        await _app.DeliverMailAsync();
        var links = _app.Mailbox.OfKind("consultation-confirmation")
            .Select(mail => mail.Links.First(link => link.AbsolutePath.Contains("/manage/", StringComparison.Ordinal)).AbsolutePath).ToList();
        links.Count.ShouldBe(BookingService.CallsAPerson + 1);

        var answers = await Task.WhenAll(links.Select(link => _app.PostFormAsync(link + "?handler=Keep")));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.SeeOther).ShouldBe(BookingService.CallsAPerson);
        var refused = answers.Single(answer => answer.StatusCode == HttpStatusCode.Conflict);
        (await refused.ReadPageAsync(HttpStatusCode.Conflict)).One(".error-summary").Words().ShouldContain("You already have 2 calls booked.");
        (await CallsAsync()).Count(call => call.HeldUntil is null).ShouldBe(BookingService.CallsAPerson);
    }

    [Fact]
    public async Task crisis_help_comes_before_the_remaining_steps()
    {
        var page = await _app.GetPageAsync(await BookAsync((await FreeAsync())[0], "jo"));
        var words = page.One("main").Words();
        words
            .IndexOf("If you need someone now", StringComparison.Ordinal)
            .ShouldBeInRange(0, words.IndexOf("To keep it, press the button", StringComparison.Ordinal));

        await using var limited = ClinicApp.With(_ => { }).Set("Limits:Enabled", "true");
        using var http = new HttpClient { BaseAddress = limited.Listen() };
        for (var i = 0; i < 20; i++) (await EmptyFormAsync()).Dispose();
        using var refused = await EmptyFormAsync();
        var tooMany = (await refused.ReadPageAsync(HttpStatusCode.TooManyRequests)).One("main").Words();
        tooMany
            .IndexOf("If you need someone now", StringComparison.Ordinal)
            .ShouldBeInRange(0, tooMany.IndexOf("Please wait a few minutes", StringComparison.Ordinal));

        Task<HttpResponseMessage> EmptyFormAsync() => http.PostAsync("/contact", new FormUrlEncodedContent([new("name", "")]));
    }

    [Fact]
    public async Task reminders_come_a_day_and_an_hour_before()
    {
        await BookAsync((await FreeAsync())[6], "jo"); // Friday, 9:00 am
        await _app.DeliverMailAsync();
        await KeepAsync();
        await _app.DeliverMailAsync();
        _app.Mailbox.Clear();
        _app.Clock.Advance(TimeSpan.FromHours(24));
        await _app.DeliverMailAsync();
        _app.Mailbox.To("jo@example.com").ShouldHaveSingleItem().Kind.ShouldBe("consultation-reminder-day");
        _app.Clock.Advance(TimeSpan.FromHours(23));
        await _app.DeliverMailAsync();
        _app.Mailbox.To("jo@example.com").Last().Kind.ShouldBe("consultation-reminder-hour");
        _app.Mailbox.To("jo@example.com").Last().Text.ShouldContain("/consultation/manage/");
    }

    [Fact]
    public async Task scanners_that_follow_every_link_change_nothing()
    {
        await BookAsync((await FreeAsync())[6], "jo");
        await _app.DeliverMailAsync();
        await KeepAsync();
        _app.Clock.Advance(TimeSpan.FromDays(1.5));
        var mails = await _app.DeliverMailAsync();
        var links = mails.SelectMany(mail => mail.Links).Select(link => link.PathAndQuery).Distinct().ToList();
        links.ShouldContain(link => link.Contains("/manage/"));
        links.ShouldContain(link => link.Contains("/staff/"));
        var before = await StateAsync();
        for (var i = 0; i < 200; i++)
        {
            foreach (var link in links)
            {
                foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
                {
                    using var request = new HttpRequestMessage(method, link);
                    if (i % 2 == 1) request.Headers.Add("Sec-Purpose", "prefetch");
                    using var response = await _app.Http.SendAsync(request);
                    response.StatusCode.ShouldBe(HttpStatusCode.OK);
                }
            }
        }

        (await StateAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task a_wrong_link_says_so_and_offers_the_phone_and_a_new_booking()
    {
        var page = await _app.GetPageAsync("/consultation/manage/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", HttpStatusCode.NotFound);
        page.Body!.Words().ShouldContain("(303) 555-0142");
        page.QuerySelector("main a[href='/consultation']").ShouldNotBeNull();
    }

    [Fact]
    public async Task text_typed_into_the_form_is_in_no_log_url_subject_header_or_calendar()
    {
        string[] canaries = ["canaryname", "canarymail", "canarymessage", "canaryanswer", "canarytimes"];
        using var response = await _app.PostFormAsync(
            "/consultation",
            ("slot", (await FreeAsync())[6]),
            ("name", "canaryname"),
            ("email", "canarymail@example.com"),
            ("phone", "3035550155"),
            ("q-tried", "canaryanswer"),
            ("times", "canarytimes"),
            ("message", "canarymessage"),
            ("consent", "yes")
        );
        using var wrong = await _app.PostFormAsync("/contact", ("name", "canaryname"), ("email", "canarymail"), ("message", "canarymessage"));
        await _app.DeliverMailAsync();
        await KeepAsync();
        using var contact = await _app.PostFormAsync(
            "/contact",
            ("name", "canaryname"),
            ("email", "canarymail@example.com"),
            ("message", "canarymessage"),
            ("consent", "yes")
        );
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await _app.GetPageAsync(response.Headers.Location!.ToString());
        await _app.DeliverMailAsync();
        var failing = _app.Mailbox.BeforeTaking;
        _app.Mailbox.BeforeTaking = (_, _) => throw new Ketamine.Web.Mail.MailFailedException(Ketamine.Web.Mail.MailFailure.Refused, "550 no such user");
        _app.Clock.Advance(TimeSpan.FromDays(2));
        await _app.DeliverMailAsync();
        _app.Mailbox.BeforeTaking = failing;

        var seen = new List<string>(_app.Log) { response.Headers.Location!.ToString(), contact.Headers.Location!.ToString() };
        seen.AddRange(response.Headers.SelectMany(header => header.Value));
        foreach (var mail in _app.Mailbox.Received)
        {
            seen.Add(mail.Subject);
            seen.Add(mail.FromName ?? "");
            seen.AddRange(mail.Headers.Values);
            seen.AddRange(mail.Attachments.Select(attachment => attachment.Text));
            seen.AddRange(mail.Links.Select(link => link.ToString()));
        }

        _app.Log.Count.ShouldBeGreaterThan(3);
        foreach (var canary in canaries) seen.ShouldAllBe(line => !line.Contains(canary, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task without_weekly_hours_the_form_asks_when_a_call_would_suit()
    {
        await using var app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\nconsultation: {title: Free call}\n"));
        var page = await app.GetPageAsync("/consultation");
        page.QuerySelectorAll("input[name=slot]").ShouldBeEmpty();
        using var empty = await app.PostFormAsync("/consultation", ("name", "Jo"), ("phone", "3035550155"), ("consent", "yes"));
        (await empty.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One(".error-summary a").GetAttribute("href").ShouldBe("#times");
        using var asked = await app.PostFormAsync("/consultation", ("name", "Jo"), ("phone", "3035550155"), ("times", "weekday mornings"), ("consent", "yes"));
        asked.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await app.DeliverMailAsync();
        app.Mailbox.OfKind("lead-staff").ShouldHaveSingleItem().Text.ShouldContain("weekday mornings");
    }

    [Fact]
    public async Task the_next_open_time_is_never_cached_and_follows_bookings()
    {
        var free = await FreeAsync();
        (await NextAsync()).ShouldBe("Next open time: Thu, Jan 14, 10:00\u00a0am");
        await BookAsync(free[0], "jo");
        (await NextAsync()).ShouldBe("Next open time: Thu, Jan 14, 10:30\u00a0am");
        (await _app.GetPageAsync("/")).One("[data-next-free]").GetAttribute("href").ShouldBe("/consultation");

        async Task<string> NextAsync()
        {
            using var response = await _app.Http.GetAsync("/consultation/next");
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
            response.Headers.Contains("Set-Cookie").ShouldBeFalse();
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task a_day_is_chosen_in_the_strip_and_shows_its_own_times_and_a_link_may_choose_both()
    {
        var page = await _app.GetPageAsync("/consultation");
        var days = page.QuerySelectorAll(".day").ToList();
        days.Count.ShouldBeGreaterThan(3);
        days.Select(day => day.One("input[name=day]").HasAttribute("checked")).ShouldBe([true, .. Enumerable.Repeat(false, days.Count - 1)]);
        foreach (var day in days)
            day.QuerySelectorAll<IHtmlInputElement>("input[name=slot]").Select(time => time.Value[..10]).Distinct().ShouldHaveSingleItem();

        var later = days[2].QuerySelectorAll<IHtmlInputElement>("input[name=slot]").ElementAt(1).Value;
        var linked = await _app.GetPageAsync($"/consultation?slot={Uri.EscapeDataString(later)}");
        linked.QuerySelectorAll<IHtmlInputElement>("input[name=slot][checked]").ShouldHaveSingleItem().Value.ShouldBe(later);
        linked.QuerySelectorAll(".day").ToList().FindIndex(day => day.One("input[name=day]").HasAttribute("checked")).ShouldBe(2);
    }

    [Theory]
    [InlineData("phone", "", "", new[] { "Enter the name you’d like us to use", "Enter a phone number so we can call you" })]
    [InlineData("phone", "jo@example.com", "", new[] { "Enter the name you’d like us to use", "Enter a phone number so we can call you" })]
    [InlineData("video", "", "3035550142", new[] { "Enter the name you’d like us to use", "Enter an email address so we can send you the link" })]
    [InlineData("video", "", "", new[] { "Enter the name you’d like us to use", "Enter an email address so we can send you the link" })]
    public async Task what_the_chosen_kind_of_call_needs_is_asked_for_at_once_with_everything_else(string by, string email, string phone, string[] errors)
    {
        using var response = await _app.PostFormAsync("/consultation", ("slot", (await FreeAsync())[0]), ("contactBy", by), ("name", ""), ("email", email),
            ("phone", phone), ("consent", "yes"));
        var page = await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity);
        page.QuerySelectorAll(".error-summary li").Select(error => error.Words()).ShouldBe(errors);
    }

    [Fact]
    public async Task a_phone_number_hidden_by_choosing_video_is_not_validated()
    {
        var free = await FreeAsync();
        using var response = await _app.PostFormAsync(
            "/consultation",
            ("slot", free[0]),
            ("name", "Jo"),
            ("contactBy", "video"),
            ("phone", "12"),
            ("email", "jo@example.com"),
            ("consent", "yes")
        );
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await LeadsAsync()).ShouldHaveSingleItem().Phone.ShouldBeNull();
        using var phone = await _app.PostFormAsync(
            "/consultation",
            ("slot", free[1]),
            ("name", "Al"),
            ("contactBy", "phone"),
            ("phone", "12"),
            ("email", "al@example.com"),
            ("consent", "yes")
        );
        phone.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("https://meet.example/juniper")]
    [InlineData("staff")]
    public async Task a_video_call_shows_its_link_everywhere_or_asks_staff_to_send_it(string video)
    {
        await using var app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + $$"""
            consultation:
              title: Free call
              weekly:
                - {day: thu, from: "09:00", to: "12:00"}
              by: [phone, video]
              video: {{video}}
            """));
        using var response = await app.PostFormAsync(
            "/consultation",
            ("slot", "2027-01-21T17:00Z"),
            ("name", "Jo"),
            ("contactBy", "video"),
            ("email", "jo@example.com"),
            ("consent", "yes")
        );
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.DeliverMailAsync();
        var confirmation = app.Mailbox.OfKind("consultation-confirmation").ShouldHaveSingleItem();
        var staff = Unwrapped(app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem().Text);
        if (video == "staff")
        {
            staff.ShouldContain("To do: send them the video link before the call.");
            Unwrapped(confirmation.Text).ShouldContain("We’ll send the video link in a separate email before the call.");
            return;
        }

        confirmation.Text.ShouldContain(video);
        confirmation.Attachments[0].Text.ShouldContain($"LOCATION:{video}");
        staff.ShouldContain(video);
        staff.ShouldNotContain("To do");
    }

    [Fact]
    public async Task a_canceled_call_offers_three_days_and_each_opens_the_form_at_its_time()
    {
        await BookAsync((await FreeAsync())[0], "jo");
        await _app.DeliverMailAsync();
        using var canceled = await _app.PostFormAsync($"{ManageLink()}?handler=Cancel");
        var offers = (await _app.GetPageAsync(canceled.Headers.Location!.ToString())).QuerySelectorAll(".times a").ToList();
        offers.Count.ShouldBe(3);
        foreach (var offer in offers)
            (await _app.GetPageAsync(offer.GetAttribute("href")!)).QuerySelectorAll("input[name=slot][checked]").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task with_minimal_detail_the_email_to_staff_has_a_first_name_a_time_and_a_link()
    {
        _app.Set("Mail:LeadDetail", "minimal");
        using var response = await _app.PostFormAsync(
            "/consultation",
            ("slot", (await FreeAsync())[0]),
            ("name", "Jordan Lee"),
            ("email", "jo@example.com"),
            ("phone", "3035550155"),
            ("message", "secret"),
            ("consent", "yes")
        );
        await _app.DeliverMailAsync();
        var mail = _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem();
        mail.ReplyTo.ShouldBeNull();
        mail.Text.ShouldContain("Jordan");
        mail.Text.ShouldContain("/staff/leads/");
        foreach (var typed in new[] { "Lee", "secret", "555", "jo@example.com" }) mail.Text.ShouldNotContain(typed);
    }

    /// <summary>The calendar entry in the only email of this kind, read as a calendar app reads it.</summary>
    private CalendarEvent Entry(string kind) =>
        Calendar.Load(_app.Mailbox.OfKind(kind).ShouldHaveSingleItem().Attachments.ShouldHaveSingleItem().Text).ShouldNotBeNull().Events.ShouldHaveSingleItem();

    private async Task<List<string>> FreeAsync() =>
        [.. (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>(".days input[name=slot]").Select(input => input.Value)];

    private Task<HttpResponseMessage> PostAsync(string slot, string who, params (string, string)[] more) =>
        _app.PostFormAsync(
            "/consultation",
            [
                ("slot", slot),
                ("name", who),
                ("email", $"{who}@example.com"),
                ("phone", "303555" + (Math.Abs(who.GetHashCode(StringComparison.Ordinal)) % 8000 + 1000)),
                ("consent", "yes"),
                .. more,
            ]
        );

    private async Task<string> BookAsync(string slot, string who)
    {
        using var response = await PostAsync(slot, who);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.ToString();
    }

    private async Task KeepAsync()
    {
        using var kept = await _app.PostFormAsync(ManageLink() + "?handler=Keep");
        kept.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    private string ManageLink() =>
        _app
            .Mailbox.OfKind("consultation-confirmation")
            .Single()
            .Links.First(link => link.AbsolutePath.StartsWith("/consultation/manage/", StringComparison.Ordinal))
            .AbsolutePath;

    private async Task<string> StateAsync()
    {
        var calls = await CallsAsync();
        var leads = await LeadsAsync();
        return string.Join('|', calls.Select(call => $"{call.StartsAt:O} {call.Status} {call.Sequence}"))
            + string.Join('|', leads.Select(lead => $"{lead.Status} {lead.AnsweredAt:O}"));
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Task<List<Lead>> LeadsAsync() => _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync());

    private Task<List<Consultation>> CallsAsync() => _app.UseAsync<ClinicDb, List<Consultation>>(db => db.Set<Consultation>().AsNoTracking().ToListAsync());

    public void Dispose() => _app.Dispose();
}
