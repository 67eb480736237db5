using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>
/// Links the texts to the rest of the folder: people, pictures, and each other. Knows every address of the finished site, and so finds dead
/// links, address conflicts, and redirects that lead nowhere.
/// </summary>
internal sealed class Linker
{
    private const int MaxHints = 50;

    private readonly ImmutableArray<ContentDocument> _texts;
    private readonly ReadContext _scope;
    private readonly DateTimeZone _zone;
    private readonly ImmutableArray<Price> _prices;
    private readonly Uri _site;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<string, ContentDocument> _byPath = new(StringComparer.Ordinal);
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _faqAnchors;
    private readonly Dictionary<string, Redirect> _redirects = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Diagnostic> _problems;
    private int _hints;

    /// <summary>Lists that couldn't be read. Their contents are unknown, so references to them aren't reported.</summary>
    public HashSet<string> Unread { get; init; } = [];

    /// <summary>Paths of texts that couldn't be read; the pages exist once the texts are fixed.</summary>
    public HashSet<string> UnreadPaths { get; init; } = [];

    public Linker(
        ImmutableArray<ContentDocument> texts,
        ReadContext scope,
        Clinic clinic,
        ImmutableArray<FaqGroup> faqs,
        IReadOnlyCollection<Person> people,
        bool hasReviews,
        bool hasBibliography,
        DateTimeOffset now,
        List<Diagnostic> problems)
    {
        (_texts, _scope, _zone, _now, _problems) = (texts, scope, clinic.TimeZone, now, problems);
        (_prices, _site) = (clinic.Prices, clinic.Url);
        _faqAnchors = [.. faqs.SelectMany(group => group.Questions).Select(faq => faq.Anchor)];
        foreach (var text in texts)
        {
            if (!_byPath.TryAdd(text.Path, text))
                Error(text.File, text.SlugLine, "slug", $"{_byPath[text.Path].File} also has the address {text.Path}", $"slug: {text.Slug}-2, or another name");
            else if (!text.Draft)
                _addresses.Add(text.Path);
        }

        var parts =
            clinic.Parts
            | (Shown(ContentKind.Service).Any() ? ContentParts.Services : ContentParts.None)
            | (Shown(ContentKind.Article).Any() ? ContentParts.Articles : ContentParts.None)
            | (faqs.Length > 0 ? ContentParts.Faqs : ContentParts.None)
            | (hasReviews ? ContentParts.Reviews : ContentParts.None)
            | (hasBibliography ? ContentParts.Bibliography : ContentParts.None)
            | (people.Count > 0 ? ContentParts.People : ContentParts.None)
            | (_addresses.Contains(SitePath.Cost) ? ContentParts.Cost : ContentParts.None)
            | (Shown(ContentKind.Service).Any(service => service.Price is not null) ? ContentParts.Prices : ContentParts.None);
        _addresses.UnionWith(SitePath.For(parts).Select(path => path.Path));
        _addresses.UnionWith(people.Select(person => person.Path).Concat(clinic.Locations.Select(place => place.Path)));
        foreach (var topic in Shown(ContentKind.Article).SelectMany(article => article.Topics)) _addresses.Add($"/blog/topics/{topic}");
    }

    /// <summary>Whether a path exists on the finished site.</summary>
    public bool Answers(string path) => _addresses.Contains(path);

    public Page Page(ContentDocument text) => new()
    {
        Slug = text.Slug, File = text.File, Title = MarkdownParser.Typographic(text.Title),
        Summary = MarkdownParser.Typographic(text.Summary), Image = Image(text), Draft = text.Draft,
        Aliases = Aliases(text), Body = Body(text), Order = text.Order, Kind = text.PageKind, Effective = text.Effective,
    };

    public Service Service(ContentDocument text, FrozenDictionary<string, Person> people)
    {
        ImmutableArray<Price> prices = [.. text.Prices.Select(name => Price(text, name)).OfType<Price>()];
        return new Service
        {
            Slug = text.Slug, File = text.File, Title = MarkdownParser.Typographic(text.Title),
            Summary = MarkdownParser.Typographic(text.Summary), Image = Image(text), Draft = text.Draft,
            Aliases = Aliases(text), Body = Body(text), Order = text.Order, Prices = prices, Price = text.Price ?? prices.FirstOrDefault()?.Short,
            Duration = text.Duration, Review = Review(text, people),
        };
    }

