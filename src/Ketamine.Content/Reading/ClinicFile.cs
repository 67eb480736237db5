using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>Reads <c>clinic.yml</c>.</summary>
internal static partial class ClinicFile
{
    private static readonly (string Key, string Name, string Before)[] Networks =
    [
        ("instagram", "Instagram", "www.instagram.com/"), ("facebook", "Facebook", "www.facebook.com/"), ("x", "X", "x.com/"),
        ("youtube", "YouTube", "www.youtube.com/@"), ("linkedin", "LinkedIn", "www.linkedin.com/company/"),
        ("tiktok", "TikTok", "www.tiktok.com/@"),
    ];

    public static Clinic Read(MapReader map, Diagnostics notes, ReadContext scope)
    {
        var name = map.Required("name", 100);
        var locale = map.Object<string>("locale", TryParseLocale, "a language and country, e.g. en-US or es-US", LocaleOf) ?? "en-US";
        scope.Setting = scope.Setting with { Words = new MarkdownStrings(locale) };
        var zone = map.RequiredValue<DateTimeZone>(
            "timeZone",
            WrittenZone.TryParse,
            "a time zone that the site knows, e.g. America/Denver",
            WrittenZone.Suggest,
            zone => zone.Id);
        var region = Region(map);
        var clinic = new Clinic
        {
            Name = name,
            LegalName = map.Text("legalName", 200) ?? name,
            Tagline = map.Text("tagline", 200) is { } tagline ? MarkdownParser.Typographic(tagline) : null,
            Description = map.Text("description", 400),
            Url =
                map.RequiredValue<Uri>(
                    "url",
                    TryParseOrigin,
                    "the site's own address without a path, e.g. https://www.example.com",
                    OriginOf,
                    url => url.GetLeftPart(UriPartial.Authority)
                ) ?? new Uri("https://example.invalid"),
            Locale = locale,
            TimeZone = zone ?? DateTimeZone.Utc,
            Logo = scope.Picture(map, "logo", notes, name),
            Theme = ReadTheme(map, scope, notes, out var pictures),
            Pictures = pictures,
            Phone = Phone(map, region),
            Email = Email(map),
            Address = Address(map),
            Geo = Geo(map),
            ByAppointmentOnly = map.Flag("byAppointmentOnly"),
            Hours = Hours(map),
            Holidays = HolidayReader.Holidays(map),
            Notice = HolidayReader.Notice(map, notes, scope, zone ?? DateTimeZone.Utc),
            Locations = Locations(map, region, notes, scope),
            AreasServed = [.. map.Texts("areasServed").Select(area => area.Text)],
            Social = Social(map),
            Navigation = Navigation(map, scope),
            Prices = PriceReader.Prices(map, (price, what) => scope.ValidUntil(price, notes, what)),
            Plans = PriceReader.Plans(map),
            Payment = PriceReader.Payment(map, notes, scope),
            Consultation = Consultation(map, notes, scope),
            Newsletter = Newsletter(map),
            Articles = Articles(map),
            Practice = PracticeFile.Read(map, region, notes, scope),
            Sample = map.Flag("sample"),
            Published = map.Flag("published", fallback: true),
            SetsPublished = map.Has("published") && !map.IsWrong("published"),
            Disclaimer = scope.Prose(map, "disclaimer", notes, "disclaimer-"),
            Crisis = Crisis(map, notes, scope, locale),
        };
        map.Close();
        return clinic;
    }

    private static ImmutableArray<NavigationLink> Navigation(MapReader map, ReadContext scope)
    {
        var links = ImmutableArray.CreateBuilder<NavigationLink>();
        foreach (var link in map.Maps("navigation", "title: About us"))
        {
            var found = new NavigationLink(link.Required("title", 60), link.Required("href", 300));
            if (found.Href.Length > 0) scope.Navigation.Add(new NamedReference(found.Href, link.LineOf("href")));
            link.Close();
            links.Add(found);
        }

        return links.ToImmutable();
    }

