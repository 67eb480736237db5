using System.Collections.Immutable;
using System.Reflection;

namespace Ketamine.Web.Features.Search;

/// <summary>
/// What visitors type, and what pages call it: "afford" finds pages about the cost. Read from plain-words.yml, which comes with the site, and
/// from the clinic's own search.yml.
/// </summary>
public sealed class PlainWords
{
    private readonly Func<string, string> _stem;
    private readonly ILookup<string, string> _words;
    private readonly ILookup<string, (string[] Phrase, string Target)> _phrases;
    private readonly ILookup<string, (string[] Phrase, string Path)> _pages;

    private PlainWords(IEnumerable<(string Target, string Typed)> pairs, Func<string, string> stem)
    {
        _stem = stem;
        var all = pairs.ToLookup(pair => pair.Target.StartsWith('/'));
        _pages = all[true].Select(pair => (Phrase: StemsOf(pair.Typed), Path: pair.Target)).Where(pair => pair.Phrase.Length > 0)
            .ToLookup(pair => pair.Phrase[0], StringComparer.Ordinal);
        var split = all[false]
            .Select(pair => (Targets: TellingStemsOf(pair.Target), Typed: StemsOf(pair.Typed)))
            .Where(pair => pair.Targets.Length > 0 && pair.Typed.Length > 0)
            .ToList();
        _words = split
            .Where(pair => pair.Typed.Length == 1)
            .SelectMany(pair => pair.Targets.Select(target => (Typed: pair.Typed[0], target)))
            .ToLookup(pair => pair.Typed, pair => pair.target, StringComparer.Ordinal);
        _phrases = split
            .Where(pair => pair.Typed.Length > 1)
            .SelectMany(pair => pair.Targets.Select(target => (pair.Typed, target)))
            .ToLookup(pair => pair.Typed[0], pair => (pair.Typed, pair.target), StringComparer.Ordinal);
    }

    /// <param name="own">The clinic's own lines, in the same form; they add to the site's.</param>
    public static PlainWords Of(IEnumerable<(string Target, string Typed)> own, Func<string, string> stem) => new(OfTheSite().Concat(own), stem);

    /// <summary>The stems that pages use for a typed word's stem; none for a word that has no others.</summary>
    public IEnumerable<string> For(string stem) => _words[stem];

    /// <summary>The pages that the clinic's search.yml names for words of the query.</summary>
    public IEnumerable<string> PagesFor(ImmutableArray<QueryWord> words)
    {
        var stems = words.Select(word => _stem(word.Text)).ToArray();
        return stems
            .SelectMany((stem, i) => _pages[stem].Where(entry => stems.AsSpan(i).StartsWith(entry.Phrase)).Select(entry => entry.Path))
            .Distinct(StringComparer.Ordinal);
    }

    /// <summary>Phrases of the query that stand for something that pages call otherwise.</summary>
    public IEnumerable<(Range Words, ImmutableArray<string> Targets)> PhrasesIn(ImmutableArray<QueryWord> words)
    {
        var stems = words.Select(word => _stem(word.Text)).ToArray();
        for (var i = 0; i < stems.Length; i++)
        {
            foreach (var found in _phrases[stems[i]].Where(entry => stems.AsSpan(i).StartsWith(entry.Phrase)).GroupBy(entry => entry.Phrase.Length))
                yield return (i..(i + found.Key), [.. found.Select(entry => entry.Target).Distinct(StringComparer.Ordinal)]);
        }
    }

    private static ImmutableArray<(string Target, string Typed)> OfTheSite()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("plain-words.yml")
            ?? throw new InvalidOperationException("plain-words.yml is not in the assembly");
        using var reader = new StreamReader(stream);
        var diagnostics = new Diagnostics("plain-words.yml");
        var lines = Ketamine.Content.Reading.SearchFile.Read(Yaml.Read(reader.ReadToEnd(), diagnostics), diagnostics);
        return diagnostics.Failed ? throw new InvalidOperationException(diagnostics.Problems[0].ToMessage()) : lines;
    }

    // "how many visits" is about many visits: small words stand in any text.
    private string[] TellingStemsOf(string text) =>
        [.. CompoundReader.Read(text).Where(word => !word.IsCompound && !SearchQuery.Small.Contains(word.Word)).Select(word => _stem(word.Word))];

    private string[] StemsOf(string text) => [.. CompoundReader.Read(text).Where(word => !word.IsCompound).Select(word => _stem(word.Word))];
}
