using System.Collections.Frozen;
using System.Collections.Immutable;
using Ketamine.Content.Markdown;
using NodaTime;

namespace Ketamine.Content.Reading;

/// <summary>
/// Joins the texts with the rest of the folder: people, pictures, each other. Knows every address that the finished site will answer, and so
/// finds dead links, clashes and redirects that lead nowhere.
/// </summary>
internal sealed class Linker
{
    private const int MaxHints = 50;

    private readonly ImmutableArray<ContentDocument> _texts;
    private readonly ReadContext _scope;
    private readonly DateTimeZone _zone;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<string, ContentDocument> _byPath = new(StringComparer.Ordinal);
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _faqAnchors;
    private readonly Dictionary<string, Redirect> _redirects = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Diagnostic> _problems;
    private int _hints;

    public Linker(ImmutableArray<ContentDocument> texts, ReadContext scope, Clinic clinic, ImmutableArray<FaqGroup> faqs, IReadOnlyCollection<Person> people, bool hasReviews, bool hasBibliography, DateTimeOffset now, List<Diagnostic> problems)
    {
        (_texts, _scope, _zone, _now, _problems) = (texts, scope, clinic.TimeZone, now, problems);
        _faqAnchors = [.. faqs.SelectMany(group => group.Questions).Select(faq => faq.Anchor)];
        foreach (var text in texts)
        {
            if (!_byPath.TryAdd(text.Path, text))
                Error(text.File, text.SlugLine, "slug", $"{text.Path}, which is {_byPath[text.Path].File}'s too", "an address of its own");
            else if (!text.Draft)
                _addresses.Add(text.Path);
        }

        var parts = (Shown(ContentKind.Service).Any() ? ContentParts.Services : ContentParts.None) | (Shown(ContentKind.Article).Any() ? ContentParts.Articles : ContentParts.None)
            | (faqs.Length > 0 ? ContentParts.Faqs : ContentParts.None) | (hasReviews ? ContentParts.Reviews : ContentParts.None) | (hasBibliography ? ContentParts.Bibliography : ContentParts.None)
            | (people.Count > 0 ? ContentParts.People : ContentParts.None) | (clinic.Locations.IsEmpty ? ContentParts.None : ContentParts.Locations)
            | (clinic.Consultation is not null ? ContentParts.Consultation : ContentParts.None) | (clinic.Newsletter is not null ? ContentParts.Newsletter : ContentParts.None);
        _addresses.UnionWith(SitePath.For(parts).Select(path => path.Path));
        _addresses.UnionWith(people.Select(person => person.Path).Concat(clinic.Locations.Select(place => place.Path)));
        foreach (var topic in Shown(ContentKind.Article).SelectMany(article => article.Topics)) _addresses.Add($"/blog/topics/{topic}");
    }

    /// <summary>Whether the finished site answers a path.</summary>
    public bool Answers(string path) => _addresses.Contains(path);

    public Page Page(ContentDocument text) => new()
    {
        Slug = text.Slug, File = text.File, Title = text.Title, Summary = text.Summary, Image = Image(text), Draft = text.Draft,
        Aliases = Aliases(text), Body = Body(text), Order = text.Order,
    };

    public Service Service(ContentDocument text, FrozenDictionary<string, Person> people) => new()
    {
        Slug = text.Slug, File = text.File, Title = text.Title, Summary = text.Summary, Image = Image(text), Draft = text.Draft,
        Aliases = Aliases(text), Body = Body(text), Order = text.Order, Price = text.Price, Duration = text.Duration, Review = Review(text, people),
    };

    public Article Article(ContentDocument text, FrozenDictionary<string, Person> people)
    {
        var published = (text.Published ?? new Moment(new LocalDate(2000, 1, 1), null)).In(_zone);
        var updated = text.Updated?.In(_zone);
        if (updated < published) Error(text.File, text.UpdatedLine, "updated", "a time before published", "the time of the last change, or no updated");
        return new Article
        {
            Slug = text.Slug, File = text.File, Title = text.Title, Summary = text.Summary, Image = Image(text), Draft = text.Draft,
            Aliases = Aliases(text), Body = Body(text), Published = published, Updated = updated, Topics = text.Topics, Review = Review(text, people),
            Authors = [.. text.Authors.Select(author => Person(text, "authors", author, people)).OfType<Person>()],
            Related = [.. text.Related.Select(other => Related(text, other)).OfType<Slug>()],
        };
    }

