using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ketamine.Content;

namespace Ketamine.Web.Features.Search;

/// <summary>
/// Every word of one reading of the content, and where it stands: immutable, so that any number of visitors search at once without a lock.
/// Scheduled articles are in it too and are left out until the edition that is asked about shows them, so that they can be found from their
/// instant on, without anything being built. See docs/developers/decisions/search.md for why it is not SQLite's.
/// </summary>
public sealed class SearchIndex
{
    /// <summary>The most that are shown of what was found.</summary>
    public const int Most = 20;

    // BM25 (Robertson and Zaragoza, 2009), field by field, so that a word in the title outweighs any number in the text.
    private const float Saturation = 1.2f;
    private const float LengthMatters = 0.6f;
    private static readonly float[] FieldWeights = [4f, 3f, 1f, 1f];
    private const int Body = 3;

    // A word that only begins with the last one typed counts less than the word itself.
    private const float BeginsWith = 0.5f;
    private const int MostBeginnings = 64;

    // A page that says it in other words counts less than one that uses the visitor's.
    private const float OtherWords = 0.7f;

    // What a page or a phrase that plain words name is worth, beside a word in a title that has nothing else.
    private const float Named = 0.5f;

    // How fast a page falls behind for each word that it lacks.
    private const float Coverage = 1.5f;

    // Below this many pages, what most of them have says nothing.
    private const int FewPages = 10;

    // A word that is on more than one page in this many says little beside one that is on far fewer.
    private const int Many = 3;
    private const int ManyBesidePlain = 6;
    private const float MuchMore = 1.5f;

    // With this many pages that have all the words, those that lack some are left out.
    private const int Enough = 3;

    // Those that lack some and are worth less than this share of the best that has all are left out.
    private const float StillWorth = 0.5f;

    // A page that the clinic names for these words comes before all others.
    private const float Pinned = 1000f;

    private readonly Func<string, string> _stem;
    private readonly ImmutableArray<Entry> _entries;
    private readonly FrozenDictionary<string, int> _stems;
    private readonly FrozenDictionary<string, int> _words;
    private readonly FrozenSet<string> _common;
    private readonly string[] _sorted;
    private readonly string[] _spelled;
    private readonly ulong[] _letters;
    private readonly PlainWords _plain;
    private readonly float[] _priors;
    private readonly FrozenDictionary<string, int> _paths;
    private readonly Posting[] _postings;

    // What the left of each plain word is here: stems, and after them in _postings the phrases of titles and the pages.
    private readonly FrozenDictionary<string, ImmutableArray<int>> _meant;

    private SearchIndex(SiteContent content)
    {
        Content = content;
        _stem = Stemmer.For(content.Clinic.Locale);
        _common = CommonWords.All.Select(_stem).ToFrozenSet(StringComparer.Ordinal);
        _plain = PlainWords.Of(content.SearchWords.Concat(SitePages.NamesOf(content.Clinic)), _stem);
        _entries = [.. EntriesOf(content)];
        _priors = [.. _entries.Select(entry => PriorOf(entry, content))];
        _paths = _entries
            .Select((entry, i) => (entry.Path, i))
            .DistinctBy(pair => pair.Path)
            .ToFrozenDictionary(pair => pair.Path, pair => pair.i, StringComparer.Ordinal);
        var (stems, words) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        var compounds = new HashSet<string>(StringComparer.Ordinal);
        var averages = new double[FieldWeights.Length];
        var counted = new List<(int Stem, int Field, int Count)>[_entries.Length];
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = _entries[i];
            var sequence = new List<int>();
            var counts = counted[i] = [];
            for (var field = 0; field < FieldWeights.Length; field++)
            {
                var inField = new Dictionary<int, int>();
                foreach (var (word, isCompound) in CompoundReader.Read(entry.Field(field)))
                {
                    if (!words.TryGetValue(word, out var stem)) words.Add(word, stem = Number(stems, _stem(word)));
                    if (isCompound) compounds.Add(word);
                    if (!isCompound) sequence.Add(stem);
                    CollectionsMarshal.GetValueRefOrAddDefault(inField, stem, out _)++;
                    if (!isCompound) entry.Lengths[field]++;
                }

                sequence.Add(-1); // no phrase runs from one field into the next
                if (field < Body) entry.BodyStart = sequence.Count;
                averages[field] += entry.Lengths[field];
                counts.AddRange(inField.Select(one => (one.Key, field, one.Value)));
            }

            entry.Stems = [.. sequence];
        }

