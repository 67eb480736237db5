using Ketamine.Content.Claims;
using Ketamine.Content.Reading;

namespace Ketamine.Content;

/// <summary>A file as it was read.</summary>
/// <param name="Bytes">Empty for a text, which has been parsed already.</param>
/// <param name="Hash">SHA-256, in hexadecimal digits.</param>
internal sealed record SourceFile(byte[] Bytes, string Hash);

/// <summary>Joins the lists and texts of one read into a <see cref="SiteContent"/>, and runs the checks that need all of them. For a single use.</summary>
/// <param name="problems">Collects what is wrong.</param>
internal sealed class SiteAssembly(
    IReadOnlyDictionary<string, SourceFile> sources,
    ImmutableArray<ContentDocument> documents,
    ReadContext scope,
    ClaimsCheck? claims,
    CitationChecks citations,
    DateTimeOffset now,
    List<Diagnostic> problems)
{
    private readonly ImmutableArray<ContentDocument> _texts = documents.RemoveAll(text => text.Body is null);

    // Files that couldn't be read. Their contents are unknown, so references to them aren't reported.
    private readonly HashSet<string> _unread = documents.Where(text => text.Body is null).Select(text => text.File).ToHashSet(StringComparer.Ordinal);

    private readonly List<CitedSentence> _citedInLists = [];

    /// <summary>What the claims rules found in the lists.</summary>
    public List<ClaimDiagnostic> ClaimsInLists { get; } = [];

    /// <summary>Suggestions for lists and links that were accepted but could be written better.</summary>
    public List<ContentFix> Fixes { get; } = [];

    /// <summary>The entries of acknowledged.yml.</summary>
    public ImmutableArray<Acknowledgement> Acknowledged { get; private set; } = [];

    public SiteContent Build()
    {
        scope.Setting = scope.Setting with { Texts = PathsByName() };
        var bibliography = ReadList("bibliography.yml", ListFiles.Bibliography);
        scope.Setting = scope.Setting with
        {
            Bibliography = bibliography.DistinctBy(entry => entry.Key).ToFrozenDictionary(entry => entry.Key, StringComparer.Ordinal),
        };
        var clinic = ReadList("clinic.yml", (root, notes) => ClinicFile.Read(MapReader.Root(root, notes), notes, scope));
        var people = ReadList("people.yml", (root, notes) => ListFiles.People(root, notes, scope));
        clinic = WithPeople(clinic, people);
        var faqs = ReadList("faqs.yml", (root, notes) => ListFiles.Faqs(root, notes, scope));
        var reviews = ReadList("reviews.yml", ListFiles.Reviews);
        var redirects = ReadList("redirects.yml", ListFiles.Redirects);
        var searchWords = ReadList(SearchFile.File, SearchFile.Read);
        Acknowledged = ReadList(Acknowledgement.List, Acknowledgement.Read);
        // These two were read before the texts; only their wording is left to check.
        ReadList(SafetyFacts.File, (_, _) => 0);
        ReadList(ImageNotes.File, (_, _) => 0);
        CheckDrawings();
        problems.AddRange(citations.Problems(sources.GetValueOrDefault("bibliography.yml")?.Hash, bibliography, _texts, _citedInLists));
        var riskSteps = ReadRiskSteps();
        var linker = new Linker(_texts, scope, clinic, faqs, people.Values, hasReviews: !reviews.IsEmpty, hasBibliography: !bibliography.IsEmpty, now, problems)
        {
            Unread = _unread,
            UnreadPaths = [.. _unread.Where(file => ContentDocument.KindOf(file) is not null).Select(ContentDocument.PathOf)],
        };
        var resolved = linker.Redirects(redirects, clinic.Url);
        linker.CheckLinks();
        linker.CheckNavigation(scope.Navigation);
        Fixes.AddRange(linker.Fixes);
        return new SiteContent
        {
            Clinic = clinic.Navigation.IsEmpty ? clinic with { Navigation = linker.DefaultNavigation(scope.Setting.Words) } : clinic,
            People = people,
            Pages = [.. Of(ContentKind.Page).Select(linker.Page).OrderBy(page => page.Order).ThenBy(page => page.Title, StringComparer.InvariantCulture)],
            Services = Services(linker, people),
            Articles = Articles(linker, people),
            Faqs = faqs,
            Reviews = reviews,
            Bibliography = bibliography,
            Redirects = resolved,
            SearchWords = searchWords,
            RiskSteps = riskSteps,
            DatedFacts = DatedFacts(),
            Files = scope.Files,
            Version = Version(),
        };
    }

    /// <summary>Reads a list. An absent or unreadable file counts as empty.</summary>
    private T ReadList<T>(string path, Func<YamlValue?, Diagnostics, T> read)
    {
        var notes = new Diagnostics(path);
        var source = sources.TryGetValue(path, out var found) ? SourceText.Decode(found.Bytes, notes) : null;
        var root = source is null ? null : Yaml.Read(source, notes);
        if (source is null || (root is null && notes.Failed))
        {
            if (found is not null) _unread.Add(path);
            problems.AddRange(notes.Problems);
            // Only clinic.yml has required keys. That they are missing follows from the file's own problem, so it isn't reported.
            return read(null, new Diagnostics(path));
        }

        // After a YAML syntax error, the file's contents are only guesswork.
        if (notes.Failed || root is not (YamlMap or YamlList or null)) _unread.Add(path);
        var result = read(root, notes);
        problems.AddRange(notes.Problems);
        Fixes.AddRange(notes.Fixes);
        if (Acknowledgement.Lists.Contains(path)) CheckWording(path, root);
        return result;
    }

    private void CheckWording(string path, YamlValue? root)
    {
        _citedInLists.AddRange(ClaimsCheck.Cited(path, root));
        var found = claims?.Examine(path, root).ToList() ?? [];
        problems.AddRange(found.Where(claim => claim.Finding.Verdict != ClaimVerdict.Review).Select(claim => claim.ToDiagnostic(asWarning: false)));
        ClaimsInLists.AddRange(found);
    }

    private void CheckDrawings()
    {
        if (claims is not null) problems.AddRange(scope.Files.Values.SelectMany(claims.Examine).Select(claim => claim.ToDiagnostic(asWarning: false)));
    }

    /// <summary>The clinic with its medical director and whoever makes the first calls, whom clinic.yml names and people.yml describes.</summary>
    private Clinic WithPeople(Clinic clinic, FrozenDictionary<string, Person> people)
    {
        if (Named(scope.MedicalDirector, "medicalDirector", people) is { } director)
            clinic = clinic with { Practice = clinic.Practice with { MedicalDirector = director } };
        if (clinic.Consultation is { } calls && Named(scope.CallsWith, "with", people) is { } caller)
            clinic = clinic with { Consultation = calls with { With = caller } };
        return clinic;
    }

    private Person? Named(NamedReference? named, string key, FrozenDictionary<string, Person> people)
    {
        if (named is null) return null;
        if (people.TryGetValue(named.Name, out var person)) return person;
        if (!_unread.Contains("people.yml"))
            problems.Add(
                new Diagnostic(
                    "clinic.yml",
                    named.Line,
                    key,
                    $"people.yml has no person {Diagnostics.Quote(named.Name)}",
                    $"{key}: {NearestName.To(named.Name, people.Keys) ?? "ann-lee, with an entry under that key in people.yml"}"));
        return null;
    }

    private Prose? ReadRiskSteps()
    {
        if (!sources.TryGetValue(RiskFile.File, out var found)) return null;
        var notes = new Diagnostics(RiskFile.File);
        var steps = RiskFile.Read(found.Bytes, notes, scope);
        problems.AddRange(notes.Problems);
        return steps;
    }

    private ImmutableArray<Service> Services(Linker linker, FrozenDictionary<string, Person> people) =>
    [
        .. Of(ContentKind.Service)
            .Select(text => linker.Service(text, people))
            .OrderBy(service => service.Order)
            .ThenBy(service => service.Title, StringComparer.InvariantCulture),
    ];

    private ImmutableArray<Article> Articles(Linker linker, FrozenDictionary<string, Person> people) =>
    [
        .. Of(ContentKind.Article)
            .Select(text => linker.Article(text, people))
            .OrderByDescending(article => article.Published)
            .ThenBy(article => article.Slug),
    ];

    private IEnumerable<ContentDocument> Of(ContentKind kind) => _texts.Where(text => text.Kind == kind);

    // Visitors never see a draft, so it can't go out of date.
    private ImmutableArray<DatedFact> DatedFacts() =>
    [
        .. _texts.Where(text => !text.Draft).SelectMany(text => text.DatedFacts)
            .Concat(scope.Pieces.SelectMany(piece => piece.DatedSentences))
            .Concat(scope.DatedFacts)
            .Concat(scope.Safety?.DatedFacts ?? [])
            .Concat(claims?.Rules.Added.Where(rule => rule.ValidUntil is not null)
                .Select(rule => new DatedFact("claims.yml", rule.Line, $"the rule {rule.Id}", rule.ValidUntil!.Value)) ?? [])
            .Distinct()
            .OrderBy(fact => fact.File, StringComparer.Ordinal)
            .ThenBy(fact => fact.Line),
    ];

    /// <summary>The texts' paths by the file names that links may use. Names that mean several texts are left out.</summary>
    private Dictionary<string, string> PathsByName()
    {
        var paths = new Dictionary<string, string>(3 * _texts.Length, StringComparer.Ordinal);
        var unclear = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in _texts)
        {
            var path = text.Path;
            foreach (var name in new[] { text.File, Path.GetFileName(text.File), $"{text.Slug}.md" })
                if (!paths.TryAdd(name, path) && paths[name] != path) unclear.Add(name);
        }

        foreach (var name in unclear) paths.Remove(name);
        return paths;
    }

    private string Version()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, source) in sources.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{source.Hash}\n"));
        foreach (var file in scope.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Hash}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