    /// <summary>Checks the links, pictures and fragments of every text and every other piece of Markdown.</summary>
    public void CheckLinks()
    {
        foreach (var text in _texts.Where(text => text.Body is not null)) Check(text.Body!, text);
        foreach (var piece in _scope.Pieces) Check(piece, null);
    }

    public void CheckNavigation(ImmutableArray<NamedReference> links)
    {
        foreach (var link in links)
        {
            if (Links.Kind(link.Name) == LinkKind.Own && link.Name[0] == '/') Path("clinic.yml", link.Line, "navigation.href", link.Name, link.Name, null);
            else Error("clinic.yml", link.Line, "navigation.href", Diagnostics.Quote(link.Name), "a path on this site that begins with /");
        }
    }

    /// <summary>The default navigation, as far as its pages exist.</summary>
    public ImmutableArray<NavigationLink> DefaultNavigation(MarkdownStrings words) =>
    [
        .. SitePath.All.Select(path => (path.Path, path.Title)).Where(path => path.Title is not null)
            .SelectMany(path => path.Path == "/" ? [path, ("/about", "About Us")] : new[] { path })
            .Where(link => _addresses.Contains(link.Path)).Select(link => new NavigationLink(words[link.Title!], link.Path)),
    ];

    /// <summary>Old addresses from redirects.yml and the texts' aliases, every chain followed to its end.</summary>
    public FrozenDictionary<string, Redirect> Redirects(List<(string From, string? To, int Line)> listed, Uri site)
    {
        var all = listed.Select(entry => (entry.From, entry.To, File: "redirects.yml", entry.Line, Key: entry.From))
            .Concat(_texts.Where(text => !text.Draft).SelectMany(text => text.Aliases.Select(alias => (From: alias.Name, To: (string?)text.Path, text.File, alias.Line, Key: "aliases"))))
            .ToList();
        var good = new List<(string From, string? To, string File, int Line, string Key)>();
        foreach (var entry in all)
        {
            var from = entry.From.Length > 1 ? entry.From.TrimEnd('/') : entry.From;
            if (!ListFiles.IsPath(entry.From) || from.Length == 0) Error(entry.File, entry.Line, entry.Key, Diagnostics.Quote(entry.From), "an old path that begins with /, without ? or #, or a short link as /?p=12");
            else if (_addresses.Contains(from.ToLowerInvariant())) Error(entry.File, entry.Line, entry.Key, $"{from}, which is a page of the site", "an address that nothing answers any more");
            else if (!_redirects.TryAdd(from, new Redirect(from, entry.To))) Error(entry.File, entry.Line, entry.Key, $"{from} a second time", "each old address once");
            else good.Add(entry with { From = from });
        }

        foreach (var entry in good)
        {
            var (to, steps, elsewhere) = (entry.To, 0, false);
            while (to is not null)
            {
                if (Uri.TryCreate(to, UriKind.Absolute, out var absolute) && !to.StartsWith('/'))
                {
                    if (!string.Equals(absolute.GetLeftPart(UriPartial.Authority), site.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
                    {
                        Error(entry.File, entry.Line, entry.Key, Diagnostics.Quote(to), "a path or address on this site, or 410");
                        elsewhere = true;
                        break;
                    }

                    to = absolute.PathAndQuery + absolute.Fragment;
                }

                if (!_redirects.TryGetValue(Split(to).Path.TrimEnd('/') is { Length: > 0 } path ? path : "/", out var next) || ++steps > 20) break;
                to = next.To;
            }

            if (steps > 20) Error(entry.File, entry.Line, entry.Key, "addresses that lead to one another", "a page of the site at the end");
            else if (to is not null && !elsewhere && entry.Key != "aliases" && !Answers(Split(to).Path)) Error(entry.File, entry.Line, entry.Key, Diagnostics.Quote(to), $"a path that the site answers, or 410{Hint(to)}");
            else _redirects[entry.From] = new Redirect(entry.From, to);
        }

        return _redirects.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
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
        Error(text.File, name.Line, key, Diagnostics.Quote(name.Name), $"a key of people.yml{NearestName.Hint(name.Name, people.Keys)}");
        return null;
    }

    private Slug? Related(ContentDocument text, NamedReference other)
    {
        if (Slug.TryParse(other.Name, out var slug) && _byPath.ContainsKey($"/blog/{slug}") && slug != text.Slug) return slug;
        Error(text.File, other.Line, "related", Diagnostics.Quote(other.Name), $"another article's slug{Hint(other.Name, _texts.Where(article => article.Kind == ContentKind.Article && article != text).Select(article => article.Slug.ToString()))}");
        return null;
    }

    // A draft's dead ends are told and stop nothing: it may wait for what it leads to.
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
            if (_scope.FindFile(picture.Source) is not { Width: > 0 })
                Error(piece.File, picture.Line, "image", Diagnostics.Quote(picture.Source), $"a picture under images/{_scope.HintFor(picture.Source)}");
        }

        foreach (var (cited, line) in piece.Analysis.Citations)
        {
            if (!_scope.Setting.Bibliography.ContainsKey(cited))
                Error(piece.File, line, "citation", Diagnostics.Quote("@" + cited), $"a key of bibliography.yml{Hint(cited, _scope.Setting.Bibliography.Keys)}");
        }

        foreach (var (url, line) in piece.Analysis.Links)
        {
            switch (Links.Kind(url))
            {
                case LinkKind.Text: Path(piece.File, line, "link", url, Links.PathOf(url), owner); break;
                case LinkKind.Own when url[0] == '/': Path(piece.File, line, "link", url, url, owner); break;
                case LinkKind.Own when !HasAnchor(piece, url[1..]): Error(piece.File, line, "link", Diagnostics.Quote(url), $"the id of a heading of this text{NearestName.Hint(url[1..], piece.Analysis.Anchors)}"); break;
            }
        }
    }