    private Price? Price(ContentDocument text, NamedReference name)
    {
        if (_prices.FirstOrDefault(price => price.Key == name.Name) is { } found) return found;
        if (Unread.Contains("clinic.yml")) return null;
        var near = NearestName.To(name.Name, _prices.Select(price => price.Key)) ?? _prices.FirstOrDefault()?.Key;
        Error(
            text.File,
            name.Line,
            "prices",
            $"{Diagnostics.Quote(name.Name)} isn't a price in clinic.yml",
            $"prices: [{near ?? "infusion, with an entry of that key under prices in clinic.yml"}]");
        return null;
    }

    public Article Article(ContentDocument text, FrozenDictionary<string, Person> people)
    {
        var published = (text.Published ?? new Moment(new LocalDate(2000, 1, 1), null)).In(_zone);
        var updated = text.Updated?.In(_zone);
        if (updated < published)
            Error(
                text.File,
                text.UpdatedLine,
                "updated",
                "it is before published",
                $"updated: {DateParser.Iso(text.Published?.Day ?? default)}, or a later day");
        return new Article
        {
            Slug = text.Slug, File = text.File, Title = MarkdownParser.Typographic(text.Title),
            Summary = MarkdownParser.Typographic(text.Summary), Image = Image(text), Draft = text.Draft,
            Aliases = Aliases(text), Body = Body(text), Published = published, Updated = updated, Topics = text.Topics, Review = Review(text, people),
            Authors = [.. text.Authors.Select(author => Person(text, "authors", author, people)).OfType<Person>()],
            Related = [.. text.Related.Select(other => Related(text, other)).OfType<Slug>()],
        };
    }

    /// <summary>Checks the links, pictures, and fragments of every text and every other piece of Markdown.</summary>
    public void CheckLinks()
    {
        foreach (var text in _texts.Where(text => text.Body is not null)) Check(text.Body!, text);
        foreach (var piece in _scope.Pieces) Check(piece, null);
    }

    public void CheckNavigation(IEnumerable<NamedReference> links)
    {
        foreach (var link in links)
        {
            if (Links.Kind(link.Name) == LinkKind.Own && link.Name[0] == '/')
                CheckTarget(new Link("clinic.yml", link.Line, "navigation.href", link.Name, Owner: null), link.Name);
            else
                Error(
                    "clinic.yml",
                    link.Line,
                    "navigation.href",
                    $"{Diagnostics.Quote(link.Name)} isn't a path on this site",
                    $"href: {(Links.Kind(link.Name) == LinkKind.Text ? Links.PathOf(link.Name) : "/about")}");
        }
    }

    /// <summary>The default navigation, limited to pages that exist.</summary>
    public ImmutableArray<NavigationLink> DefaultNavigation(MarkdownStrings words) =>
    [
        .. SitePath.All.Select(path => (path.Path, path.Title)).Where(path => path.Title is not null)
            .SelectMany(path => path.Path == "/" ? [path, ("/about", "About Us")] : new[] { path })
            .Where(link => _addresses.Contains(link.Path)).Select(link => new NavigationLink(words[link.Title!], link.Path)),
    ];

