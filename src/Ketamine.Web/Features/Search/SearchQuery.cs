using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ketamine.Web.Features.Search;

/// <summary>What a visitor typed, in words and "quoted phrases".</summary>
/// <param name="Text">As typed, cut to <see cref="MaxLength"/>.</param>
/// <param name="Words">In their order, those within quotes included.</param>
/// <param name="Phrases">Ranges of <paramref name="Words"/> that must stand together.</param>
public sealed record SearchQuery(string Text, ImmutableArray<QueryWord> Words, ImmutableArray<Range> Phrases)
{
    /// <summary>Characters; more is no search.</summary>
    public const int MaxLength = 200;

    // A longer question is found by its first words.
    private const int MostWords = 16;

    // Words of questions: they need not stand in an answer.
    internal static readonly FrozenSet<string> Small = FrozenSet.Create(
        StringComparer.Ordinal,
        "a",
        "about",
        "am",
        "an",
        "and",
        "any",
        "anyone",
        "are",
        "arent",
        "as",
        "at",
        "be",
        "been",
        "by",
        "can",
        "cant",
        "choose",
        "come",
        "could",
        "did",
        "do",
        "didnt",
        "does",
        "doesnt",
        "dont",
        "isnt",
        "for",
        "from",
        "get",
        "give",
        "go",
        "had",
        "has",
        "have",
        "how",
        "hows",
        "i",
        "id",
        "if",
        "ill",
        "im",
        "in",
        "is",
        "ive",
        "just",
        "it",
        "its",
        "make",
        "makes",
        "me",
        "my",
        "of",
        "on",
        "or",
        "please",
        "problem",
        "problems",
        "really",
        "should",
        "somebody",
        "so",
        "take",
        "thats",
        "till",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "to",
        "treat",
        "use",
        "want",
        "was",
        "we",
        "were",
        "what",
        "whats",
        "when",
        "whens",
        "where",
        "wheres",
        "which",
        "who",
        "why",
        "will",
        "with",
        "wont",
        "would",
        "you",
        "your",
        "al",
        "con",
        "cual",
        "cuando",
        "de",
        "del",
        "donde",
        "el",
        "en",
        "es",
        "esta",
        "la",
        "las",
        "lo",
        "los",
        "mi",
        "para",
        "por",
        "que",
        "se",
        "si",
        "su",
        "sus",
        "tiene",
        "un",
        "una",
        "y"
    );

    public static SearchQuery Parse(string? typed)
    {
        var text = (typed ?? "").Trim();
        if (text.Length > MaxLength) text = text[..MaxLength];
        var words = ImmutableArray.CreateBuilder<QueryWord>();
        var phrases = ImmutableArray.CreateBuilder<Range>();
        int? opened = null;
        var looked = 0;
        var reader = new WordReader(text);
        while (words.Count < MostWords && reader.Read())
        {
            Quotes(reader.Start);
            words.Add(new QueryWord(reader.Word.ToString(), reader.Start, reader.End));
        }

        Quotes(text.Length);
        // What is left without its small words is what counts; a query of small words alone is taken as it is.
        var telling = words.Any(word => !Small.Contains(word.Text));
        if (telling)
        {
            for (var i = 0; i < words.Count; i++) words[i] = words[i] with { MayBeMissing = Small.Contains(words[i].Text) };
        }

        return new SearchQuery(text, words.DrainToImmutable(), phrases.DrainToImmutable());

        void Quotes(int until)
        {
            for (; looked < until; looked++)
            {
                if (!IsQuote(text[looked])) continue;
                if (opened is not { } first) opened = words.Count;
                else
                {
                    if (words.Count - first > 1) phrases.Add(first..words.Count);
                    opened = null;
                }
            }
        }
    }

    /// <summary>Begins or ends a phrase.</summary>
    public static bool IsQuote(char character) => character is '"' or '“' or '”' or '«' or '»';

    /// <summary>The last word may be the beginning of one, as long as it stands outside quotes.</summary>
    public bool LastIsOpen => Words.Length > 0 && Words[^1].Text.Length >= 3 && Words[^1].End == Text.Length;

    /// <summary>What was typed, with one word in another's place each.</summary>
    public string With(IReadOnlyDictionary<int, string> replacements)
    {
        var text = Text;
        for (var i = Words.Length - 1; i >= 0; i--)
            if (replacements.TryGetValue(i, out var other)) text = string.Concat(text.AsSpan(0, Words[i].Start), other, text.AsSpan(Words[i].End));
        return text;
    }
}

/// <param name="Text">Folded.</param>
/// <param name="Start">In what was typed.</param>
/// <param name="MayBeMissing">A small word ("how", "the"): it ranks, and need not be there.</param>
public readonly record struct QueryWord(string Text, int Start, int End, bool MayBeMissing = false);
