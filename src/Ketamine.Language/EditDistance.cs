using System.Numerics;

namespace Ketamine.Language;

/// <summary>Counts the typos between two words: a letter dropped, added, replaced, or swapped with its neighbor.</summary>
public static class EditDistance
{
    /// <summary>One bit per letter that the word contains. Two words whose bits differ in more than twice the allowed typos can be skipped.</summary>
    public static ulong Letters(ReadOnlySpan<char> word)
    {
        var letters = 0ul;
        foreach (var letter in word) letters |= 1ul << (letter & 63);
        return letters;
    }

    /// <summary>A cheap test that rules out most words before <see cref="Typos"/> is computed.</summary>
    public static bool MayBeNear(ulong one, ulong other, int slips) => BitOperations.PopCount(one ^ other) <= 2 * slips;

    /// <summary>
    /// The optimal string alignment distance (Damerau, 1964: no pair is swapped twice). Stops early and returns <paramref name="most"/> + 1
    /// when the distance is larger than <paramref name="most"/>.
    /// </summary>
    public static int Typos(ReadOnlySpan<char> one, ReadOnlySpan<char> other, int most)
    {
        if (Math.Abs(one.Length - other.Length) > most) return most + 1;
        var width = other.Length + 1;
        Span<int> rows = stackalloc int[3 * width];
        for (var j = 0; j < width; j++) rows[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            // Three rows of the table, reused in rotation.
            var before = rows.Slice((i + 1) % 3 * width, width);
            var last = rows.Slice((i + 2) % 3 * width, width);
            var now = rows.Slice(i % 3 * width, width);
            now[0] = i;
            var least = i;
            for (var j = 1; j < width; j++)
            {
                var slips = Math.Min(Math.Min(now[j - 1], last[j]) + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) slips = Math.Min(slips, before[j - 2] + 1);
                now[j] = slips;
                least = Math.Min(least, slips);
            }

            if (least > most) return most + 1;
        }

        return Math.Min(rows[(one.Length % 3 * width) + other.Length], most + 1);
    }
}
