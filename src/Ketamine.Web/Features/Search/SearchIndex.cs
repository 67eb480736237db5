using System.Runtime.InteropServices;

namespace Ketamine.Web.Features.Search;

/// <summary>
/// An inverted index of one reading of the content. It is immutable, so any number of visitors can search at once without a lock. It includes scheduled
/// articles but returns only those that the visitor's edition shows, so an article can be found from the moment it is published, with nothing to rebuild.
/// docs/developers/decisions/search.md says why we don't use SQLite's FTS5.
/// </summary>
public sealed class SearchIndex
{
    /// <summary>The most results shown.</summary>
    public const int Most = 20;

    // BM25 (Robertson and Zaragoza, 2009), applied per field, so one title match outranks any number of body matches.
    private const float Saturation = 1.2f;
    private const float LengthMatters = 0.6f;
    private static readonly float[] FieldWeights = [4f, 3f, 1f, 1f];
    private const int Body = 3;

    // A word that only begins with the last word typed counts less than an exact match.
    private const float BeginsWith = 0.5f;
    private const int MostBeginnings = 64;

    // A word that means the same counts less than the visitor's own word.
    private const float SameMeaning = 0.8f;

    // The weight of a page or phrase that a plain word points to, relative to a title made of that word alone.
    private const float Named = 0.375f;

    // How much a word counts that may be missing.
    private const float Optional = 0.6f;

    // Below this number of pages, a word on most of them isn't necessarily a common one.
    private const int FewPages = 10;

    // A word on more than one page in this many is optional beside one on far fewer pages.
    private const int Many = 3;
    private const float MuchMore = 1.5f;

    // Once this many pages have all the words, weak pages that lack some are dropped.
    private const int Enough = 3;

    // "Weak" means at most this share of the best score among pages with all the words.
    private const float StillWorth = 0.7f;

    // The weights of the best paragraph and of the questions that people ask about the page's topic, beside the words of the whole page. These weights
    // were chosen together, by random search over the read questions of QuestionsTests; most may change by a third without changing a figure by 2 %.
    private const float Paragraph = 4f;
    private const float LikeQuestion = 10f;

    // A page without the words of the query is still found if it answers questions at least this much like it, compared with the most similar ones.
    private const float LikeEnough = 0.3f;
    private const float LeastLike = 2f;

    // How many of the best pages are looked through for their best paragraph, and how many paragraphs an excerpt is chosen from.
    private const int LookedThrough = 40;
    private const int MostLines = 4;

    // How much more a page counts that has the query as typed, if at most one other page has it.
    private const float AsTyped = 6f;
    private const int FewestAsTyped = 4;
    private const int MostVerbatim = 2;
    private const int MostLookedThrough = 200;

    // A page that the clinic's search.yml names for these words comes before all others.
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
    private readonly AskedQuestions _asked;
    private readonly FrozenDictionary<string, string[]> _same;
    private readonly float[] _priors;
    private readonly FrozenDictionary<string, int> _paths;
    private readonly Posting[] _postings;

    // The postings of each plain word's target: stems, or the phrases and pages that follow the stems in _postings.
    private readonly FrozenDictionary<string, ImmutableArray<int>> _meant;