    /// <summary>Old addresses from redirects.yml and the texts' aliases, with every chain followed to its end.</summary>
    public FrozenDictionary<string, Redirect> Redirects(List<(string From, string? To, int Line)> listed, Uri site)
    {
        var circles = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in Valid(listed))
        {
            var (to, steps, elsewhere) = (entry.To, 0, false);
            while (to is not null)
            {
                if (WebAddress.TryParse(to, out var absolute) && !to.StartsWith('/'))
                {
                    if (!string.Equals(absolute.GetLeftPart(UriPartial.Authority), site.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
                    {
                        Error(
                            entry.File,
                            entry.Line,
                            entry.Key,
                            $"{Diagnostics.Quote(to)} is on another site",
                            $"{entry.From}: {absolute.AbsolutePath}, or {entry.From}: 410");
                        elsewhere = true;
                        break;
                    }

                    to = absolute.PathAndQuery + absolute.Fragment;
                }

                if (!_redirects.TryGetValue(Split(to).Path.TrimEnd('/') is { Length: > 0 } path ? path : "/", out var next) || ++steps > 20) break;
                to = next.To;
            }

            if (steps > 20)
            {
                // Report only one line of a loop.
                if (!circles.Contains(entry.From))
                    Error(
                        entry.File,
                        entry.Line,
                        entry.Key,
                        $"it leads to {entry.To}, which leads back",
                        $"{entry.From}: the current page, or 410");
                for (string? step = entry.From; step is not null && circles.Add(step);) step = _redirects.GetValueOrDefault(step.TrimEnd('/'))?.To;
            }
            else if (to is not null && !elsewhere && entry.Key != "aliases" && !Answers(Split(to).Path))
            {
                if (IsKnown(Split(to).Path))
                    Error(entry.File, entry.Line, entry.Key, $"there is no page {Diagnostics.Quote(to)}", $"{entry.From}: {Near(to, _addresses) ?? "410"}");
            }
            else _redirects[entry.From] = new Redirect(entry.From, to);
        }

        return _redirects.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The redirects without wrong, current, and repeated paths, which are reported.</summary>
    private List<(string From, string? To, string File, int Line, string Key)> Valid(List<(string From, string? To, int Line)> listed)
    {
        var all = listed
            .Select(entry => (entry.From, entry.To, File: "redirects.yml", entry.Line, Key: entry.From))
            .Concat(
                _texts
                    .Where(text => !text.Draft)
                    .SelectMany(text => text.Aliases.Select(alias => (From: alias.Name, To: (string?)text.Path, text.File, alias.Line, Key: "aliases"))))
            .ToList();
        var good = new List<(string From, string? To, string File, int Line, string Key)>();
        foreach (var entry in all)
        {
            // The server decodes addresses, so /old%20page arrives with a space.
            var written = entry.From.Length > 1 ? entry.From.TrimEnd('/') : entry.From;
            var from = written.StartsWith("/?", StringComparison.Ordinal) ? written : Uri.UnescapeDataString(written);
            if (!ListFiles.IsPath(entry.From) || from.Length == 0)
            {
                var path = ListFiles.CorrectedPath(entry.From);
                Error(
                    entry.File,
                    entry.Line,
                    entry.Key,
                    ListFiles.PathProblem(entry.From) is { } why ? $"{Diagnostics.Quote(entry.From)}: {why}"
                        : $"{Diagnostics.Quote(entry.From)} isn't an old path of this site",
                    entry.Key == "aliases" ? $"aliases: [{path}]" : $"{path}: {entry.To ?? "410"}");
            }
            else if (_addresses.Contains(from.ToLowerInvariant()))
                Error(entry.File, entry.Line, entry.Key, $"{from} is a current page, not an old address", "remove the line");
            else if (!_redirects.TryAdd(from, new Redirect(from, entry.To)))
                Error(entry.File, entry.Line, entry.Key, $"{from} is redirected twice", "remove one of the two lines");
            else good.Add(entry with { From = from });
        }

        return good;
    }

    private IEnumerable<ContentDocument> Shown(ContentKind kind) => _texts.Where(text => text.Kind == kind && !text.Draft);

    private Prose Body(ContentDocument text) => (text.Body ?? new ProsePiece(text.File, "", 1, "", new MarkdownAnalysis())).Prose(_scope.Setting);

    private ImmutableArray<string> Aliases(ContentDocument text) => [.. text.Aliases.Select(alias => alias.Name)];

    private Picture? Image(ContentDocument text)
    {
        if (text.Image is null) return null;
        var notes = new Diagnostics(text.File);
        var picture = _scope.Picture(text.Image, "image", notes, text.ImageAlt);
        _problems.AddRange(notes.Problems);
        return picture;
    }

    private MedicalReview? Review(ContentDocument text, FrozenDictionary<string, Person> people) =>
        text.ReviewedBy is { } by && text.Reviewed is { } date && Person(text, "reviewedBy", by, people) is { } reviewer
            ? new MedicalReview(reviewer, date, text.Signed)
            : null;

    private Person? Person(ContentDocument text, string key, NamedReference name, FrozenDictionary<string, Person> people)
    {
        if (people.TryGetValue(name.Name, out var person)) return person;
        if (key == "authors" && people.Values.Where(other => string.Equals(other.Name, name.Name, StringComparison.OrdinalIgnoreCase)).ToList() is [var named])
            return named;
        if (Unread.Contains("people.yml")) return null;
        var near =
            NearestName.To(name.Name, people.Keys)
            ?? people.Values.FirstOrDefault(other => NearestName.To(name.Name, [other.Name]) is not null)?.Key
            ?? people.Keys.Order(StringComparer.Ordinal).FirstOrDefault();
        Error(
            text.File,
            name.Line,
            key,
            $"people.yml has no person {Diagnostics.Quote(name.Name)}",
            near is null ? $"{WrittenSlug.Suggest(name.Name) ?? "jane-doe"}: in people.yml, and below it, two spaces in, name: {Diagnostics.Shown(name.Name)}"
                : key == "authors" ? $"authors: [{near}]"
                : $"{key}: {near}");
        return null;
    }

    private Slug? Related(ContentDocument text, NamedReference other)
    {
        if (Slug.TryParse(other.Name, out var slug) && _byPath.ContainsKey($"/blog/{slug}") && slug != text.Slug) return slug;
        if (UnreadPaths.Contains($"/blog/{other.Name}")) return null;
        var slugs = _texts.Where(article => article.Kind == ContentKind.Article && article != text).Select(article => article.Slug.ToString()).ToList();
        Error(
            text.File,
            other.Line,
            "related",
            other.Name == text.Slug.ToString() ? "the article itself" : $"there is no article {Diagnostics.Quote(other.Name)}",
            Near(other.Name, slugs) is { } near ? $"related: [{near}]" : "remove it: related articles are found by topic");
        return null;
    }

    // A draft's dead links are only warnings: their targets may not be published yet.
    private void Check(ProsePiece piece, ContentDocument? owner)
    {
        var before = _problems.Count;
        CheckAll(piece, owner);
        if (owner is not { Draft: true }) return;
        for (var i = before; i < _problems.Count; i++) _problems[i] = _problems[i] with { Severity = DiagnosticSeverity.Warning };
    }

    private void CheckAll(ProsePiece piece, ContentDocument? owner)
    {
        foreach (var picture in piece.Analysis.Pictures)
        {
            if (_scope.FindFile(picture.Source) is { Width: > 0 }) continue;
            var near = _hints++ < MaxHints ? _scope.NearPicture(picture.Source) : null;
            if (near is null && (owner is { Draft: true } ? _scope.IsBroken(picture.Source) : _scope.ShowsBroken(picture.Source))) continue;
            Error(
                piece.File,
                picture.Line,
                "image",
                $"there is no picture {Diagnostics.Quote(picture.Source)} in images/",
                near is null ? ReadContext.PictureHint("", null) : $"![{picture.Alt}]({near})",
                InLine(piece, picture.Line, $"]({picture.Source}", near is null ? null : $"]({near}"));
        }

        foreach (var (cited, line) in piece.Analysis.Citations)
        {
            if (_scope.Setting.Bibliography.ContainsKey(cited) || Unread.Contains("bibliography.yml")) continue;
            Error(
                piece.File,
                line,
                "citation",
                $"bibliography.yml has no entry {Diagnostics.Quote(cited)}",
                Near(cited, _scope.Setting.Bibliography.Keys) is { } near
                    ? $"[@{near}]"
                    : $"- key: {cited} in bibliography.yml, with authors, title, kind, and finding");
        }

        foreach (var (url, line) in piece.Analysis.Links)
        {
            var link = new Link(piece.File, line, "link", url, owner);
            switch (Links.Kind(url))
            {
                case LinkKind.Text: CheckTarget(link, Links.PathOf(url)); break;
                case LinkKind.Own when url[0] == '/': CheckTarget(link, url); break;
                case LinkKind.File: CheckLinkToFile(piece, link); break;
                case LinkKind.External when OwnPath(url) is { } path: CheckLinkToSelf(piece, link, path); break;
                case LinkKind.Own when !HasAnchor(piece, url[1..]):
                    Error(link, $"this text has no heading {Diagnostics.Quote(url)}", Anchored("", url[1..], piece.Analysis.Anchors));
                    break;
            }
        }
    }

    /// <summary>The path of an address on this site, as copied from the browser; null for other sites.</summary>
    private string? OwnPath(string url) =>
        WebAddress.TryParse(url, out var address) && Host(address) == Host(_site) ? address.PathAndQuery + address.Fragment : null;

    private static string Host(Uri site) =>
        site.Host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? site.Host[4..].ToLowerInvariant() : site.Host.ToLowerInvariant();

    /// <summary>A link to this site by its whole address: checked like a path, with a suggestion to use the path.</summary>
    private void CheckLinkToSelf(ProsePiece piece, Link link, string path)
    {
        var before = _problems.Count;
        CheckTarget(link, path);
        if (_problems.Count > before) return;
        if (InLine(piece, link.Line, $"]({link.Written})", $"]({path})") is { } fix) Fixes.Add(fix);
    }

    /// <summary>A link to a text's file: accepted if the file exists, with a suggestion to use its kind and name.</summary>
    private void CheckLinkToFile(ProsePiece piece, Link link)
    {
        var url = link.Written;
        var fragment = url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash ? url[hash..] : "";
        if (_scope.Setting.PathOf(url) is { } path)
        {
            CheckTarget(link, path);
            if (_byPath.TryGetValue(Split(path).Path, out var text) && InLine(piece, link.Line, $"]({url})", $"]({AsLink(text)}{fragment})") is { } fix)
                Fixes.Add(fix);
            return;
        }

        var name = Links.FileOf(url);
        var near = Near(System.IO.Path.GetFileNameWithoutExtension(name), _byPath.Values.Where(text => !text.Draft).Select(text => text.Slug.ToString()));
        if (Unread.Contains(name) || Unread.Any(file => file.EndsWith("/" + name, StringComparison.Ordinal))) return;
        Error(
            link,
            $"there is no text {Diagnostics.Quote(name)}",
            _byPath.Values.FirstOrDefault(text => text.Slug.ToString() == near) is { } meant
                ? $"[words]({AsLink(meant)})"
                : "[words](page:about), with an existing page, article, or service");
    }

    /// <summary>Suggestions for links that were accepted but could be written better.</summary>
    public List<ContentFix> Fixes { get; } = [];

    // The correction of part of a line; null if the line has that part more than once or not in the file's form.
    private static ContentFix? InLine(ProsePiece piece, int line, string old, string? now)
    {
        var lines = piece.Markdown.Split('\n');
        if (now is null || piece.IdPrefix.Length > 0 || line < piece.FirstLine || line - piece.FirstLine >= lines.Length) return null;
        var text = lines[line - piece.FirstLine];
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return at < 0 || text.IndexOf(old, at + 1, StringComparison.Ordinal) >= 0
            ? null
            : new ContentFix(piece.File, new FileSpan(line, at, line, at + old.Length), now);
    }

    private static string Anchored(string before, string fragment, IEnumerable<string> anchors)
    {
        var known = anchors.ToList();
        return NearestName.To(fragment, known) is { } near ? $"[words]({before}#{near})"
            : known.Count == 0 ? before.Length > 0 ? $"[words]({before})" : $"## {Titled(fragment)} (above what it should lead to; this text has no headings)"
            : $"one of {string.Join(", ", known.Take(8).Select(anchor => "#" + anchor))}";
    }

    private static string Titled(string fragment) =>
        fragment.Replace('-', ' ').Trim() is [var first, .. var rest] ? char.ToUpperInvariant(first) + rest : "Heading";

    // An address that exists only if an unreadable list or text is fixed.
    private bool IsKnown(string path) =>
        !UnreadPaths.Contains(path)
        && !(path is "/faqs" && Unread.Contains("faqs.yml"))
        && !(path is "/reviews" && Unread.Contains("reviews.yml"))
        && !(path is "/research" && Unread.Contains("bibliography.yml"))
        && !(path is "/consultation" or "/newsletter" && Unread.Contains("clinic.yml"))
        && !(UnreadPaths.Count > 0 && (path is "/blog" or "/services" || path.StartsWith("/blog/topics/", StringComparison.Ordinal)));

    /// <param name="Key">The key in the file, or <c>link</c> in Markdown.</param>
    /// <param name="Written">The address as the editor wrote it.</param>
    /// <param name="Owner">The text that contains the link; null in a list.</param>
    private sealed record Link(string File, int Line, string Key, string Written, ContentDocument? Owner)
    {
        /// <summary>The link with another address, in the form of its place.</summary>
        public string Corrected(string address) => Key == "link" ? $"[words]({address})" : $"href: {address}";
    }

    private void CheckTarget(Link link, string target)
    {
        var (path, fragment) = Split(target);
        if (_scope.Files.ContainsKey(path)) return;
        if (_byPath.TryGetValue(path, out var text)) CheckLinkToText(link, text, fragment);
        else if (_redirects.TryGetValue(Uri.UnescapeDataString(path.TrimEnd('/')), out var moved))
            Warn(
                link,
                $"{Diagnostics.Quote(link.Written)} is an old address",
                moved.To is { } now ? link.Corrected(now) : "another page: this one is gone");
        else if (!_addresses.Contains(path))
        {
            if (IsKnown(path)) Error(link, $"there is no page {Diagnostics.Quote(link.Written)}", link.Corrected(SimilarTarget(link, path)));
        }
        else if (path == "/faqs" && fragment.Length > 0 && !_faqAnchors.Contains(fragment) && !Unread.Contains("faqs.yml"))
            Error(link, $"there is no question {Diagnostics.Quote("#" + fragment)}", Anchored("/faqs", fragment, _faqAnchors));
    }

    private void CheckLinkToText(Link link, ContentDocument text, string fragment)
    {
        if (text.Draft && link.Owner is not { Draft: true })
            Error(
                link,
                $"{Diagnostics.Quote(link.Written)} is a draft, which visitors can't see",
                $"draft: false in {text.File} once it is ready, or a link to another page");
        else if (fragment.Length > 0 && text.Body is { } body && !HasAnchor(body, fragment))
            Error(
                link,
                $"{text.File} has no heading {Diagnostics.Quote("#" + fragment)}",
                Anchored(link.Written.Split('#')[0], fragment, body.Analysis.Anchors));
        else if (text.Published?.In(_zone) is { } appears && appears > _now && appears > (link.Owner?.Published?.In(_zone) ?? DateTimeOffset.MaxValue))
            Warn(link, $"{Diagnostics.Quote(link.Written)} is published later than this text", "publish this one later, or link to another page");
    }

    // A suggestion in the link's own form: article:slug, or a path.
    private string SimilarTarget(Link link, string path)
    {
        var published = _byPath.Values.Where(other => !other.Draft).ToList();
        var near = Links.Kind(link.Written) == LinkKind.Text ? Near(link.Written.Split('#')[0], published.Select(AsLink)) : Near(path, _addresses);
        if (near is not null) return near;
        if (Near(path.Split('/')[^1], published.Select(other => other.Slug.ToString())) is { } slug)
            return AsLink(_byPath.Values.First(other => other.Slug.ToString() == slug));
        return link.Key == "link" ? "page:about" : "/about";
    }

    private void Error(Link link, string found, string wanted) => Error(link.File, link.Line, link.Key, found, wanted);

    private void Warn(Link link, string found, string wanted) =>
        _problems.Add(new Diagnostic(link.File, link.Line, link.Key, found, wanted, DiagnosticSeverity.Warning));

    private static bool HasAnchor(ProsePiece piece, string fragment) =>
        piece.Analysis.Anchors.Contains(
            fragment.StartsWith(piece.IdPrefix, StringComparison.Ordinal) ? fragment[piece.IdPrefix.Length..] : fragment,
            StringComparer.Ordinal
        ) || fragment is "references" or "main";

    private static (string Path, string Fragment) Split(string target)
    {
        var hash = target.IndexOf('#', StringComparison.Ordinal);
        var (path, fragment) = hash < 0 ? (target, "") : (target[..hash], target[(hash + 1)..]);
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return (query < 0 ? path : path[..query], fragment);
    }

    // Limit the suggestions: comparing thousands of dead links with thousands of addresses each would take too long.
    private string? Near(string name, IEnumerable<string> known) => _hints++ < MaxHints ? NearestName.To(name, known) : null;

    private static string AsLink(ContentDocument text) => $"{text.Kind.ToString().ToLowerInvariant()}:{text.Slug}";

    private void Error(string file, int line, string key, string found, string wanted, ContentFix? fix = null) =>
        _problems.Add(new Diagnostic(file, line, Diagnostics.Shown(key), found, wanted) { Fix = fix });
}