    private void Path(string file, int line, string key, string written, string target, ContentDocument? owner)
    {
        var (path, fragment) = Split(target);
        if (_scope.Files.ContainsKey(path)) return;
        if (_byPath.TryGetValue(path, out var text))
        {
            if (text.Draft && owner is not { Draft: true })
                Error(file, line, key, $"{Diagnostics.Quote(written)}, a draft, which visitors can't see", "a page that they can");
            else if (fragment.Length > 0 && text.Body is { } body && !HasAnchor(body, fragment))
                Error(file, line, key, Diagnostics.Quote(written), $"the id of a heading of {text.File}{NearestName.Hint(fragment, body.Analysis.Anchors)}");
            else if (text.Published?.In(_zone) is { } appears && appears > _now && appears > (owner?.Published?.In(_zone) ?? DateTimeOffset.MaxValue))
                _problems.Add(new Diagnostic(file, line, key, $"{Diagnostics.Quote(written)}, which appears later than this text", "a page that is there when this one is", DiagnosticSeverity.Warning));
        }
        else if (_redirects.TryGetValue(path.TrimEnd('/'), out var moved))
        {
            _problems.Add(new Diagnostic(file, line, key, $"{Diagnostics.Quote(written)}, an old address", moved.To ?? "another page: this one is gone", DiagnosticSeverity.Warning));
        }
        else if (!_addresses.Contains(path))
        {
            // The suggestion is written as the link was: article:slug, or a path.
            var scheme = Links.Kind(written) == LinkKind.Text ? written[..(written.IndexOf(':', StringComparison.Ordinal) + 1)] : "";
            Error(file, line, key, Diagnostics.Quote(written), $"a page of the site{(scheme.Length == 0 ? Hint(path) : Hint(written.Split('#')[0], _byPath.Values.Where(other => !other.Draft).Select(AsLink)))}");
        }
        else if (path == "/faqs" && fragment.Length > 0 && !_faqAnchors.Contains(fragment))
        {
            Error(file, line, key, Diagnostics.Quote(written), $"the anchor of a question{NearestName.Hint(fragment, _faqAnchors)}");
        }
    }

    private static bool HasAnchor(ProsePiece piece, string fragment) =>
        piece.Analysis.Anchors.Contains(fragment.StartsWith(piece.IdPrefix, StringComparison.Ordinal) ? fragment[piece.IdPrefix.Length..] : fragment, StringComparer.Ordinal)
        || fragment is "references" or "main";

    private static (string Path, string Fragment) Split(string target)
    {
        var hash = target.IndexOf('#', StringComparison.Ordinal);
        var (path, fragment) = hash < 0 ? (target, "") : (target[..hash], target[(hash + 1)..]);
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return (query < 0 ? path : path[..query], fragment);
    }

    // A folder of thousands of dead links must not be compared with thousands of addresses each.
    private string Hint(string path) => Hint(path, _addresses);

    private string Hint(string name, IEnumerable<string> known) => _hints++ < MaxHints ? NearestName.Hint(name, known) : "";

    private static string AsLink(ContentDocument text) => $"{text.Kind.ToString().ToLowerInvariant()}:{text.Slug}";

    private void Error(string file, int line, string key, string found, string wanted) => _problems.Add(new Diagnostic(file, line, Diagnostics.Shown(key), found, wanted));
}