    private SearchIndex(SiteContent content)
    {
        _stem = Stemmer.For(content.Clinic.Locale);
        _common = WordLists.Everyday.Select(_stem).ToFrozenSet(StringComparer.Ordinal);
        _same = WordLists.Same.SelectMany(line => line.Select(word => (Stem: _stem(word), line))).DistinctBy(one => one.Stem)
            .ToFrozenDictionary(one => one.Stem, one => one.line.Select(_stem).Distinct().ToArray(), StringComparer.Ordinal);
        _plain = PlainWords.Of(content.SearchWords.Concat(SitePages.NamesOf(content.Clinic)), _stem);
        _entries = [.. EntriesOf(content)];
        _priors = [.. _entries.Select(entry => PriorOf(entry, content))];
        _paths = _entries
            .Select((entry, i) => (entry.Path, i))
            .DistinctBy(pair => pair.Path)
            .ToFrozenDictionary(pair => pair.Path, pair => pair.i, StringComparer.Ordinal);
        var vocabulary = new Vocabulary();
        var counted = _entries.Select(entry => Count(entry, vocabulary)).ToArray();
        var postings = PostingsOf(counted, vocabulary.Stems.Count);
        _postings = Array.ConvertAll(postings, posting => posting.Build(_entries.Length));
        _stems = vocabulary.Stems.ToFrozenDictionary(StringComparer.Ordinal);
        _words = vocabulary.Words.ToFrozenDictionary(StringComparer.Ordinal);
        var meant = new List<Posting>();
        _meant = _plain.Targets.ToFrozenDictionary(target => target, target => Meant(target, meant), StringComparer.Ordinal);
        _postings = [.. _postings, .. meant];
        _asked = new AskedQuestions(_plain.Asked, PagesOf, MeaningOf, [.. WordLists.Everyday.Select(MeaningOf)]);
        _sorted = [.. vocabulary.Words.Keys.Where(word => !vocabulary.Compounds.Contains(word)).Order(StringComparer.Ordinal)];
        _spelled = [.. _sorted.Union(_plain.Words).Order(StringComparer.Ordinal)];
        _letters = Array.ConvertAll(_spelled, word => EditDistance.Letters(word));
    }

    /// <summary>The distinct words and stems found so far, numbered in the order of their first occurrence.</summary>
    private sealed class Vocabulary
    {
        public Dictionary<string, int> Stems { get; } = new(StringComparer.Ordinal);