    private static Theme ReadTheme(MapReader map, ReadContext scope, Diagnostics notes, out SitePictures pictures)
    {
        pictures = new SitePictures();
        if (map.Map("theme") is not { } theme) return Theme.None;
        pictures = new SitePictures(
            Picture("mark"),
            Picture("call"),
            Picture("done"),
            Picture("notFound"),
            Picture("reviews"),
            Picture("research"),
            Picture("search"));
        var light = Colors(theme);
        var dark = theme.Map("dark");
        var result = Contrast.Check(
            light,
            dark is null ? new Palette() : Colors(dark),
            (isDark, key, found, wanted) => (isDark && dark is not null ? dark : theme).Wrong(key, found, wanted));
        theme.Close();
        dark?.Close();
        return result;

        Picture? Picture(string key) => scope.Picture(theme, key, notes, "");

        static Palette Colors(MapReader map) => new(Color(map, "accent"), Color(map, "paper"), Color(map, "ink"));

        static string? Color(MapReader map, string key) =>
            map.Object<string>(key, TryParseColor, "a color as #rrggbb in quotation marks, e.g. \"#0f4a4f\"", canonical: color => Yaml.Quote(color));
    }

    /// <summary>What texts can insert from clinic.yml.</summary>
    internal static ClinicFacts Facts(MapReader map) => new(PriceReader.Prices(map), Phone(map, Region(map)), Email(map), Address(map), []);

    private static string Region(MapReader map) => map.Map("address")?.Text("country", 60) is { Length: 2 } country ? country.ToUpperInvariant() : "US";

    // A number without a country code is in the clinic's country, or in the United States if the address has no country.
    internal static PhoneNumber? Phone(MapReader map, string region, string key = "phone") =>
        map.Object<PhoneNumber>(
            key,
            (string text, out PhoneNumber phone) => PhoneNumber.TryParse(text, out phone!, region),
            "a phone number, e.g. \"(303) 555-0142\"",
            canonical: phone => Yaml.Quote(phone.ToString()));

    internal static EmailAddress? Email(MapReader map) =>
        map.Object<EmailAddress>("email", TryParseEmail, "an email address, e.g. hello@example.com", EmailOf, email => email.ToString());

    private static PostalAddress? Address(MapReader map)
    {
        if (map.Map("address") is not { } address) return null;
        var result = new PostalAddress(
            address.Required("street", 200),
            address.Required("city", 100),
            address.Text("region", 100),
            address.Text("postalCode", 20),
            address.Text("country", 60));
        address.Close();
        return result;
    }

    private static GeoPoint? Geo(MapReader map)
    {
        if (map.Map("geo") is not { } geo) return null;
        double? latitude = geo.Decimal("latitude", -90, 90, "39.7581"), longitude = geo.Decimal("longitude", -180, 180, "-104.9678");
        if (!geo.Has("latitude")) geo.Missing("latitude", "39.7581");
        if (!geo.Has("longitude")) geo.Missing("longitude", "-104.9678");
        geo.Close();
        return latitude is null || longitude is null ? null : new GeoPoint(latitude.Value, longitude.Value);
    }

    /// <summary>A list of days with times, or the hours in words, as one text or as entries.</summary>
    private static ImmutableArray<OpeningHours> Hours(MapReader map) => [.. map.Values("hours").SelectMany(value =>
    {
        if (value is YamlMap { Entries: var days } && ByDay(days) is { IsDefault: false } byDay) return byDay;
        if (value is YamlMap entry) return HoursEntry(map.Inner(entry, "hours"));
        if (value is YamlText { Text: var text } && WrittenTimes.TryParseHours(text, out var hours, out _)) return hours;
        if (value is YamlText { Text: var unread }
            && WrittenTimes.TryParseHours(unread, out _, out var piece) is false
            && piece.Length > 0
            && piece != unread.ToLowerInvariant())
            map.Wrong(value.Line, "hours", $"{Diagnostics.Quote(piece)} isn't days and times", "hours: Mon-Thu 9-5, Fri 9-1");
        else map.Wrong(value.Line, "hours", $"{value.Found} isn't days and times", "hours: Mon-Thu 9-5, Fri 9-1");
        return [];
    })];

    /// <summary>"Mon-Thu: 9-5" and "Sat: closed", one line each; the array's default for anything else.</summary>
    private static ImmutableArray<OpeningHours> ByDay(ImmutableArray<YamlEntry> lines)
    {
        var all = ImmutableArray.CreateBuilder<OpeningHours>();
        foreach (var line in lines)
        {
            if (line.Value is not YamlText { Text: var times } || !WrittenTimes.TryParseDays(line.Key, out _)) return default;
            if (times.Trim().Equals("closed", StringComparison.OrdinalIgnoreCase)) continue;
            if (!WrittenTimes.TryParseHours($"{line.Key} {times}", out var hours, out _)) return default;
            all.AddRange(hours);
        }

        return lines.IsEmpty ? default : all.ToImmutable();
    }

