using System.Text;
using Ketamine.Language.Phrases;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// Checks whether free text suggests that someone is at risk of suicide, of harming themselves, or of harming others. The rules are in
/// crisis-phrases.yml, which a clinician can read and sign and which documents its own notation. Works for English, Spanish, and a mix of both.
/// Immutable, thread-safe, and in practice linear in the length of the message. What it matches is never logged and never leaves the server.
/// See docs/developers/decisions/crisis-phrases.md for how well it does on test messages.
/// </summary>
public sealed class CrisisPhrases
{
    /// <summary>How many characters of a message are read. The forms accept far fewer.</summary>
    public const int MostCharacters = 20_000;

    private const int NegationReach = 14;

    private readonly MessageTokenizer _tokenizer;
    private readonly List<Section> _sections;
    private readonly PhraseIndex _doesNotCount;
    private readonly PhraseIndex _falseNegations;
    private readonly NegationWords _negation;

    internal CrisisPhrases(
        CrisisSignature? signed,
        bool changedSince,
        MessageTokenizer tokenizer,
        List<Section> sections,
        IEnumerable<Phrase> doesNotCount,
        IEnumerable<Phrase> falseNegations,
        NegationWords negation
    )
    {
        (Signed, ChangedSinceSigned) = (signed, changedSince);
        _tokenizer = tokenizer;
        _sections = sections;
        _doesNotCount = new PhraseIndex(doesNotCount);
        _falseNegations = new PhraseIndex(falseNegations);
        _negation = negation;
    }

    /// <summary>The clinician who signed the list, and when; null for an unsigned list, such as the built-in one, and for one that has changed since.</summary>
    public CrisisSignature? Signed { get; }

    /// <summary>Someone signed the list, and its words have changed since.</summary>
    public bool ChangedSinceSigned { get; }

    /// <summary>The built-in list, embedded in the assembly.</summary>
    public static CrisisPhrases Default { get; } = LoadBuiltIn("crisis-phrases.yml");

    /// <summary>Reads a list.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="name">The name to use in error messages, such as a path.</param>
    /// <exception cref="CrisisPhrasesException">The list has errors; the message gives each with its line number.</exception>
    public static CrisisPhrases Load(string yaml, string name) => CrisisPhrasesFile.Read(yaml, name);

    /// <summary>Reads a list from UTF-8. Leaves the stream open.</summary>
    /// <inheritdoc cref="Load(string, string)"/>
    public static CrisisPhrases Load(Stream yaml, string name)
    {
        using var reader = new StreamReader(yaml, Encoding.UTF8, leaveOpen: true);
        return Load(reader.ReadToEnd(), name);
    }

    /// <summary>Whether to show the crisis lines first and move the lead to the top of the queue. Never throws; false for null or empty text.</summary>
    public bool SuggestsRisk(string? message) => Find(message) is not null;

    /// <summary>The first match that counts, for tests and for tuning the list. It quotes what a person wrote, so never store or log it.</summary>
    internal CrisisFinding? Find(string? message)
    {
        if (string.IsNullOrWhiteSpace(message)) return null;
        var words = _tokenizer.Read(message.Length > MostCharacters ? message[..MostCharacters] : message);
        var negates = words.ConvertAll(word => IsAny(word, _negation.Words)).ToArray();
        var trulyNegates = negates.ToArray();
        ForEachCovered(words, negates, _falseNegations, i => trulyNegates[i] = false);
        var excluded = new bool[words.Count];
        ForEachCovered(words, negates, _doesNotCount, i => excluded[i] = true);

        var ends = new List<int>();
        foreach (var section in _sections)
        {
            // Cached per sentence, so that a message full of matches isn't scanned again for each of them.
            var exceptedSentences = new Dictionary<int, bool>();
            var found = new HashSet<Phrase>();
            bool? exceptedMessage = null;
            bool? despiteMessage = null;
            for (var i = 0; i < words.Count; i++)
                foreach (var id in words[i].Ids)
                    foreach (var phrase in section.Phrases.BeginningWith(id))
                        if (phrase.MatchesAt(i, words, negates, ends) && Counts(i) && !IsExcepted(i) && found.Add(phrase) && found.Count >= section.AtLeast)
                            return new CrisisFinding(section.Title, phrase.Text, phrase.Line);

            bool Counts(int start) => ends.Exists(end =>
                !excluded.AsSpan(start, end - start).Contains(true)
                && (negates.AsSpan(start, end - start).Contains(true) || !IsNegated(words, trulyNegates, start)));

            bool IsExcepted(int at)
            {
                if (exceptedMessage ??= ContainsAny(words, negates, section.ExceptInMessage, 0, words.Count)) return true;
                var sentence = words[at].Sentence;
                if (exceptedSentences.TryGetValue(sentence, out var known)) return known;
                var from = at;
                var to = at;
                while (from > 0 && words[from - 1].Sentence == sentence) from--;
                while (to < words.Count && words[to].Sentence == sentence) to++;
                return exceptedSentences[sentence] = ContainsAny(words, negates, section.ExceptInSentence, from, to)
                    && !ContainsAny(words, negates, section.Despite, from, to)
                    && !(despiteMessage ??= ContainsAny(words, negates, section.DespiteInMessage, 0, words.Count));
            }
        }

        return null;
    }

