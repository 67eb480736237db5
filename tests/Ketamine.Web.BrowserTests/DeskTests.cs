using Ketamine.Web.Audit;
using Ketamine.Content;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>The desk in a real browser with a virtual authenticator (WebAuthn, §11): passkeys, the keyboard, a phone, and no JavaScript.</summary>
[Collection(Browser.Collection)]
public sealed partial class DeskTests(Browser browser)
{
    [Fact]
    public async Task a_first_and_a_second_passkey_and_a_recovery_code_sign_in()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        await using var visit = await browser.VisitAsync(site);
        var page = visit.Page;
        await using var authenticator = await Authenticator.AddAsync(page);

        await visit.OpenAsync(await InviteAsync(app, "Dana", StaffRole.FrontDesk));
        await visit.ShouldBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the passkey" }).ClickAsync();
        await page.Locator(".codes").WaitForAsync();
        var codes = await page.Locator(".codes li").AllInnerTextsAsync();
        codes.Count.ShouldBe(10);
        await visit.ShouldBeAccessibleAsync();

        await visit.OpenAsync("/staff/passkeys");
        await visit.ShouldBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).Last.ClickAsync();
        await page.WaitForURLAsync("**/staff/sign-in");
        await visit.ShouldBeAccessibleAsync();
        var cookie = (await page.Context.CookiesAsync()).SingleOrDefault(one => one.Name.EndsWith("desk", StringComparison.Ordinal));
        cookie.ShouldBeNull("signing out takes the cookie along");

        await visit.OpenAsync("/staff/leads/2222-2222");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.WaitForURLAsync("**/staff/leads/2222-2222");
        await visit.OpenAsync("/staff");
        (await page.Locator("h2#now").InnerTextAsync()).ShouldBe("Answer now");

        // On another device without a passkey, use a code from the printed sheet to create one.
        await using var phone = await browser.VisitAsync(site, Look.Phone);
        await using var other = await Authenticator.AddAsync(phone.Page);
        await phone.OpenAsync("/staff/sign-in");
        await phone.Page.GetByText("Lost your passkey?").ClickAsync();
        await phone.Page.Locator("#code").FillAsync(codes[0]);
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Use the code" }).ClickAsync();
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Create the passkey" }).ClickAsync();
        await phone.Page.Locator(".codes").WaitForAsync();
        await phone.OpenAsync("/staff");
        await phone.ShouldFitAsync();
    }

    [Fact]
    public async Task an_expired_link_says_so_and_a_canceled_request_leaves_the_link_working()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        await using var visit = await browser.VisitAsync(site);
        var page = visit.Page;
        var link = await InviteAsync(app, "Dana", StaffRole.FrontDesk);
        await using (var unwilling = await Authenticator.AddAsync(page, verifies: false))
        {
            await visit.OpenAsync(link);
            await page.GetByRole(AriaRole.Button, new() { Name = "Create the passkey" }).ClickAsync();
            await page.GetByRole(AriaRole.Alert).WaitForAsync();
            (await page.GetByRole(AriaRole.Alert).InnerTextAsync()).ShouldContain("This link still works");
            await visit.ShouldBeAccessibleAsync();
        }

        app.Clock.Advance(StaffAccounts.LinkLasts);
        await visit.OpenAsync(link);
        (await page.Locator("h1").InnerTextAsync()).ShouldBe("This link no longer works");
        await visit.ShouldBeAccessibleAsync();
    }

    [Fact]
    public async Task a_lead_is_claimed_opened_logged_and_undone_with_only_the_keyboard()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        var reference = (await WriteAsync(app, site))[0];
        await using var visit = await browser.VisitAsync(site);
        var page = visit.Page;
        await using var authenticator = await Authenticator.AddAsync(page);
        await EnrollAsync(app, visit, StaffRole.FrontDesk);
        await visit.OpenAsync("/staff");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        (await visit.FocusedAsync()).ShouldBe("Teo");
        await page.Keyboard.PressAsync("c");
        await page.Locator($"[data-lead='{reference}'] .row__owner :text('You')").WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"**/staff/leads/{reference}");
        await page.Keyboard.PressAsync("l");
        await page.Keyboard.PressAsync("3");
        await page.Locator(".flash--good").WaitForAsync();
        (await page.Locator(".flash--good").InnerTextAsync()).ShouldContain("Logged: no answer");
        await page.WaitForLoadStateAsync();
        await page.Keyboard.PressAsync("n");
        (await visit.FocusedAsync()).ShouldBe("note");
        await page.Keyboard.TypeAsync("jck"); // in a field, keys are letters
        (await page.Locator("#note").InputValueAsync()).ShouldBe("jck");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("z");
        await page.GetByText("undid:").WaitForAsync();
        await page.WaitForLoadStateAsync(); // the words are there before the script that hears the keys
        await page.Keyboard.PressAsync("u");
        await page.WaitForURLAsync("**/staff");
        await page.Keyboard.PressAsync("x");
        await page.WaitForURLAsync("**/staff/covered");
        await visit.ShouldBeAccessibleAsync();
    }

    [Fact]
    public async Task from_an_email_on_a_phone_the_lead_is_three_taps_away()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        await using var phone = await browser.VisitAsync(site, Look.Phone);
        var page = phone.Page;
        await using var authenticator = await Authenticator.AddAsync(page);
        await EnrollAsync(app, phone, StaffRole.FrontDesk);
        await phone.OpenAsync("/staff/passkeys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).Last.TapAsync();
        await page.WaitForURLAsync("**/staff/sign-in");
        var reference = (await WriteAsync(app, site))[0];
        await app.DeliverMailAsync();
        var mail = app.Mailbox.OfKind("lead-staff").Single(one => one.Text.Contains("Teo", StringComparison.Ordinal));
        mail.Text.ShouldNotContain("back pain", customMessage: "the email says no more than who is waiting");

        var link = mail.Links.Single(one => one.AbsolutePath.StartsWith("/staff/", StringComparison.Ordinal));
        await phone.OpenAsync(link.AbsolutePath); // one: the link in the email
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).TapAsync(); // two; three is the finger on the sensor
        await page.WaitForURLAsync($"**/staff/leads/{reference}");
        (await page.Locator("h1").InnerTextAsync()).ShouldBe("Teo");
        (await page.Locator("main").InnerTextAsync()).ShouldContain("Do you see people with back pain?");
        var call = (await page.Locator(".thumb a[href^='tel:']").BoundingBoxAsync()).ShouldNotBeNull();
        (call.Y + call.Height).ShouldBeLessThanOrEqualTo(740, "the call is under the thumb, without scrolling");
        await phone.ShouldFitAsync();
    }

    [Fact]
    public async Task without_javascript_everything_but_signing_in_works()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        var reference = (await WriteAsync(app, site))[0];
        await using var signedIn = await browser.VisitAsync(site);
        await using var authenticator = await Authenticator.AddAsync(signedIn.Page);
        await EnrollAsync(app, signedIn, StaffRole.FrontDesk);
        await using var plain = await browser.VisitAsync(site, new Look(360, JavaScript: false));
        await plain.Page.Context.AddCookiesAsync(
            (await signedIn.Page.Context.CookiesAsync()).Select(one => new Cookie
            {
                Name = one.Name,
                Value = one.Value,
                Domain = one.Domain,
                Path = one.Path,
                HttpOnly = one.HttpOnly,
                Secure = one.Secure,
                SameSite = one.SameSite,
            })
        );
        var page = plain.Page;
        await plain.OpenAsync("/staff");
        await page.GetByRole(AriaRole.Button, new() { Name = "Claim Teo" }).ClickAsync();
        await page.Locator($"[data-lead='{reference}'] .row__name a").PressAsync("Enter");
        await page.WaitForURLAsync($"**/staff/leads/{reference}");
        await plain.ShouldFitAsync();
        (await page.Locator(".thumb a[href^='tel:']").CountAsync()).ShouldBe(1, "the number is under the thumb");
        await page.Locator("button[value=NoAnswer]").ClickAsync();
        (await page.Locator(".flash--good").InnerTextAsync()).ShouldContain("Logged: no answer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        (await page.Locator(".timeline").InnerTextAsync()).ShouldContain("undid:");
    }

    [Fact]
    public async Task a_new_lead_is_announced_and_never_moves_the_list()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        await WriteAsync(app, site);
        await using var visit = await browser.VisitAsync(site, new Look(TimeZone: "Asia/Tokyo"));
        var page = visit.Page;
        await page.Clock.SetFixedTimeAsync(new DateTime(2027, 1, 13, 17, 21, 0, DateTimeKind.Utc));
        await using var authenticator = await Authenticator.AddAsync(page);
        await EnrollAsync(app, visit, StaffRole.FrontDesk);
        await visit.OpenAsync("/staff");
        await page.Locator("#live:has-text('Live')").WaitForAsync();
        (await page.Locator("#live").InnerTextAsync()).ShouldBe("Live, 10:21 am", "the clinic's time, wherever the browser is");
        var before = await page.Locator(".row__name").AllInnerTextsAsync();
        await PostAsync(site, ("name", "Newcomer"), ("email", "new@example.org"), ("message", "Hello"), ("consent", "yes"));
        for (var i = 0; i < 60 && await page.Locator("#show-new").CountAsync() == 0; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(3));
            await page.WaitForTimeoutAsync(100);
        }

        (await page.Locator("#news").InnerTextAsync()).ShouldContain("One lead has come up.");
        (await page.Locator(".row__name").AllInnerTextsAsync()).ShouldBe(before);
        await page.Keyboard.PressAsync(".");
        await page.GetByRole(AriaRole.Link, new() { Name = "Newcomer", Exact = true }).WaitForAsync();
    }

    [Fact]
    public async Task on_a_small_laptop_the_deadline_stays_in_its_column_and_the_search_box_shows_its_hint()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        app.Clock.Advance(TimeSpan.FromHours(5)); // 3:00 pm, so the promise is for tomorrow
        await WriteAsync(app, site);
        await using var visit = await browser.VisitAsync(site, new Look(1000));
        await using var authenticator = await Authenticator.AddAsync(visit.Page);
        await EnrollAsync(app, visit, StaffRole.Owner);
        await visit.OpenAsync("/staff");
        await visit.ShouldFitAsync();
        (await visit.Page.Locator(".row__due strong").First.InnerTextAsync()).ShouldContain("tomorrow");
        (await visit.Page.EvaluateAsync<bool>("""
            () => [...document.querySelectorAll('.row__due')].every(due => {
              const text = document.createRange();
              text.selectNodeContents(due);
              return text.getBoundingClientRect().right <= due.getBoundingClientRect().right;
            })
            """)).ShouldBeTrue("the deadline runs into the next column");
        (await visit.Page.EvaluateAsync<bool>("""
            () => {
              const find = document.querySelector('#find'), style = getComputedStyle(find), brush = document.createElement('canvas').getContext('2d');
              brush.font = style.font;
              const room = find.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
              return brush.measureText(find.placeholder).width <= room;
            }
            """)).ShouldBeTrue("the search box cuts its hint off");
    }

    // The fast tests check the response to a wrong origin. Here, the browser itself must not even ask the authenticator.
    [Fact]
    public async Task under_another_address_the_browser_creates_no_passkey()
    {
        await using var app = NewApp();
        var site = app.Listen();
        await using var visit = await browser.VisitAsync(new Uri($"http://127.0.0.1:{site.Port}"));
        await using var authenticator = await Authenticator.AddAsync(visit.Page);
        await visit.OpenAsync(await InviteAsync(app, "Dana", StaffRole.FrontDesk));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create the passkey" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        (await visit.Page.GetByRole(AriaRole.Alert).InnerTextAsync()).ShouldContain("No passkey was created");
    }

    private static ClinicApp NewApp() => ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        hours:
          - {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}
        consultation:
          title: Free call
          weekly: [{day: wed, from: "13:00", to: "15:00"}, {day: thu, from: "09:00", to: "12:00"}]
          by: [phone, video]
        """)).Set("Staff:Url", "http://localhost");

    private static Uri Localhost(Uri site) => new($"http://localhost:{site.Port}");

    private static async Task<string> InviteAsync(ClinicApp app, string name, StaffRole role)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var token = await scope
            .ServiceProvider.GetRequiredService<StaffAccounts>()
            .AddAsync(name, EmailAddress.Parse($"{name}@juniper.example"), role, AuditLog.Ops, CancellationToken.None);
        return $"/staff/enroll/{token}";
    }

    private static async Task EnrollAsync(ClinicApp app, Visit visit, StaffRole role)
    {
        await visit.OpenAsync(await InviteAsync(app, "Dana", role));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create the passkey" }).ClickAsync();
        await visit.Page.Locator(".codes").WaitForAsync();
    }

    /// <summary>Teo, who gets a call; Wren, who may be at risk; and Max, who is held. Returns their references in that order.</summary>
    private static async Task<List<string>> WriteAsync(ClinicApp app, Uri site)
    {
        await PostAsync(
            site,
            ("name", "Teo"),
            ("phone", "303 555 0155"),
            ("reach", "call"),
            ("message", "Do you see people with back pain?"),
            ("consent", "yes")
        );
        await PostAsync(site, ("name", "Wren"), ("phone", "303 555 0156"), ("message", "I want to kill myself."), ("consent", "yes"));
        await PostAsync(site, ("name", "Max"), ("email", "max@example.org"), ("message", "Rank on page one"), ("topic_line", "x"), ("consent", "yes"));
        // Sort by name: the clock is stopped, and IDs created in the same millisecond have no order.
        string[] names = ["Teo", "Wren", "Max"];
        var leads = await app.UseAsync<Data.ClinicDb, List<Leads.Lead>>(db =>
            Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(db.Set<Leads.Lead>()));
        return [.. leads.OrderBy(lead => Array.IndexOf(names, lead.Name)).Select(lead => lead.Reference)];
    }

    /// <summary>Another lead from Teo, with an email address. Returns its reference.</summary>
    private static async Task<string> WriteAgainAsync(ClinicApp app, Uri site)
    {
        await PostAsync(site, ("name", "Teo B"), ("phone", "303 555 0155"), ("email", "teo@example.org"), ("message", "Or by video?"), ("consent", "yes"));
        var leads = await app.UseAsync<Data.ClinicDb, List<Leads.Lead>>(db =>
            Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(db.Set<Leads.Lead>()));
        return leads.Single(lead => lead.Name == "Teo B").Reference;
    }

    /// <summary>Books a video call for a lead, as staff do for a caller.</summary>
    private static Task BookAsync(ClinicApp app, string reference, string slot) => app.UseAsync<BookingService>(async booking =>
    {
        var time = (await booking.FreeAsync(CancellationToken.None, ignoreNotice: true)).Single(free => free.Value == slot);
        var lead = await app.UseAsync<Leads.LeadService, Leads.Lead?>(leads => leads.FindAsync(reference, CancellationToken.None));
        var luis = new Leads.StaffStamp(Guid.NewGuid(), "Luis");
        (await booking.BookForAsync(lead!, time, Content.Model.CallKind.Video, luis, CancellationToken.None)).ShouldBeTrue();
    });

    private static async Task PostAsync(Uri site, params (string Name, string Value)[] fields)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await http.PostAsync(new Uri(site, "/contact"), form);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.SeeOther);
    }

    /// <summary>A device with passkeys whose owner always agrees, through Chromium's DevTools.</summary>
    private sealed class Authenticator(ICDPSession session) : IAsyncDisposable
    {
        public static async Task<Authenticator> AddAsync(IPage page, bool verifies = true)
        {
            var session = await page.Context.NewCDPSessionAsync(page);
            await session.SendAsync("WebAuthn.enable");
            await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = verifies,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
            return new Authenticator(session);
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await session.SendAsync("WebAuthn.disable");
            }
            catch (PlaywrightException)
            {
                // The window was closed before this.
            }
        }
    }
}