    private static ImmutableArray<OpeningHours> HoursEntry(MapReader hours)
    {
        var days = Days(hours, "days", several: true);
        var (opens, closes) = Times(hours, "opens", "closes");
        hours.Close();
        return opens is null || closes is null || days.IsEmpty ? [] : [new OpeningHours(days, opens.Value, closes.Value)];
    }

    /// <summary>Days from a key: a list, or words such as Mon-Fri. If there are none, notes the problem and returns an empty list.</summary>
    private static ImmutableArray<IsoDayOfWeek> Days(MapReader map, string key, bool several)
    {
        var written = map.Texts(key);
        if (written.IsEmpty)
        {
            if (!map.Has(key)) map.Missing(key, several ? "[mon, tue]" : "mon");
            else map.Wrong(key, "the list is empty", $"{key}: [mon, tue]");
            return [];
        }

        var found = new List<IsoDayOfWeek>();
        foreach (var (text, line) in written)
        {
            if (WrittenTimes.TryParseDays(text, out var days)) found.AddRange(days);
            else
                map.Wrong(
                    line,
                    key,
                    $"{Diagnostics.Quote(text)} is not a day of the week",
                    $"{key}: {NearestName.To(text, WrittenTimes.Days) ?? (several ? "[mon, tue]" : "mon")}");
        }

        if (map.Source(key) is { } source && found.Count > 0 && !WrittenTimes.Days.Contains(source.Text, StringComparer.Ordinal))
            map.Rewrite(source, several ? WrittenTimes.List(found) : WrittenTimes.Name(found[0]));
        return [.. found.Distinct()];
    }

    /// <summary>A start and an end time; null for one that is missing or wrong. Checks their order only if both are valid.</summary>
    private static (LocalTime? From, LocalTime? To) Times(MapReader map, string first, string last)
    {
        var from = Time(map, first);
        var to = Time(map, last);
        if (from is not { } begin || to is not { } end) return (from?.Time, to?.Time);
        if (!WrittenTimes.Settle(begin.Time, begin.Sure, end.Time, end.Sure, out var start, out var finish))
        {
            map.Wrong(
                last,
                $"{WrittenTimes.Quoted(finish)} is not after {first}, {WrittenTimes.Quoted(start)}",
                $"{last}: a time after {WrittenTimes.Quoted(start)}");
            return (null, null);
        }

        foreach (var (key, time) in new[] { (first, start), (last, finish) })
            if (map.Source(key) is { } source && Yaml.Quote(source.Text) != WrittenTimes.Quoted(time)) map.Rewrite(source, WrittenTimes.Quoted(time));
        return (start, finish);
    }

    private static (LocalTime Time, bool Sure)? Time(MapReader map, string key)
    {
        var example = key is "closes" or "to" ? "\"17:00\"" : "\"09:00\"";
        if (!map.Has(key)) map.Missing(key, example);
        return map.Value<(LocalTime, bool)>(key, TryParse, $"a time of day, e.g. {example}", text => text.Trim() is "24:00" or "24" ? "\"23:59\"" : null);

        static bool TryParse(string text, out (LocalTime, bool) time)
        {
            var read = WrittenTimes.TryParse(text, out var value, out var sure);
            time = (value, sure);
            return read;
        }
    }

    private static ImmutableArray<ClinicLocation> Locations(MapReader map, string region, Diagnostics notes, ReadContext scope)
    {
        var all = ImmutableArray.CreateBuilder<ClinicLocation>();
        foreach (var place in map.Maps("locations", "name: Downtown"))
        {
            var location = Location(place, region, all.Count, notes, scope);
            if (all.Any(other => other.Slug == location.Slug))
                place.Wrong("slug", $"two locations have the address {location.Path}", $"slug: {location.Slug}-2, or another name");
            else all.Add(location);
        }

        return all.ToImmutable();
    }

