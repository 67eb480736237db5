namespace Ketamine.Web.Features.Search;

/// <summary>
/// Maps what visitors type to what pages call it: "afford" finds pages about the cost. Read from plain-words.yml, which comes with the site, and
/// from the clinic's own search.yml.
/// </summary>
public sealed class PlainWords
{
    // How many small words may come between the words of a phrase: "open on Saturday" matches "open Saturday."
    private const int MostBetween = 2;

    private readonly Func<string, string> _stem;
    private readonly ILookup<string, (string[] Phrase, string Target)> _lines;
    private readonly ILookup<string, (string[] Phrase, string Path)> _pages;

    private PlainWords(IEnumerable<(string Target, string Typed)> common, IReadOnlyCollection<(string Path, string Typed)> pages, Func<string, string> stem)
    {
        _stem = stem;
        var lines = common.ToList();
        _lines = ByFirstStem(lines);
        Asked = [.. lines, .. pages, .. OfTheSite("asked.yml")];
        Words = [.. lines.Select(line => CompoundReader.Read(line.Typed).ToList()).Where(words => words.Count == 1).Select(words => words[0].Word).Distinct()];
        _pages = ByFirstStem(pages);
    }

    /// <param name="own">
    /// The clinic's own lines, in the same form; they add to the site's. In the clinic's lines, a path on the left is the page to show first; in the
    /// site's, it is one of the pages that answer.
    /// </param>
    public static PlainWords Of(IEnumerable<(string Target, string Typed)> own, Func<string, string> stem)
    {
        var lines = own.ToLookup(line => line.Target.StartsWith('/'));
        return new PlainWords(OfTheSite("plain-words.yml").Concat(lines[false]), [.. lines[true]], stem);
    }

    /// <summary>Everything that people are known to type, with what it is about: plain words, and the questions of asked.yml.</summary>
    public ImmutableArray<(string Target, string Typed)> Asked { get; }

    /// <summary>Everything on the left: words, phrases in titles, and paths.</summary>
    public IEnumerable<string> Targets => Asked.Select(line => line.Target).Distinct(StringComparer.Ordinal);

    /// <summary>The single words that visitors type, folded. Typos in them can be corrected.</summary>
    public ImmutableArray<string> Words { get; }

    /// <summary>What pages call a single word, by its stem.</summary>
    public IEnumerable<string> For(string stem) => _lines[stem].Where(line => line.Phrase.Length == 1).Select(line => line.Target);

    /// <summary>The plain words and phrases in a query, longest first, each with what pages call it.</summary>
    public IEnumerable<(Range Words, ImmutableArray<string> Targets)> In(ImmutableArray<QueryWord> words) =>
        Found(_lines, words)
            .GroupBy(one => (one.Words.Start.Value, one.Words.End.Value))
            .OrderByDescending(same => same.Key.Item2 - same.Key.Item1)
            .Select(same => (same.Key.Item1..same.Key.Item2, same.Select(one => one.Target).Distinct(StringComparer.Ordinal).ToImmutableArray()));

    /// <summary>The pages that the clinic's search.yml names for words in the query.</summary>
    public IEnumerable<string> PagesFor(ImmutableArray<QueryWord> words) =>
        Found(_pages, words).Select(one => one.Target).Distinct(StringComparer.Ordinal);

    private IEnumerable<(Range Words, string Target)> Found(ILookup<string, (string[] Phrase, string Target)> lines, ImmutableArray<QueryWord> words)
    {
        var stems = words.Select(word => _stem(word.Text)).ToArray();
        for (var i = 0; i < stems.Length; i++)
        {
            foreach (var (phrase, target) in lines[stems[i]])
                if (EndOf(phrase, stems, words, i) is { } end) yield return (i..end, target);
        }
    }

    // Where the phrase ends if it starts at this word; null if it doesn't.
    private static int? EndOf(string[] phrase, string[] stems, ImmutableArray<QueryWord> words, int start)
    {
        var (at, between) = (start, 0);
        foreach (var stem in phrase)
        {
            while (at < stems.Length && stems[at] != stem && words[at].MayBeMissing && between < MostBetween) (at, between) = (at + 1, between + 1);
            if (at == stems.Length || stems[at] != stem) return null;
            at++;
        }

        return at;
    }

    private static ImmutableArray<(string Target, string Typed)> OfTheSite(string file)
    {
        var diagnostics = new Diagnostics(file);
        var lines = Ketamine.Content.Reading.SearchFile.Read(Yaml.Read(EmbeddedFile.ReadText(typeof(PlainWords).Assembly, file), diagnostics), diagnostics);
        return diagnostics.Failed ? throw new InvalidOperationException(diagnostics.Problems[0].ToMessage()) : lines;
    }

    private ILookup<string, (string[] Phrase, string Target)> ByFirstStem(IEnumerable<(string Target, string Typed)> lines) =>
        lines.Select(line => (Phrase: StemsOf(line.Typed), line.Target)).Where(line => line.Phrase.Length > 0)
            .ToLookup(line => line.Phrase[0], StringComparer.Ordinal);

    private string[] StemsOf(string text) => [.. CompoundReader.Read(text).Where(word => !word.IsCompound).Select(word => _stem(word.Word))];
}
