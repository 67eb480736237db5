using System.Net;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Contact;

public sealed class ContactTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        hours:
          - days: [mon, tue, wed, thu, fri]
            opens: "09:00"
            closes: "17:00"
        """));

    [Fact]
    public async Task a_message_becomes_a_lead_an_email_to_staff_and_a_confirmation()
    {
        using var sent = await _app.PostFormAsync(
            "/contact",
            ("name", "Jordan Lee"),
            ("email", "jordan@example.com"),
            ("phone", "303 555 0155"),
            ("reach", "text"),
            ("message", "Is this for me?"),
            ("consent", "yes")
        );
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        var page = await _app.GetPageAsync(sent.Headers.Location!.ToString());
        page.One("h1").Words().ShouldBe("Thank you. We got your message.");
        page.One(".done__lede").Words().ShouldBe("A person will answer by 5:00 pm today."); // ten in the morning in Denver

        page.One(".fine").Words().ShouldContain("During our hours (Mon to Fri 9 am – 5 pm), you can also call us at (303) 555-0142.");

        var lead = (await LeadsAsync()).ShouldHaveSingleItem();
        page.Body!.Words().ShouldContain(lead.Reference);
        lead.Phone.ShouldBe("+13035550155");
        lead.ReachBy.ShouldBe(ReachBy.Text);
        lead.ConsentWords.ShouldStartWith("Juniper House may keep what I write here");
        lead.ConsentAt.ShouldBe(_app.Clock.Now);

        await _app.DeliverMailAsync();
        var staff = _app.Mailbox.OfKind("lead-staff").ShouldHaveSingleItem();
        staff.ReplyTo.ShouldBe("jordan@example.com");
        staff.Text.ShouldStartWith("Jordan Lee: text (303) 555-0155. NO voicemail");
        staff.Text.ShouldContain("> Is this for me?");
        var confirmation = _app.Mailbox.To("jordan@example.com").ShouldHaveSingleItem();
        confirmation.Subject.ShouldBe("We have your message");
        confirmation.Text.ShouldNotContain("Is this for me?");
    }

    [Fact]
    public async Task all_errors_are_shown_at_once_in_a_summary_and_at_the_fields_and_everything_typed_is_kept()
    {
        using var response = await _app.PostFormAsync(
            "/contact",
            ("name", " "),
            ("email", "jordan.example.com"),
            ("phone", "12"),
            ("voicemail", "yes"),
            ("message", "Kept <b>as typed</b>")
        );
        var page = await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity);
        page.One(".error-summary").HasAttribute("autofocus").ShouldBeTrue();
        page.QuerySelectorAll(".error-summary a").Select(link => link.GetAttribute("href")).ShouldBe(["#name", "#email", "#phone", "#consent"]);
        foreach (var link in page.QuerySelectorAll(".error-summary a")) page.One(link.GetAttribute("href")!).GetAttribute("aria-invalid").ShouldBe("true");
        page.One("#email").GetAttribute("value").ShouldBe("jordan.example.com");
        page.One("#email").GetAttribute("aria-describedby")!.ShouldContain("email-error");
        page.One("#message").TextContent.Trim().ShouldBe("Kept <b>as typed</b>");
        page.One("input[name=voicemail][value=yes]").HasAttribute("checked").ShouldBeTrue();
        page.Title.ShouldStartWith("Error: ");
        (await LeadsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("email", "jordan@example.com", "")]
    [InlineData("phone", "3035550155", "")]
    [InlineData("email", "jordan@example.com", "call", "phone")]
    [InlineData("phone", "3035550155", "email", "email")]
    public async Task a_name_one_way_of_contact_and_consent_are_enough_and_each_chosen_way_needs_its_address(
        string field, string value, string reach, string? wrong = null)
    {
        using var response = await _app.PostFormAsync("/contact", ("name", "Jo"), (field, value), ("reach", reach), ("consent", "yes"));
        if (wrong is null) response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        else
            (await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity))
                .QuerySelectorAll(".error-summary a")
                .ShouldHaveSingleItem()
                .GetAttribute("href")
                .ShouldBe("#" + wrong);
    }

    [Fact]
    public async Task the_same_request_within_ten_minutes_creates_no_second_lead()
    {
        (string, string)[] form = [("name", "Jo"), ("email", "jo@example.com"), ("message", "Hello"), ("consent", "yes")];
        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _app.PostFormAsync("/contact", form)));
        (await LeadsAsync()).ShouldHaveSingleItem();

        _app.Clock.Advance(TimeSpan.FromMinutes(11));
        using var later = await _app.PostFormAsync("/contact", form);
        later.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await LeadsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task a_form_with_the_honeypot_filled_in_is_quarantined_and_staff_are_notified_once_a_day()
    {
        for (var i = 0; i < 3; i++)
        {
            using var response = await _app.PostFormAsync(
                "/contact",
                ("name", "Bot " + i),
                ("email", $"bot{i}@example.com"),
                ("message", "Buy"),
                ("consent", "yes"),
                (Ketamine.Web.Web.Honeypot.Field, "x")
            );
            response.StatusCode.ShouldBe(HttpStatusCode.SeeOther); // reveals nothing to a bot
        }

        (await LeadsAsync()).ShouldAllBe(lead => lead.Status == LeadStatus.Quarantined);
        await _app.DeliverMailAsync();
        _app.Mailbox.Received.ShouldHaveSingleItem().Kind.ShouldBe(LeadMails.QuarantinedKind);
    }

    [Fact]
    public async Task an_address_with_any_letters_in_its_domain_gets_email_and_one_with_them_before_the_at_sign_gets_the_reason()
    {
        using (var taken = await _app.PostFormAsync("/contact", ("name", "Ana"), ("email", "ana@bücher.example"), ("message", "Hello"), ("consent", "yes")))
            taken.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("lead-confirmation").ShouldHaveSingleItem().To.ShouldBe("ana@bücher.example", "the mailbox decodes it");
        using var refused = await _app.PostFormAsync("/contact", ("name", "José"), ("email", "josé@example.com"), ("message", "Hello"), ("consent", "yes"));
        (await refused.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("#email-error").Words()
            .ShouldContain("We can’t email addresses with letters other than a to z before the @.");
    }

    [Fact]
    public async Task a_released_lead_gets_its_emails_and_a_new_deadline()
    {
        using var response = await _app.PostFormAsync(
            "/contact",
            ("name", "Jo"),
            ("email", "jo@example.com"),
            ("consent", "yes"),
            (Ketamine.Web.Web.Honeypot.Field, "x")
        );
        var reference = (await LeadsAsync()).Single().Reference;
        _app.Clock.Advance(TimeSpan.FromDays(1));
        await _app.UseAsync<LeadService>(async desk =>
        {
            var lead = await desk.FindAsync(reference, CancellationToken.None);
            (await desk.ReleaseAsync(lead!, LeadService.OnServer, CancellationToken.None)).ShouldBeTrue();
        });
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("lead-staff").ShouldHaveSingleItem();
        (await LeadsAsync()).Single().AnswerBy.ShouldBeGreaterThan(_app.Clock.Now);
    }

    [Fact]
    public async Task many_requests_in_a_day_from_one_address_are_quarantined_if_the_network_is_unknown()
    {
        for (var i = 0; i < LeadIntake.RequestsADay + 2; i++)
            (
                await _app.PostFormAsync("/contact", ("name", "Jo"), ("email", "jo@example.com"), ("message", $"Message {i}"), ("consent", "yes"))
            ).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await LeadsAsync()).Count(lead => lead.Status == LeadStatus.Quarantined).ShouldBe(2);
    }

    [Fact]
    public async Task staff_are_warned_once_when_a_promise_is_about_to_be_missed_and_not_after_they_answered()
    {
        using var first = await _app.PostFormAsync("/contact", ("name", "Jo"), ("email", "jo@example.com"), ("consent", "yes"));
        using var second = await _app.PostFormAsync("/contact", ("name", "Al"), ("email", "al@example.com"), ("consent", "yes"));
        await _app.DeliverMailAsync();
        var link = _app
            .Mailbox.OfKind("lead-staff")
            .First(mail => mail.Text.StartsWith("Jo", StringComparison.Ordinal))
            .Links.Single(uri => uri.AbsolutePath.StartsWith("/staff/", StringComparison.Ordinal));

        var page = await _app.GetPageAsync(link.AbsolutePath);
        page.One("h1").Words().ShouldBe("Jo");
        for (var i = 0; i < 20; i++) await _app.GetPageAsync(link.AbsolutePath); // a scanner doesn't mark it as answered
        (await LeadsAsync()).ShouldAllBe(lead => lead.Status == LeadStatus.New);
        (await _app.PostFormAsync(link.AbsolutePath + "?handler=Answered")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        _app.Mailbox.Clear();
        _app.Clock.Advance(TimeSpan.FromDays(1));
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind(LeadMails.OverdueKind).ShouldHaveSingleItem().Text.ShouldStartWith("We promised Al");
    }

    [Fact]
    public async Task a_question_about_an_article_includes_its_title()
    {
        await using var app = new ClinicApp();
        var article = (await app.GetPageAsync("/blog"))
            .QuerySelectorAll("main a[href^='/blog/']")
            .Select(a => a.GetAttribute("href")!)
            .First(href => !href.Contains("topics"));
        var slug = article["/blog/".Length..];
        var read = await app.GetPageAsync(article);
        var title = read.One("h1").Words();
        var form = read.One("main form[action='/contact']"); // the form itself is under the article
        form.One("input[name=article]").GetAttribute("value").ShouldBe(slug);
        foreach (var field in new[] { "name", "email", "phone", "message", "consent" }) form.One($"#{field}");
        var page = await app.GetPageAsync($"/contact?article={slug}");
        page.One(".contact-about").Words().ShouldContain(title);
        using var response = await app.PostFormAsync("/contact", ("name", "Jo"), ("email", "jo@example.com"), ("article", slug), ("consent", "yes"));
        (await app.UseAsync<ClinicDb, Lead>(db => db.Set<Lead>().SingleAsync())).About.ShouldBe(title);
    }

    [Fact]
    public async Task a_question_about_a_treatment_includes_its_title_and_a_mistake_loses_nothing()
    {
        await using var app = new ClinicApp();
        var read = await app.GetPageAsync("/services/iv-ketamine");
        var form = read.One("main form[action='/contact']");
        form.One("input[name=service]").GetAttribute("value").ShouldBe("iv-ketamine");
        using var wrong = await app.PostFormAsync("/contact", ("name", "Jo"), ("message", "Is it loud?"), ("service", "iv-ketamine"), ("consent", "yes"));
        var again = await wrong.ReadPageAsync(HttpStatusCode.UnprocessableEntity);
        again.One(".error-summary").Words().ShouldContain("Everything you typed is still here.");
        again.One("#message").Words().ShouldBe("Is it loud?");
        again.One("input[name=service]").GetAttribute("value").ShouldBe("iv-ketamine");
        again.One(".contact-about").Words().ShouldContain(read.One("h1").Words());
        using var right = await app.PostFormAsync("/contact", ("name", "Jo"), ("email", "jo@example.com"), ("service", "iv-ketamine"), ("consent", "yes"));
        (await app.UseAsync<ClinicDb, Lead>(db => db.Set<Lead>().SingleAsync())).About.ShouldBe(read.One("h1").Words());
    }

    [Fact]
    public async Task an_empty_form_does_not_say_that_input_was_kept()
    {
        using var response = await _app.PostFormAsync("/contact", ("name", ""), ("email", ""));
        (await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One(".error-summary").Words().ShouldNotContain("typed");
    }

    [Fact]
    public async Task expired_leads_are_deleted_with_their_emails_and_unseen_ones_stay()
    {
        _app.Set("Leads:RetentionDays", "30").Set("Leads:QuarantineDays", "10");
        using var kept = await _app.PostFormAsync("/contact", ("name", "Jo"), ("email", "jo@example.com"), ("consent", "yes"));
        using var held = await _app.PostFormAsync(
            "/contact",
            ("name", "Bot"),
            ("email", "bot@example.com"),
            ("consent", "yes"),
            (Ketamine.Web.Web.Honeypot.Field, "x")
        );
        _app.Clock.Advance(TimeSpan.FromDays(31)); // which also triggers the daily retention
        for (var patience = 0; patience < 100 && (await LeadsAsync()).Count > 1; patience++) await Task.Delay(50);
        var left = (await LeadsAsync()).ShouldHaveSingleItem();
        left.Name.ShouldBe("Bot");
        (await _app.UseAsync<ClinicDb, List<OutboxMessage>>(db => db.Set<OutboxMessage>().AsNoTracking().ToListAsync())).ShouldAllBe(mail =>
            mail.LeadId == left.Id
        );
    }

    [Fact]
    public async Task words_that_suggest_risk_never_block_show_988_first_and_send_the_email_to_staff_first()
    {
        using var calm = await _app.PostFormAsync(
            "/contact",
            ("name", "Al"),
            ("email", "al@example.com"),
            ("message", "What does it cost?"),
            ("consent", "yes")
        );
        using var response = await _app.PostFormAsync(
            "/contact",
            ("name", "Jo"),
            ("email", "jo@example.com"),
            ("message", "I do not want to be alive anymore"),
            ("consent", "yes")
        );
        var page = await _app.GetPageAsync(response.Headers.Location!.ToString());
        var main = page.One("main").Words();
        main.IndexOf("Call 988", StringComparison.Ordinal).ShouldBeLessThan(main.IndexOf("We got your message", StringComparison.Ordinal));
        main.ShouldContain("Please don’t wait for our answer. These people answer day and night");
        main.ShouldContain("Worried about someone? 988 helps you, too. If they have a weapon or took something, call 911.");
        main.ShouldContain("AYUDA");
        var before = (await _app.GetPageAsync(calm.Headers.Location!.ToString())).One("main");
        before.QuerySelector(".crisis-first").ShouldBeNull();
        before.One(".crisis-help");

        await _app.DeliverMailAsync();
        var mail = _app.Mailbox.OfKind("lead-staff").Single(mail => mail.Text.StartsWith("Jo", StringComparison.Ordinal));
        mail.Subject.ShouldStartWith(LeadMails.RiskMark);
        foreach (var word in new[] { "risk", "suicid", "crisis", "alive" }) mail.Subject.ShouldNotContain(word, Case.Insensitive);
    }

    private Task<List<Lead>> LeadsAsync() => _app.UseAsync<ClinicDb, List<Lead>>(db => db.Set<Lead>().AsNoTracking().ToListAsync());

    public void Dispose() => _app.Dispose();
}