    private static ClinicLocation Location(MapReader map, string region, int index, Diagnostics notes, ReadContext scope)
    {
        var name = map.Required("name", 100);
        var slug = MarkdownParser.Anchor(name, "location");
        var location = new ClinicLocation
        {
            Name = name,
            Slug = map.Object<string>("slug", TryParseSlug, "lowercase words joined by hyphens, e.g. denver-west") ?? slug,
            Directions = scope.Prose(map, "directions", notes, $"place-{index}-directions-"),
            Parking = scope.Prose(map, "parking", notes, $"place-{index}-parking-"),
            StepFree = scope.Prose(map, "stepFree", notes, $"place-{index}-access-"),
            Image = scope.Picture(map, "image", notes, name),
            Map = scope.Picture(map, "map", notes, ""),
            Phone = Phone(map, region),
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
        var links = Networks
            .Select(network =>
                (
                    network,
                    Href: social.Object<Uri>(
                        network.Key,
                        (string text, out Uri url) => TryParseProfile(text, network.Before, out url),
                        $"an address, e.g. https://{network.Before}example",
                        canonical: url => url.OriginalString))
            )
            .ToList();
        social.Close();
        return [.. links.Where(link => link.Href is not null).Select(link => new SocialLink(link.network.Key, link.network.Name, link.Href!))];
    }

    private static ConsultationRules? Consultation(MapReader map, Diagnostics notes, ReadContext scope)
    {
        if (map.Map("consultation") is not { } rules) return null;
        if (rules.Text("with") is { } with) scope.CallsWith = new NamedReference(with, rules.LineOf("with"));
        var result = new ConsultationRules
        {
            Title = rules.Required("title", 100),
            Minutes = rules.Number("minutes", 20, 5, ConsultationRules.MostMinutes),
            BufferMinutes = rules.Number("bufferMinutes", 10, 0, 240),
            MinimumNoticeHours = rules.Number("minimumNoticeHours", 24, 0, 24 * 30),
            HorizonDays = rules.Number("horizonDays", 21, 1, 180),
            HoldHours = rules.Number("holdHours", 12, 1, 24 * 7),
            Seats = rules.Number("seats", 1, 1, 50),
            Weekly = WeeklyHours(rules),
            Closed = [.. rules.Values("closed").Select(item => Closed(item, notes)).OfType<DateInterval>()],
            By = By(rules),
            VideoRoom = VideoRoom(rules),
            Questions = Questions(rules),
            Privacy = scope.Prose(rules, "privacy", notes, "privacy-"),
        };
        rules.Close();
        return result;
    }

    // Overlapping hours would offer conflicting times.
    private static ImmutableArray<WeeklyHours> WeeklyHours(MapReader rules)
    {
        var all = ImmutableArray.CreateBuilder<WeeklyHours>();
        foreach (var value in rules.Values("weekly"))
        {
            foreach (var hours in Weekly(value, rules))
            {
                if (all.FirstOrDefault(other => other.Day == hours.Day && other.From < hours.To && hours.From < other.To) is { } other)
                    rules.Wrong(
                        value.Line,
                        "weekly.from",
                        $"{Shown(hours)} overlaps {Shown(other)} on the same day",
                        $"from: {WrittenTimes.Quoted(other.To)}, or one entry from the first start to the last end");
                all.Add(hours);
            }
        }

        return all.ToImmutable();

        static string Shown(WeeklyHours hours) => $"{WrittenTimes.Name(hours.Day)} {hours.From:HH':'mm}–{hours.To:HH':'mm}";
    }

    private static IEnumerable<WeeklyHours> Weekly(YamlValue value, MapReader rules)
    {
        if (value is YamlText { Text: var text } && WrittenTimes.TryParseHours(text, out var hours, out _))
            return hours.SelectMany(span => span.Days.Select(day => new WeeklyHours(day, span.Opens, span.Closes)));
        if (value is not YamlMap entry)
        {
            rules.Wrong(value.Line, "weekly", $"{value.Found} isn't days and times", "weekly: Mon-Thu 9-12");
            return [];
        }

        var map = rules.Inner(entry, "weekly");
        var days = Days(map, "day", several: false);
        var (from, to) = Times(map, "from", "to");
        map.Close();
        return from is null || to is null ? [] : days.Select(day => new WeeklyHours(day, from.Value, to.Value));
    }

    private static DateInterval? Closed(YamlValue item, Diagnostics notes)
    {
        if (item is YamlText { Text: var text } && DateParser.TryParseDate(text, out var day)) return new DateInterval(day, day);
        if (item is not YamlMap span)
        {
            notes.Error(
                item.Line,
                "consultation.closed",
                $"{item.Found} is not a date",
                $"- {(item is YamlText written ? DateParser.Suggest(written.Text) : null) ?? "2026-12-25"}");
            return null;
        }

        var map = new MapReader(span, notes, "consultation.closed.");
        LocalDate? from = Date(map, "from"), to = Date(map, "to");
        map.Close();
        if (from is null || to is null) return null;
        if (from <= to) return new DateInterval(from.Value, to.Value);
        map.Wrong("to", $"{to:uuuu-MM-dd} is before from, {from:uuuu-MM-dd}", $"to: {from:uuuu-MM-dd}, or a later day");
        return null;
    }

    private static Uri? VideoRoom(MapReader rules)
    {
        if (rules.Text("video") is not { } video || video == "staff") return null;
        if (TryParseHttps(video, out var room)) return room;
        rules.Wrong("video", $"{Diagnostics.Quote(video)} is neither the address of a room nor staff (staff then send a link for each call)", "video: staff");
        return null;
    }

    private static LocalDate? Date(MapReader map, string key)
    {
        if (!map.Has(key)) map.Missing(key, "2026-12-25");
        return map.Day(key);
    }

    private static ImmutableArray<CallKind> By(MapReader rules)
    {
        if (!rules.Has("by")) return [CallKind.Phone];
        var kinds = ImmutableArray.CreateBuilder<CallKind>();
        foreach (var (text, _) in rules.Texts("by"))
        {
            var word = text.ToLowerInvariant();
            if (word is "both") kinds.AddRange(new[] { CallKind.Phone, CallKind.Video }.Except(kinds).ToList());
            else if (word is not ("phone" or "video")) rules.Wrong("by", $"{Diagnostics.Quote(text)} is neither phone nor video", "by: [phone, video]");
            else if ((word == "phone" ? CallKind.Phone : CallKind.Video) is var kind && !kinds.Contains(kind)) kinds.Add(kind);
        }

        if (kinds.Count == 0 && rules.Texts("by").IsEmpty) rules.Wrong("by", "the list is empty", "by: [phone, video]");
        return kinds.ToImmutable();
    }

    private static ImmutableArray<ConsultationQuestion> Questions(MapReader rules)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. rules.Maps("questions", "name: goal").Select(map =>
        {
            var name = map.RequiredValue<Slug>("name", Slug.TryParse, "lowercase words joined by hyphens, e.g. for-whom", WrittenSlug.Suggest).ToString();
            if (name.Length > 0 && !names.Add(name)) map.Wrong("name", $"a second question named {name}", $"name: {name}-2, or another name");
            var kind = map.OneOf("kind", "text", "choice") ?? "text";
            var choices = map.Texts("choices");
            if (kind == "choice" && choices.Length < 2)
                map.Wrong("choices", "there are fewer than two choices", "choices: [Myself, Someone I care for]");
            if (kind == "text" && !choices.IsEmpty) map.Wrong("choices", "a question of kind text can't have choices", "kind: choice");
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
        var result = new ArticleSettings(
            settings.Flag("showViews", fallback.ShowViews),
            settings.Flag("showReviewer", fallback.ShowReviewer),
            settings.Number("pageSize", fallback.PageSize, 1, 100));
        settings.Close();
        return result;
    }

    private static CrisisLine Crisis(MapReader map, Diagnostics notes, ReadContext scope, string locale)
    {
        var spanish = locale.StartsWith("es", StringComparison.OrdinalIgnoreCase);
        string CallOrText(string phone, string textTo) => (spanish, phone == textTo) switch
        {
            (true, true) => $"Llame o escriba al {phone}, de día o de noche. En peligro inmediato, llame al 911.",
            (true, false) => $"Llame al {phone} o escriba al {textTo}, de día o de noche. En peligro inmediato, llame al 911.",
            (false, true) => $"Call or text {phone}, day or night. In immediate danger, call 911.",
            (false, false) => $"Call {phone} or text {textTo}, day or night. In immediate danger, call 911.",
        };
        var fallback = new CrisisLine("988 Suicide & Crisis Lifeline", CallOrText("988", "988"), "988", "988",
            new Uri(spanish ? "https://988lifeline.org/es/" : "https://988lifeline.org/"));
        if (map.Map("crisis") is not { } crisis) return fallback;
        var phone = crisis.Object<string>("phone", TryParseShortNumber, "a number as it is dialed, in quotation marks, e.g. \"988\"") ?? fallback.Phone;
        var textTo = crisis.Object<string>("textTo", TryParseShortNumber, "a number as it is dialed, in quotation marks, e.g. \"988\"") ?? fallback.TextTo;
        var own = (phone, textTo) != (fallback.Phone, fallback.TextTo);
        var result = new CrisisLine(
            crisis.Text("heading", 100) ?? (own ? spanish ? "Línea de crisis" : "Crisis line" : fallback.Heading),
            crisis.Text("text", 400) ?? CallOrText(phone, textTo),
            phone,
            textTo,
            crisis.Object<Uri>("href", TryParseHttps, Https) ?? fallback.Href)
        {
            Question = crisis.Text("question", 200),
        };
        scope.ValidUntil(crisis, notes, $"the crisis line {result.Phone}");
        crisis.Close();
        return result;
    }

    /// <summary>The requirement for an address in a list, for messages.</summary>
    internal const string Https = "an address that begins with https://, e.g. https://www.example.com";

    private static bool TryParseSlug(string text, out string slug)
    {
        slug = text;
        return Slug.TryParse(text, out var _);
    }

    internal static bool TryParseLocale(string text, out string locale)
    {
        locale = text;
        return Locale().IsMatch(text);
    }

    private static string? LocaleOf(string text) => text.ToLowerInvariant().Replace('_', '-') switch
    {
        "english" or "us" or "usa" or "american" => "en-US",
        "spanish" or "español" => "es-US",
        var code when code.Split('-') is [{ Length: 2 } language, { Length: 2 } country] => $"{language}-{country.ToUpperInvariant()}",
        _ => null,
    };

    // www.example.com, http://example.com and https://example.com/ all mean the same site.
    private static bool TryParseOrigin(string text, out Uri url) =>
        WebAddress.TryParse(WithScheme(text).TrimEnd('/'), out url!)
        && url.Scheme == "https"
        && url.Host.Contains('.', StringComparison.Ordinal)
        && url.AbsolutePath == "/"
        && url.Query.Length == 0
        && url.Fragment.Length == 0
        && url.UserInfo.Length == 0;

    private static string? OriginOf(string text) =>
        WebAddress.TryParse(WithScheme(text), out var url) && url.Host.Contains('.', StringComparison.Ordinal) ? "https://" + url.Authority : null;

    private static string WithScheme(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "https://" + text[7..]
        : text.Contains("://", StringComparison.Ordinal) || text.Contains(' ', StringComparison.Ordinal) ? text
        : "https://" + text;

    internal static bool TryParseHttps(string text, out Uri url) =>
        WebAddress.TryParse(WithScheme(text), out url!)
        && url.Scheme == "https"
        && url.Host.Contains('.', StringComparison.Ordinal)
        && url.UserInfo.Length == 0;

    /// <summary>An address, or just the name: @cedar.</summary>
    private static bool TryParseProfile(string text, string before, out Uri url)
    {
        if (!text.Contains('/', StringComparison.Ordinal)
            && ProfileName().Match(text) is { Success: true } name
            && (text[0] == '@' || !text.Contains('.', StringComparison.Ordinal)))
            return WebAddress.TryParse($"https://{before}{name.Groups[1].Value}", out url!);
        return TryParseHttps(text, out url);
    }

    /// <summary>An address, also in the forms that email programs copy: mailto:…, or a name with the address in angle brackets.</summary>
    private static bool TryParseEmail(string text, out EmailAddress email)
    {
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) text = text[7..];
        if (text.IndexOf('<', StringComparison.Ordinal) is >= 0 and var open && text.EndsWith('>')) text = text[(open + 1)..^1];
        return EmailAddress.TryParse(text, out email!);
    }

    private static string? EmailOf(string text)
    {
        var plain = text.Replace(" at ", "@", StringComparison.OrdinalIgnoreCase)
            .Replace("(at)", "@", StringComparison.OrdinalIgnoreCase)
            .Replace(" dot ", ".", StringComparison.OrdinalIgnoreCase)
            .Replace(" ", "", StringComparison.Ordinal);
        return EmailAddress.TryParse(plain, out var email) ? email.ToString() : null;
    }

    private static bool TryParseColor(string text, out string color)
    {
        color = text.ToLower(CultureInfo.InvariantCulture);
        if (!color.StartsWith('#')) color = "#" + color;
        if (color.Length == 4) color = string.Concat("#", string.Concat(color.Skip(1).Select(digit => new string(digit, 2))));
        return HexColor().IsMatch(color);
    }

    private static bool TryParseShortNumber(string text, out string number)
    {
        number = text;
        return ShortNumber().IsMatch(text);
    }

    [GeneratedRegex(@"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Locale();

    [GeneratedRegex(@"^@?([A-Za-z0-9._-]{2,60})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ProfileName();

    [GeneratedRegex(@"^#[0-9A-Fa-f]{6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^\+?[0-9]{2,15}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShortNumber();
}
