using Ketamine.Content.Claims;
using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

public enum ContentKind
{
    Page,
    Service,
    Article,
}

/// <summary>What a text is checked against besides its own file.</summary>
/// <param name="Claims">The folder's wording rules; null if it has none.</param>
/// <param name="Safety">The source of safety lines; null if the folder has no safety.yml.</param>
/// <param name="Parties">The people and clinic that a signature is bound to.</param>
/// <param name="Clinic">The source of values that texts insert from clinic.yml.</param>
public sealed record DocumentContext(ClaimsCheck? Claims, SafetyFacts? Safety, ReviewParties Parties, ClinicFacts Clinic);

/// <summary>A front matter value that refers to something elsewhere, with its line.</summary>
public sealed record NamedReference(string Name, int Line);

/// <summary>
/// A page, service, or article as its file defines it. It depends only on the file's bytes, so an unchanged file is never parsed twice;
/// <see cref="Linker"/> resolves the names of people, pictures, and other texts.
/// </summary>
public sealed record ContentDocument(ContentKind Kind, string File)
{
    public Slug Slug { get; private init; }
    public int SlugLine { get; private init; }
    public string Title { get; private init; } = "";
    public string Summary { get; private init; } = "";
    public int SummaryLine { get; private init; }
    public NamedReference? Image { get; private init; }
    public string ImageAlt { get; private init; } = "";
    public bool Draft { get; private init; }
    public ImmutableArray<NamedReference> Aliases { get; private init; } = [];
    public int Order { get; private init; }
    public PageKind PageKind { get; private init; }

    /// <summary>A notice's effective date.</summary>
    public LocalDate? Effective { get; private init; }

    public string? Price { get; private init; }
    public string? Duration { get; private init; }

    /// <summary>Keys of prices in clinic.yml.</summary>
    public ImmutableArray<NamedReference> Prices { get; private init; } = [];

    public Moment? Published { get; private init; }
    public Moment? Updated { get; private init; }
    public int UpdatedLine { get; private init; }
    public ImmutableArray<NamedReference> Authors { get; private init; } = [];
    public NamedReference? ReviewedBy { get; private init; }
    public LocalDate? Reviewed { get; private init; }
    public string? ReviewHash { get; private init; }
    public ImmutableArray<NamedReference> Acknowledged { get; private init; } = [];
    public ImmutableArray<Slug> Topics { get; private init; } = [];
    public ImmutableArray<NamedReference> Related { get; private init; } = [];
    public ProsePiece? Body { get; private init; }

    /// <summary>Whether the signature matches the current text.</summary>
    public bool Signed { get; private init; }

    /// <summary>What the claims rules found, whether acknowledged or not.</summary>
    public ImmutableArray<ClaimDiagnostic> Claims { get; private init; } = [];

    /// <summary>The sentences with citations.</summary>
    public ImmutableArray<CitedSentence> Cited { get; private init; } = [];

    /// <summary>The last day on which the whole text is valid; null if it doesn't expire.</summary>
    public LocalDate? ValidUntil { get; private init; }

    public int ValidUntilLine { get; private init; }

    /// <summary>The last day on which the price is valid; null if not given.</summary>
    public LocalDate? PriceValidUntil { get; private init; }

    public int PriceValidUntilLine { get; private init; }

    /// <summary>Facts in the file that expire.</summary>
    internal IEnumerable<DatedFact> DatedFacts
    {
        get
        {
            if (ValidUntil is { } whole) yield return new DatedFact(File, ValidUntilLine, "the text", whole);
            if (PriceValidUntil is { } price) yield return new DatedFact(File, PriceValidUntilLine, "the price", price);
            foreach (var fact in Body?.DatedSentences ?? []) yield return fact;
        }
    }

    /// <summary>Problems within the file itself.</summary>
    public required ImmutableArray<Diagnostic> Problems { get; init; }