        for (var field = 0; field < averages.Length; field++) averages[field] = Math.Max(1, averages[field] / Math.Max(1, _entries.Length));
        var postings = new Posting.Builder[stems.Count];
        for (var i = 0; i < counted.Length; i++)
        {
            foreach (var (stem, field, count) in counted[i])
            {
                var length = 1 - LengthMatters + (LengthMatters * _entries[i].Lengths[field] / averages[field]);
                (postings[stem] ??= new Posting.Builder()).Add(i, FieldWeights[field] * (float)(count / (count + (Saturation * length))));
            }

            counted[i] = null!;
        }

        _postings = Array.ConvertAll(postings, posting => posting.Build(_entries.Length));
        (_stems, _words) = (stems.ToFrozenDictionary(StringComparer.Ordinal), words.ToFrozenDictionary(StringComparer.Ordinal));
        var meant = new List<Posting>();
        _meant = _plain.Targets.ToFrozenDictionary(target => target, target => Meant(target, meant), StringComparer.Ordinal);
        _postings = [.. _postings, .. meant];
        _sorted = [.. words.Keys.Where(word => !compounds.Contains(word)).Order(StringComparer.Ordinal)];
        _spelled = [.. _sorted.Union(_plain.Words).Order(StringComparer.Ordinal)];
        _letters = Array.ConvertAll(_spelled, word => EditDistance.Letters(word));
    }

    /// <summary>The reading that it was built from.</summary>
    public SiteContent Content { get; }

    /// <summary>Takes processor time by the content's size: run it off the request's path.</summary>
    public static SearchIndex Of(SiteContent content) => new(content);

    /// <summary>
    /// The best of what an edition's visitors may see: pages with all the words, each as typed or in other words; else with obvious typos
    /// corrected, which the answer says; else with most of the words.
    /// </summary>
    public SearchAnswer Find(SearchQuery query, Edition edition)
    {
        if (query.Words.IsEmpty) return SearchAnswer.Nothing;
        var terms = TermsOf(query, edition);
        var found = Rank(query, terms, edition, all: true);
        if (found.Total > 0) return Answer(found, terms);
        if (!query.Phrases.IsEmpty && (found = Rank(query with { Phrases = [] }, terms, edition, all: true)).Total > 0)
            return Answer(found, terms) with { WithoutQuotes = true };

        var replaced = new Dictionary<int, string>();
        for (var i = 0; i < query.Words.Length; i++)
            if (terms[i] is { Stems.Count: 0, MayBeMissing: false } && Correction(query.Words[i].Text, edition) is { } nearest) replaced[i] = nearest;
        var corrected = replaced.Count > 0 ? query.With(replaced) : null;
        if (corrected is not null)
        {
            query = SearchQuery.Parse(corrected);
            terms = TermsOf(query, edition);
            if ((found = Rank(query, terms, edition, all: true)).Total > 0) return Answer(found, terms) with { Corrected = corrected };
        }

        found = Rank(query, terms, edition, all: false);
        return Answer(found, terms) with { Corrected = found.Total > 0 ? corrected : null, MostWords = true };
    }

    private static IEnumerable<Entry> EntriesOf(SiteContent content) =>
        [
            .. content.Services.Where(text => !text.Draft).Select(text => Entry.Of(text, SearchKind.Service, SitePages.Prices(text.Prices))),
            .. content
                .Pages.Where(text => !text.Draft)
                .Select(text => Entry.Of(text, SearchKind.Page, text.Path == SitePath.Cost ? SitePages.Cost(content.Clinic) : [])),
            .. content
                .Faqs.SelectMany(group => group.Questions)
                .Select(faq => new Entry(SearchKind.Question, null, faq.Question, "", "", faq.Answer.PlainText, $"/faqs#{faq.Anchor}")),
            .. content.Articles.Where(text => !text.Draft).Select(text => Entry.Of(text, SearchKind.Article)),
            .. SitePages.Of(content).Select(page => new Entry(SearchKind.Page, null, page.Title, page.Summary, "", page.Text, page.Path)),
        ];

    // What the navigation doesn't name (privacy, help in a crisis, the glossary) holds every word and answers few.
    private static float PriorOf(Entry entry, SiteContent content) => entry.Kind switch
    {
        SearchKind.Page when content.Clinic.Navigation.All(link => link.Href != entry.Path) => 0.7f,
        _ => 1f,
    };

    // "/contact" is a page, "side effects" a phrase of titles, summaries and headings, and "cost" a word. A phrase that none of them has means its words.
    private ImmutableArray<int> Meant(string target, List<Posting> more)
    {
        if (target.StartsWith('/'))
        {
            if (!_paths.TryGetValue(target, out var entry)) return [];
            more.Add(new Posting([entry], [FieldWeights[0] * Named * Posting.Rarity(1, _entries.Length)], 1));
            return [_postings.Length + more.Count - 1];
        }

        var words = CompoundReader.Read(target).Where(word => !word.IsCompound).Select(word => word.Word).ToList();
        var stems = words.Select(word => _stems.GetValueOrDefault(_stem(word), -2)).ToArray();
        if (stems.Length > 1 && !stems.Contains(-2) && PhrasePosting(stems) is { } phrase)
        {
            more.Add(phrase);
            return [_postings.Length + more.Count - 1];
        }

        // "how many visits" is about many visits: small words are on any page.
        return [.. stems.Where((stem, i) => stem >= 0 && !SearchQuery.Small.Contains(words[i])).Distinct()];
    }

    private Posting? PhrasePosting(int[] stems)
    {
        var found = new List<(int Entry, int Field)>();
        foreach (var i in _postings[stems.MinBy(stem => _postings[stem].Entries.Length)].Entries)
        {
            var above = _entries[i].Stems.AsSpan(0, _entries[i].BodyStart);
            var at = above.IndexOf(stems);
            if (at >= 0) found.Add((i, above[..at].Count(-1)));
        }

        if (found.Count == 0) return null;
        var pages = found.GroupBy(one => one.Field).ToDictionary(same => same.Key, same => same.Count());
        return new Posting(
            [.. found.Select(one => one.Entry)],
            [.. found.Select(one => FieldWeights[one.Field] * Named * Posting.Rarity(pages[one.Field], _entries.Length))],
            pages.MinBy(same => same.Key).Value
        );
    }

    private static int Number(Dictionary<string, int> stems, string stem)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(stems, stem, out var known);
        if (!known) number = stems.Count - 1;
        return number;
    }

    private Term[] TermsOf(SearchQuery query, Edition edition)
    {
        var last = query.Words.Length - 1;
        var terms = query.Words.Select((word, i) => TermOf(word, open: i == last && query.LastIsOpen, edition)).ToList();

        // "how much" is about the cost: the words of the phrase may be missing, and what it means may not.
        var phrases = new List<Range>();
        foreach (var (words, targets) in _plain.In(query.Words))
        {
            var meant = Seen(targets, edition);
            if (meant.Count == 0) continue;
            var (start, end) = (words.Start.Value, words.End.Value);
            if (end - start == 1)
            {
                terms[start] = terms[start] with { IsPlain = true, MayBeMissing = phrases.Exists(one => Covers(one, start)) };
                foreach (var one in meant)
                    if (!terms[start].Stems.Exists(own => own.Stem == one.Stem)) terms[start].Stems.Add(one);
                continue;
            }

            if (phrases.Exists(one => Covers(one, start) && Covers(one, end - 1))) continue;
            phrases.Add(words);
            for (var i = start; i < end; i++) terms[i] = terms[i] with { MayBeMissing = true };
            terms.Add(new Term(meant, MayBeMissing: false, IsPlain: true) { IsCommonSpeech = Enumerable.Range(start, end - start).All(IsOfCommonSpeech) });
        }

        bool IsOfCommonSpeech(int word) => query.Words[word].MayBeMissing || _common.Contains(_stem(query.Words[word].Text));

        static bool Covers(Range phrase, int word) => phrase.Start.Value <= word && word < phrase.End.Value;

        // "anti depressant" is one word elsewhere: either both words are there, or the compound.
        for (var i = 0; i < last; i++)
        {
            if (query.Words[i + 1].Start - query.Words[i].End > 1) continue;
            var compound = query.Words[i].Text + query.Words[i + 1].Text;
            if (!_words.TryGetValue(compound, out var stem) || !IsSeen(stem, edition)) continue;
            foreach (var at in new[] { i, i + 1 })
                if (!terms[at].Stems.Exists(one => one.Stem == stem)) terms[at].Stems.Add((stem, 1f));
        }

        // "first," "time": words of everyday speech say little beside one that isn't.
        if (terms.Exists(term => !term.MayBeMissing && !term.IsEveryday))
        {
            for (var i = 0; i < terms.Count; i++)
                if (terms[i].IsEveryday) terms[i] = terms[i] with { MayBeMissing = true };
        }

        // "does it help with panic" is about panic, although "does it help" alone is about whether it works.
        if (terms.Exists(term => term is { IsPlain: true, IsCommonSpeech: false, MayBeMissing: false, Stems.Count: > 0 }))
        {
            for (var i = 0; i < terms.Count; i++)
                if (terms[i] is { IsPlain: true, IsCommonSpeech: true }) terms[i] = terms[i] with { MayBeMissing = true };
        }

        // "ketamine" is on most pages: beside a word that isn't, it tells nothing about which of them is meant; nor does "infusion" beside "safe,"
        // which plain words have a page for.
        var told = terms.Where(term => !term.MayBeMissing && term.Stems.Count > 0).ToList();
        if (_entries.Length >= FewPages && told.Count > 1)
        {
            var rarest = told.Min(PagesWith);
            var most = _entries.Length / (told.Exists(term => term.IsPlain) ? ManyBesidePlain : Many);
            for (var i = 0; i < terms.Count; i++)
            {
                if (!terms[i].IsPlain && PagesWith(terms[i]) > Math.Max(most, rarest * MuchMore)) terms[i] = terms[i] with { MayBeMissing = true };
            }
        }

        return [.. terms];
    }

    // A plain word tells as much as the most telling of its meanings.
    private int PagesWith(Term term)
    {
        var pages = term.Stems.Select(one => _postings[one.Stem].Pages).DefaultIfEmpty(0);
        return term.IsPlain ? pages.Min() : pages.Max();
    }

    private Term TermOf(QueryWord word, bool open, Edition edition)
    {
        var stems = new List<(int Stem, float Factor)>();
        if (_stems.TryGetValue(_stem(word.Text), out var itself) && IsSeen(itself, edition)) stems.Add((itself, 1f));
        if (open)
        {
            var at = Array.BinarySearch(_sorted, word.Text, StringComparer.Ordinal);
            for (
                at = at < 0 ? ~at : at;
                at < _sorted.Length && stems.Count < MostBeginnings && _sorted[at].StartsWith(word.Text, StringComparison.Ordinal);
                at++
            )
            {
                var stem = _words[_sorted[at]];
                if (stems.TrueForAll(one => one.Stem != stem) && IsSeen(stem, edition)) stems.Add((stem, BeginsWith));
            }
        }

        return new Term(stems, word.MayBeMissing || word.Text.Length == 0) { IsCommonSpeech = _common.Contains(_stem(word.Text)) };
    }

    private List<(int Stem, float Factor)> Seen(IEnumerable<string> targets, Edition edition) =>
    [
        .. targets.SelectMany(target => _meant.GetValueOrDefault(target, [])).Distinct()
            .Where(stem => IsSeen(stem, edition)).Select(stem => (stem, OtherWords)),
    ];

    // A word that stands only in what is still to appear does not exist yet.
    private bool IsSeen(int stem, Edition edition) => Array.Exists(_postings[stem].Entries, entry => _entries[entry].IsIn(edition));

    /// <summary>
    /// The known word that a typo most likely stands for. Only obvious ones count: short words are as likely to be other words ("park", "bark"), unless
    /// two neighboring letters have changed places or one of six is missing, and people rarely miss the first letter.
    /// </summary>
    private string? Correction(string word, Edition edition)
    {
        var allowed = word.Length switch { < 4 => 0, < 9 => 1, _ => 2 };
        if (allowed == 0 || Array.BinarySearch(_spelled, word, StringComparer.Ordinal) >= 0) return null;
        var letters = EditDistance.Letters(word);
        var near = new List<(string Word, int Typos)>();
        for (var i = 0; i < _spelled.Length; i++)
        {
            var other = _spelled[i];
            if (Math.Abs(other.Length - word.Length) > allowed || !EditDistance.MayBeNear(letters, _letters[i], allowed)) continue;
            if (other[0] != word[0] && word.Length < 8) continue;
            if (word.Length < 6 && other.Length != 6 && (other.Length != word.Length || letters != _letters[i])) continue;
            var typos = EditDistance.Typos(word, other, allowed);
            if (typos <= allowed) near.Add((other, typos));
        }

        return near.OrderBy(one => one.Typos).ThenBy(one => one.Word[0] != word[0]).ThenByDescending(one => PagesWith(one.Word))
            .Select(one => one.Word).FirstOrDefault(one => IsKnown(one, edition));
    }

    private int PagesWith(string word) => _words.TryGetValue(word, out var stem) ? _postings[stem].Pages : 0;

    private bool IsKnown(string word, Edition edition) =>
        (_words.TryGetValue(word, out var stem) && IsSeen(stem, edition)) || Seen(_plain.For(_stem(word)), edition).Count > 0;

    private Ranking Rank(SearchQuery query, Term[] terms, Edition edition, bool all)
    {
        var (scores, matched, best, covered) = (new float[_entries.Length], new byte[_entries.Length], new float[_entries.Length], new float[_entries.Length]);
        // A word that is on no page can't tell them apart; when nothing else is left, "most of the words" leaves it out.
        var needed = terms.Count(term => !term.MayBeMissing && (all || term.Stems.Count > 0));
        var plain = new bool[_entries.Length];
        var (weights, weight) = (terms.Select(RarityOf).ToArray(), 0f);
        foreach (var (term, i) in terms.Select((term, i) => (term, i)).Where(pair => !pair.term.MayBeMissing)) weight += weights[i];
        foreach (var (term, number) in terms.Select((term, number) => (term, number)))
        {
            Array.Clear(best);
            foreach (var (stem, factor) in term.Stems)
            {
                var posting = _postings[stem];
                for (var i = 0; i < posting.Entries.Length; i++)
                    best[posting.Entries[i]] = Math.Max(best[posting.Entries[i]], posting.Weights[i] * factor);
            }

            for (var i = 0; i < best.Length; i++)
            {
                if (best[i] == 0) continue;
                scores[i] += term.MayBeMissing ? best[i] / 4 : best[i];
                if (term.MayBeMissing) continue;
                matched[i]++;
                plain[i] |= term.IsPlain;
                covered[i] += weights[number];
            }
        }

        // A page with all the words comes first unless one with most of them, in its title say, is much the better answer.
        var least = (needed + 1) / 2;
        for (var i = 0; i < scores.Length; i++) scores[i] *= _priors[i] * MathF.Pow(weight == 0 ? 1 : covered[i] / weight, Coverage);
        foreach (var path in _plain.PagesFor(query.Words))
        {
            if (!_paths.TryGetValue(path, out var i)) continue;
            scores[i] += Pinned;
            matched[i] = (byte)needed;
        }

        var phrases = all
            ? query.Phrases.Select(phrase => Array.ConvertAll(terms[phrase], term => term.Stems.Select(one => one.Stem).FirstOrDefault(-2))).ToList()
            : [];
        var seen = Enumerable.Range(0, scores.Length).Where(i => scores[i] > 0 && (matched[i] >= least || plain[i]) && _entries[i].IsIn(edition)
            && phrases.TrueForAll(phrase => _entries[i].Stems.AsSpan().IndexOf(phrase) >= 0)).ToList();
        var whole = seen.Exists(i => matched[i] >= needed);
        if (all && !whole) return new Ranking([], 0);
        var worth = whole ? seen.Where(i => matched[i] >= needed).Max(i => scores[i]) : 0;
        if (whole && seen.Count(i => matched[i] >= needed) >= Enough) seen.RemoveAll(i => matched[i] < needed && scores[i] <= worth * StillWorth);
        var top = new PriorityQueue<int, (float, int)>();
        foreach (var i in seen)
        {
            if (top.Count < Most) top.Enqueue(i, (scores[i], -i));
            else top.EnqueueDequeue(i, (scores[i], -i));
        }

        var results = new List<int>();
        while (top.TryDequeue(out var entry, out _)) results.Insert(0, entry);
        return new Ranking(results, seen.Count);
    }

    // How much a word tells: one that most pages have ("ketamine") says little about which of them is meant.
    private float RarityOf(Term term)
    {
        var pages = PagesWith(term);
        return Posting.Rarity(pages, _entries.Length);
    }

    private SearchAnswer Answer(Ranking found, Term[] terms)
    {
        var wanted = terms.Where(term => !term.MayBeMissing).SelectMany(term => term.Stems).Select(one => one.Stem).ToHashSet();
        var words = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        return new SearchAnswer(
            [.. found.Entries.Select(i => _entries[i]).Select(entry => new SearchResult(entry.Kind, entry.Title, entry.Path,
                Snippet.Of([entry.Summary, .. entry.Body.Split('\n')], word => words.TryGetValue(word, out var stem) && wanted.Contains(stem) ? stem : -1)))],
            found.Total);
    }

    /// <param name="IsPlain">A plain word, so that its meaning counts and not how common it is in speech.</param>
    private sealed record Term(List<(int Stem, float Factor)> Stems, bool MayBeMissing, bool IsPlain = false)
    {
        public bool IsCommonSpeech { get; init; }

        public bool IsEveryday => IsCommonSpeech && !IsPlain;
    }

    private sealed record Ranking(List<int> Entries, int Total);

    private sealed record Entry(SearchKind Kind, ContentItem? Text, string Title, string Summary, string Headings, string Body, string Path)
    {
        public int[] Lengths { get; } = new int[FieldWeights.Length];

        /// <summary>The stems of all fields in their order, with -1 between fields.</summary>
        public int[] Stems { get; set; } = [];

        /// <summary>Where the text begins in <see cref="Stems"/>, after the title, the summary and the headings.</summary>
        public int BodyStart { get; set; }

        public static Entry Of(ContentItem text, SearchKind kind, IEnumerable<string>? more = null) =>
            new(
                kind,
                text,
                text.Title,
                text.Summary,
                string.Join('\n', text.Body.Headings.Select(heading => heading.Title)),
                string.Join('\n', (more ?? []).Append(text.Body.PlainText)),
                text.Path
            );

        public string Field(int field) => field switch { 0 => Title, 1 => Summary, 2 => Headings, _ => Body };

        /// <summary>Whether an edition's visitors may see it; the edition may be of a later reading than this index.</summary>
        public bool IsIn(Edition edition) => Text switch
        {
            Article article => edition.FindArticle(article.Slug.ToString()) is not null,
            Service service => edition.FindService(service.Slug.ToString()) is not null,
            Page page => edition.FindPage(page.Slug.ToString()) is not null,
            _ => true,
        };
    }
}

/// <param name="Results">The best, at most <see cref="SearchIndex.Most"/>.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record SearchAnswer(ImmutableArray<SearchResult> Results, int Total)
{
    public static SearchAnswer Nothing { get; } = new([], 0);

    /// <summary>What was searched for instead, spelling mended; null where nothing was mended.</summary>
    public string? Corrected { get; init; }

    /// <summary>Everything has all the words, and nothing has them as they stand in quotes.</summary>
    public bool WithoutQuotes { get; init; }

    /// <summary>Nothing has all the words; these have most.</summary>
    public bool MostWords { get; init; }
}

public sealed record SearchResult(SearchKind Kind, string Title, string Path, ImmutableArray<SnippetPiece> Snippet);

public enum SearchKind
{
    Article,
    Service,
    Question,
    Page,
}
