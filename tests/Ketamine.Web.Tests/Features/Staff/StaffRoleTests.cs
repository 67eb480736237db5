using System.Collections.Immutable;
using System.Net;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>
/// Every address under /staff and the roles that may use it, tried by each role and by signed-out visitors. The test fails if an address is missing here or no
/// longer exists.
/// </summary>
public sealed class StaffRoleTests : IAsyncLifetime
{
    private const string SignedOut = "nobody";
    private static readonly string[] Leads = [nameof(StaffRole.FrontDesk), nameof(StaffRole.Owner)];
    private static readonly string[] Texts = [nameof(StaffRole.Editor), nameof(StaffRole.Owner)];
    private static readonly string[] Everyone = [nameof(StaffRole.FrontDesk), nameof(StaffRole.Editor), nameof(StaffRole.Owner)];
    private static readonly string[] Owners = [nameof(StaffRole.Owner)];
    private static readonly string[] Anyone = [SignedOut, .. Everyone];

    /// <param name="Route">As declared by the endpoint.</param>
    /// <param name="Path">An address that matches the route.</param>
    /// <param name="For">The roles that may use it.</param>
    public sealed record Address(string Route, string Path, string[] For)
    {
        public override string ToString() => Route;
    }

    private static readonly ImmutableArray<Address> All =
    [
        new("staff/sign-in", "/staff/sign-in", Anyone),
        new("staff/sign-out", "/staff/sign-out", Everyone),
        new("staff/signed-out", "/staff/signed-out", Anyone),
        new("staff/error", "/staff/error", Anyone),
        new("staff/enroll/{token}", "/staff/enroll/none", Anyone),
        new("/staff/desk.css", "/staff/desk.css", Anyone),
        new("staff", "/staff", Everyone),
        new("staff/calls", "/staff/calls", Leads),
        new("staff/calls/time-off", "/staff/calls/time-off", Leads),
        new("staff/content", "/staff/content", Texts),
        new("staff/calendar", "/staff/calendar", Leads),
        new("/staff/calendar/{secret}", "/staff/calendar/none.ics", Anyone),
        new("staff/newsletter", "/staff/newsletter", Texts),
        new("staff/numbers", "/staff/numbers", Everyone),
        new("staff/content/changes", "/staff/content/changes", Texts),
        new("staff/content/texts", "/staff/content/texts", Texts),
        new("staff/content/history", "/staff/content/history", Texts),
        new("staff/covered", "/staff/covered", Leads),
        new("/staff/stream", "/staff/stream", Leads),
        new("staff/keys", "/staff/keys", Leads),
        new("staff/people", "/staff/people", Owners),
        new("staff/leads/add", "/staff/leads/add", Leads),
        new("staff/leads/{reference:length(9)}", "/staff/leads/2222-2222", Leads),
        new("staff/leads/{reference:length(9)}/write", "/staff/leads/2222-2222/write", Leads),
        new("staff/leads/{reference:length(9)}/stop", "/staff/leads/2222-2222/stop", Leads),
        new("staff/leads/{reference:length(9)}/call", "/staff/leads/2222-2222/call", Leads),
        new("staff/leads/{reference:length(9)}/merge/{other:length(9)}", "/staff/leads/2222-2222/merge/3333-3333", Leads),
        new("staff/more", "/staff/more", Everyone),
        new("staff/passkeys", "/staff/passkeys", Everyone),
        new("staff/audit", "/staff/audit", Owners),
        new("staff/leads/{token}", "/staff/leads/none", Anyone),
    ];

    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        consultation:
          title: Free call
          weekly: [{day: thu, from: "09:00", to: "12:00"}]
          by: [phone, video]
        """));
    private readonly Dictionary<string, Colleague> _people = [];
    private string _reference = "", _other = "";

    public async Task InitializeAsync()
    {
        foreach (var role in Enum.GetValues<StaffRole>()) _people[role.ToString()] = await _app.HireAsync(role.ToString(), role);
        _people[SignedOut] = _app.NewColleague();
        foreach (var message in new[] { "Hello", "Hello again" })
            using (await _app.PostFormAsync("/contact", ("name", "Ines"), ("email", "ines@example.org"), ("message", message), ("consent", "yes"))) { }
        var references = await _app.UseAsync<ClinicDb, List<string>>(db => db.Set<Lead>().Select(lead => lead.Reference).ToListAsync());
        (_reference, _other) = (references[0], references[1]);
    }

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Fact]
    public void every_address_declares_its_roles_and_is_in_the_table()
    {
        _ = _app.Http;
        var endpoints = _app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/') is "staff" || endpoint.RoutePattern.RawText!.TrimStart('/')
                .StartsWith("staff/", StringComparison.Ordinal)).ToList();
        foreach (var endpoint in endpoints) endpoint.Metadata.GetMetadata<StaffAccessAttribute>().ShouldNotBeNull(endpoint.RoutePattern.RawText);
        endpoints.Select(endpoint => endpoint.RoutePattern.RawText!).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(All.Select(address => address.Route).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task every_address_refuses_other_roles_and_signed_out_visitors()
    {
        foreach (var address in All)
        {
            var path = address.Path.Replace("2222-2222", _reference, StringComparison.Ordinal).Replace("3333-3333", _other, StringComparison.Ordinal);
            foreach (var (role, who) in _people)
            {
                var where = $"{path} as {role}";
                using var get = await who.Browser.GetAsync(path, HttpCompletionOption.ResponseHeadersRead); // a stream has no end
                // The antiforgery check refuses a form without a token. Before that, the gate refuses anyone without the role.
                using var post = await who.SendAsync(path + (path.Contains('?') ? "&" : "?") + "handler=None");
                if (address.For.Contains(role))
                {
                    if (address.Path is "/staff/error" || address.Path.Contains("/none", StringComparison.Ordinal))
                        get.StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Gone);
                    else get.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.SeeOther], where);
                    get.Headers.Location?.ToString().ShouldNotStartWith("/staff/sign-in?");
                }
                else if (role == SignedOut)
                {
                    get.StatusCode.ShouldBe(HttpStatusCode.SeeOther, where);
                    get.Headers.Location!.ToString().ShouldStartWith("/staff/sign-in", customMessage: where);
                    post.StatusCode.ShouldBeOneOf([HttpStatusCode.Unauthorized, HttpStatusCode.NotFound], where);
                }
                else
                {
                    get.StatusCode.ShouldBe(HttpStatusCode.NotFound, where);
                    post.StatusCode.ShouldBe(HttpStatusCode.NotFound, where);
                }

                CheckHeaders(get, where, address);
            }
        }

        (await _app.UseAsync<ClinicDb, int>(db => db.Set<AuditEntry>().CountAsync(entry => entry.What == "refused" && entry.Who == "Editor")))
            .ShouldBeGreaterThan(0);
    }

    // Routes ignore case. A gate that didn't would let people in.
    [Theory]
    [InlineData("/STAFF/audit")]
    [InlineData("/Staff/People")]
    [InlineData("/staff//audit")]
    [InlineData("/staff/audit/")]
    [InlineData("/%73taff/audit")]
    public async Task no_spelling_of_an_address_bypasses_the_access_check(string path)
    {
        foreach (var who in new[] { _people[SignedOut], _people["Editor"] })
        {
            using var get = await who.Browser.GetAsync(path);
            get.StatusCode.ShouldNotBe(HttpStatusCode.OK);
            using var post = await who.SendAsync(path);
            post.IsSuccessStatusCode.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task the_bar_shows_each_role_only_its_pages()
    {
        foreach (var (role, who) in _people.Where(pair => pair.Key != SignedOut))
        {
            var page = await who.GetPageAsync("/staff/more");
            foreach (var link in page.QuerySelectorAll(".deskbar__nav a, .list a").Select(link => link.GetAttribute("href")!))
                All.Single(address => address.Path == link.Split('?')[0]).For.ShouldContain(role, link);
        }
    }

    private static void CheckHeaders(HttpResponseMessage response, string where, Address address)
    {
        if (response.StatusCode == HttpStatusCode.NotFound) return; // the site's own page, as for any address that isn't there
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(StaffGate.ContentSecurityPolicy, where);
        response.Headers.GetValues("X-Robots-Tag").Single().ShouldContain("noindex", customMessage: where);
        if (address.Path.EndsWith(".css", StringComparison.Ordinal)) return;
        response.Headers.CacheControl!.NoStore.ShouldBeTrue(where);
        response.Headers.GetValues("Permissions-Policy").Single().ShouldContain("publickey-credentials-get=(self)", customMessage: where);
    }
}
