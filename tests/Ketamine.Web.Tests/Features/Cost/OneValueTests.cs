using System.Text.RegularExpressions;


namespace Ketamine.Web.Tests.Features.Cost;

/// <summary>Addresses, numbers, prices, and hours come only from clinic.yml: change one there, and the old value is gone everywhere.</summary>
public sealed partial class OneValueTests
{
    // The sample's value, the test's new value, and how the old one would show.
    private static readonly (string Old, string New, string[] Seen)[] Changes =
    [
        ("\"+13035550142\"", "\"+17205550199\"", ["555-0142", "3035550142", "303-555-0142"]),
        ("hello@cedar-and-sage.example", "post@cedar-and-sage.example", ["hello@cedar-and-sage.example"]),
        ("2140 Larkspur Street, Suite 3", "77 Quince Court", ["2140 Larkspur", "Suite 3"]),
        ("city: Denver", "city: Golden", ["Suite 3, Denver", "Larkspur Street, Suite 3, Denver", "\"addressLocality\":\"Denver\""]),
        ("postalCode: \"80205\"", "postalCode: \"80401\"", ["80205"]),
        ("latitude: 39.7581", "latitude: 39.7555", ["39.7581"]),
        ("longitude: -104.9678", "longitude: -105.2211", ["104.9678"]),
        ("amount: 250", "amount: 251.50", ["$250"]),
        ("amount: 450", "amount: 461", ["$450", "$2,050", "$2,950"]),
        ("amount: 350", "amount: 353", ["$350", "$2,800"]),
        ("amount: 650", "amount: 657", ["$650", "$1,940"]),
        ("amount: 160", "amount: 163", ["$160"]),
        ("amount: 200", "amount: 211", ["$200"]),
        ("most: 800", "most: 823", ["$800", "$2,650"]),
        ("amount: 75", "amount: 79", ["$75"]),
        (
            "opens: \"09:00\"\n    closes: \"17:00\"",
            "opens: \"08:15\"\n    closes: \"16:45\"",
            ["–5 pm", "– 5 pm", "to 5 pm", "5:00 pm", "\"17:00\"", "\"opens\":\"09:00\""]
        ),
        ("opens: \"09:00\"\n    closes: \"13:00\"", "opens: \"08:15\"\n    closes: \"12:45\"", ["\"closes\":\"13:00\""]),
    ];

    [Fact]
    public async Task an_address_number_price_or_hour_that_is_changed_leaves_no_old_one_on_pages_in_data_in_emails_or_in_the_calendar_file()
    {
        await using var before = new ClinicApp();
        var old = await EverythingAsync(before, "/", "/contact", "/accessibility", "/faqs", "/insurance-and-cost");
        foreach (var seen in Changes.Where(change => !change.Old.StartsWith("city", StringComparison.Ordinal)).Select(change => change.Seen))
            seen.ShouldContain(
                form => old.Any(place => place.Text.Contains(form, StringComparison.Ordinal)),
                "the test looks for a form in which the sample's value is shown"
            );

        await using var after = ClinicApp.With(folder =>
        {
            folder.Sample();
            foreach (var (from, to, _) in Changes) folder.Replace("clinic.yml", from, to);
        });
        var places = await EverythingAsync(after, null);
        foreach (var form in Changes.SelectMany(change => change.Seen))
            places.Where(place => place.Text.Contains(form, StringComparison.Ordinal)).Select(place => place.Name).ShouldBeEmpty($"\"{form}\" is still there");

        // The law's own figure is the only one that doesn't come from clinic.yml.
        string[] known =
        [
            "$0", "$251.50", "$461", "$353", "$657", "$163", "$211", "$823", "$79", "$2,095.50", "$3,017.50", "$2,824", "$1,966",
            "$2,720.50", "$400",
        ];
        places.SelectMany(place => Dollars().Matches(place.Text).Select(sum => sum.Value)).Distinct().Except(known).ShouldBeEmpty();
        foreach (var kind in new[] { "page", "email", "calendar" }) places.ShouldContain(place => place.Name.StartsWith(kind, StringComparison.Ordinal));
        places
            .Where(place => place.Name.StartsWith("calendar", StringComparison.Ordinal) || place.Name.StartsWith("email", StringComparison.Ordinal))
            .ShouldContain(place =>
                place.Text.Contains("post@cedar-and-sage.example", StringComparison.Ordinal) || place.Text.Contains("555-0199", StringComparison.Ordinal)
            );
    }

    private static async Task<List<(string Name, string Text)>> EverythingAsync(ClinicApp app, params string[]? some)
    {
        var places = new List<(string, string)>();
        var sitemap = await app.Http.GetStringAsync("/sitemap.xml");
        var paths = Locations()
            .Matches(sitemap)
            .Select(match => new Uri(match.Groups["url"].Value).PathAndQuery)
            .Where(path => some?.Contains(path) != false)
            .Append("/search?q=price")
            .Append("/search?q=phone");
        foreach (var path in paths)
        {
            var html = Drawing().Replace(System.Net.WebUtility.HtmlDecode(await app.Http.GetStringAsync(path)), "");
            places.Add(($"page {path}", html.Replace('\u00a0', ' ').Replace('\u202f', ' ')));
        }

        foreach (var file in new[] { "/feed.xml", "/rss.xml", "/feed.json", "/site.webmanifest", "/.well-known/security.txt", "/robots.txt" })
            places.Add(($"file {file}", await app.Http.GetStringAsync(file)));
        await WriteAndBookAsync(app);
        foreach (var mail in await app.DeliverMailAsync())
        {
            places.Add(($"email {mail.Kind}", string.Join('\n', mail.Subject, mail.Text, mail.Html, string.Join('\n', mail.Headers.Values))));
            foreach (var attachment in mail.Attachments)
                places.Add(($"calendar of {mail.Kind}", attachment.Text.Replace("\r\n ", "", StringComparison.Ordinal)));
        }

        return places;
    }

    private static async Task WriteAndBookAsync(ClinicApp app)
    {
        (await app.PostFormAsync("/contact", ("name", "Robin"), ("email", "robin@example.com"), ("message", "A question"), ("consent", "yes"))).Dispose();
        (await app.PostFormAsync("/newsletter", ("email", "robin@example.com"))).Dispose();
        var slot = (await app.GetPageAsync("/consultation")).QuerySelectorAll("input.slot__input[value$=Z]")[0].GetAttribute("value")!;
        using var booked = await app.PostFormAsync("/consultation",
            ("slot", slot), ("name", "Jo"), ("email", "jo@example.com"), ("phone", "3035551234"), ("contactBy", "phone"), ("consent", "yes"));
        booked.StatusCode.ShouldBe(System.Net.HttpStatusCode.SeeOther, await booked.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("<loc>(?<url>[^<]+)</loc>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Locations();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Drawing();

    [GeneratedRegex(@"\$[0-9]+(,[0-9]{3})*(\.[0-9]+)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Dollars();
}
