using System.Globalization;
using System.Text;

namespace Ketamine.Language.Phrases;

/// <summary>One word of a message: the words of the list that it may be (none, one, or several when it is misspelt), and the sentence it stands in.</summary>
public readonly record struct MessageWord(int[] Ids, int Sentence);

/// <summary>
/// Reads a message as words of the list, however they were typed: accents, apostrophes, capitals, look-alike letters, digits for letters,
/// stars for letters, s p a c e d letters, repeated letters, missing spaces, abbreviations, one slip in a word of six letters or more and two in a
/// few words that must not be missed.
/// </summary>
/// <param name="words">The list's own words and their numbers.</param>
/// <param name="spellings">Other ways of typing, each with the words it stands for.</param>
/// <param name="twice">Words in which two slips are forgiven.</param>
/// <param name="ordinary">Words that are no misspelling of a word of the list, although they are one letter away from it.</param>
public sealed class MessageTokenizer(IReadOnlyDictionary<string, int> words, IReadOnlyDictionary<string, string[]> spellings, IReadOnlyCollection<string> twice, IReadOnlySet<string> ordinary)
{
    private const int LongestRun = 40;
    private const int FuzzyFrom = 6;

    private const string LookAlikes = "аaвbеeкkмmнhоoрpсcтtуyхxіiјjѕsԁdɡgһhνvαaεeιiκkοoρpτtυuχxηnɩiøołlđdıi";

    private readonly ILookup<(char First, int Length), string> _long =
        words.Keys.Concat(spellings.Where(way => way.Value.Length == 1 && words.ContainsKey(way.Value[0])).Select(way => way.Key))
            .Where(word => word.Length >= FuzzyFrom).ToLookup(word => (word[0], word.Length));

    /// <summary>The words of a text as they are typed: lower case, without accents and apostrophes, split into sentences.</summary>
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

