using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Ketamine.Content.Markdown;
using NodaTime;

namespace Ketamine.Content.Reading;

/// <summary>Reads <c>clinic.yml</c>.</summary>
internal static partial class ClinicFile
{
    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private static readonly (string Key, string Name)[] Networks =
        [("instagram", "Instagram"), ("facebook", "Facebook"), ("x", "X"), ("youtube", "YouTube"), ("linkedin", "LinkedIn"), ("tiktok", "TikTok")];

    /// <param name="navigation">The folder's own links with their lines, to be checked once every page is known.</param>
    public static Clinic Read(MapReader map, Diagnostics notes, ReadContext scope, out ImmutableArray<NamedReference> navigation)
    {
        var name = map.Required("name", 100);
        var locale = map.Object<string>("locale", TryParseLocale, "a language and country, e.g. en-US or es-US") ?? "en-US";
        scope.Setting = scope.Setting with { Words = new MarkdownStrings(locale) };
        var zone = map.RequiredValue<DateTimeZone>("timeZone", TryParseZone, "an IANA time zone, e.g. America/Denver");
        if (zone is null && map.Text("timeZone") is { } wrong && NearestName.To(wrong, DateTimeZoneProviders.Tzdb.Ids) is { } near)
            notes.Problems[^1] = notes.Problems[^1] with { Wanted = notes.Problems[^1].Wanted + $"; did you mean {near}?" };
        var links = map.Maps("navigation").Select(link =>
        {
            var found = (Link: new NavigationLink(link.Required("title", 60), link.Required("href", 300)), Line: link.LineOf("href"));
            link.Close();
            return found;
        }).ToList();
        navigation = [.. links.Where(link => link.Link.Href.Length > 0).Select(link => new NamedReference(link.Link.Href, link.Line))];

        var clinic = new Clinic
        {
            Name = name,
            LegalName = map.Text("legalName", 200) ?? name,
            Tagline = map.Text("tagline", 200),
            Description = map.Text("description", 400),
            Url = map.RequiredValue<Uri>("url", TryParseOrigin, "the site's own address without a path, e.g. https://www.example.com") ?? new Uri("https://example.invalid"),
            Locale = locale,
            TimeZone = zone ?? DateTimeZone.Utc,
            Logo = scope.Picture(map, "logo", notes, name),
            Theme = ReadTheme(map, scope, notes, out var pictures),
            Pictures = pictures,
            Phone = Phone(map),
            Email = map.Object<EmailAddress>("email", EmailAddress.TryParse!, "an email address, e.g. hello@example.com"),
            Address = Address(map),
            Geo = Geo(map),
            ByAppointmentOnly = map.Flag("byAppointmentOnly"),
            Hours = Hours(map),
            Holidays = HolidayReader.Holidays(map),
            Notice = HolidayReader.Notice(map, notes, scope, zone ?? DateTimeZone.Utc),
            Locations = Locations(map, notes, scope),
            AreasServed = [.. map.Texts("areasServed").Select(area => area.Text)],
            Social = Social(map),
            Navigation = [.. links.Select(link => link.Link)],
            Consultation = Consultation(map, notes, scope),
            Newsletter = Newsletter(map),
            Articles = Articles(map),
            Sample = map.Flag("sample"),
            Disclaimer = scope.Prose(map, "disclaimer", notes, "disclaimer-"),
            Crisis = Crisis(map),
        };
        map.Close();
        return clinic;
    }

    private static Theme ReadTheme(MapReader map, ReadContext scope, Diagnostics notes, out SitePictures pictures)
    {
        pictures = new SitePictures();
        if (map.Map("theme") is not { } theme) return Theme.None;
        pictures = new SitePictures(Picture("mark"), Picture("call"), Picture("done"), Picture("notFound"));
        var light = Colors(theme);
        var dark = theme.Map("dark");
        var result = Contrast.Check(light, dark is null ? new Palette() : Colors(dark), (isDark, key, found, wanted) => (isDark && dark is not null ? dark : theme).Wrong(key, found, wanted));
        theme.Close();
        dark?.Close();
        return result;

        Picture? Picture(string key) => scope.Picture(theme, key, notes, "");

        static Palette Colors(MapReader map) => new(Color(map, "accent"), Color(map, "paper"), Color(map, "ink"));

        static string? Color(MapReader map, string key) => map.Object<string>(key, TryParseColor, "a color in quotation marks, e.g. \"#0f4a4f\"");
    }

