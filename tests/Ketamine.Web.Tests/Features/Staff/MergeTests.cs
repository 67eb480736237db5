using System.Net;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>Two leads of one person become one, under the stricter rules, and can be separated again.</summary>
public sealed class MergeTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        hours:
          - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
        consultation:
          title: Free call
          weekly: [{day: thu, from: "09:00", to: "12:00"}]
        """));

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task a_merge_keeps_the_stricter_rules_the_newer_consent_and_the_earlier_deadline_and_can_be_undone()
    {
        var older = await WriteAsync("Do you have times on Tuesdays?", ("phone", "303 555 0139"), ("reach", "call"), ("voicemail", "no"), ("sayName", "yes"));
        var promise = (await LeadAsync(older)).AnswerBy;
        _app.Clock.Advance(TimeSpan.FromHours(6)); // the second one is promised an answer tomorrow
        var newer = await WriteAsync("I want to kill myself.", ("reach", "email"));
        var dana = await _app.HireAsync();

        (await dana.GetPageAsync($"/staff/leads/{newer}?x")).QuerySelectorAll("#alike").ShouldBeEmpty("someone at risk is read first, and merged later");
        var page = await dana.GetPageAsync($"/staff/leads/{older}");
        var compare = page.One("section:has(#alike) a").GetAttribute("href")!;
        compare.ShouldBe($"/staff/leads/{older}/merge/{newer}");
        var both = await dana.GetPageAsync(compare);
        both.One("section:has(form) .rules").Words().ShouldBe("NO voicemail Do NOT name the clinic");
        both.One("section:has(form) b").Words().ShouldBe("Email only: ada@example.org");
        using (var merged = await dana.PressAsync(both, compare)) merged.Headers.Location!.ToString().ShouldBe($"/staff/leads/{newer}");

        var stays = await LeadAsync(newer);
        (stays.MayCall, stays.MayEmail, stays.VoicemailAllowed, stays.MayNameClinic, stays.Phone).ShouldBe((false, true, false, false, "+13035550139"));
        stays.AnswerBy.ShouldBe(promise);
        stays.RiskIsOpen.ShouldBeTrue();
        var queue = await dana.GetPageAsync("/staff");
        queue.QuerySelectorAll(".row").ShouldHaveSingleItem().Words().ShouldContain("Risk: read first");
        using (var led = await dana.Browser.GetAsync($"/staff/leads/{older}")) led.Headers.Location!.ToString().ShouldBe($"/staff/leads/{newer}");
        var after = await dana.GetPageAsync($"/staff/leads/{newer}");
        after.One("main").Words().ShouldContain("Do you have times on Tuesdays?");
        after.One(".timeline").Words().ShouldContain($"You merged {older} into it: the same person");
        using (var claim = await dana.PostAsync($"/staff/leads/{older}?handler=Claim")) claim.Headers.Location!.ToString().ShouldBe($"/staff/leads/{newer}");

        using (await dana.PressAsync(after, $"/staff/leads/{newer}?handler=Undo")) { }
        (await dana.GetPageAsync("/staff")).QuerySelectorAll(".row").Length.ShouldBe(2);
        var (one, two) = (await LeadAsync(older), await LeadAsync(newer));
        (one.Status, one.MergedIntoId, one.MayCall, one.AnswerBy).ShouldBe((LeadStatus.New, null, true, promise));
        (two.Phone, two.RiskIsOpen).ShouldBe((null, true));
        two.AnswerBy.ShouldBeGreaterThan(promise);
    }

    [Fact]
    public async Task what_was_typed_into_a_lead_that_a_colleague_merges_meanwhile_is_kept_and_nothing_is_sent()
    {
        var older = await WriteAsync("Do you have times on Tuesdays?", ("phone", "303 555 0139"), ("reach", "email"));
        _app.Clock.Advance(TimeSpan.FromHours(1));
        var newer = await WriteAsync("Please call instead.", ("phone", "303 555 0139"), ("reach", "call"));
        var (dana, ben) = (await _app.HireAsync(), await _app.HireAsync("Ben"));
        var (page, letter) = (await dana.GetPageAsync($"/staff/leads/{older}"), await dana.GetPageAsync($"/staff/leads/{older}/write"));
        var compare = $"/staff/leads/{older}/merge/{newer}";
        using (await ben.PressAsync(await ben.GetPageAsync(compare), compare)) { }
        await _app.DeliverMailAsync();

        using (var logged = await dana.PressAsync(page, $"/staff/leads/{older}?handler=Log", ("outcome", "Reached"), ("note", "Prefers mornings.")))
        {
            var shown = await logged.ReadPageAsync(HttpStatusCode.Conflict);
            shown.One("[data-lead-page]").GetAttribute("data-lead-page").ShouldBe(newer);
            shown.One(".flash--late").Words().ShouldContain("merged the lead that you had open into this one");
            shown.One("#note").TextContent.Trim().ShouldBe("Prefers mornings.");
        }

        for (var tries = 0; tries < 2; tries++)
        {
            using var sent = await dana.PressAsync(letter, letter.One("form:has(#text)").GetAttribute("action")!, ("text", "We have Tuesday at ten."));
            letter = await sent.ReadPageAsync(HttpStatusCode.Conflict);
            letter.One("#text").TextContent.Trim().ShouldBe("We have Tuesday at ten.");
            letter.One(".flash--late").Words().ShouldContain("Nothing was sent");
        }

        (await _app.DeliverMailAsync()).ShouldNotContain(mail => mail.Text.Contains("Tuesday at ten"), "the lead that stays takes no email");
        foreach (var part in new[] { "write", "call" })
        {
            using var old = await dana.Browser.GetAsync($"/staff/leads/{older}/{part}");
            old.Headers.Location!.ToString().ShouldBe($"/staff/leads/{newer}/{part}");
        }

        using (await dana.PressAsync(page, $"/staff/leads/{older}?handler=Note", ("note", "Has a ride."))) { }
        (await dana.GetPageAsync($"/staff/leads/{newer}")).One(".timeline").Words().ShouldContain("Has a ride.");
    }

    [Fact]
    public async Task a_lead_with_a_call_stays_even_if_it_is_older_and_erasing_one_address_erases_both()
    {
        using (await _app.PostFormAsync("/consultation", ("slot", "2027-01-14T17:00Z"), ("name", "Ada"), ("contactBy", "phone"), ("phone", "303 555 0139"),
            ("email", "other@example.org"), ("consent", "yes"))) { }
        _app.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = await WriteAsync("One more question", ("phone", "303 555 0139"), ("reach", "call"), ("voicemail", "yes"));
        var withCall = await _app.UseAsync<ClinicDb, string>(db =>
            db.Set<Lead>().Where(lead => lead.Reference != newer).Select(lead => lead.Reference).SingleAsync());
        var dana = await _app.HireAsync();
        var path = $"/staff/leads/{newer}/merge/{withCall}";
        using (var merged = await dana.PressAsync(await dana.GetPageAsync(path), path))
            merged.Headers.Location!.ToString().ShouldBe($"/staff/leads/{withCall}");
        using (var twice = await dana.PostAsync(path)) twice.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await LeadAsync(withCall)).VoicemailAllowed.ShouldBeFalse("they had said nothing about voicemail with the call, so it isn't allowed");
        // The address that the newer lead replaced is still theirs.
        (await LeadAsync(withCall)).Email.ShouldBe("ada@example.org");
        (await _app.UseAsync<LeadService, (int Leads, int Mails)>(desk => desk.ForgetAsync(EmailAddress.Parse("other@example.org"), CancellationToken.None)))
            .Leads.ShouldBe(2);
    }

    private async Task<string> WriteAsync(string message, params (string Name, string Value)[] fields)
    {
        using (await _app.PostFormAsync("/contact", [("name", "Ada"), ("email", "ada@example.org"), ("message", message), ("consent", "yes"), .. fields])) { }
        return await _app.UseAsync<ClinicDb, string>(async db =>
            (await db.Set<Lead>().AsNoTracking().ToListAsync()).Single(lead => lead.Message == message).Reference);
    }

    private Task<Lead> LeadAsync(string reference) =>
        _app.UseAsync<ClinicDb, Lead>(db => db.Set<Lead>().AsNoTracking().SingleAsync(lead => lead.Reference == reference));
}
