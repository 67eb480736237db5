using System.Net;
using AngleSharp.Dom;
using Ketamine.Web.Audit;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>Signing in: the link that creates a passkey, the passkey, recovery codes, and everything that must not work.</summary>
public sealed class SignInTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(_ => { });

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task a_link_creates_one_passkey_and_shows_ten_codes()
    {
        var dana = _app.NewColleague();
        var link = await _app.InviteAsync("Dana", StaffRole.FrontDesk);
        using var first = await dana.EnrollAsync(link);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        dana.Codes.Count.ShouldBe(10);
        dana.Codes.ShouldBeUnique();
        await dana.GetPageAsync("/staff/passkeys");
        using var again = await dana.Elsewhere().Browser.GetAsync(link);
        (await again.ReadPageAsync(HttpStatusCode.Gone)).One("h1").Words().ShouldBe("This link no longer works");
    }

    [Fact]
    public async Task two_people_who_use_a_link_at_once_create_one_passkey()
    {
        var link = await _app.InviteAsync("Dana", StaffRole.FrontDesk);
        var pages = Enumerable.Range(0, 6).Select(_ => _app.NewColleague()).ToList();
        var ready = new List<(Colleague Who, (string, string)[] Fields)>();
        foreach (var who in pages)
        {
            var token = await who.TokenAsync(link);
            var (options, state) = await who.BeginAsync($"{link}?handler=Options", token);
            ready.Add((who, [("__RequestVerificationToken", token), ("credential", who.Passkey.Make(options)), ("state", state)]));
        }

        var responses = await Task.WhenAll(ready.Select(one => Task.Run(() => one.Who.SendAsync(link, one.Fields))));
        responses.Count(response => response.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        responses.Count(response => response.StatusCode == HttpStatusCode.Gone).ShouldBe(5);
        (await _app.UseAsync<ClinicDb, int>(db => db.Set<StaffPasskey>().CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task a_link_expires_after_fifteen_minutes_and_says_so()
    {
        var link = await _app.InviteAsync("Dana", StaffRole.FrontDesk);
        _app.Clock.Advance(StaffAccounts.LinkLasts);
        using var late = await _app.NewColleague().Browser.GetAsync(link);
        (await late.ReadPageAsync(HttpStatusCode.Gone)).One("main").Words().ShouldContain("Ask the owner for a new one");
    }

    [Fact]
    public async Task a_passkey_signs_in_and_leads_to_the_requested_page()
    {
        var dana = await _app.HireAsync();
        var phone = dana.Elsewhere();
        using var refused = await phone.Browser.GetAsync("/staff/passkeys");
        refused.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        refused.Headers.Location!.ToString().ShouldBe("/staff/sign-in?next=%2Fstaff%2Fpasskeys");
        using var opened = await phone.SignInAsync("/staff/passkeys", dana.Passkey.SignFor);
        opened.Headers.Location?.ToString().ShouldBe("/staff/passkeys");
        await phone.GetPageAsync("/staff/passkeys");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/staff")]
    [InlineData("/staff/../contact")]
    [InlineData("/staffing")]
    [InlineData("/staff/\\evil.example")]
    public async Task signing_in_leads_only_to_the_desk(string next)
    {
        var dana = await _app.HireAsync();
        using var opened = await dana.Elsewhere().SignInAsync(next, dana.Passkey.SignFor);
        opened.Headers.Location?.ToString().ShouldBe("/staff");
    }

    [Fact]
    public async Task a_response_to_another_site_is_refused()
    {
        var dana = await _app.HireAsync();
        dana.Passkey.Origin = "https://juniper.example.evil.example";
        using var foreign = await dana.Elsewhere().SignInAsync(sign: dana.Passkey.SignFor);
        foreign.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        dana.Passkey.Origin = "http://juniper.example";
        using var plain = await dana.Elsewhere().SignInAsync(sign: dana.Passkey.SignFor);
        plain.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        _app.Clock.Advance(TimeSpan.FromHours(2)); // after the delay that failures cause
        dana.Passkey.Origin = "https://juniper.example";
        using var foreignDomain = await dana.Elsewhere().SignInAsync(sign: options => dana.Passkey.Sign(options, "evil.example"));
        foreignDomain.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var own = await dana.Elsewhere().SignInAsync(sign: dana.Passkey.SignFor);
        own.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task the_host_in_a_request_does_not_change_the_host_of_passkeys()
    {
        var dana = _app.NewColleague();
        var token = await dana.TokenAsync("/staff/sign-in");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/staff/sign-in?handler=Options");
        request.Headers.Host = "evil.example";
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token)]);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var response = await dana.Browser.SendAsync(request);
        var said = await response.Content.ReadAsStringAsync();
        said.ShouldNotContain("evil.example");
        if (response.StatusCode == HttpStatusCode.OK) said.ShouldContain("juniper.example");
    }

    [Fact]
    public async Task a_response_opens_one_session_and_only_within_five_minutes()
    {
        var dana = await _app.HireAsync();
        var thief = dana.Elsewhere();
        var token = await thief.TokenAsync("/staff/sign-in");
        var (options, state) = await thief.BeginAsync("/staff/sign-in?handler=Options", token);
        var response = dana.Passkey.Sign(options);
        (string, string)[] form = [("__RequestVerificationToken", token), ("credential", response), ("state", state)];
        using var first = await thief.SendAsync("/staff/sign-in", form);
        first.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var other = dana.Elsewhere();
        using var replayed = await other.SendAsync("/staff/sign-in", [("__RequestVerificationToken", await other.TokenAsync("/staff/sign-in")), .. form[1..]]);
        replayed.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var (later, stale) = await other.BeginAsync("/staff/sign-in?handler=Options", await other.TokenAsync("/staff/sign-in"));
        _app.Clock.Advance(StaffPasskeys.Lasts);
        using var late = await other.SendAsync("/staff/sign-in", ("__RequestVerificationToken", await other.TokenAsync("/staff/sign-in")),
            ("credential", dana.Passkey.Sign(later)), ("state", stale));
        late.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task a_recovery_code_creates_a_new_passkey_once()
    {
        var dana = await _app.HireAsync();
        var phone = dana.Elsewhere();
        var code = dana.Codes[3].ToLowerInvariant().Replace('-', ' ');
        using var used = await phone.PostAsync("/staff/sign-in?handler=Recover", "/staff/sign-in", ("code", code));
        used.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var enrolled = await phone.EnrollAsync(used.Headers.Location!.ToString());
        enrolled.StatusCode.ShouldBe(HttpStatusCode.OK);
        await phone.GetPageAsync("/staff/passkeys");
        using var again = await dana.Elsewhere().PostAsync("/staff/sign-in?handler=Recover", "/staff/sign-in", ("code", dana.Codes[3]));
        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var old = await dana.Elsewhere().PostAsync("/staff/sign-in?handler=Recover", "/staff/sign-in", ("code", dana.Codes[4]));
        old.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "new codes replace the old ones");
    }

    [Fact]
    public async Task failed_sign_ins_wait_longer_each_time_and_reveal_nothing()
    {
        var stranger = _app.NewColleague();
        for (var i = 0; i < 3; i++)
        {
            using var wrong = await stranger.PostAsync("/staff/sign-in?handler=Recover", "/staff/sign-in", ("code", $"AAAA-AAAA-AAA{i}"));
            wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var waits = await stranger.PostAsync("/staff/sign-in?handler=Recover", "/staff/sign-in", ("code", "AAAA-AAAA-AAAA"));
        waits.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        waits.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
        _app.Clock.Advance(TimeSpan.FromSeconds(10));
        using var wrongAgain = await stranger.PostAsync("/staff/sign-in?handler=Recover", "/staff/sign-in", ("code", "AAAA-AAAA-AAAA"));
        wrongAgain.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var waitsLonger = await stranger.PostAsync("/staff/sign-in?handler=Recover", "/staff/sign-in", ("code", "AAAA-AAAA-AAAA"));
        waitsLonger.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task a_session_ends_after_half_an_hour_without_a_click_and_after_twelve_hours()
    {
        var dana = await _app.HireAsync();
        _app.Clock.Advance(TimeSpan.FromMinutes(29));
        await dana.GetPageAsync("/staff/passkeys");
        _app.Clock.Advance(TimeSpan.FromMinutes(29));
        await dana.GetPageAsync("/staff/passkeys");
        _app.Clock.Advance(TimeSpan.FromMinutes(30));
        await dana.GetPageAsync("/staff/passkeys", HttpStatusCode.SeeOther);

        using (await dana.SignInAsync()) { }
        for (var minutes = 0; minutes < 12 * 60; minutes += 20)
        {
            await dana.GetPageAsync("/staff/passkeys");
            _app.Clock.Advance(TimeSpan.FromMinutes(20));
        }

        await dana.GetPageAsync("/staff/passkeys", HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task signing_out_ends_every_session_including_one_with_a_stolen_cookie()
    {
        var dana = await _app.HireAsync();
        var thief = dana.Elsewhere();
        using (await thief.SignInAsync(sign: dana.Passkey.SignFor)) { }
        await thief.GetPageAsync("/staff/passkeys");
        using var left = await dana.PostAsync("/staff/sign-out");
        left.Headers.Location?.ToString().ShouldBe("/staff/sign-in");
        await thief.GetPageAsync("/staff/passkeys", HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task deactivating_a_staff_member_ends_their_sessions()
    {
        var dana = await _app.HireAsync();
        await _app.UseAsync<StaffAccounts>(async accounts =>
            (await accounts.DeactivateAsync((await accounts.FindAsync(EmailAddress.Parse("dana@juniper.example"), CancellationToken.None))!, AuditLog.Ops,
                CancellationToken.None)).ShouldBeTrue());
        await dana.GetPageAsync("/staff/passkeys", HttpStatusCode.SeeOther);
        using var refused = await dana.SignInAsync();
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task the_last_owner_and_the_last_passkey_cannot_be_removed()
    {
        var owner = await _app.HireAsync("Priya", StaffRole.Owner);
        (await _app.UseAsync<StaffAccounts, bool>(async accounts =>
            await accounts.DeactivateAsync((await accounts.FindAsync(EmailAddress.Parse("priya@juniper.example"), CancellationToken.None))!, AuditLog.Ops,
                CancellationToken.None))).ShouldBeFalse();
        await owner.GetPageAsync("/staff/passkeys");
        var id = await _app.UseAsync<ClinicDb,
            string>(async db => Ketamine.Web.Features.Staff.PasskeysModel.Encode(await db.Set<StaffPasskey>().SingleAsync()));
        using var refused = await owner.PostAsync("/staff/passkeys?handler=Remove", null, ("id", id));
        (await refused.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("[role=alert]").Words().ShouldContain("last passkey");
    }

    [Fact]
    public async Task only_the_owner_can_rename_a_passkey_and_it_shows_when_it_was_last_used()
    {
        var dana = await _app.HireAsync();
        var page = await dana.GetPageAsync("/staff/passkeys");
        page.One(".list .soft").Words().ShouldContain("Not used yet");
        using (var renamed = await dana.PressAsync(page, "/staff/passkeys?handler=Rename", ("name", "  Front desk\nlaptop ")))
            renamed.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using (await dana.Elsewhere().SignInAsync(sign: dana.Passkey.SignFor)) { }
        page = await dana.GetPageAsync("/staff/passkeys");
        page.One(".list b").Words().ShouldBe("Front desk laptop");
        page.One(".list .soft").Words().ShouldContain("Last used");

        foreach (var wrong in new[] { "  ", new string('x', StaffPasskey.MaxNameLength + 1) })
        {
            using var refused = await dana.PressAsync(page, "/staff/passkeys?handler=Rename", ("name", wrong));
            (await refused.ReadPageAsync(HttpStatusCode.UnprocessableEntity)).One("[role=alert]").Words().ShouldContain("up to 60 characters");
        }

        var luis = await _app.HireAsync("Luis");
        var id = page.One("input[name=id]").GetAttribute("value")!;
        using (var foreign = await luis.PostAsync("/staff/passkeys?handler=Rename", null, ("id", id), ("name", "Mine")))
            foreign.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await dana.GetPageAsync("/staff/passkeys")).One(".list b").Words().ShouldBe("Front desk laptop");
        (await _app.UseAsync<ClinicDb, int>(db => db.Set<AuditEntry>().CountAsync(entry => entry.What == "passkey-renamed"))).ShouldBe(1);
    }

    [Fact]
    public async Task a_second_passkey_signs_in_too()
    {
        var dana = await _app.HireAsync();
        var phone = new SoftPasskey { Origin = "https://juniper.example" };
        var (options, state) = await dana.BeginAsync("/staff/passkeys?handler=Options", await dana.TokenAsync("/staff/passkeys"));
        using var added = await dana.PostAsync("/staff/passkeys?handler=Add", null, ("device", "My phone"), ("credential", phone.Make(options)),
            ("state", state));
        added.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var opened = await dana.Elsewhere().SignInAsync(sign: phone.SignFor);
        opened.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await dana.GetPageAsync("/staff/passkeys")).QuerySelectorAll(".list li").Length.ShouldBe(2);
    }

    [Fact]
    public async Task a_form_without_its_token_or_from_another_site_does_nothing()
    {
        var dana = await _app.HireAsync();
        using var without = await dana.SendAsync("/staff/sign-out");
        without.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/staff/sign-out");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var foreign = await dana.Browser.SendAsync(request);
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await dana.GetPageAsync("/staff/passkeys");
    }

    [Fact]
    public async Task the_cookie_is_only_for_the_desk_and_scripts_cannot_read_it()
    {
        var dana = _app.NewColleague();
        using var response = await dana.EnrollAsync(await _app.InviteAsync("Dana", StaffRole.FrontDesk));
        var cookie = response.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("__Secure-desk=", StringComparison.Ordinal));
        foreach (var part in new[] { "path=/staff", "secure", "httponly", "samesite=lax" }) cookie.ShouldContain(part, Case.Insensitive);
        cookie.ShouldNotContain("expires", Case.Insensitive);
    }

    [Fact]
    public async Task a_form_sent_after_the_session_ended_keeps_what_was_typed()
    {
        var dana = await _app.HireAsync();
        var token = await dana.TokenAsync("/staff/more");
        _app.Clock.Advance(TimeSpan.FromMinutes(31));
        using var late = await dana.SendAsync("/staff/passkeys?handler=Codes", ("__RequestVerificationToken", token), ("note", "Prefers afternoons."));
        var page = await late.ReadPageAsync(HttpStatusCode.Unauthorized);
        page.One("#kept").TextContent.Trim().ShouldBe("Prefers afternoons.");
        page.One(".door a.button").GetAttribute("href").ShouldBe("/staff/sign-in?next=%2Fstaff%2Fpasskeys");
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "note=a", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nPref", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "note[=a", HttpStatusCode.BadRequest)]
    public async Task an_unreadable_anonymous_form_is_refused(string type, string body, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/staff/people");
        request.Content = new StringContent(body);
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var response = await _app.NewColleague().Browser.SendAsync(request);
        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task an_http_method_that_the_desk_does_not_accept_is_answered_with_the_ones_it_does()
    {
        using var response = await _app.NewColleague().Browser.SendAsync(new HttpRequestMessage(HttpMethod.Trace, "/staff/audit"));
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET", "HEAD", "POST"]);
    }

    [Fact]
    public async Task over_plain_http_the_desk_gives_its_https_address()
    {
        using var response = await _app.Http.GetAsync("/staff/sign-in");
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.Content.ReadAsStringAsync()).ShouldContain("https://juniper.example/staff");
    }

    [Fact]
    public async Task the_database_has_only_keyed_hashes_of_secrets()
    {
        var dana = await _app.HireAsync();
        var hash = await _app.UseAsync<ClinicDb, List<byte[]>>(db => db.Set<StaffSecret>().Select(secret => secret.Hash).ToListAsync());
        foreach (var code in dana.Codes)
            hash.ShouldNotContain(stored =>
                stored.SequenceEqual(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(code.Replace("-", "")))));
        var file = string.Concat(Directory.EnumerateFiles(_app.DataPath, "clinic.db*").Select(path =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            return reader.ReadToEnd();
        }));
        file.ShouldContain("dana@juniper.example"); // it is the right file
        foreach (var code in dana.Codes) file.ShouldNotContain(code.Replace("-", ""));
    }
}

internal static class SoftPasskeyExtensions
{
    /// <summary>Signs for whichever account the options name; a method group needs this signature.</summary>
    public static string SignFor(this SoftPasskey passkey, string options) => passkey.Sign(options);
}