    private static PhoneNumber? Phone(MapReader map, string key = "phone") =>
        map.Object<PhoneNumber>(key, TryParsePhone, "a number in international form and quotation marks, e.g. \"+13035550142\"");

    private static PostalAddress? Address(MapReader map)
    {
        if (map.Map("address") is not { } address) return null;
        var result = new PostalAddress(address.Required("street", 200), address.Required("city", 100), address.Text("region", 100), address.Text("postalCode", 20), address.Text("country", 60));
        address.Close();
        return result;
    }

    private static GeoPoint? Geo(MapReader map)
    {
        if (map.Map("geo") is not { } geo) return null;
        double? latitude = geo.Decimal("latitude", -90, 90), longitude = geo.Decimal("longitude", -180, 180);
        if (!geo.Has("latitude")) geo.Wrong("latitude", "nothing", "a number from -90 to 90: the key is required");
        if (!geo.Has("longitude")) geo.Wrong("longitude", "nothing", "a number from -180 to 180: the key is required");
        geo.Close();
        return latitude is null || longitude is null ? null : new GeoPoint(latitude.Value, longitude.Value);
    }

    private static ImmutableArray<OpeningHours> Hours(MapReader map) => [.. map.Maps("hours").Select(hours =>
    {
        var days = hours.Texts("days");
        if (days.IsEmpty) hours.Wrong("days", "nothing", "a list of days, e.g. [mon, tue]: the key is required");
        var result = new OpeningHours([.. days.Select(day => Day(day.Text, hours, "days"))], Time(hours, "opens"), Time(hours, "closes"));
        if (result.Closes <= result.Opens && hours.Has("opens") && hours.Has("closes")) hours.Wrong("closes", $"{result.Closes:HH':'mm}, not after {result.Opens:HH':'mm}", "a time after opens");
        hours.Close();
        return result;
    })];

    private static ImmutableArray<ClinicLocation> Locations(MapReader map, Diagnostics notes, ReadContext scope)
    {
        var all = ImmutableArray.CreateBuilder<ClinicLocation>();
        foreach (var place in map.Maps("locations"))
        {
            var location = Location(place, all.Count, notes, scope);
            if (all.Any(other => other.Slug == location.Slug)) place.Wrong("slug", $"{location.Path} a second time", "a slug that no other location has");
            else all.Add(location);
        }

        return all.ToImmutable();
    }

    private static ClinicLocation Location(MapReader map, int index, Diagnostics notes, ReadContext scope)
    {
        var name = map.Required("name", 100);
        var slug = MarkdownParser.Anchor(name, "location");
        var location = new ClinicLocation
        {
            Name = name,
            Slug = map.Object<string>("slug", TryParseSlug, "lower-case words joined by hyphens, e.g. denver-west") ?? slug,
            Directions = scope.Prose(map, "directions", notes, $"place-{index}-directions-"),
            Parking = scope.Prose(map, "parking", notes, $"place-{index}-parking-"),
            StepFree = scope.Prose(map, "stepFree", notes, $"place-{index}-access-"),
            Image = scope.Picture(map, "image", notes, name),
            Map = scope.Picture(map, "map", notes, ""),
            Phone = Phone(map),
            Address = Address(map),
            Geo = Geo(map),
            Hours = Hours(map),
            ByAppointmentOnly = map.Flag("byAppointmentOnly"),
        };
        map.Close();
        return location;
    }

    private static ImmutableArray<SocialLink> Social(MapReader map)
    {
        if (map.Map("social") is not { } social) return [];
        var links = Networks.Select(network => (network, Href: social.Object<Uri>(network.Key, TryParseHttps, "an address that begins with https://"))).ToList();
        social.Close();
        return [.. links.Where(link => link.Href is not null).Select(link => new SocialLink(link.network.Key, link.network.Name, link.Href!))];
    }