            if (IsApostrophe(c) && word.Length > 0 && i + 1 < plain.Length && char.IsLetter(plain[i + 1]) && !EndsAs(plain, i + 1, "ll") && !EndsAs(plain, i + 1, "d")) continue;
            if (word.Length > 0) found.Add((word.ToString(), sentence));
            word.Clear();
            if (IsEnd(plain, i)) sentence++;
        }

        return found;
    }

    /// <summary>The words of a message as words of the list.</summary>
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
                if ((Exactly(joined) ?? Apart(joined)) is { } spelt)
                {
                    Add(spelt, sentence);
                    i += letters - 1;
                    continue;
                }
            }

            // "my self", "suici dal", "sewer slide"; a full stop between the halves keeps them apart.
            if (i + 1 < typed.Count && typed[i + 1].Sentence == sentence && text.Length + typed[i + 1].Text.Length is >= FuzzyFrom and <= 16
                && Exactly(text + typed[i + 1].Text) is { } halves)
            {
                Add(halves, sentence);
                i++;
                continue;
            }

            if (!seen.TryGetValue(text, out var ids)) seen[text] = ids = Known(text);
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

    private int[][] Known(string text)
    {
        if (Exactly(text) is { } exact) return exact;
        if (text.Length > LongestRun) return [[]];
        if (Stretched(text) is { } stretched) return stretched;
        if (text.Any(c => !char.IsLetter(c)))
        {
            if (!text.Any(char.IsLetter)) return [[]];
            foreach (var one in "il")
            {
                var letters = Letters(text, one);
                if (Exactly(letters) is { } spelt) return spelt;
                if (letters.Contains('*'))
                {
                    if (Starred(letters) is { Length: > 0 } starred) return [starred];
                }
                else if (Near(letters) is { Length: > 0 } near) return [near];
            }

            return [[]];
        }

        if (ordinary.Contains(text)) return [[]];
        if (Near(text) is { Length: > 0 } misspelt) return [misspelt];
        return text.Length >= 8 && Apart(text) is { } apart ? apart : [[]];
    }

    private int[][]? Exactly(string text)
    {
        if (spellings.TryGetValue(text, out var meant)) return [.. meant.Select(word => words.TryGetValue(word, out var part) ? new[] { part } : [])];
        return words.TryGetValue(text, out var id) ? [[id]] : null;
    }

    // "killlll", "pleaseee", "diiie": a letter three times or more is meant once or twice.
    private int[][]? Stretched(string text)
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
            if (Exactly(shorter.ToString()) is { } known) return known;
        }

        return null;
    }

    private static string Letters(string text, char one) => string.Create(text.Length, (text, one), static (letters, from) =>
    {
        for (var i = 0; i < letters.Length; i++)
            letters[i] = from.text[i] switch { '0' => 'o', '1' => from.one, '!' => 'i', '|' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', '#' => '*', var c => c };
    });

    private int[] Starred(string pattern) =>
        pattern.Length < 3 || pattern.Count(c => c == '*') * 2 > pattern.Length
            ? []
            : [.. words.Where(word => word.Key.Length == pattern.Length && word.Key.Zip(pattern).All(pair => pair.Second == '*' || pair.First == pair.Second)).Select(word => word.Value)];

    // One letter missing, added, changed or two swapped; the first letter is right.
    private int[] Near(string text)
    {
        if (text.Length < FuzzyFrom - 1) return [];
        List<int>? near = null;
        for (var length = Math.Max(FuzzyFrom, text.Length - 1); length <= text.Length + 1; length++)
            foreach (var word in _long[(text[0], length)])
                if (OneSlip(text, word)) (near ??= []).Add(Number(word));
        if (near is null)
            foreach (var word in twice)
                if (word[0] == text[0] && Math.Abs(word.Length - text.Length) <= 2 && EditDistance.Typos(text, word, 2) <= 2) (near ??= []).Add(Number(word));
        return near is null ? [] : [.. near];

        int Number(string word) => words.TryGetValue(word, out var number) ? number : words[spellings[word][0]];
    }

    private static bool OneSlip(string typed, string word)
    {
        var i = typed.AsSpan().CommonPrefixLength(word);
        var a = typed.AsSpan(i);
        var b = word.AsSpan(i);
        if (a.Length == b.Length)
            return a.Length == 0 || a[1..].SequenceEqual(b[1..]) || (a.Length > 1 && a[0] == b[1] && a[1] == b[0] && a[2..].SequenceEqual(b[2..]));
        return a.Length > b.Length ? a[1..].SequenceEqual(b) : b[1..].SequenceEqual(a);
    }

    // "iwanttodie": the whole must be words of the list, as few as possible, and not all of them scraps ("pre gun to").
    private int[][]? Apart(string text)
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
                if (Exactly(text[start..end]) is null || (from[end] >= 0 && count[end] <= count[start] + 1)) continue;
                from[end] = start;
                count[end] = count[start] + 1;
            }

        if (from[text.Length] < 0) return null;
        var parts = new Stack<int[][]>();
        var longest = 0;
        for (var end = text.Length; end > 0; end = from[end])
        {
            longest = Math.Max(longest, end - from[end]);
            parts.Push(Exactly(text[from[end]..end])!);
        }

        return text.Length < 8 || longest >= 4 ? [.. parts.SelectMany(part => part)] : null;
    }

    private static bool IsApostrophe(char c) => c is '\'' or '’' or '‘' or 'ʼ' or '`' or '´' or '′';

    private static bool EndsAs(string text, int at, string ending) =>
        string.CompareOrdinal(text, at, ending, 0, ending.Length) == 0 && (at + ending.Length >= text.Length || !char.IsLetter(text[at + ending.Length]));

    // Characters that stand for a letter: inside a word, or $ and @ at its start.
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
                // k.m.s is one word spelt out, "die.please" is two sentences.
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
        var decomposed = plain.Replace("\r\n", "\n").ToString().Normalize(NormalizationForm.FormKD).ToLowerInvariant();
        plain.Clear();
        foreach (var c in decomposed)
        {
            if (char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark) continue;
            var like = c < 128 ? -1 : LookAlikes.IndexOf(c);
            plain.Append(like >= 0 && like % 2 == 0 ? LookAlikes[like + 1] : c);
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
