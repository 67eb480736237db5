using System.Net;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Newsletter;

public sealed class SignUpTests
{
    [Fact]
    public async Task the_code_from_the_email_subscribes_and_shows_the_clinics_thanks()
    {
        await using var app = Readers.WithNewsletter();
        var page = await app.SignUpAsync("ada@reader.example");
        page.ShouldNotContain("ada");
        (await app.GetPageAsync(page)).One("form[action='/newsletter/code'] input[name=code]").GetAttribute("autocomplete").ShouldBe("one-time-code");
        (await app.SubscribersAsync()).ShouldBeEmpty();

        var mail = await app.ConfirmationAsync("ada@reader.example");
        mail.Subject.ShouldNotContain("etamine");
        using var response = await app.TypeCodeAsync(page, mail.Code().Insert(3, " "));
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await app.GetPageAsync(response.Headers.Location!.OriginalString)).One("h1").Words().ShouldBe("Thanks for subscribing!");

        var subscriber = (await app.SubscribersAsync()).ShouldHaveSingleItem();
        subscriber.Email.ShouldBe("ada@reader.example");
        subscriber.State.ShouldBe(SubscriberState.Subscribed);
        subscriber.ConsentAt.ShouldBe(app.Clock.Now);
        subscriber.ConsentSource.ShouldBe("website");
        subscriber.ConsentWords.ShouldContain("Juniper House");
    }

    [Fact]
    public async Task the_button_behind_the_link_in_the_email_subscribes_and_opening_the_link_does_not()
    {
        await using var app = Readers.WithNewsletter();
        await app.SignUpAsync("ada@reader.example");
        var link = (await app.ConfirmationAsync("ada@reader.example")).ConfirmPath();
        var page = await app.GetPageAsync(link);
        page.One("main form").GetAttribute("action").ShouldBe(link);
        (await app.SubscribersAsync()).ShouldBeEmpty();

        using var response = await app.PostFormAsync(link);
        response.Headers.Location!.OriginalString.ShouldBe("/newsletter/thanks");
        (await app.SubscribersAsync()).ShouldHaveSingleItem();
        using var again = await app.PostFormAsync(link);
        again.Headers.Location!.OriginalString.ShouldBe("/newsletter/thanks");
        (await app.SubscribersAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_readers_confirmation_counts_even_if_an_import_adds_them_at_that_moment()
    {
        await using var app = Readers.WithNewsletter();
        await app.SignUpAsync("ada@reader.example");
        var token = (await app.ConfirmationAsync("ada@reader.example")).ConfirmPath().Split('/')[^1];
        await using var scope = app.Services.CreateAsyncScope();
        var imported = false;
        scope.ServiceProvider.GetRequiredService<ClinicDb>().SavingChanges += (_, _) =>
        {
            if (imported) return;
            imported = true;
            app.UseAsync<SubscriberList>(list =>
                    list.ImportAsync([(EmailAddress.Parse("ada@reader.example"), new Agreement("", app.Clock.Now, "the front desk"))], CancellationToken.None)
                )
                .GetAwaiter()
                .GetResult();
        };
        (await scope.ServiceProvider.GetRequiredService<SubscriptionService>().ConfirmAsync(token, CancellationToken.None)).ShouldBeTrue();
        var subscriber = (await app.SubscribersAsync()).ShouldHaveSingleItem();
        subscriber.State.ShouldBe(SubscriberState.Subscribed);
        imported.ShouldBeTrue();
        (await app.UseAsync<ClinicDb, bool>(db => db.Set<SignUp>().AnyAsync(signUp => signUp.ConfirmedAt != null))).ShouldBeTrue();
    }

    [Fact]
    public async Task a_returning_readers_confirmation_counts_even_if_an_old_link_unsubscribes_them_at_that_moment()
    {
        await using var app = Readers.WithNewsletter();
        await app.SubscribeAsync("ada@reader.example");
        await app.UseAsync<ClinicDb>(async db =>
        {
            (await db.Set<Subscriber>().SingleAsync()).Suppress("5.1.1", app.Clock.Now).ShouldBeTrue();
            await db.SaveChangesAsync();
        });
        app.Clock.Advance(SignUp.BetweenMails);
        await app.SignUpAsync("ada@reader.example");
        var token = (await app.ConfirmationAsync("ada@reader.example")).ConfirmPath().Split('/')[^1];
        await using var scope = app.Services.CreateAsyncScope();
        var left = false;
        scope.ServiceProvider.GetRequiredService<ClinicDb>().SavingChanges += (_, _) =>
        {
            if (left) return;
            app.UseAsync<ClinicDb>(async db =>
            {
                left = (await db.Set<Subscriber>().SingleAsync()).Leave(app.Clock.Now);
                await db.SaveChangesAsync();
            }).GetAwaiter().GetResult();
        };
        (await scope.ServiceProvider.GetRequiredService<SubscriptionService>().ConfirmAsync(token, CancellationToken.None)).ShouldBeTrue();
        left.ShouldBeTrue();
        (await app.SubscribersAsync()).ShouldHaveSingleItem().State.ShouldBe(SubscriberState.Subscribed);
    }

    [Fact]
    public async Task the_response_is_the_same_for_a_new_pending_subscribed_or_unsubscribed_address()
    {
        await using var app = Readers.WithNewsletter();
        await app.SignUpAsync("pending@reader.example");
        await app.SubscribeAsync("known@reader.example");
        var left = await app.SubscribeAsync("left@reader.example");
        await app.UseAsync<SubscriptionService>(async desk =>
            await desk.UnsubscribeAsync((await app.KeyAsync()).UnsubscribeToken(left.Id, Guid.Empty), CancellationToken.None)
        );

        var responses = new List<string>();
        foreach (var name in new[] { "new", "pending", "known", "left" })
        {
            using var response = await app.PostFormAsync("/newsletter", ("email", $"{name}@reader.example"));
            var page = response.Headers.Location!.OriginalString;
            var id = page[(page.IndexOf('=', StringComparison.Ordinal) + 1)..];
            using var next = await app.Http.GetAsync(page);
            using var wrong = await app.TypeCodeAsync(page, "000000");
            responses.Add(
                string.Join(
                        "\n",
                        (int)response.StatusCode,
                        page,
                        Headers(response),
                        await next.Content.ReadAsStringAsync(),
                        Headers(next),
                        (int)wrong.StatusCode,
                        await wrong.Content.ReadAsStringAsync()
                    )
                    .Replace(id, "ID", StringComparison.Ordinal)
            );
        }

        responses.Distinct().ShouldHaveSingleItem();

        static string Headers(HttpResponseMessage response) =>
            string.Join(
                "\n",
                response
                    .Headers.Concat(response.Content.Headers)
                    .Where(header => header.Key != "Content-Length")
                    .OrderBy(header => header.Key)
                    .Select(header => $"{header.Key}: {string.Join(",", header.Value)}")
            );
    }

    [Fact]
    public async Task an_address_gets_one_confirmation_email_a_day_no_matter_how_often_it_is_typed()
    {
        await using var app = Readers.WithNewsletter();
        var first = await app.SignUpAsync("ada@reader.example");
        for (var i = 0; i < 20; i++)
            (await app.SignUpAsync(i % 2 == 0 ? "ADA@reader.example" : "ada@READER.example")).ShouldNotBe(first, "a page's secret is its own");
        (await app.DeliverMailAsync()).Count.ShouldBe(1);
        app.Clock.Advance(TimeSpan.FromHours(23));
        await app.SignUpAsync("ada@reader.example");
        (await app.DeliverMailAsync()).Count.ShouldBe(1);
        app.Clock.Advance(TimeSpan.FromHours(1));
        await app.SignUpAsync("ada@reader.example");
        (await app.DeliverMailAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task an_address_typed_by_many_at_once_gets_one_email_and_one_sign_up()
    {
        await using var app = Readers.WithNewsletter();
        var pages = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.SignUpAsync("ada@reader.example")));
        (await app.UseAsync<ClinicDb, int>(db => db.Set<SignUp>().CountAsync())).ShouldBe(1);
        // After a double click, the browser shows the page of the second response. The code works there too.
        var mail = (await app.DeliverMailAsync()).ShouldHaveSingleItem();
        using var response = await app.TypeCodeAsync(pages[^1], mail.Code());
        response.Headers.Location!.OriginalString.ShouldBe("/newsletter/thanks");
    }

    [Fact]
    public async Task the_owner_of_a_subscribed_address_learns_it_by_email_and_stays_subscribed()
    {
        await using var app = Readers.WithNewsletter();
        await app.SubscribeAsync("ada@reader.example");
        app.Clock.Advance(TimeSpan.FromDays(2));
        await app.SignUpAsync("ada@reader.example");
        (await app.ConfirmationAsync("ada@reader.example")).Text.ShouldContain("already on the list");
        (await app.SubscribersAsync()).ShouldHaveSingleItem().State.ShouldBe(SubscriberState.Subscribed);
    }

    [Fact]
    public async Task five_wrong_codes_even_at_once_void_the_code_but_the_link_in_the_email_still_works()
    {
        await using var app = Readers.WithNewsletter();
        var page = await app.SignUpAsync("ada@reader.example");
        var mail = await app.ConfirmationAsync("ada@reader.example");
        var wrong = mail.Code() == "123456" ? "654321" : "123456";
        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.TypeCodeAsync(page, wrong)));
        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.UnprocessableEntity);
        (await app.UseAsync<ClinicDb, int>(db => db.Set<SignUp>().Select(signUp => signUp.Tries).SingleAsync())).ShouldBe(5);

        using var right = await app.TypeCodeAsync(page, mail.Code());
        (await right.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("#code-error").Words().ShouldContain("no longer works");
        (await app.SubscribersAsync()).ShouldBeEmpty();
        using var link = await app.PostFormAsync(mail.ConfirmPath());
        link.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await app.SubscribersAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task strangers_who_enter_the_same_address_see_no_secret_and_cannot_use_up_the_owners_attempts()
    {
        await using var app = Readers.WithNewsletter();
        var page = await app.SignUpAsync("ada@reader.example");
        var mail = await app.ConfirmationAsync("ada@reader.example");
        var wrong = mail.Code() == "123456" ? "654321" : "123456";
        var strangers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.SignUpAsync("ada@reader.example")));
        strangers.Append(page).ShouldBeUnique();
        foreach (var stranger in strangers)
        {
            for (var i = 0; i < 4; i++)
            {
                using var tried = await app.TypeCodeAsync(stranger, wrong);
                tried.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            }
        }

        using var late = await app.TypeCodeAsync(strangers[0], mail.Code());
        late.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, "all strangers together have five tries");
        using var response = await app.TypeCodeAsync(page, mail.Code());
        response.Headers.Location!.OriginalString.ShouldBe("/newsletter/thanks");
    }

    [Fact]
    public async Task input_that_is_not_a_code_is_reported_and_does_not_count_as_an_attempt()
    {
        await using var app = Readers.WithNewsletter();
        var page = await app.SignUpAsync("ada@reader.example");
        foreach (var typed in new[] { "", "12345", "1234567", "abcdef", "١٢٣٤٥٦" })
        {
            using var response = await app.TypeCodeAsync(page, typed);
            (await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One(".error-summary").Words().ShouldContain("six digits");
        }

        using var right = await app.TypeCodeAsync(page, (await app.ConfirmationAsync("ada@reader.example")).Code());
        right.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task codes_expire_after_a_day_and_links_after_a_week_and_an_old_link_offers_a_new_one()
    {
        await using var app = Readers.WithNewsletter();
        var page = await app.SignUpAsync("ada@reader.example");
        var mail = await app.ConfirmationAsync("ada@reader.example");
        app.Clock.Advance(TimeSpan.FromHours(24));
        using var late = await app.TypeCodeAsync(page, mail.Code());
        late.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        app.Clock.Advance(TimeSpan.FromDays(6));
        var old = await app.GetPageAsync(mail.ConfirmPath(), HttpStatusCode.NotFound);
        old.One("main a").GetAttribute("href").ShouldBe("/newsletter");
        using var post = await app.PostFormAsync(mail.ConfirmPath());
        post.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.SubscribersAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "Enter your email address")]
    [InlineData("ada", "Enter an email address like")]
    [InlineData("ada@reader", "Enter an email address like")]
    [InlineData("adá@reader.example", "We can’t email addresses with letters other than a to z before the @")]
    [InlineData("a@b.example\r\nBcc: c@d.example", "Enter an email address like")]
    public async Task an_invalid_address_is_reported_at_the_field_and_kept(string typed, string expected)
    {
        await using var app = Readers.WithNewsletter();
        using var response = await app.PostFormAsync("/newsletter", ("email", typed));
        var page = await response.ReadPageAsync(HttpStatusCode.UnprocessableEntity);
        page.One("#email-error").Words().ShouldContain(expected);
        page.One("#email").GetAttribute("aria-invalid").ShouldBe("true");
        (await app.DeliverMailAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_bot_that_fills_in_everything_sees_the_same_page_and_no_email_is_sent()
    {
        await using var app = Readers.WithNewsletter();
        using var response = await app.PostFormAsync("/newsletter", ("email", "ada@reader.example"), (Ketamine.Web.Web.Honeypot.Field, "x"));
        response.Headers.Location!.OriginalString.ShouldStartWith("/newsletter/code?id=");
        (await app.GetPageAsync(response.Headers.Location!.OriginalString)).One("#code");
        (await app.DeliverMailAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_clinic_without_a_newsletter_has_no_form_and_answers_404()
    {
        await using var app = ClinicApp.With(_ => { });
        await app.GetPageAsync("/newsletter", HttpStatusCode.NotFound);
        await app.GetPageAsync("/newsletter/code?id=00000000000000000000000000000000", HttpStatusCode.NotFound);
        using var post = await app.PostFormAsync("/newsletter", ("email", "ada@reader.example"));
        post.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.GetPageAsync("/contact")).QuerySelectorAll("form[action='/newsletter']").ShouldBeEmpty();
        (await app.DeliverMailAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task the_forms_at_the_foot_of_a_page_and_on_its_own_page_set_no_cookie_and_are_cached()
    {
        await using var app = Readers.WithNewsletter();
        foreach (var path in new[] { "/newsletter", "/contact" })
        {
            using var page = await app.Http.GetAsync(path);
            page.Headers.Contains("Set-Cookie").ShouldBeFalse();
            page.Headers.CacheControl!.Public.ShouldBeTrue();
            (await page.ReadPageAsync()).One("footer form[action='/newsletter'] input[name=email]");
        }
    }

    [Fact]
    public async Task a_form_on_another_site_cannot_sign_anyone_up()
    {
        await using var app = Readers.WithNewsletter();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/newsletter")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("email", "ada@reader.example")]),
        };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var response = await app.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await app.DeliverMailAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task sign_ups_and_codes_from_one_origin_are_limited()
    {
        await using var app = Readers.WithNewsletter().Set("Limits:Enabled", "true");
        var responses = new List<HttpStatusCode>();
        for (var i = 0; i < 25; i++)
        {
            using var response = await app.PostFormAsync("/newsletter", ("email", $"reader{i}@reader.example"));
            responses.Add(response.StatusCode);
        }

        responses.Count(status => status == HttpStatusCode.SeeOther).ShouldBe(20);
        responses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(5);
    }

    [Fact]
    public async Task a_spanish_clinic_asks_and_writes_in_spanish()
    {
        await using var app = Readers.WithNewsletter(folder => folder.Replace("clinic.yml", "timeZone:", "locale: es-US\ntimeZone:"));
        (await app.GetPageAsync("/newsletter")).One("main button").Words().ShouldBe("Suscribirse");
        await app.SignUpAsync("ada@reader.example");
        var mail = await app.ConfirmationAsync("ada@reader.example");
        mail.Subject.ShouldEndWith("es su código");
        mail.Text.ShouldContain("Confirmar mi suscripción");
    }

    [Fact]
    public async Task nothing_about_a_reader_is_logged()
    {
        await using var app = Readers.WithNewsletter();
        var page = await app.SignUpAsync("very.private@reader.example");
        var mail = await app.ConfirmationAsync("very.private@reader.example");
        await app.GetPageAsync(mail.ConfirmPath());
        (await app.TypeCodeAsync(page, mail.Code())).Dispose();
        app.Log.ShouldNotBeEmpty();
        string[] secrets = ["very.private", mail.Code(), mail.ConfirmPath()[^43..], page[^32..]];
        foreach (var secret in secrets) app.Log.ShouldNotContain(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }
}
