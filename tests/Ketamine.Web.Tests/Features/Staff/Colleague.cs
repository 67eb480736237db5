using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Web.Audit;
using Ketamine.Content;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>A staff member with a browser and a passkey.</summary>
internal sealed class Colleague(ClinicApp app, HttpClient browser, string origin)
{
    public HttpClient Browser { get; } = browser;
    public SoftPasskey Passkey { get; } = new() { Origin = origin };

    /// <summary>Shown when the passkey was created.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public async Task<IHtmlDocument> GetPageAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await Browser.GetAsync(path);
        return await response.ReadPageAsync(status);
    }

    /// <summary>Sends a form the way a browser does, with the page's token and origin.</summary>
    /// <param name="path">The address to post to.</param>
    /// <param name="from">The page to take the token from; null uses the desk's bar, which every page has.</param>
    public async Task<HttpResponseMessage> PostAsync(string path, string? from = null, params (string Name, string Value)[] fields)
    {
        var token = await TokenAsync(from ?? "/staff/more");
        return await SendAsync(path, [("__RequestVerificationToken", token), .. fields]);
    }

    public async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return await Browser.SendAsync(request);
    }

    /// <summary>Presses the first button of a page whose form posts to <paramref name="action"/>, with the fields' current values except those given.</summary>
    public async Task<HttpResponseMessage> PressAsync(IHtmlDocument page, string action, params (string Name, string Value)[] fields)
    {
        var form = page.QuerySelectorAll<IHtmlFormElement>("form").FirstOrDefault(form => form.GetAttribute("action") == action)
            ?? throw new InvalidOperationException(
                $"No form goes to {action}; there are: {string.Join(", ", page.QuerySelectorAll("form").Select(form => form.GetAttribute("action")))}");
        var sent = form.QuerySelectorAll<IHtmlInputElement>("input[name]").Where(input => input.Type is not ("radio" or "checkbox") || input.IsChecked)
            .Select(input => (input.Name!, input.Value))
            .Where(field => fields.All(over => over.Name != field.Item1));
        return await SendAsync(action, [.. sent, .. fields]);
    }

    /// <summary>Creates the passkey with a link.</summary>
    public async Task<HttpResponseMessage> EnrollAsync(string link)
    {
        var token = await TokenAsync(link);
        var (options, state) = await BeginAsync($"{link}?handler=Options", token);
        var response = await SendAsync(link, ("__RequestVerificationToken", token), ("device", "Front desk PC"), ("credential", Passkey.Make(options)),
            ("state", state));
        if (response.IsSuccessStatusCode) Codes = [.. (await response.ReadPageAsync()).QuerySelectorAll(".codes li").Select(code => code.TextContent)];
        return response;
    }

    public async Task<HttpResponseMessage> SignInAsync(string? next = null, Func<string, string>? sign = null)
    {
        var token = await TokenAsync("/staff/sign-in");
        var (options, state) = await BeginAsync("/staff/sign-in?handler=Options", token);
        return await SendAsync("/staff/sign-in", ("__RequestVerificationToken", token), ("credential", (sign ?? (asked => Passkey.Sign(asked)))(options)),
            ("state", state), ("next", next ?? ""));
    }

    public async Task<(string Options, string State)> BeginAsync(string path, string token)
    {
        using var response = await SendAsync(path, ("__RequestVerificationToken", token));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var ceremony = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        return ((string)ceremony["options"]!, (string)ceremony["state"]!);
    }

    public async Task<string> TokenAsync(string page) =>
        (await GetPageAsync(page)).QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")?.Value
            ?? throw new InvalidOperationException($"{page} has no form with a token.");

    /// <summary>The same person's browser on another device, or an attacker's: without a cookie.</summary>
    public Colleague Elsewhere() => app.NewColleague();
}

internal static class Colleagues
{
    /// <summary>A signed-out browser at the clinic's own address.</summary>
    public static Colleague NewColleague(this ClinicApp app)
    {
        _ = app.Http;
        var home = app.Services.GetRequiredService<ContentStore>().Current.Clinic.Url;
        return new Colleague(app, app.CreateClient(
            new WebApplicationFactoryClientOptions { BaseAddress = home, AllowAutoRedirect = false, HandleCookies = true }),
            home.GetLeftPart(UriPartial.Authority));
    }

    /// <summary>The link for enrolling a new staff member.</summary>
    public static async Task<string> InviteAsync(this ClinicApp app, string name, StaffRole role)
    {
        _ = app.Http;
        var token = await app.UseAsync<StaffAccounts,
            string?>(accounts => accounts.AddAsync(name, EmailAddress.Parse($"{name.ToLowerInvariant()}@juniper.example"), role, AuditLog.Ops,
            CancellationToken.None));
        return $"/staff/enroll/{token.ShouldNotBeNull()}";
    }

    /// <summary>A new staff member with a passkey, signed in.</summary>
    public static async Task<Colleague> HireAsync(this ClinicApp app, string name = "Dana", StaffRole role = StaffRole.FrontDesk)
    {
        var colleague = app.NewColleague();
        using var response = await colleague.EnrollAsync(await app.InviteAsync(name, role));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return colleague;
    }
}
