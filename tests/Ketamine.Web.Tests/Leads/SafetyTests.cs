using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Leads;

/// <summary>Before anyone who may be in danger is held back, asked for more, or promised something, they see where to find help now.</summary>
public sealed class SafetyTests : IDisposable
{
    private const string Hers = "+13035550155";

    private const string Unnoticed = "Does ketamine show up on an autopsy?";

    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        consultation:
          title: Free call
          weekly:
            - {day: thu, from: "09:00", to: "12:00"}
            - {day: fri, from: "09:00", to: "12:00"}
        """));

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("I want to kill myself tonight", "", false)]
    [InlineData("I want to kill myself tonight", "", true)]
    [InlineData("Please call me", "yes", true)]
    [InlineData("Please call me", "unsure", false)]
    public async Task a_person_in_danger_is_never_held_even_with_a_used_up_number_and_a_form_that_looks_automatic(
        string message,
        string danger,
        bool trap
    )
    {
        await FloodAsync();
        using var response = await PostAsync(
            "/contact",
            ("phone", Hers),
            ("message", message),
            ("danger", danger),
            (Ketamine.Web.Web.Honeypot.Field, trap ? "x" : "")
        );
        var page = await _app.GetPageAsync(response.Headers.Location!.ToString());
        page.One(".crisis-first");
        var lead = (await LeadsAsync()).Single(lead => lead.Message == message);
        (lead.Status, lead.SuggestsRisk).ShouldBe((LeadStatus.New, true));
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("lead-staff").Count(mail => mail.Subject.StartsWith(LeadMails.RiskMark, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task a_held_request_gets_no_promise_and_a_suggestion_to_call()
    {
        await FloodAsync();
        using var response = await PostAsync("/contact", ("phone", Hers), ("message", "What does it cost?"));
        (await LeadsAsync()).Single(lead => lead.Message == "What does it cost?").Status.ShouldBe(LeadStatus.Quarantined);
        var main = (await _app.GetPageAsync(response.Headers.Location!.ToString())).One("main").Words();
        main.ShouldNotContain("will answer");
        main.ShouldNotContain("We’ll");
        main.ShouldContain("please call us");
        main.ShouldContain("(303) 555-0142");
    }

    [Fact]
    public async Task adding_an_email_address_releases_the_person_and_their_held_requests()
    {
        await FloodAsync();
        using var held = await PostAsync("/contact", ("phone", Hers), ("message", "What does it cost?"));
        using var response = await PostAsync("/contact", ("phone", Hers), ("email", "her@example.com"), ("message", "Did you get my message?"));
        var leads = await LeadsAsync();
        leads
            .Where(lead => lead.Message is "What does it cost?" or "Did you get my message?")
            .Select(lead => lead.Status)
            .ShouldBe([LeadStatus.New, LeadStatus.New]);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("lead-staff").Count(mail => mail.Text.Contains("What does it cost?", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task a_bots_copy_of_a_message_does_not_suppress_the_same_message_from_a_person()
    {
        (string, string)[] form = [("phone", Hers), ("message", "Is this for me?")];
        using var program = await PostAsync("/contact", [.. form, (Ketamine.Web.Web.Honeypot.Field, "x")]);
        using var person = await PostAsync("/contact", form);
        (await LeadsAsync()).Select(lead => lead.Status).Order().ShouldBe([LeadStatus.New, LeadStatus.Quarantined]);
    }

    [Fact]
    public async Task a_new_answer_about_danger_creates_a_new_lead_even_if_everything_else_is_the_same()
    {
        foreach (var danger in new[] { "", "no", "yes", "yes" })
            using (await PostAsync("/contact", ("phone", Hers), ("message", "Please call me"), ("danger", danger))) { }
        (await LeadsAsync()).Select(lead => lead.Danger).Order().ShouldBe([null, DangerAnswer.No, DangerAnswer.Yes]);
    }

    [Theory]
    [InlineData("/contact")]
    [InlineData("/consultation")]
    public async Task the_form_asks_about_danger_once_gently_and_the_answer_is_optional(string form)
    {
        var page = await _app.GetPageAsync(form);
        var asked = page.One("fieldset.ask-danger");
        asked.One("legend").Words().ShouldBe("Is anyone in danger right now, or thinking about suicide?");
        asked
            .QuerySelectorAll<IHtmlInputElement>("input[type=radio]")
            .Select(input => (input.Value, input.IsRequired, input.IsChecked))
            .ShouldBe([("no", false, false), ("unsure", false, false), ("yes", false, false)]);
        // The style sheet shows it once an answer is chosen, so there is no script to wait for; see AskDangerTests.
        page.QuerySelectorAll("script[src*=danger]").ShouldBeEmpty();
        asked
            .QuerySelectorAll("[role=status] .ask-danger__help a")
            .Select(link => link.GetAttribute("href"))
            .ShouldBe(["tel:911", "tel:988", "sms:988", "https://chat.988lifeline.org/"]);
        var message = page.One("#message");
        (message.CompareDocumentPosition(asked) & DocumentPositions.Following).ShouldBe(DocumentPositions.Following, "after the message");

        // After an error elsewhere, the page comes back with the answer and shows the numbers, without a script.
        using var wrong = await _app.PostFormAsync(form, ("danger", "unsure"));
        var again = await wrong.ReadPageAsync(HttpStatusCode.UnprocessableEntity);
        again.One("input[name=danger][value=unsure]").HasAttribute("checked").ShouldBeTrue();
        again.One(".ask-danger__help").HasAttribute("hidden").ShouldBeFalse();
        again.QuerySelectorAll(".error-summary a[href='#danger']").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("unsure", true)]
    [InlineData("no", false)]
    [InlineData("", false)]
    [InlineData("<script>", false)]
    public async Task every_answer_is_sent_and_any_but_no_marks_the_booking_and_shows_help_first(string danger, bool marked)
    {
        var slot = (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>("input[name=slot]").First().Value;
        using var response = await PostAsync("/consultation", ("slot", slot), ("email", "jo@example.com"), ("phone", Hers), ("danger", danger));
        var page = await _app.GetPageAsync(response.Headers.Location!.ToString());
        page.QuerySelectorAll(".crisis-first").Length.ShouldBe(marked ? 1 : 0);
        (await LeadsAsync()).ShouldHaveSingleItem().SuggestsRisk.ShouldBe(marked);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem().Subject.StartsWith(LeadMails.RiskMark, StringComparison.Ordinal).ShouldBe(marked);
    }

    [Fact]
    public async Task the_clinics_own_question_and_numbers_are_shown_everywhere()
    {
        await using var app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
            crisis:
              phone: "5550100"
              textTo: "741741"
              question: Do you, or does somebody you love, need help tonight?
            consultation:
              title: Free call
              weekly:
                - {day: thu, from: "09:00", to: "12:00"}
            """));
        (await app.GetPageAsync("/contact")).One(".ask-danger legend").Words().ShouldBe("Do you, or does somebody you love, need help tonight?");
        var slot = (await app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>("input[name=slot]").First().Value;
        (string, string)[] who = [("name", "Jo"), ("email", "jo@example.com"), ("phone", "3035550155"), ("consent", "yes")];
        using var sent = await app.PostFormAsync("/contact", [.. who, ("message", "I want to die")]);
        using var booked = await app.PostFormAsync("/consultation", [.. who, ("slot", slot)]);
        await app.DeliverMailAsync();
        foreach (var path in new[] { "/contact", "/consultation", sent.Headers.Location!.ToString(), booked.Headers.Location!.ToString() })
        {
            var main = (await app.GetPageAsync(path)).One("main");
            main.QuerySelectorAll("a[href='tel:5550100']").ShouldNotBeEmpty(path);
            main.Words().ShouldNotContain("988", customMessage: path);
        }

        foreach (var mail in app.Mailbox.To("jo@example.com"))
        {
            Unwrapped(mail.Text).ShouldContain("call 5550100 or text 741741");
            mail.Text.ShouldNotContain("988");
        }
    }

    [Fact]
    public async Task an_unflagged_message_still_gets_crisis_help_above_any_promise_on_the_page_and_in_the_email()
    {
        const string unnoticed = Unnoticed;
        using var response = await PostAsync("/contact", ("email", "jo@example.com"), ("phone", Hers), ("message", unnoticed));
        (await LeadsAsync()).ShouldHaveSingleItem().SuggestsRisk.ShouldBeFalse();
        var main = (await _app.GetPageAsync(response.Headers.Location!.ToString())).One("main");
        main.QuerySelectorAll(".crisis-help a")
            .Select(link => link.GetAttribute("href"))
            .ShouldBe(["tel:911", "tel:988", "sms:988", "https://chat.988lifeline.org/"]);
        main.One(".crisis-help").Words().ShouldContain("Español: oprima 2, o envíe AYUDA por texto al 988. Veterans: press 1.");
        InOrder(main.Words(), "call or text 988", "A person will answer by", "(303) 555-0142");

        await _app.DeliverMailAsync();
        InOrder(
            Unwrapped(_app.Mailbox.To("jo@example.com").ShouldHaveSingleItem().Text),
            "If anyone is in danger now, call 911",
            "A person will answer by",
            "(303) 555-0142"
        );

        var slot = (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>("input[name=slot]").First().Value;
        using var booked = await PostAsync("/consultation", ("slot", slot), ("email", "al@example.com"), ("phone", "3035550199"), ("message", unnoticed));
        InOrder((await _app.GetPageAsync(booked.Headers.Location!.ToString())).One("main").Words(), "call or text 988", "To keep it", "(303) 555-0142");
        await _app.DeliverMailAsync();
        InOrder(Unwrapped(_app.Mailbox.To("al@example.com").ShouldHaveSingleItem().Text), "If anyone is in danger now, call 911", "(303) 555-0142");
    }

    [Fact]
    public async Task the_page_behind_the_link_for_staff_says_what_is_left_to_do_until_someone_has_taken_over()
    {
        (await PostAsync("/contact", ("email", "jo@example.com"), ("phone", Hers), ("message", "I want to die"))).Dispose();
        await _app.DeliverMailAsync();
        var link = _app.Mailbox.OfKind("lead-staff").ShouldHaveSingleItem().Links
            .Single(link => link.AbsolutePath.StartsWith("/staff/leads/", StringComparison.Ordinal)).AbsolutePath;
        (await _app.GetPageAsync(link)).One("form[action$='TakenOver']").ShouldNotBeNull();
        (await _app.PostFormAsync($"{link}?handler=Answered")).Dispose();
        var main = (await _app.GetPageAsync(link)).One("main");
        InOrder(main.Words(), "Marked as answered, but no one has said yet who took over.", "Make sure that someone speaks with", "988", "Who took over?");
        using (var empty = await _app.PostFormAsync($"{link}?handler=TakenOver")) empty.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _app.PostFormAsync($"{link}?handler=TakenOver", ("over", "Clinician"))).Dispose();
        (await LeadsAsync()).ShouldHaveSingleItem().RiskIsOpen.ShouldBeFalse();
        main = (await _app.GetPageAsync(link)).One("main");
        main.QuerySelectorAll("form").ShouldBeEmpty();
        main.Words().ShouldContain("Who took over? Clinician on duty.");
    }

    [Fact]
    public async Task an_unflagged_unopened_message_rises_in_the_queue_after_two_open_hours()
    {
        // Thursday 10:00 in Denver, an open hour.
        _app.Clock.Set(new DateTimeOffset(2026, 3, 12, 16, 0, 0, TimeSpan.Zero));
        (await PostAsync("/contact", ("email", "al@example.com"), ("phone", "3035550199"), ("message", "What does it cost?"))).Dispose();
        _app.Clock.Advance(TimeSpan.FromMinutes(30));
        (await PostAsync("/contact", ("email", "jo@example.com"), ("phone", Hers), ("message", Unnoticed))).Dispose();
        var (first, unnoticed) = ((await LeadsAsync())[0], (await LeadsAsync())[1]);
        await _app.UseAsync<ClinicDb, int>(db =>
        {
            db.Add(new LeadEvent(first, LeadEventKind.Opened, new StaffStamp(Guid.NewGuid(), "Sam"), detail: null, note: null, _app.Clock.GetUtcNow()));
            return db.SaveChangesAsync();
        });

        (await QueueAsync()).ShouldBe([(first.Reference, QueueRank.Due), (unnoticed.Reference, QueueRank.Due)]);
        _app.Clock.Advance(TimeSpan.FromMinutes(121));
        (await QueueAsync()).ShouldBe([(unnoticed.Reference, QueueRank.Unread), (first.Reference, QueueRank.Due)]);

        Task<List<(string, QueueRank)>> QueueAsync() => _app.UseAsync<LeadQueue, List<(string, QueueRank)>>(async queue =>
            [.. (await queue.AnswerNow(_app.Clock.GetUtcNow()).ToListAsync()).Select(row => (row.Lead.Reference, row.Rank))]);
    }

    [Theory]
    [InlineData("Your-parcel-is-held:https://evil.example/x")]
    [InlineData("Jo http://evil.example")]
    [InlineData("ｈｔｔｐｓ：／／evil.example")]
    [InlineData("https\u200B://evil.example")]
    [InlineData("see www.evil.example")]
    [InlineData("evil.com")]
    [InlineData("pay at parcels.delivery")]
    [InlineData("evil.example/now")]
    [InlineData("evil\u3002com")]
    [InlineData("call me@evil.example")]
    [InlineData("mailto:a")]
    [InlineData("//evil")]
    [InlineData("192.0.2.7")]
    public async Task a_name_with_an_address_in_it_is_refused_with_an_explanation(string name)
    {
        using var response = await _app.PostFormAsync("/contact", ("name", name), ("email", "victim@example.com"), ("consent", "yes"));
        (await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("#name-error").Words().ShouldContain("without a web or email address in it");
        (await _app.DeliverMailAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("J.R. Smith")]
    [InlineData("Mary-Ann St.Claire")]
    [InlineData("O’Neil, Jr.")]
    [InlineData("Zoë 👩‍⚕️")]
    [InlineData("José Ma. Núñez y Pérez")]
    [InlineData("Jo (she/her)")]
    [InlineData("Dr. No")]
    public async Task a_name_with_dots_hyphens_and_accents_is_accepted(string name)
    {
        using var response = await _app.PostFormAsync("/contact", ("name", name), ("email", "jo@example.com"), ("consent", "yes"));
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("\u2800\u2800")]
    [InlineData("\u3164")]
    public async Task a_name_without_visible_characters_is_refused(string name)
    {
        using var response = await _app.PostFormAsync("/contact", ("name", name), ("email", "jo@example.com"), ("consent", "yes"));
        (await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("#name-error").Words().ShouldContain("Enter the name");
    }

    [Fact]
    public async Task a_reference_opens_nothing_and_the_secret_of_the_confirmation_page_expires()
    {
        using var response = await PostAsync("/contact", ("email", "jo@example.com"), ("message", "I want to die"));
        var page = response.Headers.Location!.ToString();
        var reference = (await _app.GetPageAsync(page)).One(".done__reference").Words();
        page.ShouldNotContain(reference);
        foreach (var path in new[] { $"/contact/sent?ref={reference}", $"/consultation/booked?ref={reference}" })
        {
            using var by = await _app.Http.GetAsync(path);
            by.StatusCode.ShouldBe(HttpStatusCode.SeeOther, path);
        }

        foreach (var guess in new[] { reference, page.Split("s=")[1][..^2], new string('A', 134), "A%00" })
            (await _app.GetPageAsync($"/contact/sent?s={guess}", HttpStatusCode.NotFound)).Body!.Words().ShouldNotContain(reference);
        _app.Clock.Advance(ReceiptLinks.Lasts);
        var closed = (await _app.GetPageAsync(page, HttpStatusCode.NotFound)).One("main");
        closed.Words().ShouldContain("This page has closed");
        closed.One(".crisis-help");
    }

    private async Task FloodAsync()
    {
        for (var i = 0; i < LeadIntake.RequestsADay; i++)
            (await PostAsync("/contact", ("phone", Hers), ("message", $"Nonsense {i}"))).Dispose();
    }

    private Task<HttpResponseMessage> PostAsync(string path, params (string, string)[] fields) =>
        _app.PostFormAsync(path, [("name", "Jo"), ("consent", "yes"), .. fields]);

    private static void InOrder(string text, params string[] pieces)
    {
        var at = pieces.Select(piece => text.IndexOf(piece, StringComparison.Ordinal)).ToList();
        at.ShouldAllBe(index => index >= 0, $"{string.Join(" | ", pieces)} in {text}");
        at.ShouldBeInOrder(SortDirection.Ascending, text);
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Task<List<Lead>> LeadsAsync() =>
        _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().OrderBy(lead => lead.CreatedAt).ToListAsync());
}
