using System.Buffers;

namespace Ketamine.Language;

/// <summary>Reduces the forms of a word to a common stem: "depression," "depressed," and "depressing." Expects words in lowercase, without accents.</summary>
public static class Stemmer
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz");

    // The longest matching suffix wins, so a suffix is listed before any shorter one that it ends in.
    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("ization", "ize"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("tional", "tion"), ("biliti", "ble"),
        ("entli", "ent"), ("ousli", "ous"), ("ation", "ate"), ("alism", "al"), ("aliti", "al"), ("iviti", "ive"), ("enci", "ence"), ("anci", "ance"),
        ("izer", "ize"), ("alli", "al"), ("ator", "ate"), ("logi", "log"), ("bli", "ble"), ("eli", "e"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", "")];

    private static readonly string[] Step4 =
        ["ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti", "ous", "ive", "ize", "al", "er", "ic", "ou"];

    /// <summary>The stemmer for a locale: Spanish for <c>es</c> and its variants, English for everything else.</summary>
    public static Func<string, string> For(string locale) => locale.StartsWith("es", StringComparison.OrdinalIgnoreCase) ? Spanish : English;

    /// <summary>
    /// M. F. Porter, "An algorithm for suffix stripping," Program 14(3), 1980, with the author's two later changes (bli, logi), as SQLite implements it.
    /// </summary>
    public static string English(string word)
    {
        if (word.Length < 3 || word.AsSpan().ContainsAnyExcept(Letters)) return word;
        var stem = WithoutPlural(word);
        stem = WithoutTense(stem);
        if (stem.EndsWith('y') && HasVowel(stem[..^1])) stem = stem[..^1] + "i";
        stem = ReplaceSuffix(stem, Step2);
        stem = ReplaceSuffix(stem, Step3);
        stem = WithoutStep4Suffix(stem);
        if (stem.EndsWith('e') && (Measure(stem[..^1]) > 1 || (Measure(stem[..^1]) == 1 && !EndsShort(stem[..^1])))) stem = stem[..^1];
        return stem.EndsWith("ll", StringComparison.Ordinal) && Measure(stem) > 1 ? stem[..^1] : stem;
    }

    /// <summary>
    /// The Spanish version of J. Savoy's light stemmer, "Light stemming approaches for the French, Portuguese, German and Hungarian languages," SAC 2006.
    /// </summary>
    public static string Spanish(string word)
    {
        if (word.Length < 5) return word;
        if (word[^1] is 'a' or 'e' or 'o') return word[..^1];
        if (word[^1] != 's') return word;
        if (word.EndsWith("eses", StringComparison.Ordinal)) return word[..^2];
        if (word.EndsWith("ces", StringComparison.Ordinal)) return word[..^3] + "z";
        return word[^2] is 'a' or 'e' or 'o' ? word[..^2] : word;
    }

    private static string WithoutPlural(string word) =>
        word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("ies", StringComparison.Ordinal) ? word[..^2]
        : word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1]
        : word;

    private static string WithoutTense(string word)
    {
        if (word.EndsWith("eed", StringComparison.Ordinal)) return Measure(word[..^3]) > 0 ? word[..^1] : word;
        var ending = word.EndsWith("ed", StringComparison.Ordinal) ? 2 : word.EndsWith("ing", StringComparison.Ordinal) ? 3 : 0;
        if (ending == 0 || !HasVowel(word[..^ending])) return word;
        var stem = word[..^ending];
        if (stem is [.., 'a', 't'] or [.., 'b', 'l'] or [.., 'i', 'z']) return stem + "e";
        if (stem.Length > 1 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1)) return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsShort(stem) ? stem + "e" : stem;
    }

    private static string ReplaceSuffix(string word, (string Suffix, string Replacement)[] suffixes)
    {
        foreach (var (suffix, replacement) in suffixes)
        {
            if (!word.EndsWith(suffix, StringComparison.Ordinal)) continue;
            var stem = word[..^suffix.Length];
            return Measure(stem) > 0 ? stem + replacement : word;
        }

        return word;
    }

    private static string WithoutStep4Suffix(string word)
    {
        if (Array.Find(Step4, suffix => word.EndsWith(suffix, StringComparison.Ordinal)) is not { } found) return word;
        var stem = word[..^found.Length];
        return Measure(stem) > 1 && (found != "ion" || (stem.Length > 0 && stem[^1] is 's' or 't')) ? stem : word;
    }

    private static bool IsConsonant(string word, int i) => word[i] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => i == 0 || !IsConsonant(word, i - 1),
        _ => true,
    };

    private static bool HasVowel(string word)
    {
        for (var i = 0; i < word.Length; i++)
            if (!IsConsonant(word, i)) return true;
        return false;
    }

    // Porter's measure: how many times a consonant follows a vowel.
    private static int Measure(string word)
    {
        var count = 0;
        for (var i = 1; i < word.Length; i++)
            if (IsConsonant(word, i) && !IsConsonant(word, i - 1)) count++;
        return count;
    }

    // Consonant, vowel, consonant, as in "hop".
    private static bool EndsShort(string word) =>
        word.Length > 2
        && IsConsonant(word, word.Length - 3)
        && !IsConsonant(word, word.Length - 2)
        && IsConsonant(word, word.Length - 1)
        && word[^1] is not ('w' or 'x' or 'y');
}
