namespace Ketamine.Web.Features.Search;

/// <summary>What a visitor typed, in words and "quoted phrases".</summary>
/// <param name="Text">As typed, cut to <see cref="MaxLength"/>.</param>
/// <param name="Words">In order, including those in quotes.</param>
/// <param name="Phrases">Ranges of <paramref name="Words"/> that must be adjacent.</param>
public sealed record SearchQuery(string Text, ImmutableArray<QueryWord> Words, ImmutableArray<Range> Phrases)
{
    /// <summary>The longest query, in characters. The rest is ignored.</summary>
    public const int MaxLength = 200;

    // Only the first words of a longer question count.
    private const int MostWords = 16;

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
            var word = reader.Word.ToString();
            words.Add(new QueryWord(WordLists.Shorthand.GetValueOrDefault(word, word), reader.Start, reader.End));
        }

        Quotes(text.Length);
        // Small words are optional, unless the query has no other words.
        var telling = words.Any(word => !WordLists.Small.Contains(word.Text));
        if (telling)
        {
            for (var i = 0; i < words.Count; i++) words[i] = words[i] with { MayBeMissing = WordLists.Small.Contains(words[i].Text) };
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

    /// <summary>Whether the character begins or ends a phrase.</summary>
    public static bool IsQuote(char character) => character is '"' or '“' or '”' or '«' or '»';

    /// <summary>Whether the last word may be only the beginning of a word: nothing follows it, not even a quotation mark.</summary>
    public bool LastIsOpen => Words.Length > 0 && Words[^1].Text.Length >= 3 && Words[^1].End == Text.Length;

    /// <summary>The text as typed, with some words replaced.</summary>
    /// <param name="replacements">The new words, by their index in <see cref="Words"/>.</param>
    public string With(IReadOnlyDictionary<int, string> replacements)
    {
        var text = Text;
        for (var i = Words.Length - 1; i >= 0; i--)
            if (replacements.TryGetValue(i, out var other)) text = string.Concat(text.AsSpan(0, Words[i].Start), other, text.AsSpan(Words[i].End));
        return text;
    }
}

/// <param name="Text">Folded.</param>
/// <param name="Start">Its index in the text as typed.</param>
/// <param name="MayBeMissing">Whether it is optional: a small word ("how," "the") affects only the ranking.</param>
public readonly record struct QueryWord(string Text, int Start, int End, bool MayBeMissing = false);