    private static void ForEachCovered(List<MessageWord> words, bool[] negates, PhraseIndex phrases, Action<int> action)
    {
        var ends = new List<int>();
        for (var i = 0; i < words.Count; i++)
            foreach (var id in words[i].Ids)
                foreach (var phrase in phrases.BeginningWith(id))
                    if (phrase.MatchesAt(i, words, negates, ends))
                        for (var covered = i; covered < ends.Max(); covered++) action(covered);
    }

    private static bool ContainsAny(List<MessageWord> words, bool[] negates, PhraseIndex phrases, int from, int to)
    {
        if (phrases.IsEmpty) return false;
        var ends = new List<int>();
        for (var i = from; i < to; i++)
            foreach (var id in words[i].Ids)
                foreach (var phrase in phrases.BeginningWith(id))
                    if (phrase.MatchesAt(i, words, negates, ends))
                        return true;
        return false;
    }

    private static bool IsAny(MessageWord word, HashSet<int> kind) => Array.Exists(word.Ids, kind.Contains);

    // "No" and "not" reach only across the words that the list allows in between. "Denies" and similar words reach to the end of the sentence or to a
    // "but". A phrase that contains a negation itself ("do not want to live") isn't canceled by another negation before it.
    private bool IsNegated(List<MessageWord> words, bool[] trulyNegates, int start)
    {
        var withinReach = true;
        for (var i = start - 1; i >= 0 && start - i <= NegationReach && words[i].Sentence == words[start].Sentence; i--)
        {
            if (withinReach && trulyNegates[i]) return true;
            if (IsAny(words[i], _negation.FarReaching)) return true;
            if (IsAny(words[i], _negation.Stops)) return false;
            withinReach &= IsAny(words[i], _negation.Between);
        }

        return false;
    }

    /// <summary>Reads a list embedded in the assembly.</summary>
    internal static CrisisPhrases LoadBuiltIn(string name)
    {
        using var stream = EmbeddedFile.Open(typeof(CrisisPhrases).Assembly, name);
        return Load(stream, name);
    }

    /// <summary>A section of the list: its phrases, how many different ones a message must contain, and the exceptions.</summary>
    internal sealed record Section(
        string Title,
        int AtLeast,
        PhraseIndex Phrases,
        PhraseIndex ExceptInSentence,
        PhraseIndex Despite,
        PhraseIndex DespiteInMessage,
        PhraseIndex ExceptInMessage);

    /// <summary>The negation words, grouped by how they work.</summary>
    internal sealed record NegationWords(HashSet<int> Words, HashSet<int> Between, HashSet<int> FarReaching, HashSet<int> Stops);
}

/// <summary>The section and phrase that matched, and the phrase's line in the file.</summary>
internal sealed record CrisisFinding(string Section, string Phrase, int Line);

/// <summary>A list of crisis phrases has errors. The message has one error per line: the file, the line, what was found, and what is expected.</summary>
public sealed class CrisisPhrasesException(string message) : Exception(message);