    private static ConsultationRules? Consultation(MapReader map, Diagnostics notes, ReadContext scope)
    {
        if (map.Map("consultation") is not { } rules) return null;
        var result = new ConsultationRules
        {
            Title = rules.Required("title", 100),
            Minutes = rules.Number("minutes", 20, 5, 240),
            BufferMinutes = rules.Number("bufferMinutes", 10, 0, 240),
            MinimumNoticeHours = rules.Number("minimumNoticeHours", 24, 0, 24 * 30),
            HorizonDays = rules.Number("horizonDays", 21, 1, 180),
            HoldHours = rules.Number("holdHours", 12, 1, 24 * 7),
            Seats = rules.Number("seats", 1, 1, 50),
            Weekly = WeeklyHours(rules),
            Closed = [.. rules.List("closed", "a list of dates").Select(item => Closed(item, rules, notes)).OfType<DateInterval>()],
            By = By(rules),
            Questions = Questions(rules),
            Privacy = scope.Prose(rules, "privacy", notes, "privacy-"),
        };
        rules.Close();
        return result;
    }

    // Hours that overlap would offer times that collide with one another.
    private static ImmutableArray<WeeklyHours> WeeklyHours(MapReader rules)
    {
        var all = ImmutableArray.CreateBuilder<WeeklyHours>();
        foreach (var map in rules.Maps("weekly"))
        {
            var hours = Weekly(map);
            if (all.FirstOrDefault(other => other.Day == hours.Day && other.From < hours.To && hours.From < other.To && hours.From < hours.To) is { } other)
                map.Wrong("from", $"{Shown(hours)}, which overlaps {Shown(other)} on the same day", "hours that don't overlap: one entry from the first start to the last end, or a later start");
            all.Add(hours);
        }

        return all.ToImmutable();

        static string Shown(WeeklyHours hours) => $"{Days[(int)hours.Day - 1]} {hours.From:HH':'mm}–{hours.To:HH':'mm}";
    }

    private static WeeklyHours Weekly(MapReader map)
    {
        var day = map.Required("day");
        var result = new WeeklyHours(day.Length > 0 ? Day(day, map, "day") : IsoDayOfWeek.Monday, Time(map, "from"), Time(map, "to"));
        if (result.To <= result.From && map.Has("from") && map.Has("to")) map.Wrong("to", $"{result.To:HH':'mm}, not after {result.From:HH':'mm}", "a time after from");
        map.Close();
        return result;
    }

    private static DateInterval? Closed(YamlValue item, MapReader rules, Diagnostics notes)
    {
        if (item is YamlText { Text: var text } && DateParser.TryParseDate(text, out var day)) return new DateInterval(day, day);
        if (item is not YamlMap span)
        {
            notes.Error(item.Line, "consultation.closed", item.Found, $"{DateParser.Date}, or {{from: …, to: …}}");
            return null;
        }

        var map = new MapReader(span, notes, "consultation.closed.");
        var (from, to) = (map.RequiredValue<LocalDate>("from", DateParser.TryParseDate, DateParser.Date), map.RequiredValue<LocalDate>("to", DateParser.TryParseDate, DateParser.Date));
        map.Close();
        if (from <= to) return new DateInterval(from, to);
        if (map.Has("from") && map.Has("to")) map.Wrong("to", "a day before from", "from or a later day");
        return null;
    }

    private static ImmutableArray<CallKind> By(MapReader rules)
    {
        if (!rules.Has("by")) return [CallKind.Phone];
        var kinds = ImmutableArray.CreateBuilder<CallKind>();
        foreach (var (text, _) in rules.Texts("by"))
        {
            if (text is not ("phone" or "video")) rules.Wrong("by", Diagnostics.Quote(text), "phone, video or both");
            else if ((text == "phone" ? CallKind.Phone : CallKind.Video) is var kind && !kinds.Contains(kind)) kinds.Add(kind);
        }

        if (kinds.Count == 0 && rules.Texts("by").IsEmpty) rules.Wrong("by", "an empty list", "phone, video or both");
        return kinds.ToImmutable();
    }

