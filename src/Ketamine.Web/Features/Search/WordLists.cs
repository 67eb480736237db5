namespace Ketamine.Web.Features.Search;

/// <summary>The word lists that come with the site: text files of folded words, with comments on lines that begin with #.</summary>
internal static class WordLists
{
    /// <summary>Everyday words ("first," "time," "show"), not stemmed. A page that contains one isn't about it, even if the word is rare on the site.</summary>
    public static FrozenSet<string> Everyday { get; } = Read("common-words.txt").SelectMany(line => line).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Words that questions are made of ("how," "the"). The page that answers may lack them.</summary>
    public static FrozenSet<string> Small { get; } = Read("small-words.txt").SelectMany(line => line).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What people type on a phone ("appt"), and the word they mean by it.</summary>
    public static FrozenDictionary<string, string> Shorthand { get; } = Read("shorthand.txt")
        .SelectMany(line => line.Skip(1).Select(typed => (typed, meant: line[0])))
        .ToFrozenDictionary(one => one.typed, one => one.meant, StringComparer.Ordinal);

    /// <summary>Words that mean the same to a patient, in groups: "puke," "vomit."</summary>
    public static IEnumerable<string[]> Same => Read("same-words.txt");

    private static IEnumerable<string[]> Read(string file) =>
        EmbeddedFile.ReadText(typeof(WordLists).Assembly, file).Split('\n').Where(line => !line.StartsWith('#'))
            .Select(line => line.Split([' ', ':', '\r'], StringSplitOptions.RemoveEmptyEntries)).Where(line => line.Length > 0);
}
