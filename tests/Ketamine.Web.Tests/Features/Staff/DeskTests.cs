using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Content;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>A day at the desk: who is next, who has a lead, what is allowed, and the outcome.</summary>
public sealed class DeskTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        hours:
          - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
        """));

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task when_fifty_people_claim_a_lead_at_once_one_gets_it(string engine)
    {
        await using var server = engine == "postgres" ? await PostgresServer.StartAsync() : null;
        if (server is not null)
            foreach (var (key, value) in server.Settings) _app.Set(key, value);
        var reference = await WriteAsync("Ines");
        var staff = new List<StaffStamp>();
        for (var i = 0; i < 50; i++) staff.Add(new StaffStamp(Guid.CreateVersion7(), $"s{i}"));
        var won = await Task.WhenAll(staff.Select(who =>
            Task.Run(() => _app.UseAsync<LeadWork, bool>(work => work.ClaimAsync(reference, who, CancellationToken.None)))));
        won.Count(one => one).ShouldBe(1);
        var winner = staff[Array.IndexOf(won, true)];
        (await LeadAsync(reference)).OwnerId.ShouldBe(winner.Id);
        var claims = await _app.UseAsync<ClinicDb,
            List<LeadEvent>>(db => db.Set<LeadEvent>().Where(happened => happened.Kind == LeadEventKind.Claimed).ToListAsync());
        claims.ShouldHaveSingleItem().Who.ShouldBe(winner.Name);
        (await _app.UseAsync<AuditLog, AuditVerdict>(audit => audit.VerifyAsync(CancellationToken.None))).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task the_order_is_risk_then_late_then_due_soonest()
    {
        await WriteAsync("Early", message: "How long does it take?");
        _app.Clock.Advance(TimeSpan.FromHours(8)); // after five: the promise was missed
        await WriteAsync("Later", message: "What does it cost?");
        await WriteAsync("Wren", message: "I want to kill myself and I don't know what to do.");
        var dana = await _app.HireAsync();
        var page = await dana.GetPageAsync("/staff");
        page.QuerySelectorAll("section:has(#now) .row__name").Select(name => name.TextContent).ShouldBe(["Wren", "Early", "Later"]);
        page.QuerySelectorAll(".row--risk").ShouldHaveSingleItem().Words().ShouldContain("Risk: read first");
        page.QuerySelectorAll(".row--late").ShouldHaveSingleItem().Words().ShouldContain("late");
        page.Title.ShouldBe("3 to answer – Desk");
    }

    [Fact]
    public async Task an_emergency_comes_before_risk_with_its_own_badge_and_its_own_first_step()
    {
        await WriteAsync("Wren", message: "I want to kill myself and I don't know what to do.");
        _app.Clock.Advance(TimeSpan.FromMinutes(5));
        var reference = await WriteAsync("Ines", ("message", "My friend is not waking up."), ("reach", "call"), ("phone", "303 555 0155"));
        _app.Clock.Advance(TimeSpan.FromMinutes(5));
        var both = await WriteAsync("Kit", ("message", "My friend is not waking up. I want to kill myself."), ("danger", "yes"));
        var dana = await _app.HireAsync();
        var queue = await dana.GetPageAsync("/staff");
        queue.QuerySelectorAll("section:has(#now) .row__name").Select(name => name.TextContent).ShouldBe(["Ines", "Kit", "Wren"]);
        queue.QuerySelectorAll(".row--risk .badge--risk").Select(badge => badge.Words())
            .ShouldBe(["Emergency: call now", "Emergency: answer now", "Risk: read first"]);

        var page = await dana.GetPageAsync($"/staff/leads/{reference}");
        page.One(".badges").Words().ShouldBe("Emergency: call now");
        page.One(".panel--risk h2").Words().ShouldBe("This may be a medical emergency in progress. Call Ines now");
        page.QuerySelectorAll(".now .steps li")[0].Words().ShouldContain("If no one answers, consider a welfare check (911)");
        page.One(".timeline").Words().ShouldContain("marked as an emergency");

        var panel = (await dana.GetPageAsync($"/staff/leads/{both}")).One(".panel--risk");
        panel.One("h2").Words().ShouldBe("This may be a medical emergency in progress. Answer Kit now");
        panel.Words().ShouldContain("Something here suggests that Kit may be at risk.");
        panel.Words().ShouldContain("988");
        panel.QuerySelectorAll("mark").Length.ShouldBe(2);

        using (await dana.PostAsync("/staff/covered", "/staff")) { }
        (await dana.GetPageAsync("/staff/covered")).One(".door").Words().ShouldContain("2 emergencies, 1 marked for risk");
    }

    [Fact]
    public async Task the_owner_never_changes_the_order()
    {
        await WriteAsync("First");
        _app.Clock.Advance(TimeSpan.FromMinutes(5));
        var second = await WriteAsync("Second");
        var (dana, luis) = (await _app.HireAsync(), await _app.HireAsync("Luis"));
        (await dana.PostAsync("/staff?handler=Claim", "/staff", ("reference", second))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await luis.GetPageAsync("/staff")).QuerySelectorAll(".row__name").Select(name => name.TextContent).ShouldBe(["First", "Second"]);
        using var late = await luis.PostAsync("/staff?handler=Claim", "/staff", ("reference", second));
        (await late.ReadPageAsync(HttpStatusCode.Conflict)).One("[role=alert] .flash__text").Words()
            .ShouldBe("Dana took Second first. You didn’t change anything.");
        (await dana.GetPageAsync("/staff?mine=true")).QuerySelectorAll(".row__name").Select(name => name.TextContent).ShouldBe(["Second"]);
    }

    [Fact]
    public async Task ways_of_contact_without_consent_are_not_offered_and_are_refused()
    {
        var reference = await WriteAsync("Ines", ("reach", "email"), ("phone", "303 555 0155"), ("email", "ines@example.org"));
        var dana = await _app.HireAsync();
        var page = await dana.GetPageAsync($"/staff/leads/{reference}");
        page.QuerySelectorAll("a[href^='tel:'], a[href^='sms:']").ShouldBeEmpty();
        page.Body!.TextContent.ShouldNotContain("555-0155");
        page.QuerySelectorAll("button[value=NoAnswer], button[value=Voicemail]").ShouldBeEmpty();
        page.One(".rules--large").Words().ShouldContain("Do NOT say the clinic’s name to anyone else");
        using var refused = await dana.PostAsync($"/staff/leads/{reference}?handler=Log", null, ("outcome", "NoAnswer"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await LeadAsync(reference)).Tries.ShouldBe(0);
    }

    [Fact]
    public async Task the_two_rules_are_in_the_buttons_label_and_on_the_phone_bar()
    {
        var reference = await WriteAsync("Teo", ("reach", "call"), ("phone", "303 555 0155"), ("email", ""), ("voicemail", "no"), ("sayName", "no"));
        var page = await (await _app.HireAsync()).GetPageAsync($"/staff/leads/{reference}");
        page.One("a.reach__button[href='tel:+13035550155']").Words().ShouldContain("NO voicemail. Do NOT name the clinic.");
        page.One(".thumb__rule").Words().ShouldBe("NO voicemail. Do NOT name the clinic.");
        page.QuerySelectorAll("button[value=Voicemail]").ShouldBeEmpty();
        page.QuerySelectorAll("a[href^='sms:']").ShouldBeEmpty();
    }

    [Fact]
    public async Task an_outcome_is_one_tap_and_can_be_undone_for_ten_minutes()
    {
        var reference = await WriteAsync("Teo", ("reach", "call"), ("phone", "303 555 0155"), ("voicemail", "yes"));
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}";
        using (var logged = await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Log", ("outcome", "NoAnswer"))) logged.StatusCode.ShouldBe(
            HttpStatusCode.SeeOther);
        var page = await dana.GetPageAsync(path);
        page.One(".flash--good .flash__text").Words().ShouldBe("Logged: no answer, 10:00 am. Teo comes back to the queue at 1:00 pm today.");
        (await LeadAsync(reference)).OwnerId.ShouldNotBeNull("logging an outcome claims the lead");
        (await dana.GetPageAsync("/staff")).One("section:has(#waiting) .row__due").Words().ShouldBe("1:00 pm today try again");

        using (await dana.PressAsync(page, $"{path}?handler=Undo")) { }
        var undone = await LeadAsync(reference);
        (undone.Tries, undone.NextAt, undone.TriedAt, undone.OwnerId).ShouldBe((0, null, null, null));
        (await dana.GetPageAsync(path)).One(".timeline").Words().ShouldContain("You undid: called: no answer");

        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Log", ("outcome", "Visit"))) { }
        var after = await dana.GetPageAsync(path);
        _app.Clock.Advance(TimeSpan.FromMinutes(10));
        using var late = await dana.PressAsync(after, $"{path}?handler=Undo");
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await LeadAsync(reference)).Status.ShouldBe(LeadStatus.Booked);
    }

    [Fact]
    public async Task a_double_tap_logs_once_and_a_stale_page_logs_nothing()
    {
        var reference = await WriteAsync("Teo", ("reach", "call"), ("phone", "303 555 0155"));
        var (dana, luis) = (await _app.HireAsync(), await _app.HireAsync("Luis"));
        var path = $"/staff/leads/{reference}";
        var (his, hers) = (await luis.GetPageAsync(path), await dana.GetPageAsync(path));
        var taps = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => dana.PressAsync(hers, $"{path}?handler=Log", ("outcome", "NoAnswer")))));
        taps.ShouldAllBe(tap => tap.StatusCode == HttpStatusCode.SeeOther);
        (await LeadAsync(reference)).Tries.ShouldBe(1);
        using var stale = await luis.PressAsync(his, $"{path}?handler=Log", ("outcome", "Closed"), ("note", "They moved away."));
        var page = await stale.ReadPageAsync(HttpStatusCode.Conflict);
        page.One("[role=alert]").Words().ShouldContain("Someone changed this lead since you opened it");
        page.One("#note").TextContent.Trim().ShouldBe("They moved away.");
        page.One(".timeline").Words().ShouldContain("Dana called: no answer");
    }

    [Theory]
    [InlineData(1, "2027-01-13 13:00")] // three open hours
    [InlineData(2, "2027-01-14 14:00")] // the other half of the next day
    public async Task an_unanswered_call_returns_to_the_queue_when_trying_again_makes_sense(int tries, string until)
    {
        var reference = await WriteAsync("Teo", ("reach", "call"), ("phone", "303 555 0155"));
        for (var i = 0; i < tries; i++)
            (await _app.UseAsync<LeadWork, LeadChange>(work =>
                work.LogAsync(reference, new LeadForm(), LeadOutcome.NoAnswer, new StaffStamp(Guid.NewGuid(), "Dana"), CancellationToken.None)))
                .ShouldBe(LeadChange.Done);
        Local((await LeadAsync(reference)).NextAt).ShouldBe(until);
    }

    [Fact]
    public async Task an_attempt_in_time_is_never_late_and_a_late_one_stays_late()
    {
        var inTime = await WriteAsync("Teo", ("reach", "call"), ("phone", "303 555 0155"));
        var late = await WriteAsync("Kit", ("reach", "call"), ("phone", "303 555 0156"));
        var by = new StaffStamp(Guid.NewGuid(), "Dana");
        await _app.UseAsync<LeadWork>(work => work.LogAsync(inTime, new LeadForm(), LeadOutcome.NoAnswer, by, CancellationToken.None));
        _app.Clock.Advance(TimeSpan.FromDays(1));
        await _app.UseAsync<LeadWork>(work => work.LogAsync(late, new LeadForm(), LeadOutcome.NoAnswer, by, CancellationToken.None));
        (await LeadAsync(inTime)).IsLate(_app.Clock.Now).ShouldBeFalse();
        (await LeadAsync(late)).IsLate(_app.Clock.Now).ShouldBeTrue();
        (await LeadAsync(late)).AnswerBy.ShouldBe((await LeadAsync(inTime)).AnswerBy, "a promise is never moved");
    }

    [Fact]
    public async Task the_time_left_until_a_deadline_excludes_nights_weekends_and_holidays()
    {
        _app.Folder.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
            hours:
              - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
            holidays:
              - {date: 2027-01-14, closed: true, note: Inventory}
              - {date: 2027-01-15, opens: "09:00", closes: "12:00", note: Short day}
            """);
        _app.Clock.Advance(TimeSpan.FromHours(5)); // Wednesday, 3:00 pm: too late for today, and Thursday is closed
        await WriteAsync("Ines");
        var dana = await _app.HireAsync();
        (await dana.GetPageAsync("/staff")).One(".row__due").Words().ShouldBe("by Fri 12:00 pm 5 h left");
        _app.Clock.Set(_app.Clock.Now.AddDays(5).AddHours(-5)); // Monday, 10:00 am
        var later = dana.Elsewhere();
        using (await later.SignInAsync(sign: dana.Passkey.SignFor)) { }
        (await later.GetPageAsync("/staff")).One(".row__due").Words().ShouldBe("was Fri 12:00 pm 1 h late");
    }

    [Fact]
    public async Task someone_at_risk_stays_at_the_top_until_staff_take_over()
    {
        var reference = await WriteAsync("Wren", ("message", "I have a question about the price. Some days I want to kill myself. <b>Could you help?</b>"),
            ("reach", "call"), ("phone", "303 555 0155"), ("voicemail", "yes"));
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}";
        var page = await dana.GetPageAsync(path);
        page.One(".said__words mark").TextContent.Trim().ShouldBe("Some days I want to kill myself.");
        page.QuerySelectorAll(".log__button").Select(button => button.GetAttribute("value")).ShouldBe(["Reached", "NoAnswer"]);
        using (var refused = await dana.PostAsync($"{path}?handler=Log", null, ("outcome", "Closed"))) refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using (await dana.PressAsync(page, $"{path}?handler=Log", ("outcome", "Reached"))) { }
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row--risk").Length.ShouldBe(1, "reached, but no one took over");
        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Risk", ("over", "Clinician"), ("note", "Priya calls at once"))) { }
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row").ShouldBeEmpty();
        (await dana.GetPageAsync(path)).One(".timeline").Words().ShouldContain("Priya calls at once");
    }

    [Theory]
    [InlineData("yes", "Yes")]
    [InlineData("unsure", "Not sure")]
    public async Task the_answer_about_danger_is_shown_and_a_wavy_line_is_mentioned_only_if_there_is_one(string danger, string shown)
    {
        var reference = await WriteAsync("Ines", ("message", "What does it cost?"), ("danger", danger), ("reach", "call"), ("phone", "303 555 0155"));
        var dana = await _app.HireAsync();
        var page = await dana.GetPageAsync($"/staff/leads/{reference}");
        var panel = page.One(".panel--risk").Words();
        panel.ShouldStartWith($"Asked about danger, Ines answered “{shown}.” Please read it now");
        panel.ShouldContain($"Ines answered: {shown}");
        panel.ShouldNotContain("wavy");
        page.QuerySelectorAll(".panel--risk mark").ShouldBeEmpty();
        page.One(".facts").Words().ShouldContain($"In danger?{shown}");

        var marked = await WriteAsync("Wren", ("message", "I want to kill myself."), ("danger", "no"));
        var words = (await dana.GetPageAsync($"/staff/leads/{marked}")).One(".panel--risk").Words();
        words.ShouldStartWith("Something here suggests that Wren may be at risk. Please read it now");
        words.ShouldContain("Wren answered: No");
        words.ShouldContain("A wavy line shows the words that flagged this lead.");
    }

    [Fact]
    public async Task the_clinics_own_steps_for_a_risk_come_first_and_visitors_never_see_them()
    {
        var reference = await WriteAsync("Wren", ("message", "I want to kill myself."), ("reach", "call"), ("phone", "303 555 0155"), ("voicemail", "yes"));
        var dana = await _app.HireAsync();
        var steps = (await dana.GetPageAsync($"/staff/leads/{reference}")).One(".panel--risk .now");
        steps.Words().ShouldStartWith("What to do now");
        steps.Words().ShouldContain("Call Wren back now");
        steps.Words().ShouldContain("911");
        steps.Words().ShouldContain("988");

        _app.Folder.Write("risk.md", "1. Call back within five minutes.\n2. Then ring Priya at zanzibar 42. [Our page on danger](/contact)\n");
        await _app.UseAsync<ContentWatcher>(watcher => watcher.RefreshAsync(CancellationToken.None));
        var page = await dana.GetPageAsync($"/staff/leads/{reference}");
        page.One(".panel--risk h2").NextElementSibling.ShouldBe(page.One(".now"), "before the message");
        page.QuerySelectorAll(".now li").Select(step => step.Words()).ShouldBe(
            ["Call back within five minutes.", "Then ring Priya at zanzibar 42. Our page on danger"]);
        foreach (var path in new[] { "/risk", "/risk.md", "/images/risk.md" })
            using (var none = await _app.Http.GetAsync(path)) none.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        foreach (var path in new[] { "/sitemap.xml", "/", "/contact", "/search?q=zanzibar", "/llms.txt" })
            (await (await _app.Http.GetAsync(path)).Content.ReadAsStringAsync()).ShouldNotContain("five minutes", customMessage: path);
    }

    [Fact]
    public async Task a_held_lead_is_released_or_discarded_once_with_the_rule_that_held_it()
    {
        var person = await WriteAsync("Max", ("topic_line", "http://x.example"));
        var spam = await WriteAsync("Gus", ("topic_line", "http://y.example"), ("message", "Rank on page one"));
        var dana = await _app.HireAsync();
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#held) .row").Length.ShouldBe(2);
        var page = await dana.GetPageAsync($"/staff/leads/{person}");
        page.One(".panel--held").Words().ShouldContain("A field that people can't see was filled in");
        page.QuerySelectorAll("a[href^='tel:'], a[href^='mailto:'], .log__button").ShouldBeEmpty();
        page.Body!.TextContent.ShouldNotContain("max@example.com");
        var both = await Task.WhenAll(
            Task.Run(() => dana.PressAsync(page, $"/staff/leads/{person}?handler=LetThrough")),
            Task.Run(() => dana.PressAsync(page, $"/staff/leads/{person}?handler=LetThrough")));
        both.ShouldAllBe(response => response.StatusCode == HttpStatusCode.SeeOther || response.StatusCode == HttpStatusCode.Conflict);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("lead-confirmation").Count().ShouldBe(1);
        (await LeadAsync(person)).Status.ShouldBe(LeadStatus.New);
        using (await dana.PressAsync(await dana.GetPageAsync($"/staff/leads/{spam}"), $"/staff/leads/{spam}?handler=Discard")) { }
        (await dana.GetPageAsync("/staff")).QuerySelectorAll("section:has(#held) .row").ShouldBeEmpty();
        foreach (var (reference, what) in new[] { (person, "let it through: a person"), (spam, "discarded it as spam") })
            (await dana.GetPageAsync($"/staff/leads/{reference}")).One(".timeline").Words()
                .ShouldContain($"{what} (held: a field that people can't see was filled in)");
        using var tooLate = await dana.PostAsync($"/staff/leads/{spam}?handler=LetThrough");
        tooLate.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task an_email_from_the_desk_counts_as_the_answer_and_has_the_discreet_name()
    {
        var reference = await WriteAsync("Ines");
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}/write";
        using (var sent = await dana.PressAsync(await dana.GetPageAsync(path), path,
            ("text", "Someone should take you home.\n\nDana"))) sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await _app.DeliverMailAsync();
        var mail = _app.Mailbox.OfKind("lead-reply").ShouldHaveSingleItem();
        mail.Text.ShouldContain("Someone should take you home.");
        var lead = await LeadAsync(reference);
        lead.Status.ShouldBe(LeadStatus.Answered);
        (await dana.GetPageAsync($"/staff/leads/{reference}")).QuerySelectorAll("#undo").ShouldBeEmpty("an email that was sent can't be taken back");
    }

    [Fact]
    public async Task a_lead_from_a_phone_call_is_added_with_its_questions()
    {
        var dana = await _app.HireAsync();
        var page = await dana.GetPageAsync("/staff/leads/add");
        page.QuerySelectorAll<IHtmlInputElement>("input[type=radio]").ShouldAllBe(radio => !radio.IsChecked, "voicemail and name have no default");
        using var incomplete = await dana.PressAsync(page, "/staff/leads/add", ("Form.Name", "Ada"), ("Form.Phone", "303 555 0177"), ("Form.Reach", "call"));
        (await incomplete.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).QuerySelectorAll(".errors li").Select(error => error.TextContent)
            .ShouldBe(["Ask whether we may leave a voicemail", "Ask whether we may say who is calling",
                "Ask for their consent; without it, we can’t keep anything"]);
        using var added = await dana.PressAsync(page, "/staff/leads/add", ("Form.Name", "Ada"), ("Form.Phone", "303 555 0177"), ("Form.Reach", "call"),
            ("Form.Voicemail", "no"), ("Form.SayName", "yes"), ("consent", "yes"));
        added.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await dana.GetPageAsync(added.Headers.Location!.ToString())).One(".timeline").Words().ShouldContain("You added it from a phone call");
    }

    [Fact]
    public async Task a_caller_is_booked_on_short_notice_and_the_call_is_confirmed_right_away()
    {
        _app.Folder.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
            hours:
              - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
            consultation:
              title: Free call
              weekly: [{day: wed, from: "13:00", to: "15:00"}, {day: thu, from: "09:00", to: "12:00"}]
            """);
        var dana = await _app.HireAsync();
        var calls = await dana.GetPageAsync("/staff/calls");
        calls.QuerySelectorAll(".slot--free .slot__time")[0].Words().ShouldBe("1:00 pm", "today, though the site wants a day's notice");
        var slot = calls.QuerySelectorAll(".slot--free a")[0].GetAttribute("href")!;
        var form = await dana.GetPageAsync(slot);
        (string, string)[] fields = [("Form.Name", "Ada"), ("Form.Phone", "303 555 0177"), ("Form.Reach", "call"), ("Form.Voicemail", "no"),
            ("Form.SayName", "no"), ("consent", "yes")];
        using var booked = await dana.PressAsync(form, "/staff/leads/add", fields);
        booked.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await booked.Content.ReadAsStringAsync());
        (await dana.GetPageAsync(booked.Headers.Location!.ToString())).One(".timeline").Words().ShouldContain("You booked a call: Wed, Jan 13, 1:00 pm");
        var day = await dana.GetPageAsync("/staff/calls");
        day.QuerySelectorAll(".slot:not(.slot--free)").ShouldHaveSingleItem().Words()
            .ShouldBe("1:00 pm Ada By phone. In 3 h NO voicemail Do NOT name the clinic");
        using var taken = await dana.PressAsync(form, "/staff/leads/add", [.. fields.Where(field => field.Item1 != "Form.Name"), ("Form.Name", "Bo")]);
        (await taken.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One(".errors").Words().ShouldContain("Someone just took that time");
        (await dana.GetPageAsync("/staff")).One("section:has(#waiting) .queue__foot").Words()
            .ShouldContain("1 booked call comes up an hour before the start. Next: 1:00 pm.");
        _app.Clock.Advance(TimeSpan.FromHours(2));
        var dana2 = dana.Elsewhere();
        using (await dana2.SignInAsync(sign: dana.Passkey.SignFor)) { }
        (await dana2.GetPageAsync("/staff")).QuerySelectorAll("section:has(#now) .row--call").ShouldHaveSingleItem().Words().ShouldContain("Call in 1 h");
    }

    [Fact]
    public async Task every_view_and_change_is_audited_without_peoples_words()
    {
        var reference = await WriteAsync("Canaryname", ("message", "Canarymessage about pain"), ("email", "canary@example.org"));
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}";
        await dana.GetPageAsync("/staff");
        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Claim")) { }
        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Note", ("note", "Canarynote"))) { }
        using (await dana.PressAsync(await dana.GetPageAsync(path), $"{path}?handler=Log", ("outcome", "Reached"))) { }
        var lines = await _app.UseAsync<ClinicDb, List<AuditEntry>>(db => db.Set<AuditEntry>().AsNoTracking().OrderBy(entry => entry.Number).ToListAsync());
        lines.Where(entry => entry.Subject == reference).Select(entry => entry.What)
            .ShouldBe(["lead-opened", "lead-claimed", "lead-opened", "lead-note", "lead-opened", "lead-logged"]);
        lines.ShouldContain(entry => entry.What == "lead-queue-shown" && entry.Who == "Dana");
        foreach (var entry in lines) $"{entry.Who} {entry.Subject} {entry.Detail}".ShouldNotContain("anary");
    }

    [Fact]
    public async Task the_link_in_an_email_leads_to_sign_in_and_then_to_the_lead()
    {
        var reference = await WriteAsync("Ines");
        await _app.DeliverMailAsync();
        var link = _app.Mailbox.OfKind("lead-staff")
            .Single().Links.Single(link => link.AbsolutePath.StartsWith("/staff/leads/", StringComparison.Ordinal)).AbsolutePath;
        (await _app.GetPageAsync(link)).One("h1").TextContent.ShouldBe("Ines", "no one has a passkey yet, so the link alone works");

        var dana = await _app.HireAsync();
        var phone = dana.Elsewhere();
        using var led = await phone.Browser.GetAsync(link);
        led.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var to = led.Headers.Location!.ToString();
        to.ShouldBe($"/staff/leads/{reference}");
        using var door = await phone.Browser.GetAsync(to);
        door.Headers.Location!.ToString().ShouldBe($"/staff/sign-in?next=%2Fstaff%2Fleads%2F{reference}");
        using var opened = await phone.SignInAsync(to, dana.Passkey.SignFor);
        (await phone.GetPageAsync(opened.Headers.Location!.ToString())).One("h1").TextContent.ShouldBe("Ines");
        using var posted = await _app.PostFormAsync($"{link}?handler=Answered");
        posted.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await LeadAsync(reference)).Status.ShouldBe(LeadStatus.New, "the link alone no longer changes anything");
    }

    [Fact]
    public async Task once_someone_has_a_passkey_emails_to_staff_have_no_details()
    {
        await WriteAsync("Ines", ("message", "About my headaches"));
        await _app.HireAsync();
        await WriteAsync("Kit", ("message", "About my backpains"));
        await _app.DeliverMailAsync();
        var mails = _app.Mailbox.OfKind("lead-staff").Select(mail => mail.Text).ToList();
        mails.ShouldContain(text => text.Contains("headaches", StringComparison.Ordinal));
        mails.ShouldNotContain(text => text.Contains("backpains", StringComparison.Ordinal));
        mails.ShouldContain(text => text.Contains("Kit is waiting", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_covered_screen_shows_only_counts_until_it_is_uncovered()
    {
        await WriteAsync("Ines");
        var dana = await _app.HireAsync();
        using (await dana.PressAsync(await dana.GetPageAsync("/staff"), "/staff/covered")) { }
        using (var led = await dana.Browser.GetAsync("/staff")) led.Headers.Location!.ToString().ShouldBe("/staff/covered");
        var page = await dana.GetPageAsync("/staff/covered");
        page.One("h1").TextContent.ShouldBe("1 to answer");
        page.Body!.TextContent.ShouldNotContain("Ines");
        using (await dana.PressAsync(page, "/staff/covered?handler=Uncover")) { }
        (await dana.GetPageAsync("/staff")).Body!.TextContent.ShouldContain("Ines");
    }

    [Fact]
    public async Task an_open_queue_is_notified_of_a_new_lead_and_of_the_end_of_its_session()
    {
        var dana = await _app.HireAsync();
        using var stream = await dana.Browser.GetAsync("/staff/stream", HttpCompletionOption.ResponseHeadersRead);
        stream.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        (await NextAsync(reader)).ShouldContain("\"leads\":[]");
        var reference = await WriteAsync("Ines");
        var next = NextAsync(reader);
        while (!next.IsCompleted)
        {
            _app.Clock.Advance(TimeSpan.FromSeconds(3));
            await Task.WhenAny(next, Task.Delay(50));
        }

        (await next).ShouldContain(reference);
        using (await dana.PostAsync("/staff/sign-out")) { }
        var end = NextAsync(reader);
        while (!end.IsCompleted)
        {
            _app.Clock.Advance(TimeSpan.FromSeconds(3));
            await Task.WhenAny(end, Task.Delay(50));
        }

        (await end).ShouldBe("event: signed-out");
    }

    [Fact]
    public async Task a_lead_is_found_by_name_number_email_and_reference()
    {
        var reference = await WriteAsync("Zoë Example", ("phone", "303 555 0155"), ("email", "zoe@example.org"));
        await WriteAsync("Ines");
        var dana = await _app.HireAsync();
        foreach (var typed in new[] { "zoe ex", "555-0155", "ZOE@example.org", reference.ToLowerInvariant(),
            reference.Replace("-", "", StringComparison.Ordinal), reference.ToLowerInvariant().Replace('-', ' '), string.Join(' ', reference.ToCharArray()) })
            (await dana.GetPageAsync($"/staff?q={Uri.EscapeDataString(typed)}")).QuerySelectorAll(".row__name").Select(name => name.TextContent)
                .ShouldBe(["Zoë Example"], typed);
        (await dana.GetPageAsync("/staff?q=nobody")).One("main").Words().ShouldContain("No lead matches “nobody.”");
    }

    [Fact]
    public async Task a_wrong_address_shows_staff_the_desks_own_page_and_no_one_else()
    {
        var reference = await WriteAsync("Ines");
        var dana = await _app.HireAsync();
        await WriteAsync("Teo");
        foreach (var path in new[] { "/staff/nope", "/staff/leads/2222-2222", "/staff/people" })
        {
            var page = await dana.GetPageAsync(path, HttpStatusCode.NotFound);
            page.Title.ShouldBe("Not found – Desk", path);
            page.One("main a[href='/staff']").Words().ShouldBe("Back to the queue", path);
        }

        await _app.UseAsync<LeadService>(leads => leads.ForgetAsync(EmailAddress.Parse("ines@example.com"), CancellationToken.None));
        (await dana.GetPageAsync($"/staff/leads/{reference}", HttpStatusCode.Gone)).One("main h1").Words().ShouldBe("This lead was deleted");
        (await dana.Elsewhere().GetPageAsync("/staff/nope", HttpStatusCode.NotFound)).Title!.ShouldContain("We can’t find that page");
        (await dana.Elsewhere().GetPageAsync("/staff/error", HttpStatusCode.NotFound)).Title!.ShouldContain("We can’t find that page");
        using (await dana.PostAsync("/staff/covered", "/staff")) { }
        using var covered = await dana.Browser.GetAsync("/staff/nope");
        covered.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        covered.Headers.Location!.ToString().ShouldBe("/staff/covered");
    }

    [Fact]
    public async Task a_request_that_fails_shows_staff_the_desks_own_page_with_what_they_typed()
    {
        var reference = await WriteAsync("Ines");
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{reference}";
        using (var unsigned = await dana.SendAsync($"{path}?handler=Note", ("__RequestVerificationToken", "old"), ("note", "Call her sister first.")))
        {
            var page = await unsigned.ReadPageAsync(HttpStatusCode.BadRequest);
            page.Title.ShouldBe("Not saved – Desk");
            page.One("#kept").TextContent.Trim().ShouldBe("Call her sister first.");
            page.One($"main a[href='{path}']").Words().ShouldBe("Back to the page");
            page.QuerySelectorAll(".deskbar").ShouldNotBeEmpty();
        }

        using (var tooLong = await dana.SendAsync($"{path}?handler=Note", ("note", new string('a', 70_000))))
            (await tooLong.ReadPageAsync(HttpStatusCode.RequestEntityTooLarge)).One("main h1").Words().ShouldBe("That’s too long to save");
        using (var outside = await dana.Elsewhere().SendAsync("/staff/sign-in", ("code", "1")))
        {
            var page = await outside.ReadPageAsync(HttpStatusCode.BadRequest);
            page.One(".door h1").Words().ShouldBe("That wasn’t saved");
            page.QuerySelectorAll(".deskbar").ShouldBeEmpty();
        }

        await _app.UseAsync<ClinicDb, int>(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE \"LeadEvents\" RENAME TO \"Elsewhere\""));
        using var broken = await dana.PostAsync($"{path}?handler=Note", null, ("note", "She prefers mornings."));
        var failed = await broken.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
        failed.Title.ShouldEndWith("– Desk");
        failed.One("#kept").TextContent.Trim().ShouldBe("She prefers mornings.");
    }

    [Fact]
    public async Task a_dead_link_says_what_someone_at_the_desk_can_do()
    {
        var before = (await _app.NewColleague().GetPageAsync("/staff/leads/nothing", HttpStatusCode.NotFound)).One("main").Words();
        before.ShouldContain("Look for a newer email");
        before.ShouldNotContain("ops leads");
        var dana = await _app.HireAsync();
        var page = await dana.GetPageAsync("/staff/leads/nothing", HttpStatusCode.NotFound);
        page.One("main").Words().ShouldContain("search for a name, number, or reference there");
        page.One("main a[href='/staff']").Words().ShouldBe("Open the desk");
    }

    [Fact]
    public async Task every_form_of_the_desk_carries_its_token()
    {
        var reference = await WriteAsync("Teo", ("reach", "call"), ("phone", "303 555 0155"), ("message", "I want to kill myself."));
        var held = await WriteAsync("Max", ("topic_line", "http://x.example"));
        var priya = await _app.HireAsync("Priya", StaffRole.Owner);
        foreach (var path in new[] { "/staff", $"/staff/leads/{reference}", $"/staff/leads/{held}", "/staff/leads/add", "/staff/people", "/staff/passkeys",
            "/staff/more", "/staff/keys", "/staff/audit" })
        {
            foreach (var form in (await priya.GetPageAsync(path)).QuerySelectorAll<IHtmlFormElement>("form[method=post]"))
                form.QuerySelectorAll("input[name=__RequestVerificationToken]").Length.ShouldBe(1, $"{path}: {form.GetAttribute("action")}");
        }
    }

    /// <summary>Sends the contact form. Returns the lead's reference.</summary>
    private async Task<string> WriteAsync(string name, params (string Name, string Value)[] fields)
    {
        (string, string)[] all = [.. new[] { ("name", name), ("email", $"{name.ToLowerInvariant().Replace(' ', '.')}@example.com"),
            ("message", $"A question from {name}"), ("consent", "yes") }
            .Where(field => fields.All(over => over.Name != field.Item1)), .. fields];
        using var response = await _app.PostFormAsync("/contact", all);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await response.Content.ReadAsStringAsync());
        return await _app.UseAsync<ClinicDb,
            string>(async db => (await db.Set<Lead>().AsNoTracking().ToListAsync()).Single(lead => lead.Name == name).Reference);
    }

    private Task<string> WriteAsync(string name, string message) => WriteAsync(name, ("message", message));

    private Task<Lead> LeadAsync(string reference) =>
        _app.UseAsync<ClinicDb, Lead>(db => db.Set<Lead>().AsNoTracking().SingleAsync(lead => lead.Reference == reference));

    private static string Local(DateTimeOffset? instant) =>
        NodaTime.Instant.FromDateTimeOffset(instant!.Value).InZone(NodaTime.DateTimeZoneProviders.Tzdb["America/Denver"]).ToString("uuuu-MM-dd HH:mm", null);

    private static async Task<string> NextAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: {\"leads", StringComparison.Ordinal) || line == "event: signed-out") return line;
        }

        return "(end)";
    }
}
