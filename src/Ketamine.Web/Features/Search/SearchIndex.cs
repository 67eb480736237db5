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

    // A word that only begins with the last one typed counts less than the word itself.
    private const float BeginsWith = 0.5f;
    private const int MostBeginnings = 64;

    private readonly Func<string, string> _stem;
    private readonly ImmutableArray<Entry> _entries;
    private readonly FrozenDictionary<string, int> _stems;
    private readonly FrozenDictionary<string, int> _words;
    private readonly string[] _sorted;
    private readonly ulong[] _letters;
    private readonly Posting[] _postings;

    private SearchIndex(SiteContent content)
    {
        Content = content;
        _stem = Stemmer.For(content.Clinic.Locale);
        _entries = [.. EntriesOf(content)];
        var (stems, words) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        var known = words.GetAlternateLookup<ReadOnlySpan<char>>();
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
                var reader = new WordReader(entry.Field(field));
                while (reader.Read())
                {
                    if (!known.TryGetValue(reader.Word, out var stem))
                    {
                        var word = reader.Word.ToString();
                        stem = Number(stems, _stem(word));
                        words.Add(word, stem);
                    }

                    sequence.Add(stem);
                    CollectionsMarshal.GetValueRefOrAddDefault(inField, stem, out _)++;
                    entry.Lengths[field]++;
                }

                sequence.Add(-1); // no phrase runs from one field into the next
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
        _sorted = [.. words.Keys.Order(StringComparer.Ordinal)];
        _letters = Array.ConvertAll(_sorted, word => EditDistance.Letters(word));
    }

    /// <summary>The reading that it was built from.</summary>
    public SiteContent Content { get; }

    /// <summary>Takes processor time by the content's size: run it off the request's path.</summary>
    public static SearchIndex Of(SiteContent content) => new(content);

    /// <summary>The best of what an edition's visitors may see: with all the words; else with its words' spelling mended; else with most of them.</summary>
    public SearchAnswer Find(SearchQuery query, Edition edition)
    {
        if (query.Words.IsEmpty) return SearchAnswer.Nothing;
        var terms = query.Words.Select((word, i) => TermOf(word, open: i == query.Words.Length - 1 && query.LastIsOpen, edition)).ToArray();
        var found = Rank(query, terms, edition, all: true);
        if (found.Total > 0) return Answer(found, terms);
        if (!query.Phrases.IsEmpty && (found = Rank(query with { Phrases = [] }, terms, edition, all: true)).Total > 0) return Answer(found, terms) with { WithoutQuotes = true };

        var mended = new Dictionary<int, string>();
        for (var i = 0; i < terms.Length; i++)
        {
            if (terms[i].Stems.Count > 0 || NearestName(query.Words[i].Text, edition) is not { } nearest) continue;
            mended[i] = nearest;
            terms[i] = terms[i] with { Stems = [(_words[nearest], 1f)] };
        }

        var corrected = mended.Count > 0 ? query.With(mended) : null;
        if (corrected is not null && (found = Rank(query, terms, edition, all: true)).Total > 0) return Answer(found, terms) with { Corrected = corrected };
        found = Rank(query, terms, edition, all: false);
        return Answer(found, terms) with { Corrected = found.Total > 0 ? corrected : null, MostWords = true };
    }

    private static IEnumerable<Entry> EntriesOf(SiteContent content) =>
    [
        .. content.Services.Where(text => !text.Draft).Select(text => Entry.Of(text, SearchKind.Service)),
        .. content.Pages.Where(text => !text.Draft).Select(text => Entry.Of(text, SearchKind.Page)),
        .. content.Faqs.SelectMany(group => group.Questions)
            .Select(faq => new Entry(SearchKind.Question, null, faq.Question, "", "", faq.Answer.PlainText, $"/faqs#{faq.Anchor}")),
        .. content.Articles.Where(text => !text.Draft).Select(text => Entry.Of(text, SearchKind.Article)),
    ];

    private static int Number(Dictionary<string, int> stems, string stem)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(stems, stem, out var known);
        if (!known) number = stems.Count - 1;
        return number;
    }

    private Term TermOf(QueryWord word, bool open, Edition edition)
    {
        var stems = new List<(int Stem, float Factor)>();
        if (_stems.TryGetValue(_stem(word.Text), out var itself) && IsSeen(itself, edition)) stems.Add((itself, 1f));
        if (open)
        {
            var at = Array.BinarySearch(_sorted, word.Text, StringComparer.Ordinal);
            for (at = at < 0 ? ~at : at; at < _sorted.Length && stems.Count < MostBeginnings && _sorted[at].StartsWith(word.Text, StringComparison.Ordinal); at++)
            {
                var stem = _words[_sorted[at]];
                if (stems.TrueForAll(one => one.Stem != stem) && IsSeen(stem, edition)) stems.Add((stem, BeginsWith));
            }
        }

        return new Term(stems, word.MayBeMissing || word.Text.Length == 0);
    }

    // A word that stands only in what is still to appear does not exist yet.
    private bool IsSeen(int stem, Edition edition) => Array.Exists(_postings[stem].Entries, entry => _entries[entry].IsIn(edition));

    private string? NearestName(string word, Edition edition)
    {
        var forgiven = EditDistance.Forgiven(word.Length);
        if (forgiven == 0) return null;
        var letters = EditDistance.Letters(word);
        var near = new List<(string Word, int Slips)>();
        for (var i = 0; i < _sorted.Length; i++)
        {
            var other = _sorted[i];
            if (Math.Abs(other.Length - word.Length) > forgiven || !EditDistance.MayBeNear(letters, _letters[i], forgiven)) continue;
            var slips = EditDistance.Typos(word, other, forgiven);
            if (slips <= forgiven) near.Add((other, slips));
        }

        // People seldom miss the first letter; beyond that the commoner word is the likelier.
        return near.OrderBy(one => one.Slips).ThenBy(one => one.Word[0] != word[0]).ThenByDescending(one => _postings[_words[one.Word]].Entries.Length)
            .Select(one => one.Word).FirstOrDefault(one => IsSeen(_words[one], edition));
    }

    private Ranking Rank(SearchQuery query, Term[] terms, Edition edition, bool all)
    {
        var (scores, matched, best) = (new float[_entries.Length], new byte[_entries.Length], new float[_entries.Length]);
        var needed = terms.Count(term => !term.MayBeMissing);
        foreach (var term in terms)
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
                if (!term.MayBeMissing) matched[i]++;
            }
        }

        // Half of the words at least, and as many as any has.
        var least = all ? needed : Math.Max((needed + 1) / 2, matched.DefaultIfEmpty().Max());
        var phrases = all ? query.Phrases.Select(phrase => Array.ConvertAll(terms[phrase], term => term.Stems.Select(one => one.Stem).FirstOrDefault(-2))).ToList() : [];
        var top = new PriorityQueue<int, (float, int)>();
        var total = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (matched[i] < least || scores[i] == 0 || !_entries[i].IsIn(edition) || !phrases.TrueForAll(phrase => _entries[i].Stems.AsSpan().IndexOf(phrase) >= 0)) continue;
            total++;
            if (top.Count < Most) top.Enqueue(i, (scores[i], -i));
            else top.EnqueueDequeue(i, (scores[i], -i));
        }

        var results = new List<int>();
        while (top.TryDequeue(out var entry, out _)) results.Insert(0, entry);
        return new Ranking(results, total);
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

    private sealed record Term(List<(int Stem, float Factor)> Stems, bool MayBeMissing);

    private sealed record Ranking(List<int> Entries, int Total);

    private sealed record Entry(SearchKind Kind, ContentItem? Text, string Title, string Summary, string Headings, string Body, string Path)
    {
        public int[] Lengths { get; } = new int[FieldWeights.Length];

        /// <summary>The stems of all fields in their order, with -1 between fields.</summary>
        public int[] Stems { get; set; } = [];

        public static Entry Of(ContentItem text, SearchKind kind) =>
            new(kind, text, text.Title, text.Summary, string.Join('\n', text.Body.Headings.Select(heading => heading.Title)), text.Body.PlainText, text.Path);

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

    /// <summary>Where one stem stands, by entry, and what it is worth there.</summary>
    private sealed record Posting(int[] Entries, float[] Weights)
    {
        public sealed class Builder
        {
            private readonly List<int> _entries = [];
            private readonly List<float> _weights = [];

            /// <summary>Entries come in their order.</summary>
            public void Add(int entry, float weight)
            {
                if (_entries.Count > 0 && _entries[^1] == entry)
                {
                    _weights[^1] += weight;
                    return;
                }

                _entries.Add(entry);
                _weights.Add(weight);
            }

            public Posting Build(int of)
            {
                var rarity = (float)Math.Log(1 + ((of - _entries.Count + 0.5) / (_entries.Count + 0.5)));
                return new Posting([.. _entries], [.. _weights.Select(weight => weight * rarity)]);
            }
        }
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