    private static ImmutableArray<ConsultationQuestion> Questions(MapReader rules)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. rules.Maps("questions").Select(map =>
        {
            var name = map.RequiredValue<Slug>("name", Slug.TryParse, "lower-case words joined by hyphens, e.g. for-whom").ToString();
            if (name.Length > 0 && !names.Add(name)) map.Wrong("name", $"a second question named {name}", "each name once");
            var kind = map.OneOf("kind", "text", "choice") ?? "text";
            var choices = map.Texts("choices");
            if (kind == "choice" && choices.Length < 2) map.Wrong("choices", "fewer than two", "two choices or more");
            if (kind == "text" && !choices.IsEmpty) map.Wrong("choices", "choices for a question of kind text", "kind: choice, or no choices");
            var question = new ConsultationQuestion(name, map.Required("label", 200), [.. choices.Select(choice => choice.Text)], map.Flag("required"));
            map.Close();
            return question;
        })];
    }

    private static NewsletterWords? Newsletter(MapReader map)
    {
        if (map.Map("newsletter") is not { } words) return null;
        var result = new NewsletterWords(words.Required("heading", 200), words.Text("invitation", 500) ?? "", words.Required("thanks", 300));
        words.Close();
        return result;
    }

    private static ArticleSettings Articles(MapReader map)
    {
        var fallback = new ArticleSettings();
        if (map.Map("articles") is not { } settings) return fallback;
        var result = new ArticleSettings(settings.Flag("showViews", fallback.ShowViews), settings.Flag("showReviewer", fallback.ShowReviewer), settings.Number("pageSize", fallback.PageSize, 1, 100));
        settings.Close();
        return result;
    }

    private static CrisisLine Crisis(MapReader map)
    {
        var fallback = new CrisisLine("988 Suicide & Crisis Lifeline", "Call or text 988, day or night. In immediate danger, call 911.", "988", "988", new Uri("https://988lifeline.org/"));
        if (map.Map("crisis") is not { } crisis) return fallback;
        var phone = crisis.Object<string>("phone", TryParseShortNumber, "a number as it is dialed, in quotation marks, e.g. \"988\"") ?? fallback.Phone;
        var textTo = crisis.Object<string>("textTo", TryParseShortNumber, "a number as it is dialed, in quotation marks, e.g. \"988\"") ?? fallback.TextTo;
        var own = (phone, textTo) != (fallback.Phone, fallback.TextTo);
        var result = new CrisisLine(
            crisis.Text("heading", 100) ?? (own ? "Crisis line" : fallback.Heading),
            crisis.Text("text", 400) ?? (own ? $"Call {phone} or text {textTo}, day or night. In immediate danger, call 911." : fallback.Text),
            phone,
            textTo,
            crisis.Object<Uri>("href", TryParseHttps, "an address that begins with https://") ?? fallback.Href)
        {
            Question = crisis.Text("question", 200),
        };
        crisis.Close();
        return result;
    }

    private static LocalTime Time(MapReader map, string key) => map.RequiredValue<LocalTime>(key, DateParser.TryParseTime, DateParser.Time);

    private static IsoDayOfWeek Day(string text, MapReader map, string key)
    {
        var index = Array.IndexOf(Days, text);
        if (index < 0) map.Wrong(key, Diagnostics.Quote(text), $"one of {string.Join(", ", Days)}");
        return (IsoDayOfWeek)(Math.Max(index, 0) + 1);
    }

    private static bool TryParseSlug(string text, out string slug)
    {
        slug = text;
        return Slug.TryParse(text, out var _);
    }

    private static bool TryParseZone(string text, out DateTimeZone zone) => (zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(text)!) is not null;

    private static bool TryParseLocale(string text, out string locale)
    {
        locale = text;
        return Locale().IsMatch(text);
    }

    private static bool TryParseOrigin(string text, out Uri url) =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out url!) && url.Scheme == "https" && url.Host.Length > 0 && url.AbsolutePath == "/" && url.Query.Length == 0
        && url.Fragment.Length == 0 && url.UserInfo.Length == 0;

    internal static bool TryParseHttps(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!) && url.Scheme == "https" && url.Host.Length > 0 && url.UserInfo.Length == 0;

    private static bool TryParsePhone(string text, out PhoneNumber phone) => PhoneNumber.TryParse(text, out phone!, PhoneNumber.International);

    private static bool TryParseColor(string text, out string color)
    {
        color = text.ToLower(CultureInfo.InvariantCulture);
        return HexColor().IsMatch(text);
    }

    private static bool TryParseShortNumber(string text, out string number)
    {
        number = text;
        return ShortNumber().IsMatch(text);
    }

    [GeneratedRegex(@"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Locale();

    [GeneratedRegex(@"^#[0-9A-Fa-f]{6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^\+?[0-9]{2,15}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShortNumber();
}
