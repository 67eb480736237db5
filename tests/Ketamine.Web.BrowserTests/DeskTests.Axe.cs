using Ketamine.Content.Publishing;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Ketamine.Web.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

// Runs axe on every page of the desk, in every state that looks different.
public sealed partial class DeskTests
{
    // A GET redirects to the passkeys page, which has its button.
    private const string OnlyAButton = "staff/sign-out";

    [Fact]
    public async Task axe_finds_nothing_on_any_page_in_any_state_wide_or_narrow_in_light_or_dark()
    {
        await using var app = NewApp();
        var site = Localhost(app.Listen());
        await using var visit = await browser.VisitAsync(site, new Look(ReducedMotion: true));
        var tour = new Tour(app, site, visit);
        await SeeDoorAsync(tour);
        await using var authenticator = await Authenticator.AddAsync(visit.Page);
        await SeeFirstDayAsync(tour);
        await SeeLeadsAsync(tour);
        await SeeCallsAndPeopleAsync(tour);
        await SeeContentAsync(tour);
        await SeeEndAsync(tour);

        tour.Barriers.ShouldBeEmpty();
        tour.Seen.Order(StringComparer.Ordinal).ShouldBe(Addresses(app), "each page of the desk is looked at here, and each that is looked at exists");
    }

    /// <summary>The routes of the desk's pages, as the site declares them.</summary>
    private static IEnumerable<string> Addresses(ClinicApp app) =>
        app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText!.Trim('/'))
            .Where(route => (route is "staff" || route.StartsWith("staff/", StringComparison.Ordinal)) && route != OnlyAButton)
            .Distinct().Order(StringComparer.Ordinal);

    private static async Task SeeDoorAsync(Tour tour)
    {
        // The emailed link opens a lead directly only until the first passkey exists.
        await PostAsync(tour.Site, ("name", "Ines"), ("email", "ines@example.org"), ("message", "Hello"), ("consent", "yes"));
        await tour.App.DeliverMailAsync();
        var link = tour.App.Mailbox.OfKind("lead-staff").Single().Links.Single(one => one.AbsolutePath.StartsWith("/staff/", StringComparison.Ordinal));
        await tour.SeeAsync("staff/leads/{token}", link.AbsolutePath);
        await tour.SeeAsync("staff/leads/{token}", "/staff/leads/opens-nothing");
        await tour.App.UseAsync<LeadService>(leads => leads.ForgetAsync(EmailAddress.Parse("ines@example.org"), CancellationToken.None));

        await tour.SeeAsync("staff/sign-in", "/staff/sign-in");
        await tour.SeeAsync("staff/sign-in", "/staff/sign-in", async page =>
        {
            await page.GetByText("Lost your passkey?").ClickAsync();
            await page.Locator("#code").FillAsync("not one of mine");
            await page.GetByRole(AriaRole.Button, new() { Name = "Use the code" }).ClickAsync();
            await page.GetByRole(AriaRole.Alert).WaitForAsync();
        });
        await tour.SeeAsync("staff/signed-out", "/staff/signed-out");
        var late = await InviteAsync(tour.App, "Lou", StaffRole.FrontDesk);
        tour.App.Clock.Advance(StaffAccounts.LinkLasts);
        await tour.SeeAsync("staff/enroll/{token}", late);
    }

    private static async Task SeeFirstDayAsync(Tour tour)
    {
        var invitation = await InviteAsync(tour.App, "Dana", StaffRole.Owner);
        await tour.SeeAsync("staff/enroll/{token}", invitation);
        await tour.SeeAsync("staff/enroll/{token}", invitation, async page =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Create the passkey" }).ClickAsync();
            await page.Locator(".codes").WaitForAsync();
        });
        string[] empty =
        [
            "staff", "staff/calls", "staff/calls/time-off", "staff/calendar", "staff/content", "staff/content/changes", "staff/content/history",
            "staff/newsletter", "staff/numbers", "staff/people", "staff/audit", "staff/keys", "staff/more", "staff/passkeys", "staff/leads/add",
        ];
        foreach (var route in empty) await tour.SeeAsync(route, "/" + route);
        await tour.SeeAsync("staff/keys", "/staff/keys", page => page.Locator(".deskbar__me summary").ClickAsync());
    }

    private static async Task SeeLeadsAsync(Tour tour)
    {
        var references = await WriteAsync(tour.App, tour.Site);
        var (teo, wren, max) = (references[0], references[1], references[2]);
        var again = await WriteAgainAsync(tour.App, tour.Site);
        await BookAsync(tour.App, again, "2027-01-14T17:00Z");
        await tour.SeeAsync("staff", "/staff");
        await tour.SeeAsync("staff", "/staff?mine=true");
        await tour.SeeAsync("staff", "/staff?q=teo");
        await tour.SeeAsync("staff", "/staff?q=nobody");
        const string lead = "staff/leads/{reference:length(9)}";
        foreach (var reference in new[] { teo, wren, max, again }) await tour.SeeAsync(lead, $"/staff/leads/{reference}");
        await tour.SeeAsync(lead, $"/staff/leads/{teo}", page => page.Locator("button[value=NoAnswer]").ClickAsync(), ".flash--good");
        await tour.SeeAsync(lead, $"/staff/leads/{again}", async page =>
        {
            await page.Locator("#link").FillAsync("not an address");
            await page.EvaluateAsync("document.querySelector('#link').form.noValidate = true");
            await page.GetByRole(AriaRole.Button, new() { Name = "Send the video link" }).ClickAsync();
        }, "#link-error");
        await tour.SeeAsync(lead + "/write", $"/staff/leads/{again}/write");
        await tour.SeeAsync(lead + "/write", $"/staff/leads/{again}/write", async page =>
        {
            await page.Locator("#text").FillAsync("");
            await page.GetByRole(AriaRole.Button, new() { Name = "Send, and mark as answered" }).ClickAsync();
        }, ".errors");
        await tour.SeeAsync(lead + "/stop", $"/staff/leads/{teo}/stop");
        await tour.SeeAsync(lead + "/stop", $"/staff/leads/{teo}/stop", PressAsync("Stop these"), ".errors");
        await tour.SeeAsync(lead + "/call", $"/staff/leads/{teo}/call");
        await tour.SeeAsync(lead + "/call", $"/staff/leads/{teo}/call", PressAsync("Book the call"), ".errors");
        await tour.SeeAsync(lead + "/call", $"/staff/leads/{again}/call"); // to move it
        await tour.SeeAsync(lead + "/merge/{other:length(9)}", $"/staff/leads/{teo}/merge/{again}");
        await tour.SeeAsync(lead, $"/staff/leads/{teo}/merge/{again}", page =>
            page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Merge into") }).ClickAsync(), ".flash--good");
        await tour.SeeAsync("staff/leads/add", "/staff/leads/add", PressAsync("Add to the queue"), ".errors");
        await tour.SeeAsync(lead, $"/staff/leads/{wren}", async page =>
        {
            await page.Locator("#over-0").CheckAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
            await page.Locator("#said").WaitForAsync();
        });
    }

    private static async Task SeeCallsAndPeopleAsync(Tour tour)
    {
        await tour.SeeAsync("staff/calls", "/staff/calls?day=2027-01-14");
        await tour.SeeAsync("staff/calls", "/staff/calls?day=2027-01-14&week=true");
        await tour.SeeAsync("staff/calls/time-off", "/staff/calls/time-off", PressAsync("Block the time"), ".errors");
        await tour.SeeAsync("staff/calls/time-off", "/staff/calls/time-off?day=2027-01-14", PressAsync("Block the time"), ".flash--late");
        await tour.SeeAsync("staff/calls", "", PressAsync("Block the time, keep the call"), ".slot--off");
        await tour.SeeAsync("staff/calls/time-off", "/staff/calls/time-off");
        await tour.SeeAsync("staff/calendar", "/staff/calendar", PressAsync("Create an address"), "#url");
        await tour.SeeAsync("staff/passkeys", "/staff/passkeys", PressAsync("Create ten new codes"), ".codes");
        await tour.SeeAsync("staff/people", "/staff/people", PressAsync("Add and show the link"), ".errors");
        await tour.SeeAsync("staff/people", "/staff/people", async page =>
        {
            await page.Locator("#name").FillAsync("Rosa");
            await page.Locator("#email").FillAsync("rosa@juniper.example");
            await page.GetByRole(AriaRole.Button, new() { Name = "Add and show the link" }).ClickAsync();
        }, ".flash--good");
        await tour.SeeAsync("staff/audit", "/staff/audit");
        await tour.SeeAsync("staff/audit", "/staff/audit?what=refused");
        await tour.SeeAsync("staff/numbers", "/staff/numbers");
        await tour.SeeAsync("staff/error", "/staff/error");
        await tour.SeeAsync("staff/covered", "/staff", page => page.Locator("#cover").ClickAsync());
        await tour.Visit.Page.Locator("#cover").ClickAsync();
        await tour.Visit.Page.WaitForURLAsync("**/staff");
    }

    private static async Task SeeContentAsync(Tour tour)
    {
        var folder = tour.App.Folder;
        folder.Write("people.yml", "ann:\n  name: Ann Lee\n").Write("clinic.yml", folder.Read("clinic.yml") + "\npublished: false\n");
        Write("one", "First");
        Write("draft", "Unfinished", "draft: true\n");
        await PublishAsync("Luis", "The beginning");
        Write("one", "Second");
        await PublishAsync("Luis", "Better words");
        await tour.SeeAsync("staff/content", "/staff/content");
        Write("one", "Third");
        folder.Write("faqs.yml", "- group: Visits\n  questions:\n    - {question: How long?, answer: An hour.}\n");
        await tour.SeeAsync("staff/content/changes", "/staff/content/changes");
        await tour.SeeAsync("staff/content/changes", "/staff/content/changes", PressAsync("Publish"), ".errors");
        await tour.SeeAsync("staff/content/history", "/staff/content/history?of=/blog/one");
        await tour.SeeAsync("staff/content/history", "/staff/content/history", page =>
            page.GetByRole(AriaRole.Link, new() { NameRegex = new("^What changed") }).First.ClickAsync(), ".change");
        await tour.SeeAsync("staff/content/texts", "/staff/content/texts");
        foreach (var of in new[] { "clinic.yml", "faqs.yml/0/questions/0", "faqs.yml/0/questions/new", "people.yml/ann", "reviews.yml/new" })
            await tour.SeeAsync("staff/content/texts", $"/staff/content/texts?of={of}");
        await tour.SeeAsync("staff/content/texts", "/staff/content/texts?of=clinic.yml", async page =>
        {
            await page.Locator("#t-phone").FillAsync("call us");
            await page.GetByRole(AriaRole.Button, new() { Name = "Check first" }).ClickAsync();
        }, ".errors");
        await tour.SeeAsync("staff/content/texts", "/staff/content/texts?of=clinic.yml", async page =>
        {
            await page.Locator("#t-tagline").FillAsync("Close by");
            folder.Write("clinic.yml", folder.Read("clinic.yml") + "\ntagline: Calm\n");
            await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        }, ".flash--late");
        await tour.SeeAsync("staff/content/texts", "", PressAsync("Save"), ".flash--good");
        Write("one", "First"); // as if from an old copy of the folder: Luis has changed it since
        await tour.SeeAsync("staff/content/changes", "/staff/content/changes", has: ".conflict");
        folder.Write("articles/wrong.md", "---\ntitle: Wrong\nsumary: Oh\n---\n");
        await tour.SeeAsync("staff/content", "/staff/content", has: ".badge--late");
        await tour.SeeAsync("staff/content/changes", "/staff/content/changes", has: ".badge--late");
        folder.Delete("articles/wrong.md");
        await tour.SeeAsync("staff/content/history", "/staff/content/history?of=/blog/one", page =>
            page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Restore this version") }).First.ClickAsync(), ".flash");
        await tour.SeeAsync("staff/content/history", "/staff/content/history", PressAsync("Restore the previous version"), ".flash");

        void Write(string slug, string word, string more = "") => folder.Write($"articles/{slug}.md",
            $"---\ntitle: {word} {slug}\nsummary: Short.\npublished: 2020-03-14\nauthors: [ann]\n{more}---\n{word} words about visits.\n");

        Task PublishAsync(string who, string why) => tour.App.UseAsync<Publisher>(async publisher =>
            (await publisher.PublishAsync(new PublishOrder(who, why), CancellationToken.None)).Publication.ShouldNotBeNull());
    }

    private static async Task SeeEndAsync(Tour tour)
    {
        var teo = (await tour.App.UseAsync<ClinicDb, List<Lead>>(db => Task.FromResult(db.Set<Lead>().ToList()))).Single(lead => lead.Name == "Teo");
        await tour.Visit.OpenAsync($"/staff/leads/{teo.Reference}");
        await tour.Visit.Page.Locator("#note").FillAsync("They asked about parking.");
        tour.App.Clock.Advance(TimeSpan.FromMinutes(31));
        await tour.SeeAsync("staff/leads/{reference:length(9)}", "", PressAsync("Save note"), "#kept"); // the session has ended, and nothing is lost
    }

    private static Func<IPage, Task> PressAsync(string button) => page => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Visits pages and collects what axe finds, and pages that need horizontal scrolling.</summary>
    private sealed class Tour(ClinicApp app, Uri site, Visit visit)
    {
        public ClinicApp App => app;
        public Uri Site => site;
        public Visit Visit => visit;
        public List<string> Barriers { get; } = [];

        /// <summary>Routes of the pages visited.</summary>
        public HashSet<string> Seen { get; } = [];

        /// <param name="route">The route of the page to check.</param>
        /// <param name="path">The address to open first; empty stays on the current page.</param>
        /// <param name="then">Actions that bring the page into the state.</param>
        /// <param name="has">A selector that identifies the state.</param>
        public async Task SeeAsync(string route, string path, Func<IPage, Task>? then = null, string? has = null)
        {
            var page = visit.Page;
            await page.SetViewportSizeAsync(1280, 900);
            if (path.Length > 0) await visit.OpenAsync(path);
            if (then is not null) await then(page);
            if (has is not null) await page.Locator(has).First.WaitForAsync();
            var at = new Uri(page.Url).AbsolutePath;
            new TemplateMatcher(TemplateParser.Parse(route), []).TryMatch(new PathString(at), []).ShouldBeTrue($"{at} is not {route}");
            Seen.Add(route);
            // Check collapsed content too. The bar's menu stays closed, because it would cover the page.
            await page.EvaluateAsync("for (const folded of document.querySelectorAll('main details')) folded.open = true");
            foreach (var width in new[] { 1280, 320 })
            {
                await page.SetViewportSizeAsync(width, 900);
                await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
                Barriers.AddRange((await visit.FindBarriersAsync()).Select(found => $"{width} px: {found}"));
                await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
                Barriers.AddRange((await visit.FindBarriersAsync(colors: true)).Select(found => $"{width} px, dark: {found}"));
                if (await visit.OverhangAsync() is > 0 and var over) Barriers.Add($"{width} px: {page.Url} is {over} px wider than the window");
            }
        }
    }
}
