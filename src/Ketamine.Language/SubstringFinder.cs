using System.Globalization;

namespace Ketamine.Language;

/// <summary>
/// Finds which of many substrings occur in a sentence, in one pass (Aho and Corasick, "Efficient string matching: an aid to
/// bibliographic search", Communications of the ACM 18(6), 1975).
/// </summary>
public sealed class SubstringFinder
{
    /// <summary>Represents a word boundary within a substring.</summary>
    public const char Edge = '\u0001';

    private static readonly bool[] WordInAscii = [.. Enumerable.Range(0, 128).Select(c => IsWord((char)c))];

    private readonly int[] _classOf = new int[128];
    private readonly int _classes;
    private readonly int _count;
    private readonly int[] _next;
    private readonly int[][] _found;

    /// <param name="pieces">In lowercase, with <see cref="Edge"/> at word boundaries. Each is cut at its first character outside ASCII.</param>
    public SubstringFinder(IReadOnlyList<string> pieces)
    {
        _count = pieces.Count;
        _classes = 1;
        foreach (var c in pieces.SelectMany(piece => piece).Where(char.IsAscii))
            if (_classOf[c] == 0)
                _classOf[c] = _classes++;

        List<int[]> next = [new int[_classes]];
        List<List<int>> found = [[]];
        for (var piece = 0; piece < pieces.Count; piece++)
        {
            var state = 0;
            foreach (var c in pieces[piece].TakeWhile(char.IsAscii))
            {
                ref var child = ref next[state][_classOf[c]];
                if (child == 0)
                {
                    child = next.Count;
                    next.Add(new int[_classes]);
                    found.Add([]);
                }

                state = child;
            }

            found[state].Add(piece);
        }

        var fail = new int[next.Count];
        var queue = new Queue<int>(next[0].Where(state => state != 0));
        while (queue.TryDequeue(out var state))
        {
            found[state].AddRange(found[fail[state]]);
            for (var c = 0; c < _classes; c++)
            {
                var child = next[state][c];
                if (child == 0)
                {
                    next[state][c] = next[fail[state]][c];
                    continue;
                }

                fail[child] = next[fail[state]][c];
                queue.Enqueue(child);
            }
        }

        _next = [.. next.SelectMany(row => row)];
        _found = [.. found.Select(list => list.ToArray())];
    }

    /// <summary>Whether <c>\w</c> matches the character and <c>\b</c> counts it as part of a word.</summary>
    public static bool IsWord(char c) => c < 128 ? char.IsAsciiLetterOrDigit(c) || c == '_' : char.IsLetter(c) || c is '\u200c' or '\u200d'
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;

    /// <summary>The indexes of the substrings that occur, each once.</summary>
    /// <param name="text">In upper or lower case.</param>
    public List<int> Find(string text)
    {
        var seen = new bool[_count];
        var found = new List<int>(64);
        var state = 0;
        Take(found, seen, _found[state]); // substrings that are empty after the cut
        var within = false;
        foreach (var letter in text)
        {
            if ((letter < 128 ? WordInAscii[letter] : IsWord(letter)) != within)
            {
                within = !within;
                Step(Edge);
            }

            Step(char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter);
        }

        if (within) Step(Edge);
        return found;

        void Step(char c)
        {
            state = _next[(state * _classes) + (c < 128 ? _classOf[c] : 0)];
            if (_found[state].Length > 0) Take(found, seen, _found[state]);
        }

        static void Take(List<int> found, bool[] seen, int[] pieces)
        {
            foreach (var piece in pieces)
            {
                if (seen[piece]) continue;
                seen[piece] = true;
                found.Add(piece);
            }
        }
    }
}
