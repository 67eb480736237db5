using System.Runtime.InteropServices;

namespace Ketamine.Web.Features.Search;

/// <summary>
/// How people ask about each topic: everything in plain-words.yml, asked.yml, and the clinic's search.yml. A question that no line has word for word
/// still belongs to the topic whose lines share its words and pairs of words. This is document expansion (doc2query, Nogueira and others, 2019) with
/// questions written by hand, ranked by BM25 as if each topic were a text.
/// </summary>
internal sealed class AskedQuestions
{
    private const float Saturation = 1;
    private const float LengthMatters = 0.5f;

    // Two words side by side ("pass out") say something more than both do alone; everyday words ("first") say less than others.
    private const float PairWeight = 0.4f;
    private const float EverydayWeight = 0.7f;

    private readonly FrozenDictionary<string, (int Topic, float Weight)[]> _weights;

    // The pages that answer each topic, the best with a share of 1.
    private readonly (int Page, float Share)[][] _pages;
    private readonly Func<string, string> _meaning;

    /// <param name="lines">Targets, and what visitors type for them.</param>
    /// <param name="pagesOf">The pages that a target names; null if it is only a word that pages use.</param>
    /// <param name="meaning">Returns the same for words that mean the same.</param>
    /// <param name="everyday">The meanings of everyday words.</param>
    public AskedQuestions(
        IEnumerable<(string Target, string Typed)> lines, Func<string, Posting?> pagesOf, Func<string, string> meaning, FrozenSet<string> everyday)
    {
        _meaning = meaning;
        var topics = lines.GroupBy(line => line.Target, line => line.Typed, StringComparer.Ordinal)
            .Select(same => (Pages: pagesOf(same.Key), Signs: same.SelectMany(typed => SignsOf(Words(typed))).CountBy(sign => sign).ToList()))
            .Where(topic => topic.Pages is not null).ToList();
        _pages = [.. topics.Select(topic => SharesOf(topic.Pages!))];
        var sizes = topics.ConvertAll(topic => MathF.Sqrt(topic.Signs.Sum(sign => sign.Value)));
        var average = sizes.DefaultIfEmpty(1).Average();
        _weights = topics.SelectMany((topic, i) => topic.Signs.Select(sign => (sign.Key, Topic: i, Count: sign.Value)))
            .GroupBy(one => one.Key, StringComparer.Ordinal)
            .ToFrozenDictionary(
                same => same.Key,
                same => same.Select(one => (one.Topic, WeightOf(same.Key, same.Count(), one.Count, sizes[one.Topic] / average))).ToArray(),
                StringComparer.Ordinal);

        float WeightOf(string sign, int inTopics, int count, float size) =>
            (sign.Contains(' ') ? PairWeight : everyday.Contains(sign) ? EverydayWeight : 1) * MathF.Log((topics.Count + 0.5f) / (inTopics + 0.5f))
            * count / (count + (Saturation * (1 - LengthMatters + (LengthMatters * size))));
    }

    /// <summary>Whether any line has a word that means this.</summary>
    public bool Has(string word) => _weights.ContainsKey(_meaning(word));

    /// <summary>How much a question speaks for each page: as much as for the topic it fits best of those that the page answers.</summary>
    public float[] PagesFor(IEnumerable<QueryWord> words, int pages)
    {
        var topics = new Dictionary<int, float>();
        foreach (var sign in SignsOf(words.Select(word => word.Text)))
            foreach (var (topic, weight) in _weights.GetValueOrDefault(sign, []))
                CollectionsMarshal.GetValueRefOrAddDefault(topics, topic, out _) += weight;

        var best = new float[pages];
        foreach (var (topic, weight) in topics)
            foreach (var (page, share) in _pages[topic]) best[page] = Math.Max(best[page], weight * share);
        return best;
    }

    /// <summary>The words and pairs of words that a question is recognized by, each once.</summary>
    private HashSet<string> SignsOf(IEnumerable<string> words)
    {
        var signs = new HashSet<string>(StringComparer.Ordinal);
        var before = "";
        foreach (var word in words)
        {
            var meaning = _meaning(word);
            if (!WordLists.Small.Contains(word)) signs.Add(meaning);
            if (before.Length > 0) signs.Add($"{before} {meaning}");
            before = meaning;
        }

        return signs;
    }

    private static (int Page, float Share)[] SharesOf(Posting pages)
    {
        var most = pages.Weights.Max();
        return [.. pages.Entries.Zip(pages.Weights, (page, weight) => (page, weight / most))];
    }

    private static IEnumerable<string> Words(string typed) => CompoundReader.Read(typed).Where(word => !word.IsCompound).Select(word => word.Word);
}
