using AngleSharp.Dom;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Leads;

public sealed class MedicalEmergenciesTests
{
    [Theory]
    [InlineData("my friend did a lot of ket and she's not waking up")]
    [InlineData("He took too many of the lozenges and wont wake up")]
    [InlineData("I think my throat is closing after the infusion")]
    [InlineData("since the infusion my tongue feels swollen and I can't breathe")]
    [InlineData("My dad is having chest pain right now after his appointment with you")]
    [InlineData("i just took all my pills")]
    [InlineData("She overdosed, what do I do")]
    [InlineData("my son got into my troches")]
    [InlineData("My wife is unresponsive and her lips are blue")]
    [InlineData("Mi hijo no despierta y no respira")]
    public void an_emergency_in_progress_is_noticed(string message) => MedicalEmergencies.Default.Suggested(message).ShouldBeTrue();

    [Theory]
    [InlineData("Can ketamine cause chest pain?")]
    [InlineData("What happens if my throat feels tight during the infusion?")]
    [InlineData("I overdosed in 2015 and have been well since")]
    [InlineData("My brother overdosed three years ago and I am still grieving.")]
    [InlineData("I have no chest pain and no trouble breathing")]
    [InlineData("My wife survived an attempt in 2015.")]
    [InlineData("I have sleep apnea and trouble breathing at night, may I still come?")]
    [InlineData("What does a series of six infusions cost?")]
    [InlineData("Do you treat people after a heart attack?")]
    [InlineData("What do your nurses do if a patient can't breathe?")]
    [InlineData("I am allergic to peanuts, my throat swells. Is that a problem?")]
    [InlineData("")]
    public void questions_history_and_denials_are_not_emergencies(string message) => MedicalEmergencies.Default.Suggested(message).ShouldBeFalse();

    [Fact]
    public async Task an_emergency_shows_911_before_988_and_its_lead_is_marked_and_first()
    {
        await using var app = ClinicApp.With(_ => { });
        using var answer = await app.PostFormAsync(
            "/contact",
            ("name", "Al"),
            ("phone", "3035550155"),
            ("message", "my friend did a lot of ket and she's not waking up"),
            ("consent", "yes")
        );
        var main = (await app.GetPageAsync(answer.Headers.Location!.ToString())).One("main");
        main.QuerySelectorAll(".crisis-first a").Select(link => link.GetAttribute("href")).ShouldBe(["tel:911", "tel:18002221222", "tel:988", "sms:988"]);
        main.Words().IndexOf("call 911", StringComparison.Ordinal).ShouldBeLessThan(main.Words().IndexOf("We got your message", StringComparison.Ordinal));
        (await app.AskAsync<ClinicDb, Lead>(db => db.Set<Lead>().SingleAsync())).Emergency.ShouldBeTrue();
        await app.DeliverMailAsync();
        var mail = app.Mailbox.OfKind("lead-staff").ShouldHaveSingleItem();
        mail.Subject.ShouldStartWith(LeadMails.EmergencyMark);
        mail.Text.ShouldContain("medical emergency");
    }

    [Theory]
    [InlineData("friend not waking up after ketamine", "If this is happening now, call 911")]
    [InlineData("how many pills to die", "talk to someone now")]
    [InlineData("painless way to die", "talk to someone now")]
    public async Task a_search_that_may_be_danger_shows_help_first_and_is_never_logged(string typed, string heading)
    {
        await using var app = ClinicApp.With(_ => { });
        var page = await app.GetPageAsync("/search?q=" + Uri.EscapeDataString(typed));
        page.One("main").Words().IndexOf(heading, StringComparison.Ordinal).ShouldBeInRange(0, 100);
        app.Log.ShouldNotBeEmpty();
        foreach (var word in new[] { "waking", "pills", "friend" }) app.Log.ShouldNotContain(line => line.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
