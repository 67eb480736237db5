using System.Text.RegularExpressions;

namespace Ketamine.Language;

/// <summary>Reading level of English sentences: the Flesch-Kincaid grade (1975), in years of US schooling.</summary>
public static partial class Readability
{
    /// <summary>0.39 × words per sentence + 11.8 × syllables per word − 15.59; 0 when there are no words.</summary>
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

    /// <summary>Groups of vowels, with the corrections of Greg Fast's Lingua::EN::Syllable; right for about nine words in ten.</summary>
    public static int Syllables(ReadOnlySpan<char> word)
    {
        // NMDA and PTSD are read letter by letter.
        if (word.Length is > 1 and <= 5 && !word.ContainsAnyInRange('a', 'z') && word.ContainsAnyInRange('A', 'Z')) return word.Length;
        var low = word.ToString().ToLowerInvariant().Replace('’', '\'');
        if (low.EndsWith("'s", StringComparison.Ordinal)) low = low[..^2];
        low = low.Replace("'", "", StringComparison.Ordinal);
        var spoken = SilentEnd().Replace(low, "");
        var syllables = Vowels().Count(spoken) + Apart().Count(spoken) - Together().Count(spoken);
        if (low.EndsWith('e') && ConsonantAndL().IsMatch(spoken)) syllables++; // ta-ble, peo-ple
        return Math.Max(1, syllables);
    }

    [GeneratedRegex("(?:(?<=[^aeiouytd])ed|(?<=[^aeiouysxzcgh])es|(?<=[^aeiouy])e)$", RegexOptions.CultureInvariant)]
    private static partial Regex SilentEnd();

    [GeneratedRegex("[aeiouy]+", RegexOptions.CultureInvariant)]
    private static partial Regex Vowels();

    [GeneratedRegex("xiet|riet|dien|i[aou]|ii|[aeiou]{3}|[eoy]ing$|^mc|ism$|^scie|[^gq]ua[^auieo]", RegexOptions.CultureInvariant)]
    private static partial Regex Apart();

    [GeneratedRegex("cial|tia|ci(?:ou)?s|giu|ion|iou|sia$|.ely$", RegexOptions.CultureInvariant)]
    private static partial Regex Together();

    [GeneratedRegex("[^aeiouyrl]l$", RegexOptions.CultureInvariant)]
    private static partial Regex ConsonantAndL();

    [GeneratedRegex(@"[\p{L}][\p{L}'’]*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
