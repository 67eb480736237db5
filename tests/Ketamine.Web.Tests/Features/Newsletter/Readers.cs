using System.Text.RegularExpressions;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Newsletter;

/// <summary>Steps that the newsletter's readers take.</summary>
public static partial class Readers
{
    /// <summary>A clinic with a newsletter and little else.</summary>
    public const string Clinic = """
        name: Juniper House
        url: https://juniper.example
        timeZone: America/Denver
        address:
          street: 12 Aspen Way
          city: Boulder
          region: CO
          postalCode: "80301"
          country: US
        newsletter:
          heading: Get on the list for the latest news and updates
          invitation: About once a month.
          thanks: Thanks for subscribing!
        """;

    public static ClinicApp WithNewsletter(Action<ClinicFolder>? build = null) => ClinicApp.With(folder =>
    {
        folder.Write("clinic.yml", Clinic);
        build?.Invoke(folder);
    });

    /// <summary>Fills in the form. Returns the address of the page that asks for the code.</summary>
    public static async Task<string> SignUpAsync(this ClinicApp app, string email)
    {
        using var response = await app.PostFormAsync("/newsletter", ("email", email));
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.SeeOther);
        return response.Headers.Location!.OriginalString;
    }

    public static async Task<ReceivedMail> ConfirmationAsync(this ClinicApp app, string email) =>
        (await app.DeliverMailAsync()).Last(mail => mail.Kind == ConfirmationMail.Kind && mail.To == email);

    public static string Code(this ReceivedMail mail) => Digits().Match(mail.Subject).Value.Replace(" ", "", StringComparison.Ordinal);

    /// <summary>The path of the confirmation link.</summary>
    public static string ConfirmPath(this ReceivedMail mail) =>
        mail.Links.Single(link => link.AbsolutePath.StartsWith("/newsletter/confirm/", StringComparison.Ordinal)).AbsolutePath;

    public static Task<HttpResponseMessage> TypeCodeAsync(this ClinicApp app, string page, string code) =>
        app.PostFormAsync("/newsletter/code", ("id", page[(page.IndexOf('=', StringComparison.Ordinal) + 1)..]), ("code", code));

    /// <summary>Signs up and confirms.</summary>
    public static async Task<Subscriber> SubscribeAsync(this ClinicApp app, string email)
    {
        var page = await app.SignUpAsync(email);
        using var response = await app.TypeCodeAsync(page, (await app.ConfirmationAsync(email)).Code());
        response.Headers.Location!.OriginalString.ShouldBe("/newsletter/thanks");
        return (await app.SubscribersAsync()).Single(subscriber => subscriber.Email == email);
    }

    public static Task<List<Subscriber>> SubscribersAsync(this ClinicApp app) =>
        app.UseAsync<ClinicDb, List<Subscriber>>(db => db.Set<Subscriber>().AsNoTracking().ToListAsync());

    public static Task<NewsletterKey> KeyAsync(this ClinicApp app) =>
        app.UseAsync<NewsletterKeys, NewsletterKey>(keys => keys.GetAsync(CancellationToken.None).AsTask());

    /// <summary>A newsletter of two words.</summary>
    public static readonly NewsletterEmail Hello = new(
        "November news",
        "Juniper House",
        $"Hello\n{NewsletterEmail.UnsubscribeLink}\n",
        $"<p>Hello <a href=\"{NewsletterEmail.UnsubscribeLink}\">leave</a></p>"
    );

    /// <summary>Adds reader0@reader.example and as many more as requested to the list, bypassing the form.</summary>
    public static Task AddReadersAsync(this ClinicApp app, int count) => app.UseAsync<ClinicDb>(async db =>
    {
        var key = await app.KeyAsync();
        for (var i = 0; i < count; i++)
        {
            var address = EmailAddress.Parse($"reader{i}@reader.example");
            db.Add(new Subscriber(address, key.HashOf(address), new Agreement("yes", app.Clock.Now, "test"), app.Clock.Now));
        }

        await db.SaveChangesAsync();
    });

    public static async Task<Issue> ScheduleAsync(this ClinicApp app, DateTimeOffset? at = null, string name = "file:november.md") =>
        (await app.UseAsync<NewsletterService, Issue?>(desk => desk.ScheduleAsync(name, Hello, at ?? app.Clock.Now, again: false, CancellationToken.None)))!;

    public static async Task<TimeSpan> SendBatchAsync(this ClinicApp app) =>
        await app.Services.GetRequiredService<IssueSender>().SendBatchAsync(CancellationToken.None);

    public static async Task SendUntilEndedAsync(this ClinicApp app, int most = 200)
    {
        for (var i = 0; i < most; i++)
        {
            await app.SendBatchAsync();
            if (
                await app.UseAsync<ClinicDb, bool>(db =>
                    db.Set<Issue>().AllAsync(issue => issue.State != IssueState.Sending && issue.State != IssueState.Scheduled)
                )
            )
                return;
            app.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Fail("The issue did not end.");
    }

    [GeneratedRegex(@"\d{3} \d{3}")]
    private static partial Regex Digits();
}
