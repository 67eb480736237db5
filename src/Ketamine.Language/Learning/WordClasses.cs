using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ketamine.Language.Learning;

/// <summary>Classes of words that say the same kind of thing, such as family, time or means. A word may be in several. Immutable.</summary>
public sealed class WordClasses
{
    private readonly FrozenDictionary<string, ImmutableArray<int>> _byWord;
    private readonly string _text;

    private WordClasses(string text)
    {
        var byWord = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => !line.StartsWith('#')).ToList();
        for (var number = 0; number < lines.Count; number++)
            foreach (var word in lines[number].Split(':')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                if (!byWord.TryGetValue(word, out var classes)) byWord[word] = [number];
                else if (!classes.Contains(number)) classes.Add(number);
        _byWord = byWord.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray(), StringComparer.Ordinal);
        _text = string.Join('\n', lines);
    }

    public static WordClasses None { get; } = new("");

    /// <summary>
    /// Reads one class per line: a name, a colon, and its words, lowercase and without accents and apostrophes. A line that begins with # is a comment.
    /// </summary>
    public static WordClasses Parse(string text) => new(text);

    /// <summary>The classes as <see cref="Parse"/> reads them, without comments.</summary>
    public override string ToString() => _text;

    /// <summary>The numbers of a word's classes, in the order of the file; empty for most words.</summary>
    internal ImmutableArray<int> Of(string word) => _byWord.TryGetValue(word, out var classes) ? classes : [];
}
