using System.Net;
using AngleSharp.Dom;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;
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
    [InlineData("he won't wake up")]
    [InlineData("I can't wake her up")]
    [InlineData("I can't wake my mom up")]
    [InlineData("she is not waking up")]
    [InlineData("she went to sleep an hour ago and will not wake up")]
    [InlineData("my husband took his sleeping pills and he did not wake up this morning")]
    [InlineData("wont wake up")]
    [InlineData("chest pain right now")]
    [InlineData("I have chest pain sometimes, and right now it is crushing")]
    [InlineData("i have chest pain sometimes but today it hurts to breathe")]
    [InlineData("I have chest pain sometimes. Today it is really bad")]
    [InlineData("chest tightness on and off since yesterday, my arm feels numb")]
    [InlineData("chest pain now, is it a panic attack")]
    [InlineData("my chest hurts right now, sometimes it goes to my arm")]
    [InlineData("My neighbor has no pulse, I am doing compressions")]
    [InlineData("she cut her hand and it won't stop bleeding")]
    [InlineData("le quitaron el suero y no deja de sangrar")]
    [InlineData("The CO alarm is going off and we all have headaches")]
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
    [InlineData("i have chest pain sometimes from anxiety, is that a problem")]
    [InlineData("I sometimes get chest pain when I am anxious. Can I still have ketamine?")]
    [InlineData("I had chest pain in 2019. Can I come today?")]
    [InlineData("Chest pain now and then, from stress. My EKG was fine.")]
    [InlineData("I get chest tightness from time to time, my doctor checked it")]
    [InlineData("Do you treat people after a heart attack?")]
    [InlineData("What do your nurses do if a patient can't breathe?")]
    [InlineData("What do you do if someone has no pulse?")]
    [InlineData("My CO alarm needed new batteries last week, sorry I was late")]
    [InlineData("I am allergic to peanuts, my throat swells. Is that a problem?")]
    [InlineData("")]
    public void questions_history_and_denials_are_not_emergencies(string message) => MedicalEmergencies.Default.Suggested(message).ShouldBeFalse();

    [Theory]
    [InlineData("i just want to go to sleep and not wake up lol")]
    [InlineData("please let me go to sleep and not wake up again")]
    [InlineData("I wish I could go to sleep tonight and not wake up tomorrow")]
    [InlineData("painless way to go to sleep and not wake up")]
    [InlineData("I just want to fall asleep and never wake up")]
    [InlineData("I go to bed hoping I don't wake up")]
    [InlineData("every night I pray that I will not wake up tomorrow")]
    [InlineData("Wouldn't bother me if I didn't wake up. Been that way since about Easter.")]
    [InlineData("my gf says she wants to go to sleep and not wake up")]
    public void a_wish_not_to_wake_up_is_risk_with_988_first_and_not_an_emergency(string message)
    {
        CrisisNotice.Default.Read(message).ShouldBe(new DangerSigns(Risk: true, Emergency: false));
        CrisisNotice.Default.ReadQuery(message).ShouldBe(new DangerSigns(Risk: true, Emergency: false));
    }

    [Fact]
    public async Task an_emergency_shows_911_before_988_and_its_lead_is_marked_and_first()
    {
        await using var app = ClinicApp.With(_ => { });
        using var response = await app.PostFormAsync(
            "/contact",
            ("name", "Al"),
            ("phone", "3035550155"),
            ("message", "my friend did a lot of ket and she's not waking up"),
            ("consent", "yes")
        );
        var main = (await app.GetPageAsync(response.Headers.Location!.ToString())).One("main");
        main.QuerySelectorAll(".crisis-first a").Select(link => link.GetAttribute("href")).ShouldBe(["tel:911", "tel:18002221222", "tel:988", "sms:988"]);
        main.Words().IndexOf("call 911", StringComparison.Ordinal).ShouldBeLessThan(main.Words().IndexOf("We got your message", StringComparison.Ordinal));
        (await app.UseAsync<ClinicDb, Lead>(db => db.Set<Lead>().SingleAsync())).Emergency.ShouldBeTrue();
        await app.DeliverMailAsync();
        var mail = app.Mailbox.OfKind("lead-staff").ShouldHaveSingleItem();
        mail.Subject.ShouldStartWith(LeadMails.EmergencyMark);
        mail.Text.ShouldContain("medical emergency");
        mail.Text.ShouldContain("Call now");
    }

    [Fact]
    public async Task without_a_number_staff_are_told_to_answer_and_nothing_of_calls()
    {
        await using var app = ClinicApp.With(_ => { });
        using var response = await app.PostFormAsync(
            "/contact",
            ("name", "Al"),
            ("email", "al@example.com"),
            ("message", "husband unconscious after spravato what to do"),
            ("consent", "yes")
        );
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await app.DeliverMailAsync();
        var mail = app.Mailbox.OfKind("lead-staff").ShouldHaveSingleItem();
        mail.Text.ShouldStartWith("Al: email al@example.com. Do NOT say the clinic's name to anyone else.");
        mail.Text.ReplaceLineEndings(" ").ShouldContain("Answer now, in a way they agreed to; consider a welfare check (911).");
        mail.Text.ShouldNotContain("voicemail", Case.Insensitive);
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
