using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>Reads people.yml, faqs.yml, reviews.yml, bibliography.yml, and redirects.yml.</summary>
public static class ListFiles
{
    private static readonly string[] Kinds =
    [
        "rct", "meta-analysis", "review", "guideline", "animal", "imaging", "laboratory", "consensus", "regulator", "observational",
    ];

    public static FrozenDictionary<string, Person> People(YamlValue? root, Diagnostics notes, ReadContext scope)
    {
        var all = MapReader.Root(root, notes);
        var people = new List<Person>();
        foreach (var (key, _) in all.Keys)
        {
            if (all.Keys.FirstOrDefault(other => Details.Contains(other.Key) && all.Source(other.Key) is not null) is { Key: { } outside })
            {
                // Without its two spaces, a detail is read as another person.
                all.Wrong(outside, "it isn't indented, so it belongs to no person", $"two spaces before {outside}:, and before every other detail of a person");
                break;
            }

            if (!Slug.TryParse(key, out var _))
                all.Wrong(key, "a key consists of lowercase words joined by hyphens", $"{WrittenSlug.Suggest(key) ?? "jane-doe"}:");
            if (all.Map(key) is not { } map)
            {
                if (!all.Has(key)) all.Wrong(key, "this person has no details", "and below it, indented two spaces, name: Jane Doe");
                continue;
            }

            var name = map.Required("name", 100);
            people.Add(new Person
            {
                Key = key,
                Name = name,
                Role = Line(map, "role", 200),
                Credentials = Line(map, "credentials", 200),
                Bio = scope.Prose(map, "bio", notes, key + "-"),
                Does = scope.Prose(map, "does", notes, key + "-does-"),
                License = License(map, notes, scope, $"the license of {name}"),
                Languages = [.. map.Texts("languages").Select(language => language.Text)],
                Image = scope.Picture(map, "image", notes, name),
                Href = map.Object<Uri>("href", ClinicFile.TryParseHttps, ClinicFile.Https),
            });
            map.Close();
        }

        return people.ToFrozenDictionary(person => person.Key, StringComparer.Ordinal);
    }

    private static readonly string[] Details = ["name", "role", "credentials", "bio", "does", "license", "languages", "image", "href"];

    private static string? Line(MapReader map, string key, int max) => map.Text(key, max) is { } text ? MarkdownParser.Typographic(text) : null;

    /// <summary>A license to practice; null if the map has none.</summary>
    /// <param name="what">See <see cref="DatedFact.What"/>.</param>
    internal static License? License(MapReader owner, Diagnostics notes, ReadContext scope, string what)
    {
        if (owner.Map("license") is not { } map) return null;
        var license = new License(
            map.Required("number", 60),
            map.Text("board", 100),
            map.Object<Uri>("lookUp", ClinicFile.TryParseHttps, "an address that begins with https://"));
        scope.ValidUntil(map, notes, what);
        map.Close();
        return license;
    }

    public static ImmutableArray<FaqGroup> Faqs(YamlValue? root, Diagnostics notes, ReadContext scope)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        return [.. MapReader.RootList(root, notes, "group: Before the first visit").Select(map =>
        {
            if (map.Keys.Any(entry => entry.Key == "question") && !map.Has("questions"))
            {
                map.Wrong("question", "it isn't in a group", "- group: Before the first visit (then, two spaces in, questions: and below it the questions)");
                return null;
            }

            var name = map.Required("group", 100);
            var questions = map.Maps("questions", "question: Do I need a ride home?").Select(Question).OfType<Faq>();
            var group = new FaqGroup(MarkdownParser.Typographic(name), [.. questions]);
            if (!map.Has("questions")) map.Missing("questions", "and below it, - question: … and answer: …");
            map.Close();
            return group;
        }).OfType<FaqGroup>().ToList()];

