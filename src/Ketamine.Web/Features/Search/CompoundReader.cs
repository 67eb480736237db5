namespace Ketamine.Web.Features.Search;

/// <summary>Reads the words of a text. After the parts of a hyphenated compound, it also returns the compound: "co," "pay," and "copay."</summary>
public static class CompoundReader
{
    /// <returns>Folded words, in order. A compound follows its parts and doesn't count as a word in phrases.</returns>
    public static IEnumerable<(string Word, bool IsCompound)> Read(string text)
    {
        var compound = "";
        var end = -1;
        foreach (var (word, start, stop) in WordsOf(text))
        {
            var joined = end >= 0 && start == end + 1 && IsHyphen(text[end]);
            if (!joined) compound = "";
            compound += word;
            yield return (word, false);
            if (joined && compound.Length <= 40) yield return (compound, true);
            end = stop;
        }
    }

    private static List<(string Word, int Start, int End)> WordsOf(string text)
    {
        var words = new List<(string, int, int)>(text.Length / 5);
        var reader = new WordReader(text);
        while (reader.Read()) words.Add((reader.Word.ToString(), reader.Start, reader.End));
        return words;
    }

    private static bool IsHyphen(char c) => c is '-' or '\u2010' or '\u2011';
}
