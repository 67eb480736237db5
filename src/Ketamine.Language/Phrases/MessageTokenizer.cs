using System.Globalization;
using System.Text;

namespace Ketamine.Language.Phrases;

/// <summary>One word of a message.</summary>
/// <param name="Ids">The numbers of the listed words it may be: none, one, or several if it is misspelled.</param>
/// <param name="Sentence">The number of its sentence in the message, from 0.</param>
public readonly record struct MessageWord(int[] Ids, int Sentence);

/// <summary>
/// Recognizes listed words in a message no matter how they are typed: with or without accents, apostrophes, and capitals; with look-alike letters,
/// digits, or stars in place of letters; with s p a c e d or repeated letters; without spaces; abbreviated; or with one typo in a word of six
/// letters or more, and two typos in a few words that must not be missed.
/// </summary>
/// <param name="words">The listed words and their numbers.</param>
/// <param name="spellings">Other spellings, each with the words it stands for.</param>
/// <param name="twoTypos">Words in which two typos are accepted.</param>
/// <param name="ordinary">Words that aren't misspellings of a listed word even though they are one letter away from it.</param>
public sealed class MessageTokenizer(
    IReadOnlyDictionary<string, int> words,
    IReadOnlyDictionary<string, string[]> spellings,
    IReadOnlyCollection<string> twoTypos,
    IReadOnlySet<string> ordinary)
{
    private const int LongestRun = 40;
    private const int MinFuzzyLength = 6;

    private readonly ILookup<(char First, int Length), string> _long =
        words.Keys.Concat(spellings.Where(way => way.Value.Length == 1 && words.ContainsKey(way.Value[0])).Select(way => way.Key))
            .Where(word => word.Length >= MinFuzzyLength).ToLookup(word => (word[0], word.Length));

    /// <summary>Splits a text into words, in lowercase and without accents and apostrophes, each with the number of its sentence.</summary>
    public static List<(string Text, int Sentence)> Split(string text)
    {
        var found = new List<(string, int)>();
        var word = new StringBuilder();
        var sentence = 0;
        var plain = Plain(text);
        for (var i = 0; i <= plain.Length; i++)
        {
            var c = i < plain.Length ? plain[i] : '\n';
            if (char.IsLetterOrDigit(c) || IsStandIn(plain, i))
            {
                word.Append(c);
                continue;
            }

            // "don't" is one word; "I'll" and "I'd" are two.
            var withinWord = IsApostrophe(c) && word.Length > 0 && i + 1 < plain.Length && char.IsLetter(plain[i + 1]);
            if (withinWord && !EndsAs(plain, i + 1, "ll") && !EndsAs(plain, i + 1, "d")) continue;
            if (word.Length > 0) found.Add((word.ToString(), sentence));
            word.Clear();
            if (IsEnd(plain, i)) sentence++;
        }

        return found;
    }

    /// <summary>The words of a message, each with the listed words it may be.</summary>
    public List<MessageWord> Read(string message)
    {
        var typed = Split(message);
        var read = new List<MessageWord>(typed.Count);
        var seen = new Dictionary<string, int[][]>(StringComparer.Ordinal);
        for (var i = 0; i < typed.Count; i++)
        {
            var (text, sentence) = typed[i];
            if (text.Length == 1 && Spaced(typed, i) is var letters and > 2 && letters <= LongestRun)
            {
                var joined = string.Concat(typed.GetRange(i, letters).Select(letter => letter.Text));
                if ((Exact(joined) ?? SplitRunTogether(joined)) is { } spelledOut)
                {
                    Add(spelledOut, sentence);
                    i += letters - 1;
                    continue;
                }
            }

            // "my self", "suici dal", "sewer slide", but not across a period.
            if (i + 1 < typed.Count && typed[i + 1].Sentence == sentence && text.Length + typed[i + 1].Text.Length is >= MinFuzzyLength and <= 16
                && Exact(text + typed[i + 1].Text) is { } halves)
            {
                Add(halves, sentence);
                i++;
                continue;
            }

            if (!seen.TryGetValue(text, out var ids)) seen[text] = ids = Recognize(text);
            Add(ids, sentence);
        }

        return read;

        void Add(int[][] ids, int sentence)
        {
            foreach (var id in ids) read.Add(new MessageWord(id, sentence));
        }
    }

    private static int Spaced(List<(string Text, int Sentence)> typed, int from)
    {
        var count = 0;
        while (count <= LongestRun && from + count < typed.Count && typed[from + count].Text.Length == 1 && char.IsLetter(typed[from + count].Text[0])) count++;
        return count;
    }

    // Usually one word, or several when the text is words run together; [[]] if it isn't recognized.
    private int[][] Recognize(string text)
    {
        if (Exact(text) is { } exact) return exact;
        if (text.Length > LongestRun) return [[]];
        if (WithoutRepeats(text) is { } shortened) return shortened;
        if (text.Any(c => !char.IsLetter(c))) return text.Any(char.IsLetter) ? Disguised(text) : [[]];
        if (ordinary.Contains(text)) return [[]];
        if (Fuzzy(text) is { Length: > 0 } misspelled) return [misspelled];
        return text.Length >= 8 && SplitRunTogether(text) is { } parts ? parts : [[]];
    }

    // "k1ll", "d!e", "k*ll". The digit 1 stands for i or l, so both are tried.
    private int[][] Disguised(string text)
    {
        foreach (var one in "il")
        {
            var letters = Letters(text, one);
            if (Exact(letters) is { } exact) return exact;
            var candidates = letters.Contains('*') ? MatchStars(letters) : Fuzzy(letters);
            if (candidates.Length > 0) return [candidates];
        }

        return [[]];
    }

    private int[][]? Exact(string text)
    {
        if (spellings.TryGetValue(text, out var meant)) return [.. meant.Select(word => words.TryGetValue(word, out var part) ? new[] { part } : [])];
        return words.TryGetValue(text, out var id) ? [[id]] : null;
    }

    // "killlll", "pleaseee", "diiie": a letter repeated three times or more is meant once or twice.
    private int[][]? WithoutRepeats(string text)
    {
        foreach (var kept in (int[])[2, 1])
        {
            var shorter = new StringBuilder();
            for (int i = 0, run; i < text.Length; i += run)
            {
                run = 1;
                while (i + run < text.Length && text[i + run] == text[i]) run++;
                shorter.Append(text[i], run >= 3 ? kept : run);
            }

            if (shorter.Length == text.Length) return null;
            if (Exact(shorter.ToString()) is { } known) return known;
        }

        return null;
    }

    private static string Letters(string text, char one) => string.Create(text.Length, (text, one), static (letters, from) =>
    {
        for (var i = 0; i < letters.Length; i++)
            letters[i] = from.text[i] switch
            {
                '0' => 'o',
                '1' => from.one,
                '!' or '|' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                '#' => '*',
                var c => c,
            };
    });

    private int[] MatchStars(string pattern)
    {
        if (pattern.Length < 3 || pattern.Count(c => c == '*') * 2 > pattern.Length) return [];
        return [.. words.Where(word => Fits(word.Key)).Select(word => word.Value)];

        bool Fits(string word) => word.Length == pattern.Length && word.Zip(pattern).All(pair => pair.Second == '*' || pair.First == pair.Second);
    }

    // One letter missing, added, or changed, or two swapped. The first letter must be right.
    private int[] Fuzzy(string text)
    {
        if (text.Length < MinFuzzyLength - 1) return [];
        List<int>? near = null;
        for (var length = Math.Max(MinFuzzyLength, text.Length - 1); length <= text.Length + 1; length++)
            foreach (var word in _long[(text[0], length)])
                if (IsOneTypo(text, word)) (near ??= []).Add(Number(word));
        if (near is null)
            foreach (var word in twoTypos)
                if (word[0] == text[0] && Math.Abs(word.Length - text.Length) <= 2 && EditDistance.Typos(text, word, 2) <= 2) (near ??= []).Add(Number(word));
        return near is null ? [] : [.. near];

        int Number(string word) => words.TryGetValue(word, out var number) ? number : words[spellings[word][0]];
    }

    private static bool IsOneTypo(string typed, string word)
    {
        var i = typed.AsSpan().CommonPrefixLength(word);
        var a = typed.AsSpan(i);
        var b = word.AsSpan(i);
        if (a.Length > b.Length) return a[1..].SequenceEqual(b);
        if (a.Length < b.Length) return b[1..].SequenceEqual(a);
        return a.Length == 0 || a[1..].SequenceEqual(b[1..]) || (a.Length > 1 && a[0] == b[1] && a[1] == b[0] && a[2..].SequenceEqual(b[2..]));
    }

    // "iwanttodie": the whole text must divide into listed words, as few as possible, and at least one of them must be longer than a scrap ("pre gun to").
    private int[][]? SplitRunTogether(string text)
    {
        if (text.Length > LongestRun) return null;
        var from = new int[text.Length + 1];
        var count = new int[text.Length + 1];
        Array.Fill(from, -1);
        for (var end = 1; end <= text.Length; end++)
            for (var start = Math.Max(0, end - 14); start < end; start++)
            {
                if (start > 0 && from[start] < 0) continue;
                if (end - start == 1 && text[start] != 'i') continue;
                if (Exact(text[start..end]) is null || (from[end] >= 0 && count[end] <= count[start] + 1)) continue;
                from[end] = start;
                count[end] = count[start] + 1;
            }

        if (from[text.Length] < 0) return null;
        var parts = new Stack<int[][]>();
        var longest = 0;
        for (var end = text.Length; end > 0; end = from[end])
        {
            longest = Math.Max(longest, end - from[end]);
            parts.Push(Exact(text[from[end]..end])!);
        }

        return text.Length < 8 || longest >= 4 ? [.. parts.SelectMany(part => part)] : null;
    }

    private static bool IsApostrophe(char c) => c is '\'' or '’' or '‘' or 'ʼ' or '`' or '´' or '′';

    private static bool EndsAs(string text, int at, string ending) =>
        string.CompareOrdinal(text, at, ending, 0, ending.Length) == 0 && (at + ending.Length >= text.Length || !char.IsLetter(text[at + ending.Length]));

    // Characters typed in place of a letter: $ and @ at the start of a word or inside it, the others only inside.
    private static bool IsStandIn(string text, int i)
    {
        if (i + 1 >= text.Length || !(char.IsLetterOrDigit(text[i + 1]) || text[i + 1] is '*' or '#')) return false;
        return text[i] switch
        {
            '$' or '@' => char.IsLetter(text[i + 1]),
            '*' or '#' or '!' or '|' => i > 0 && (char.IsLetterOrDigit(text[i - 1]) || text[i - 1] is '*' or '#'),
            _ => false,
        };
    }

    private static bool IsEnd(string text, int i)
    {
        if (i >= text.Length) return false;
        switch (text[i])
        {
            case '!' or '?' or ';' or '¿' or '¡' or '…':
                return text[i] != '…';
            case '.':
                if ((i > 0 && text[i - 1] == '.') || (i + 1 < text.Length && text[i + 1] == '.')) return false;
                if (i + 1 >= text.Length || char.IsWhiteSpace(text[i + 1])) return true;
                // "k.m.s" is one word spelled out; "die.please" is two sentences.
                return i > 1 && i + 2 < text.Length && char.IsLetter(text[i - 2]) && char.IsLetter(text[i + 2]);
            case '\n':
                return i > 0 && text[i - 1] == '\n';
            default:
                return false;
        }
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        var wellFormed = IsWellFormed(text) ? text : new string([.. text.Where(c => !char.IsSurrogate(c))]);
        foreach (var c in wellFormed)
            if (IsApostrophe(c)) plain.Append('\'');
            else if (char.GetUnicodeCategory(c) != UnicodeCategory.Format) plain.Append(c);
        var decomposed = TypedText.Normalized(plain.Replace("\r\n", "\n").ToString(), NormalizationForm.FormKD).ToLowerInvariant();
        plain.Clear();
        foreach (var c in decomposed)
        {
            if (char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark) continue;
            var like = c < 128 ? -1 : LookAlikes.Pairs.IndexOf(c);
            plain.Append(like >= 0 && like % 2 == 0 ? LookAlikes.Pairs[like + 1] : c);
        }

        return plain.ToString();
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }
}
