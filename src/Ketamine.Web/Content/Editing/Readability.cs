using System.Text.RegularExpressions;

namespace Ketamine.Web.Content.Editing;

/// <summary>How hard English sentences are to read: the grade of Flesch and Kincaid (1975), in years of US schooling.</summary>
internal static partial class Readability
{
    /// <summary>0.39 words a sentence + 11.8 syllables a word − 15.59; 0 where there are no words.</summary>
    public static double Grade(IEnumerable<string> sentences)
    {
        int count = 0, words = 0, syllables = 0;
        foreach (var sentence in sentences)
        {
            var before = words;
            foreach (var word in Word().EnumerateMatches(sentence))
            {
                words++;
                syllables += Syllables(sentence.AsSpan(word.Index, word.Length));
            }

            if (words > before) count++;
        }

        return words == 0 ? 0 : (0.39 * words / count) + (11.8 * syllables / words) - 15.59;
    }

    /// <summary>Groups of vowels, less the silent e; a rule of thumb that is right for some nine words in ten.</summary>
    internal static int Syllables(ReadOnlySpan<char> word)
    {
        // NMDA and PTSD are spelled out when they are read.
        if (word.Length is > 1 and <= 5 && !word.ContainsAnyInRange('a', 'z') && word.ContainsAnyInRange('A', 'Z')) return word.Length;
        Span<char> low = stackalloc char[Math.Min(word.Length, 64)];
        word[..low.Length].ToLowerInvariant(low);
        var syllables = 0;
        var inside = false;
        for (var i = 0; i < low.Length; i++)
        {
            var vowel = low[i] is 'a' or 'e' or 'i' or 'o' or 'u' or 'y' or 'á' or 'é' or 'í' or 'ó' or 'ú';
            if (vowel && !inside) syllables++;
            // "being", "anxiety", "medium": two vowels, two syllables.
            else if (vowel && i + 1 < low.Length && low[(i - 1)..(i + 1)] is "ia" or "io" or "ie" or "iu" or "eo" or "ua" && !(low[(i - 1)..] is ['i', 'o', 'n', ..] or ['i', 'e', ..] or ['i', 'a', 'l', ..])) syllables++;
            inside = vowel;
        }

        if (low.Length > 2 && low[^1] == 'e' && low[^2] is not ('a' or 'e' or 'i' or 'o' or 'u' or 'y') && !(low[^2] == 'l' && low[^3] is not ('a' or 'e' or 'i' or 'o' or 'u' or 'r' or 'l'))) syllables--;
        else if (low.Length > 3 && low.EndsWith("es") && low[^3] is 'v' or 'm' or 'k' or 'p' or 't' or 'd' or 'l' or 'n' && low[^4] is 'a' or 'e' or 'i' or 'o' or 'u') syllables--;
        else if (low.Length > 3 && low.EndsWith("ed") && low[^3] is not ('t' or 'd')) syllables--;
        return Math.Max(1, syllables);
    }

    [GeneratedRegex(@"[\p{L}][\p{L}'’]*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
