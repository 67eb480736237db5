using System.Text;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// Says whether free text suggests that somebody is at risk: of suicide, of harming themselves or of harming others. The rules are a file that
/// a clinician can read and sign (crisis-phrases.yml, which documents its own notation); English and Spanish, mixed or alone. Immutable, safe
/// to share, and linear in the message's length for all practical purposes. What it decides on is never logged and never leaves the server.
/// See docs/decisions/crisis-phrases.md for what it was measured to notice.
/// </summary>
public sealed class CrisisPhrases
{
    /// <summary>Characters of a message that are looked at; forms take far fewer.</summary>
    public const int MostCharacters = 20_000;

    private const int NegationReach = 14;

    private readonly Spelling _spelling;
    private readonly List<Section> _sections;
    private readonly ILookup<int, Phrase> _setAside;
    private readonly ILookup<int, Phrase> _noNegation;
    private readonly NegationWords _negation;

    internal CrisisPhrases(CrisisSignature? signed, Spelling spelling, List<Section> sections, IEnumerable<Phrase> setAside, IEnumerable<Phrase> noNegation, NegationWords negation)
    {
        Signed = signed;
        _spelling = spelling;
        _sections = sections;
        _setAside = ByFirstWord(setAside);
        _noNegation = ByFirstWord(noNegation);
        _negation = negation;
    }

    /// <summary>The clinician who answers for the list and the day they signed it; null for a list that nobody has signed, as the one that comes with the site.</summary>
    public CrisisSignature? Signed { get; }

    /// <summary>The list that comes with the site, from inside the assembly.</summary>
    public static CrisisPhrases Default { get; } = LoadDefault();

    /// <summary>Reads a list.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="name">What messages call it, a path for instance.</param>
    /// <exception cref="CrisisPhrasesException">Something in it can't be understood; every error is named with its line.</exception>
    public static CrisisPhrases Load(string yaml, string name) => CrisisPhrasesFile.Read(yaml, name);

    /// <summary>Reads a list from UTF-8; the stream stays open.</summary>
    /// <inheritdoc cref="Load(string, string)"/>
    public static CrisisPhrases Load(Stream yaml, string name)
    {
        using var reader = new StreamReader(yaml, Encoding.UTF8, leaveOpen: true);
        return Load(reader.ReadToEnd(), name);
    }

    /// <summary>Whether the message should put the crisis lines first and the lead at the head of the queue. Never throws; empty or null is no risk.</summary>
    public bool SuggestsRisk(string? message) => Find(message) is not null;

    /// <summary>The first phrase that counts, for tests and for those who tune the list: it repeats what a person wrote, so it must not be kept or logged.</summary>
    internal CrisisFinding? Find(string? message)
    {
        if (string.IsNullOrWhiteSpace(message)) return null;
        var words = _spelling.Read(message.Length > MostCharacters ? message[..MostCharacters] : message);
        var negating = Negating(words);
        var aside = Covered(words, _setAside);
        foreach (var section in _sections)
        {
            var checkedExcept = false;
            for (var i = 0; i < words.Count; i++)
                foreach (var phrase in StartingAt(words, i, section.Phrases))
                    foreach (var end in phrase.EndsFrom(words, i, _negation.Words))
                    {
                        if (aside.AsSpan(i, end - i).Contains(true) || (!phrase.HasNegation && IsNegated(words, negating, i))) continue;
                        if (Stands(words, section.ExceptInSentence, words[i].Sentence) && !Stands(words, section.Despite, words[i].Sentence)) continue;
                        if (!checkedExcept && Stands(words, section.ExceptInMessage, sentence: null)) goto nextSection;
                        checkedExcept = true;
                        return new CrisisFinding(section.Title, phrase.Text, phrase.Line);
                    }
            nextSection:;
        }

        return null;
    }

    internal static ILookup<int, Phrase> ByFirstWord(IEnumerable<Phrase> phrases) =>
        phrases.SelectMany(phrase => phrase.Start.Next.SelectMany(edge => edge.Words!).Distinct().Select(first => (first, phrase))).ToLookup(pair => pair.first, pair => pair.phrase);

    private static IEnumerable<Phrase> StartingAt(List<MessageWord> words, int i, ILookup<int, Phrase> phrases)
    {
        foreach (var id in words[i].Ids)
            foreach (var phrase in phrases[id])
                yield return phrase;
    }

    private bool[] Covered(List<MessageWord> words, ILookup<int, Phrase> phrases)
    {
        var covered = new bool[words.Count];
        for (var i = 0; i < words.Count; i++)
            foreach (var phrase in StartingAt(words, i, phrases))
                if (phrase.EndsFrom(words, i, _negation.Words) is { Count: > 0 } ends)
                    Array.Fill(covered, true, i, ends.Max - i);
        return covered;
    }

    private bool Stands(List<MessageWord> words, ILookup<int, Phrase> phrases, int? sentence)
    {
        for (var i = 0; i < words.Count; i++)
            if (sentence is null || words[i].Sentence == sentence)
                foreach (var phrase in StartingAt(words, i, phrases))
                    if (phrase.EndsFrom(words, i, _negation.Words).Count > 0)
                        return true;
        return false;
    }

    private bool[] Negating(List<MessageWord> words)
    {
        var saysNo = words.ConvertAll(word => word.Ids.Any(_negation.Words.Contains)).ToArray();
        var sham = Covered(words, _noNegation);
        for (var i = 0; i < saysNo.Length; i++) saysNo[i] &= !sham[i];
        return saysNo;
    }

    // A "no" reaches over the words that may stand between; "denies" and its like reach to the end of the sentence, up to a "but".
    private bool IsNegated(List<MessageWord> words, bool[] negating, int start)
    {
        var near = true;
        for (var i = start - 1; i >= 0 && start - i <= NegationReach && words[i].Sentence == words[start].Sentence; i--)
        {
            if (near && negating[i]) return true;
            if (words[i].Ids.Any(_negation.FarReaching.Contains)) return true;
            if (words[i].Ids.Any(_negation.Stops.Contains)) return false;
            near &= words[i].Ids.Any(_negation.Between.Contains) || negating[i];
        }

        return false;
    }

    private static CrisisPhrases LoadDefault()
    {
        const string name = "crisis-phrases.yml";
        using var stream = typeof(CrisisPhrases).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the assembly.");
        return Load(stream, name);
    }

    /// <summary>A section of the list: what counts, and what keeps it from counting.</summary>
    internal sealed record Section(
        string Title, ILookup<int, Phrase> Phrases, ILookup<int, Phrase> ExceptInSentence, ILookup<int, Phrase> Despite, ILookup<int, Phrase> ExceptInMessage);

    /// <summary>Words of negation, by how they work.</summary>
    internal sealed record NegationWords(HashSet<int> Words, HashSet<int> Between, HashSet<int> FarReaching, HashSet<int> Stops);
}

/// <summary>The clinician who answers for a list of crisis phrases.</summary>
public sealed record CrisisSignature(string By, DateOnly On);

/// <summary>Which section and phrase of the list counted, and its line in the file.</summary>
internal sealed record CrisisFinding(string Section, string Phrase, int Line);

/// <summary>A list of crisis phrases can't be understood. The message gives one error a line: file, line, what was found, what was wanted.</summary>
public sealed class CrisisPhrasesException(string message) : Exception(message);