        /// <summary>The number of each word's stem.</summary>
        public Dictionary<string, int> Words { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Compounds { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Counts an entry's stems per field, and fills in the entry's lengths and sequence of stems.</summary>
    private List<(int Stem, int Field, int Count)> Count(Entry entry, Vocabulary vocabulary)
    {
        var sequence = new List<int>();
        var counts = new List<(int Stem, int Field, int Count)>();
        for (var field = 0; field < FieldWeights.Length; field++)
        {
            var inField = new Dictionary<int, int>();
            foreach (var line in entry.Field(field).Split('\n'))
            {
                foreach (var (word, isCompound) in CompoundReader.Read(line))
                {
                    if (!vocabulary.Words.TryGetValue(word, out var stem)) vocabulary.Words.Add(word, stem = Number(vocabulary.Stems, _stem(word)));
                    if (isCompound) vocabulary.Compounds.Add(word);
                    if (!isCompound) sequence.Add(stem);
                    CollectionsMarshal.GetValueRefOrAddDefault(inField, stem, out _)++;
                    if (!isCompound) entry.Lengths[field]++;
                }

                sequence.Add(-1); // no phrase crosses from one line into the next
            }

            if (field < Body) entry.BodyStart = sequence.Count;
            counts.AddRange(inField.Select(one => (one.Key, field, one.Value)));
        }

        entry.Stems = [.. sequence];
        return counts;
    }

    /// <summary>Turns the counts into weighted postings, one per stem. Releases each entry's counts on the way, to save memory.</summary>
    private Posting.Builder[] PostingsOf(List<(int Stem, int Field, int Count)>[] counted, int stems)
    {
        var averages = new double[FieldWeights.Length];
        for (var field = 0; field < averages.Length; field++)
        {
            var total = _entries.Sum(entry => (double)entry.Lengths[field]);
            averages[field] = Math.Max(1, total / Math.Max(1, _entries.Length));
        }

        var postings = new Posting.Builder[stems];
        for (var i = 0; i < counted.Length; i++)
        {
            foreach (var (stem, field, count) in counted[i])
            {
                var length = 1 - LengthMatters + (LengthMatters * _entries[i].Lengths[field] / averages[field]);
                (postings[stem] ??= new Posting.Builder()).Add(i, FieldWeights[field] * (float)(count / (count + (Saturation * length))));
            }

            counted[i] = null!;
        }

        return postings;
    }

    /// <summary>Every word of the pages, folded, including compounds.</summary>
    internal IEnumerable<string> Words => _words.Keys;

    /// <summary>Builds an index. CPU time grows with the content, so don't call it while handling a request.</summary>
    public static SearchIndex Of(SiteContent content) => new(content);

    /// <summary>
    /// Finds the best pages that visitors of an edition may see: pages with all the words, as typed or through plain words; if there are none, pages
    /// for the query with obvious typos corrected; and if there are still none, pages with most of the words. The answer says which of these it is.
    /// </summary>
    public SearchResults Find(SearchQuery query, Edition edition)
    {
        if (query.Words.IsEmpty) return SearchResults.Nothing;
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

    // Pages outside the navigation (privacy, crisis help, the glossary) contain many words but answer few questions.
    private static float PriorOf(Entry entry, SiteContent content) => entry.Kind switch
    {
        SearchKind.Page when content.Clinic.Navigation.All(link => link.Href != entry.Path) => 0.7f,
        _ => 1f,
    };

    // A target is a page ("/contact"), a phrase in titles, summaries, and headings ("side effects"), or a word ("cost"). A phrase that occurs in none
    // of them stands for its words.
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

        // In "how many visits", small words such as "how" are on every page, so they don't count.
        return [.. stems.Where((stem, i) => stem >= 0 && !WordLists.Small.Contains(words[i])).Distinct()];
    }

    private Posting? PhrasePosting(int[] stems)
    {
        var found = new List<(int Entry, int Field)>();
        foreach (var i in _postings[stems.MinBy(stem => _postings[stem].Entries.Length)].Entries)
        {
            var above = _entries[i].Stems.AsSpan(0, _entries[i].BodyStart);
            var at = above.IndexOf(stems);
            if (at >= 0) found.Add((i, Math.Min(above[..at].Count(-1), Body - 1)));
        }

        if (found.Count == 0) return null;
        var pages = found.GroupBy(one => one.Field).ToDictionary(same => same.Key, same => same.Count());
        return new Posting(
            [.. found.Select(one => one.Entry)],
            [.. found.Select(one => FieldWeights[one.Field] * Named * Posting.Rarity(pages[one.Field], _entries.Length))],
            pages.MinBy(same => same.Key).Value);
    }

    // The pages that a phrase or path on the left of a list names; null if it is a word.
    private Posting? PagesOf(string target) => _meant[target] is [var page] && page >= _stems.Count ? _postings[page] : null;

    private string MeaningOf(string word) => _stem(word) is var stem && _same.TryGetValue(stem, out var same) ? same[0] : stem;

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
        AddPlainMeanings(terms, query, edition);
        AddCompounds(terms, query, edition);
        MakeEverydayWordsOptional(terms);
        MakeFrequentWordsOptional(terms);
        return [.. terms];
    }

    /// <summary>Adds what plain words mean. In a phrase such as "how much," the words become optional, and their meaning (the cost) does not.</summary>
    private void AddPlainMeanings(List<Term> terms, SearchQuery query, Edition edition)
    {
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
            terms.Add(new Term(meant, MayBeMissing: false, IsPlain: true));
        }

        static bool Covers(Range phrase, int word) => phrase.Start.Value <= word && word < phrase.End.Value;
    }

    /// <summary>Lets two neighboring words also match as one: pages may write "anti depressant" as "antidepressant."</summary>
    private void AddCompounds(List<Term> terms, SearchQuery query, Edition edition)
    {
        for (var i = 0; i < query.Words.Length - 1; i++)
        {
            if (query.Words[i + 1].Start - query.Words[i].End > 1) continue;
            var compound = query.Words[i].Text + query.Words[i + 1].Text;
            if (!_words.TryGetValue(compound, out var stem) || !IsSeen(stem, edition)) continue;
            foreach (var at in new[] { i, i + 1 })
                if (!terms[at].Stems.Exists(one => one.Stem == stem)) terms[at].Stems.Add((stem, 1f));
        }
    }

    private static void MakeEverydayWordsOptional(List<Term> terms)
    {
        // Everyday words ("first," "time") say little if the query has any other word.
        if (terms.Exists(term => !term.MayBeMissing && !term.IsEveryday)) MakeOptional(terms, term => term.IsEveryday);
    }