    /// <summary>Suggestions for values that were accepted but could be written better.</summary>
    public ImmutableArray<ContentFix> Fixes { get; init; } = [];

    public string Path => Kind switch
    {
        ContentKind.Article => $"/blog/{Slug}",
        ContentKind.Service => $"/services/{Slug}",
        _ => Slug.ToString() == Page.Home ? "/" : $"/{Slug}",
    };

    /// <summary>The kind of content at a path in the folder; null for other files.</summary>
    public static ContentKind? KindOf(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || slash != path.LastIndexOf('/') || !path.EndsWith(".md", StringComparison.Ordinal)) return null;
        return path.AsSpan(0, slash) switch
        {
            "pages" => ContentKind.Page,
            "services" => ContentKind.Service,
            "articles" => ContentKind.Article,
            _ => null,
        };
    }

    /// <summary>A file's default path, unless the file sets another.</summary>
    public static string PathOf(string file)
    {
        var name = LeadingDate.Replace(System.IO.Path.GetFileNameWithoutExtension(file), "");
        return KindOf(file) switch
        {
            ContentKind.Article => "/blog/" + name,
            ContentKind.Service => "/services/" + name,
            _ => name == Page.Home ? "/" : "/" + name,
        };
    }

    /// <param name="path">In the folder, with forward slashes.</param>
    public static ContentDocument Read(ContentKind kind, string path, byte[] bytes, DocumentContext context)
    {
        var notes = new Diagnostics(path);
        var text = Parse(kind, bytes, context, notes);
        return text with { Problems = [.. notes.Problems], Fixes = [.. notes.Fixes] };
    }

    private static ContentDocument Parse(ContentKind kind, byte[] bytes, DocumentContext context, Diagnostics notes)
    {
        var nothing = new ContentDocument(kind, notes.File) { Problems = [] };
        if (SourceText.Decode(bytes, notes) is not { } source || Split(source, notes) is not { } parts || FrontMatter(parts.Yaml, notes) is not { } map)
            return nothing;
        var text = nothing.WithFrontMatter(map, notes).WithBody(parts, context, notes).WithClaimsInFrontMatter(map, context.Claims);
        text = text with { Signed = text.HasValidSignature(context.Parties) };
        notes.Problems.AddRange(text.ClaimProblems().Concat(SafetyCheck.Problems(text, context.Safety)));
        return text;
    }

    /// <summary>The keys between the <c>---</c> lines; null, with the problem noted, if they can't be read.</summary>
    private static MapReader? FrontMatter(string yaml, Diagnostics notes)
    {
        var before = notes.Problems.Count;
        var root = Yaml.Read(yaml, notes, lineOffset: 1);
        if (root is not (null or YamlMap)) notes.Error(root.Line, "front matter", $"{root.Found} instead of keys and values", "title: What a visit is like");
        return notes.Problems.Count > before && root is not YamlMap ? null : MapReader.Root(root, notes);
    }

    private ContentDocument WithFrontMatter(MapReader map, Diagnostics notes)
    {
        var text = this with { Title = map.Required("title", 200), Summary = SummaryOf(map, Kind), SummaryLine = map.LineOf("summary") };
        text = text with { Slug = SlugOf(map, Kind, notes) ?? default, SlugLine = map.Has("slug") ? map.LineOf("slug") : 0 };
        text = text.WithPicture(map, notes) with
        {
            Draft = map.Flag("draft"),
            Aliases = [.. map.Texts("aliases").Select(alias => new NamedReference(alias.Text, alias.Line))],
            ValidUntil = map.Day("validUntil"),
            ValidUntilLine = map.LineOf("validUntil"),
        };
        if (Kind is ContentKind.Service or ContentKind.Page) text = text with { Order = map.Number("order", 1000, 0, 100_000) };
        if (Kind is ContentKind.Page) text = text.WithKind(map);
        if (Kind is ContentKind.Service) text = text.WithPrice(map);
        if (Kind is ContentKind.Service or ContentKind.Article) text = text.WithReview(map, notes);
        if (Kind is ContentKind.Article) text = text.WithArticle(map);
        map.Close();
        return text;
    }

    private static string SummaryOf(MapReader map, ContentKind kind)
    {
        var summary = kind == ContentKind.Page ? map.Text("summary", 2000) ?? "" : map.Required("summary", 2000);
        if (summary.Length > 200)
            map.Wrong("summary", $"{summary.Length} characters; lists, feeds, and search engines cut it off after 200", $"summary: {Cut(summary)}");
        return summary;
    }

    private ContentDocument WithBody((string Yaml, string Body, int BodyLine) parts, DocumentContext context, Diagnostics notes)
    {
        var filled = context.Clinic.Fill(parts.Body, (line, what, wanted) => notes.Error(parts.BodyLine + line, "text", what, wanted));
        var expansion = SafetyFacts.Expand(filled, context.Safety, (line, what, wanted) => notes.Error(parts.BodyLine + line, "safety", what, wanted));
        ImmutableArray<ClaimDiagnostic> claims = [];
        ImmutableArray<CitedSentence> cited = [];
        var analysis = MarkdownAnalysis.Read(expansion.Markdown, LineOf, notes, look: document =>
        {
            var sentences = MarkdownSentences.Of(document).ToList();
            claims = [.. (context.Claims?.Examine(File, sentences, LineOf) ?? []).Where(claim => !IsInserted(claim.Line))];
            cited = [.. ClaimsCheck.Cited(File, sentences, LineOf).Where(sentence => !IsInserted(sentence.Line))];
        });
        return this with
        {
            Body = new ProsePiece(File, expansion.Markdown, parts.BodyLine, "", analysis)
            {
                Safety = expansion,
                Signed = filled == parts.Body ? null : SafetyFacts.Expand(parts.Body, context.Safety, (_, _, _) => { }).Markdown,
            },
            Claims = claims,
            Cited = cited,
        };

        int LineOf(int line) => parts.BodyLine + expansion.LineOf(line);

        // The text that a safety line inserts is checked once, in safety.yml.
        bool IsInserted(int line) => expansion.Directives.Contains(line - parts.BodyLine);
    }

    private ContentDocument WithClaimsInFrontMatter(MapReader map, ClaimsCheck? claims)
    {
        if (claims is null) return this;
        var found = new List<ClaimDiagnostic>();
        foreach (var key in SearchedKeys.Where(map.Has))
            if (map.Text(key, 10_000) is { } words)
                found.AddRange(claims.Examine(File, words, map.LineOf(key)));
        return this with { Claims = [.. found, .. Claims] };
    }

    private bool HasValidSignature(ReviewParties parties) =>
        this is { ReviewedBy: { } by, Reviewed: { } date, ReviewHash: { } hash }
        && hash == ReviewSignature.Of(this, by.Name, date, Acknowledged.Select(sentence => sentence.Name), parties);

    // Visitors never see a draft, so problems with its wording are only warnings. Sentences of a page that need a reviewer are checked later,
    // against acknowledged.yml.
    private IEnumerable<Diagnostic> ClaimProblems() =>
        Claims
            .Where(claim => !(Kind == ContentKind.Page && claim.Finding.Verdict == ClaimVerdict.Review) && !HasAcknowledged(claim))
            .Select(claim => claim.ToDiagnostic(asWarning: Draft));

    private static Slug? SlugOf(MapReader map, ContentKind kind, Diagnostics notes)
    {
        var slug = map.Value<Slug>("slug", Slug.TryParse, "lowercase words joined by hyphens, e.g. what-a-visit-is-like", WrittenSlug.Suggest);
        if (slug is null && !map.Has("slug"))
        {
            var name = System.IO.Path.GetFileNameWithoutExtension(notes.File);
            if (LeadingDate.Replace(name, "") is var rest && WrittenSlug.TryParse(rest, out var own)) slug = own;
            else notes.Error(0, "file", $"the name {Diagnostics.Quote(name)} can't be turned into an address", "slug: what-a-visit-is-like");
        }

        if (kind == ContentKind.Page && slug?.ToString() is { } word && SitePath.IsReserved(word))
            notes.Error(map.LineOf("slug"), "slug", $"the site has a built-in page at /{word}", $"slug: our-{word}, or another name");
        return slug;
    }

    private ContentDocument WithPicture(MapReader map, Diagnostics notes)
    {
        var text = this with
        {
            Image = map.Text("image") is { } image ? new NamedReference(image, map.LineOf("image")) : null,
            ImageAlt = map.Text("imageAlt", 500) ?? "",
        };
        if (text.Image is not null && !map.Has("imageAlt"))
            notes.Error(
                text.Image.Line,
                "imageAlt",
                "missing: screen readers read it to people who can't see the picture",
                "imageAlt: what the picture shows, or \"\" if it is only decoration");
        if (text.Image is null && map.Has("imageAlt"))
            map.Wrong("imageAlt", "there is no image to describe", "image: picture.jpg, or remove imageAlt");
        return text;
    }

    private ContentDocument WithPrice(MapReader map)
    {
        var text = this with
        {
            Price = map.Text("price", 200),
            Duration = map.Text("duration", 200),
            Prices = PricesOf(map),
            PriceValidUntil = map.Day("priceValidUntil"),
            PriceValidUntilLine = map.LineOf("priceValidUntil"),
        };
        if (text is { PriceValidUntil: not null, Price: null })
            map.Wrong(
                "priceValidUntil",
                "there is no price that it applies to",
                "price: From $450 per visit, or remove priceValidUntil (for prices in clinic.yml, use validUntil there)");
        return text;
    }

    private static ImmutableArray<NamedReference> PricesOf(MapReader map)
    {
        if (map.Has("price") && map.Has("prices"))
            map.Wrong("price", "both a price in words and prices from clinic.yml", "one of the two; prices shows the amounts and what they include");
        return [.. map.Texts("prices").Select(price => new NamedReference(price.Text, price.Line))];
    }

    private bool HasAcknowledged(ClaimDiagnostic claim) =>
        Signed && claim.Finding.Verdict == ClaimVerdict.Review && Acknowledged.Any(sentence => ReviewSignature.Same(sentence.Name, claim.Sentence));

    private ContentDocument WithKind(MapReader map)
    {
        var kind = map.OneOf("kind", "privacy-practices") is null ? PageKind.Plain : PageKind.PrivacyPractices;
        var effective = map.Day("effective");
        if (kind is PageKind.PrivacyPractices && !map.Has("effective")) map.Missing("effective", "2026-02-16 (the day on which the notice took effect)");
        if (kind is PageKind.Plain && map.Has("effective"))
            map.Wrong("effective", "only a notice of privacy practices has an effective date", "kind: privacy-practices, or remove effective");
        return this with { PageKind = kind, Effective = effective };
    }

    private ContentDocument WithReview(MapReader map, Diagnostics notes)
    {
        var text = this with
        {
            ReviewedBy = map.Text("reviewedBy") is { } by ? new NamedReference(by, map.LineOf("reviewedBy")) : null,
            Reviewed = map.Day("reviewed"),
            ReviewHash = map.Text("reviewHash"),
            Acknowledged = [.. map.Texts("reviewAcknowledged").Select(item => new NamedReference(item.Text, item.Line))],
        };
        if (text.ReviewedBy is not null && text.Reviewed is null && !map.Has("reviewed"))
            notes.Error(text.ReviewedBy.Line, "reviewed", "missing, although reviewedBy is set", "reviewed: 2026-03-14");
        if (text.ReviewedBy is null && map.Has("reviewed"))
            map.Wrong("reviewedBy", "missing, although reviewed is set", "reviewedBy: medical-director (a key of people.yml)");
        return text;
    }

    private ContentDocument WithArticle(MapReader map)
    {
        var topics = map.Texts("topics");
        foreach (var topic in topics.Where(topic => !WrittenSlug.TryParse(topic.Text, out _)))
            map.Wrong("topics", $"{Diagnostics.Quote(topic.Text)} has neither letters nor digits", "topics: [side-effects]");
        var text = this with
        {
            // An imported draft without a date gets one only when it is published.
            Published =
                Draft && !map.Has("published")
                    ? null
                    : map.RequiredTime("published"),
            Updated = map.Time("updated"),
            UpdatedLine = map.LineOf("updated"),
            Authors = [.. map.Texts("authors").Select(author => new NamedReference(author.Text, author.Line))],
            Topics = [.. topics.Select(topic => WrittenSlug.TryParse(topic.Text, out var slug) ? slug : default).Where(slug => slug != default).Distinct()],
            Related = [.. map.Texts("related").Select(other => new NamedReference(other.Text, other.Line))],
        };
        if (text.Authors.IsEmpty) map.Missing("authors", "[clinical-team]");
        return text;
    }

    /// <summary>Splits the file at its second <c>---</c> line. If there aren't two, notes the problem and returns null.</summary>
    private static (string Yaml, string Body, int BodyLine)? Split(string source, Diagnostics notes)
    {
        const string form = "--- (then the keys, one per line; --- again; then the text)";
        var lines = source.Split('\n');
        if (lines[0].TrimEnd() != "---")
        {
            var first = Array.FindIndex(lines, line => line.Trim().Length > 0);
            if (first < 0) notes.Error(1, "file", "it is empty", form);
            else if (lines[first].Trim() == "---") notes.Error(1, "front matter", BeforeTheMark(first), "--- in the first line, at its very beginning");
            else notes.Error(first + 1, "front matter", $"the first line is {Diagnostics.Quote(lines[first].Trim())} instead of ---", form);
            return null;
        }

        for (int start = lines[0].Length + 1, line = 1; line < lines.Length; start += lines[line].Length + 1, line++)
            if (lines[line].AsSpan().TrimEnd() is "---")
                return (source[(lines[0].Length + 1)..start], line + 1 < lines.Length ? source[(start + lines[line].Length + 1)..] : "", line + 2);

        if (Array.FindIndex(lines, 1, line => line.Trim() is { Length: > 0 } marks && marks.All(IsDash)) is > 0 and var close)
            notes.Error(close + 1, "front matter", $"{Diagnostics.Quote(lines[close].Trim())} instead of ---, so it isn't closed", "---");
        else notes.Error(LastKey(lines), "front matter", "it isn't closed", "--- (on a separate line, after the last key)");
        return null;

        static string BeforeTheMark(int blank) => blank > 0 ? "an empty line before ---" : "a space before ---";
    }

    // Word processors turn --- into a long dash.
    private static bool IsDash(char c) => c is '-' or '‐' or '‑' or '‒' or '–' or '—' or '―' or '_';

    /// <summary>The line of the last of the keys that follow the first line.</summary>
    private static int LastKey(string[] lines)
    {
        var last = 1;
        for (var i = 1; i < lines.Length && lines[i].Trim().Length > 0; i++)
            if (Key.IsMatch(lines[i])) last = i + 1;
        return last;
    }

    // At the end of a word, with room for a period.
    private static string Cut(string summary) =>
        summary.LastIndexOf(' ', 198) is > 0 and var space ? summary[..space].TrimEnd(',', ';', ':', '-') + "." : summary[..200];

    private static readonly string[] SearchedKeys = ["title", "summary", "imageAlt", "price", "duration"];

    private static readonly Regex Key = new(@"^\s*(?:- |[A-Za-z]\w*\s*:)", RegexOptions.CultureInvariant);

    private static readonly Regex LeadingDate = new(@"^\d{4}-\d{2}-\d{2}-", RegexOptions.CultureInvariant);
}