        Faq? Question(MapReader map)
        {
            var question = map.Required("question", 300);
            var anchor = MarkdownParser.Anchor(question, "question");
            var unique = anchor;
            for (var n = 2; !anchors.Add(unique); n++) unique = $"{anchor}-{n}";
            map.Required("answer", 100_000);
            var answer = scope.Prose(map, "answer", notes, unique + "-");
            scope.ValidUntil(map, notes, $"the question {Diagnostics.Quote(question)}");
            map.Close();
            return answer is null ? null : new Faq(MarkdownParser.Typographic(question), answer, unique);
        }
    }

    public static ImmutableArray<Review> Reviews(YamlValue? root, Diagnostics notes) =>
        [.. MapReader.RootList(root, notes, "text: They explained every step").Select(Review).OrderByDescending(review => review.Date)];

    private static Review Review(MapReader map)
    {
        var review = new Review(
            map.Required("text", 4000),
            map.Required("by", 100),
            map.RequiredDay("date"),
            map.Text("source", 100),
            map.Object<Uri>("href", ClinicFile.TryParseHttps, ClinicFile.Https),
            map.RequiredValue<LocalDate>(
                "consent",
                DateParser.TryParseDate,
                "the date on which the patient agreed to have this shown, e.g. 2026-03-14",
                DateParser.Suggest));
        map.Close();
        return review;
    }

    /// <summary>Accepts a list, or a map with the list under <c>entries</c>, like the research file.</summary>
    public static ImmutableArray<Reference> Bibliography(YamlValue? root, Diagnostics notes)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. BibliographyEntries(root, notes).Select(map => Work(map, lines)).ToList()];
    }

    private static IEnumerable<MapReader> BibliographyEntries(YamlValue? root, Diagnostics notes)
    {
        if (root is not YamlMap map) return MapReader.RootList(root, notes, "key: zarate-2006");
        var reader = new MapReader(map, notes);
        var entries = reader.Maps("entries").ToList();
        reader.List("unverified", "a list");
        reader.Close();
        return entries;
    }

    private static Reference Work(MapReader map, Dictionary<string, int> lines)
    {
        var key = WorkKey(map, lines);
        var authors = map.Texts("authors");
        if (authors.IsEmpty) map.Missing("authors", "[Zarate CA Jr, Singh JB]");
        var work = new Reference
        {
            Key = key,
            Authors = [.. authors.Select(author => author.Text)],
            Title = MarkdownParser.Typographic(map.Required("title", 500)),
            Journal = Line(map, "journal", 200),
            Year = map.Has("year") ? map.Number("year", 0, 1800, 2200) : null,
            Volume = map.Text("volume", 40),
            Issue = map.Text("issue", 40),
            Pages = map.Text("pages", 40),
            Doi = map.Object<string>("doi", TryParseDoi, "a DOI, e.g. 10.1001/archpsyc.63.8.856"),
            Pmid = map.Object<string>("pmid", TryParseDigits, "a PubMed number, e.g. \"16894061\""),
            Pmcid = map.Object<string>("pmcid", TryParsePmcid, "a PubMed Central number, e.g. PMC3684331"),
            Url = map.Object<Uri>("url", TryParseWeb, ClinicFile.Https),
            Kind = map.Required("kind") is { Length: > 0 } ? map.OneOf("kind", Kinds) ?? "review" : "review",
            Population = Line(map, "population", 500),
            Finding = MarkdownParser.Typographic(map.Required("finding", 2000)),
            Topics = [.. map.Texts("topics").Select(topic => topic.Text)],
            Figures = [.. map.Texts("figures").Select(figure => figure.Text)],
            Supports = Claims(map, "supports"),
            Contradicts = Claims(map, "contradicts"),
        };
        // Notes on how an entry was checked are for the editor.
        map.Text("verified", 2000);
        map.Text("note", 2000);
        work = work with { Subjects = map.Has("subjects") ? Subjects(map) : SubjectsOf(work) };
        map.Close();
        return work;
    }

    private static string WorkKey(MapReader map, Dictionary<string, int> lines)
    {
        var key = map.RequiredValue<Slug>("key", Slug.TryParse, "lowercase words joined by hyphens, e.g. zarate-2006", WrittenSlug.Suggest).ToString();
        if (key.Length > 0 && !lines.TryAdd(key, map.Line))
            map.Wrong("key", $"{key} is used twice; the first is on line {lines[key]}", $"key: {key}b, or another that is free");
        return key;
    }

    private static ImmutableArray<WorkClaim> Claims(MapReader map, string key)
    {
        var claims = ImmutableArray.CreateBuilder<WorkClaim>();
        foreach (var (text, _) in map.Texts(key))
        {
            if (WorkClaim.TryParse(text, out var claim)) claims.Add(claim);
            else
                map.Wrong(
                    key,
                    $"{Diagnostics.Quote(text)} doesn't begin with the kind of claim that it supports",
                    $"{string.Join(", ", Enum.GetNames<EvidenceClaim>()).ToLowerInvariant()}, then a topic, "
                        + "then what was found, e.g. \"efficacy depression: one infusion eased it more than a sedative\"");
        }

        return claims.ToImmutable();
    }

    private static EvidenceSubjects Subjects(MapReader map) =>
        map.OneOf("subjects", [.. Enum.GetNames<EvidenceSubjects>().Select(name => name.ToLowerInvariant())]) is { } name
            ? Enum.Parse<EvidenceSubjects>(name, ignoreCase: true)
            : EvidenceSubjects.Patients;

    private static EvidenceSubjects SubjectsOf(Reference work)
    {
        if (work.Kind is "animal" or "laboratory") return EvidenceSubjects.Animals;
        if (work.Kind is "regulator") return EvidenceSubjects.Nobody;
        if (Studied("healthy")) return EvidenceSubjects.Volunteers;
        return Studied("recreational") || Studied("misusing") ? EvidenceSubjects.Users : EvidenceSubjects.Patients;

        bool Studied(string people) => work.Population?.Contains(people, StringComparison.OrdinalIgnoreCase) == true;
    }

    /// <summary>Old paths, their new addresses (null: gone), and their lines.</summary>
    public static List<(string From, string? To, int Line)> Redirects(YamlValue? root, Diagnostics notes)
    {
        var all = MapReader.Root(root, notes, "/old-page: /about");
        var redirects = new List<(string, string?, int)>();
        foreach (var (key, line) in all.Keys)
        {
            if (all.Text(key, 500) is not { } to) all.Wrong(key, "the new address is missing", $"{key}: /about, or {key}: 410 for a page that is gone");
            else if (!IsPath(key))
                all.Wrong(
                    key,
                    PathProblem(key) ?? "an old address begins with / and has no ? or #, except in a short link such as /?p=12",
                    $"{CorrectedPath(key)}: {to}");
            else redirects.Add((key, to == "410" ? null : to, line));
        }

        return redirects;
    }

    /// <summary>A path, or one of WordPress's short links: /?p=12, /?page_id=12.</summary>
    public static bool IsPath(string text) =>
        ShortLink.IsMatch(text)
        || (text.StartsWith('/')
            && !text.StartsWith("//", StringComparison.Ordinal)
            && text.Length > 1
            && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '?' or '#' or '\\'));

    /// <summary>What is wrong with the characters of an old address; null if it is something else.</summary>
    public static string? PathProblem(string text) =>
        IsWhole(text) ? "only the part after the site's name, which begins with /"
        : text.Any(char.IsWhiteSpace) ? "an address has no spaces; a space in an old address is written %20"
        : text.Contains('\\') ? "the parts of an address are separated by /, not \\"
        : null;

    /// <summary>The most likely form of a rejected old address.</summary>
    public static string CorrectedPath(string text) => ShortLinkWithin.Match(text) is { Success: true } link
        ? "/?" + link.Groups[1].Value
        : "/" + string.Concat((IsWhole(text) ? WholeStart.Replace(text, "") : text).Split('?', '#')[0].Trim('/', '\\', ' ')
            .Select(c => char.IsWhiteSpace(c) ? "%20" : c == '\\' ? "/" : char.IsControl(c) ? "" : c.ToString()));

    private static bool IsWhole(string text) => WholeStart.IsMatch(text);

    private static readonly Regex WholeStart = new("^https?://[^/]*/*", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
    private static readonly Regex ShortLinkWithin = new(@"[?&]((?:p|page_id)=\d{1,12})(?:&|#|$)", RegexOptions.CultureInvariant);
    private static readonly Regex ShortLink = new(@"^/\?(?:p|page_id)=\d{1,12}$", RegexOptions.CultureInvariant);

    private static bool TryParseDoi(string text, out string doi)
    {
        // Also in the forms that people copy: https://doi.org/10.…, doi:10.…
        doi =
            text.IndexOf("10.", StringComparison.Ordinal) is > 0 and var at
            && (text.Contains("doi.org/", StringComparison.OrdinalIgnoreCase) || text.StartsWith("doi", StringComparison.OrdinalIgnoreCase))
                ? text[at..]
                : text;
        text = doi;
        return text.StartsWith("10.", StringComparison.Ordinal) && text.IndexOf('/', StringComparison.Ordinal) > 3 && text.All(c => c > ' ' && c < 127);
    }

    private static bool TryParseDigits(string text, out string digits)
    {
        digits = text.StartsWith("PMID", StringComparison.OrdinalIgnoreCase) ? text[4..].Trim(':', ' ') : text;
        text = digits;
        return text.Length is > 0 and <= 12 && text.All(char.IsAsciiDigit);
    }

    private static bool TryParsePmcid(string text, out string id)
    {
        id = text = text.ToUpperInvariant();
        return text.StartsWith("PMC", StringComparison.Ordinal) && TryParseDigits(text[3..], out _);
    }

    private static bool TryParseWeb(string text, out Uri url) => WebAddress.TryParse(text, out url!) && url.Scheme is "https" or "http";
}