    /// <summary>Makes words optional that are on many pages and so hardly narrow the search: "ketamine" beside any rarer word.</summary>
    private void MakeFrequentWordsOptional(List<Term> terms)
    {
        var needed = terms.Where(term => !term.MayBeMissing && term.Stems.Count > 0).ToList();
        if (_entries.Length < FewPages || needed.Count <= 1) return;
        var rarest = needed.Min(PagesWith);
        MakeOptional(terms, term => !term.IsPlain && PagesWith(term) > Math.Max(_entries.Length / Many, rarest * MuchMore));
    }

    private static void MakeOptional(List<Term> terms, Func<Term, bool> which)
    {
        for (var i = 0; i < terms.Count; i++)
            if (which(terms[i])) terms[i] = terms[i] with { MayBeMissing = true };
    }

    // A plain word is as rare as the rarest of its meanings.
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
                at++)
            {
                var stem = _words[_sorted[at]];
                if (stems.TrueForAll(one => one.Stem != stem) && IsSeen(stem, edition)) stems.Add((stem, BeginsWith));
            }
        }

        foreach (var other in _same.GetValueOrDefault(_stem(word.Text), []))
            if (_stems.TryGetValue(other, out var stem) && stems.TrueForAll(one => one.Stem != stem) && IsSeen(stem, edition)) stems.Add((stem, SameMeaning));

        var small = word.MayBeMissing || word.Text.Length == 0;
        return new Term(stems, small) { IsCommonSpeech = _common.Contains(_stem(word.Text)), IsSmall = small };
    }

    private List<(int Stem, float Factor)> Seen(IEnumerable<string> targets, Edition edition) =>
    [
        .. targets.SelectMany(target => _meant.GetValueOrDefault(target, [])).Distinct()
            .Where(stem => IsSeen(stem, edition)).Select(stem => (stem, SameMeaning)),
    ];

    // A word that occurs only in unpublished articles doesn't exist yet.
    private bool IsSeen(int stem, Edition edition) => Array.Exists(_postings[stem].Entries, entry => _entries[entry].IsIn(edition));

    /// <summary>
    /// The known word that a typo most likely means. Only obvious typos are corrected: a short word is as likely to be another word ("park," "bark"),
    /// unless two neighboring letters are swapped or one of six is missing, and people rarely get the first letter wrong.
    /// </summary>
    private string? Correction(string word, Edition edition)
    {
        var allowed = word.Length switch { < 4 => 0, < 9 => 1, _ => 2 };
        if (allowed == 0 || Array.BinarySearch(_spelled, word, StringComparer.Ordinal) >= 0 || _asked.Has(word)) return null;
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
        // A word on no page can't rank pages. When pages with most of the words are wanted, it isn't counted.
        var needed = terms.Count(term => !term.MayBeMissing && (all || term.Stems.Count > 0));
        var scores = Score(terms);
        var like = _asked.PagesFor(query.Words, _entries.Length);
        var enough = Math.Max(LeastLike, LikeEnough * like.DefaultIfEmpty(0).Max());
        for (var i = 0; i < like.Length; i++) scores.Points[i] += LikeQuestion * like[i] * _priors[i];
        foreach (var i in Verbatim(query)) scores.Points[i] *= AsTyped;
        foreach (var path in _plain.PagesFor(query.Words))
        {
            if (!_paths.TryGetValue(path, out var i)) continue;
            scores.Points[i] += Pinned;
            scores.Matched[i] = (byte)needed;
        }

        // A page with all the words comes first, unless a page with most of them (in its title, say) is a much better answer.
        var least = (needed + 1) / 2;
        var phrases = all
            ? query.Phrases.Select(phrase => Array.ConvertAll(terms[phrase], term => term.Stems.Select(one => one.Stem).FirstOrDefault(-2))).ToList()
            : [];
        var seen = Enumerable.Range(0, _entries.Length)
            .Where(i => scores.Points[i] > 0 && (scores.Matched[i] >= least || scores.Plain[i] || like[i] >= enough) && _entries[i].IsIn(edition))
            .Where(i => phrases.TrueForAll(phrase => _entries[i].Stems.AsSpan().IndexOf(phrase) >= 0))
            .ToList();
        var passages = new Passages(Wanted(terms), _stems.Count);
        // One word isn't a question, and two are hardly one.
        var paragraph = Paragraph * Math.Min(1, (query.Words.Count(word => !word.MayBeMissing) - 1) / 2f);
        foreach (var i in Best(seen, scores.Points, LookedThrough))
            scores.Points[i] += paragraph * passages.Best(_entries[i].Stems, _entries[i].BodyStart) * _priors[i];
        var whole = seen.FindAll(i => scores.Matched[i] >= needed);
        if (all && whole.Count == 0) return new Ranking([], 0, passages);
        if (whole.Count >= Enough)
        {
            var worth = whole.Max(i => scores.Points[i]);
            seen.RemoveAll(i => scores.Matched[i] < needed && scores.Points[i] <= worth * StillWorth);
        }

        return new Ranking(Best(seen, scores.Points, Most), seen.Count, passages);
    }

    /// <summary>
    /// The pages that have the query word for word, small words too: as their title ("does it work"), or, if it is longer, anywhere ("what if I panic").
    /// None if many pages have it.
    /// </summary>
    private List<int> Verbatim(SearchQuery query)
    {
        var stems = query.Words.Select(word => _words.GetValueOrDefault(word.Text, -2)).ToArray();
        if (stems.Contains(-2)) return [];
        var rarest = stems.Select(stem => _postings[stem].Entries).MinBy(entries => entries.Length)!;
        if (rarest.Length > MostLookedThrough) return [];
        var found = rarest.Where(i => _entries[i].Stems.AsSpan() is var all
            && (stems.Length < FewestAsTyped ? all.StartsWith(stems) && all[stems.Length] < 0 : all.IndexOf(stems) >= 0)).ToList();
        return found.Count <= MostVerbatim ? found : [];
    }

    /// <param name="Points">The score of each entry.</param>
    /// <param name="Matched">How many of the required terms each entry has.</param>
    /// <param name="Plain">Whether each entry has a required term that is a plain word.</param>
    private sealed record Scores(float[] Points, byte[] Matched, bool[] Plain);

    private Scores Score(Term[] terms)
    {
        var scores = new Scores(new float[_entries.Length], new byte[_entries.Length], new bool[_entries.Length]);
        var (best, covered) = (new float[_entries.Length], new float[_entries.Length]);
        var total = 0f;
        foreach (var term in terms)
        {
            var weight = term.MayBeMissing ? 0 : RarityOf(term);
            total += weight;
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
                scores.Points[i] += term.MayBeMissing ? best[i] * Optional : best[i];
                if (term.MayBeMissing) continue;
                scores.Matched[i]++;
                scores.Plain[i] |= term.IsPlain;
                covered[i] += weight;
            }
        }

        for (var i = 0; i < covered.Length; i++) scores.Points[i] *= _priors[i] * (total == 0 ? 1 : covered[i] / total);
        return scores;
    }

    /// <summary>The entries with the most points, best first; of two with the same points, the earlier entry first.</summary>
    private static List<int> Best(List<int> entries, float[] points, int most)
    {
        var top = new PriorityQueue<int, (float, int)>();
        foreach (var i in entries)
        {
            if (top.Count < most) top.Enqueue(i, (points[i], -i));
            else top.EnqueueDequeue(i, (points[i], -i));
        }

        var results = new List<int>();
        while (top.TryDequeue(out var entry, out _)) results.Insert(0, entry);
        return results;
    }

    // A word on most pages ("ketamine") says little about which page is meant.
    private float RarityOf(Term term) => Posting.Rarity(PagesWith(term), _entries.Length);

    // A word that is too frequent to narrow the search ("alcohol") may still be what the visitor asks about.
    private List<(List<(int Stem, float Factor)> Stems, float Rarity)> Wanted(Term[] terms) =>
        [.. terms.Where(term => !term.MayBeMissing || term is { IsSmall: false, IsEveryday: false }).Select(term => (term.Stems, RarityOf(term)))];

    private SearchResults Answer(Ranking found, Term[] terms)
    {
        var asked = Wanted(terms);
        var wanted = asked.SelectMany(term => term.Stems).Select(one => one.Stem).ToHashSet();
        var words = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        return new SearchResults(
            [.. found.Entries.Select(i => _entries[i]).Select(entry => new SearchResult(entry.Kind, entry.Title, entry.Path,
                Snippet.Of(LinesOf(entry), word => words.TryGetValue(word, out var stem) && wanted.Contains(stem) ? stem : -1, WorthOf)))],
            found.Total);

        // The summary, and the lines of the body that hold most of what is asked: reading every line took most of a search's time.
        IEnumerable<string> LinesOf(Entry entry)
        {
            var worth = found.Passages.InLines(entry.Stems, entry.BodyStart, above: false);
            var best = Enumerable.Range(0, worth.Length).Where(line => worth[line] > 0).OrderByDescending(line => worth[line]).Take(MostLines).Order();
            var lines = entry.Body.Split('\n');
            return best.Select(line => lines[line]).Prepend(entry.Summary);
        }

        // As in the ranking: a word stands for its term, however often it and its synonyms occur.
        float WorthOf(IReadOnlyCollection<int> stems) =>
            asked.Sum(term => term.Rarity * term.Stems.Where(one => stems.Contains(one.Stem)).Select(one => one.Factor).DefaultIfEmpty(0).Max());
    }

    /// <param name="IsPlain">Whether it is a plain word. If so, its meaning counts, even if it is an everyday word.</param>
    private sealed record Term(List<(int Stem, float Factor)> Stems, bool MayBeMissing, bool IsPlain = false)
    {
        public bool IsCommonSpeech { get; init; }

        /// <summary>Whether it is a word that questions are made of: "how," "the."</summary>
        public bool IsSmall { get; init; }

        public bool IsEveryday => IsCommonSpeech && !IsPlain;
    }

    private sealed record Ranking(List<int> Entries, int Total, Passages Passages);

    private sealed record Entry(SearchKind Kind, ContentItem? Text, string Title, string Summary, string Headings, string Body, string Path)
    {
        public int[] Lengths { get; } = new int[FieldWeights.Length];

        /// <summary>The numbers of the stems of all fields, in order, with -1 after each field.</summary>
        public int[] Stems { get; set; } = [];

        /// <summary>Where the body begins in <see cref="Stems"/>, after the title, the summary, and the headings.</summary>
        public int BodyStart { get; set; }

        public static Entry Of(ContentItem text, SearchKind kind, IEnumerable<string>? more = null) =>
            new(
                kind,
                text,
                text.Title,
                text.Summary,
                string.Join('\n', text.Body.Headings.Select(heading => heading.Title)),
                string.Join('\n', (more ?? []).Append(text.Body.PlainText)),
                text.Path);

        public string Field(int field) => field switch { 0 => Title, 1 => Summary, 2 => Headings, _ => Body };

        /// <summary>Whether visitors of the edition may see it. The edition's content may be newer than this index.</summary>
        public bool IsIn(Edition edition) => Text switch
        {
            Article article => edition.FindArticle(article.Slug.ToString()) is not null,
            Service service => edition.FindService(service.Slug.ToString()) is not null,
            Page page => edition.FindPage(page.Slug.ToString()) is not null,
            _ => true,
        };
    }
}

/// <param name="Results">The best results, at most <see cref="SearchIndex.Most"/>.</param>
/// <param name="Total">How many pages match in all.</param>
public sealed record SearchResults(ImmutableArray<SearchResult> Results, int Total)
{
    public static SearchResults Nothing { get; } = new([], 0);

    /// <summary>The query with its typos corrected, if that was searched for instead; otherwise null.</summary>
    public string? Corrected { get; init; }

    /// <summary>The results have all the words, but no page has the quoted phrases.</summary>
    public bool WithoutQuotes { get; init; }

    /// <summary>No page has all the words; the results have most of them.</summary>
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
