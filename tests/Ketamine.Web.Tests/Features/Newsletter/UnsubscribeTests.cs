using System.Net;
using Ketamine.Web.Features.Newsletter;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class UnsubscribeTests
{
    private static async Task<HttpResponseMessage> OneClickAsync(ClinicApp app, string path)
    {
        // As Gmail and Yahoo send it (RFC 8058 §3.2): no cookie, no Origin, and no Sec-Fetch-Site.
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]),
        };
        return await app.Http.SendAsync(request);
    }

    private static async Task<string> LeavePathAsync(ClinicApp app, Subscriber subscriber) =>
        $"/newsletter/unsubscribe/{(await app.KeyAsync()).UnsubscribeToken(subscriber.Id, Guid.NewGuid())}";

    [Fact]
    public async Task one_click_in_the_email_program_unsubscribes_and_a_second_one_gets_the_same_response()
    {
        await using var app = Readers.WithNewsletter().Set("Limits:Enabled", "true");
        var path = await LeavePathAsync(app, await app.SubscribeAsync("ada@reader.example"));
        for (var i = 0; i < 2; i++)
        {
            using var response = await OneClickAsync(app, path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        }

        var gone = (await app.SubscribersAsync()).ShouldHaveSingleItem();
        gone.State.ShouldBe(SubscriberState.Left);
        gone.Email.ShouldBeNull();
        gone.AddressHash.Length.ShouldBe(32);
    }

    [Theory]
    [InlineData("Origin", "https://mail.google.com")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task a_one_click_unsubscribe_from_any_origin_is_accepted(string header, string value)
    {
        await using var app = Readers.WithNewsletter();
        var path = await LeavePathAsync(app, await app.SubscribeAsync("ada@reader.example"));
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add(header, value);
        request.Content = new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } };
        using var response = await app.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await app.SubscribersAsync()).Single().State.ShouldBe(SubscriberState.Left);
    }

    [Fact]
    public async Task the_page_behind_the_link_has_one_button_that_unsubscribes()
    {
        await using var app = Readers.WithNewsletter();
        var path = await LeavePathAsync(app, await app.SubscribeAsync("ada@reader.example"));
        var page = await app.GetPageAsync(path);
        page.QuerySelectorAll("main button, main input[type=submit]").Length.ShouldBe(1);
        using var response = await app.PostFormAsync(page.One("main form").GetAttribute("action")!);
        (await response.ReadPageAsync()).One("h1").Words().ShouldBe("You’re unsubscribed");
        (await app.SubscribersAsync()).Single().State.ShouldBe(SubscriberState.Left);
    }

    [Fact]
    public async Task a_scanner_that_opens_every_link_a_thousand_times_subscribes_and_unsubscribes_no_one()
    {
        await using var app = Readers.WithNewsletter();
        await app.SignUpAsync("pending@reader.example");
        var mail = await app.ConfirmationAsync("pending@reader.example");
        var subscribed = await app.SubscribeAsync("ada@reader.example");
        string[] links = [mail.ConfirmPath(), await LeavePathAsync(app, subscribed)];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1000).SelectMany(_ => links),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (link, cancellation) =>
            {
            using var response = await app.Http.GetAsync(link, cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        });
        foreach (var link in links)
        {
            using var head = await app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, link));
            head.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var only = (await app.SubscribersAsync()).ShouldHaveSingleItem();
        (only.Email, only.State).ShouldBe(("ada@reader.example", SubscriberState.Subscribed));
    }

    [Fact]
    public async Task a_truncated_or_altered_link_unsubscribes_no_one_and_says_where_to_write()
    {
        await using var app = Readers.WithNewsletter();
        var path = await LeavePathAsync(app, await app.SubscribeAsync("ada@reader.example"));
        var flipped = path[..^1] + (path[^1] == 'A' ? 'B' : 'A');
        var cases = new[]
        {
            path[..^4],
            flipped,
            "/newsletter/unsubscribe/x",
            "/newsletter/unsubscribe/" + new string('A', 64),
            "/newsletter/unsubscribe/" + new string('~', 64),
        };
        foreach (var broken in cases)
        {
            using var response = await OneClickAsync(app, broken);
            (await response.ReadPageAsync(HttpStatusCode.NotFound)).QuerySelector("main a[href='/contact']").ShouldNotBeNull();
        }

        (await app.SubscribersAsync()).Single().State.ShouldBe(SubscriberState.Subscribed);
    }

    [Fact]
    public async Task unsubscribed_people_return_only_by_signing_up_and_confirming_again()
    {
        await using var app = Readers.WithNewsletter();
        await app.SignUpAsync("ada@reader.example");
        var first = await app.ConfirmationAsync("ada@reader.example");
        (await app.PostFormAsync(first.ConfirmPath())).Dispose();
        var subscriber = (await app.SubscribersAsync()).Single();
        (await OneClickAsync(app, await LeavePathAsync(app, subscriber))).Dispose();

        using var old = await app.PostFormAsync(first.ConfirmPath());
        old.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.SubscribersAsync()).Single().State.ShouldBe(SubscriberState.Left);

        app.Clock.Advance(TimeSpan.FromDays(1));
        var back = await app.SubscribeAsync("Ada@reader.example");
        back.Id.ShouldBe(subscriber.Id);
        back.State.ShouldBe(SubscriberState.Subscribed);
    }

    [Fact]
    public async Task unsubscribing_works_after_the_clinic_ended_its_newsletter()
    {
        await using var app = Readers.WithNewsletter();
        var path = await LeavePathAsync(app, await app.SubscribeAsync("ada@reader.example"));
        app.Folder.Write("clinic.yml", ClinicFolder.SmallestClinic);
        using var response = await OneClickAsync(app, path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await app.SubscribersAsync()).Single().State.ShouldBe(SubscriberState.Left);
    }
}
