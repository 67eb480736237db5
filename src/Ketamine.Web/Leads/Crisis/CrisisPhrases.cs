using Ketamine.Language.Phrases;
using System.Text;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// Says whether free text suggests that somebody is at risk: of suicide, of harming themselves or of harming others. The rules are a file that
/// a clinician can read and sign (crisis-phrases.yml, which documents its own notation); English and Spanish, mixed or alone. Immutable, safe
/// to share, and linear in the message's length for all practical purposes. What it decides on is never logged and never leaves the server.
/// See docs/developers/decisions/crisis-phrases.md for what it was measured to notice.
/// </summary>
public sealed class CrisisPhrases
{
    /// <summary>Characters of a message that are looked at; forms take far fewer.</summary>
    public const int MostCharacters = 20_000;

    private const int NegationReach = 14;

    private readonly MessageTokenizer _spelling;
    private readonly List<Section> _sections;
    private readonly PhraseIndex _setAside;
    private readonly PhraseIndex _noNegation;
    private readonly NegationWords _negation;

    internal CrisisPhrases(CrisisSignature? signed, MessageTokenizer spelling, List<Section> sections, IEnumerable<Phrase> setAside, IEnumerable<Phrase> noNegation, NegationWords negation)
    {
        Signed = signed;
        _spelling = spelling;
        _sections = sections;
        _setAside = new PhraseIndex(setAside);
        _noNegation = new PhraseIndex(noNegation);
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
        var says = words.ConvertAll(word => Is(word, _negation.Words)).ToArray();
        var meant = says.ToArray();
        Cover(words, says, _noNegation, i => meant[i] = false);
        var aside = new bool[words.Count];
        Cover(words, says, _setAside, i => aside[i] = true);

        var ends = new List<int>();
        foreach (var section in _sections)
        {
            // Asked once a sentence: a message of nothing but matches must not be read again for each of them.
            var excepted = new Dictionary<int, bool>();
            var found = new HashSet<Phrase>();
            bool? exceptedWhole = null;
            bool? meantWhole = null;
            for (var i = 0; i < words.Count; i++)
                foreach (var id in words[i].Ids)
                    foreach (var phrase in section.Phrases.BeginningWith(id))
                        if (phrase.StandsAt(i, words, says, ends) && Counts(i) && !IsExcepted(i) && found.Add(phrase) && found.Count >= section.AtLeast)
                            return new CrisisFinding(section.Title, phrase.Text, phrase.Line);

            bool Counts(int start) => ends.Exists(end =>
                !aside.AsSpan(start, end - start).Contains(true) && (says.AsSpan(start, end - start).Contains(true) || !IsNegated(words, meant, start)));

            bool IsExcepted(int at)
            {
                if (exceptedWhole ??= Stands(words, says, section.ExceptInMessage, 0, words.Count)) return true;
                var sentence = words[at].Sentence;
                if (excepted.TryGetValue(sentence, out var known)) return known;
                var (from, to) = (at, at);
                while (from > 0 && words[from - 1].Sentence == sentence) from--;
                while (to < words.Count && words[to].Sentence == sentence) to++;
                return excepted[sentence] = Stands(words, says, section.ExceptInSentence, from, to) && !Stands(words, says, section.Despite, from, to)
                    && !(meantWhole ??= Stands(words, says, section.DespiteInMessage, 0, words.Count));
            }
        }

        return null;
    }

    private static void Cover(List<MessageWord> words, bool[] says, PhraseIndex phrases, Action<int> cover)
    {
        var ends = new List<int>();
        for (var i = 0; i < words.Count; i++)
            foreach (var id in words[i].Ids)
                foreach (var phrase in phrases.BeginningWith(id))
                    if (phrase.StandsAt(i, words, says, ends))
                        for (var covered = i; covered < ends.Max(); covered++) cover(covered);
    }

    private static bool Stands(List<MessageWord> words, bool[] says, PhraseIndex phrases, int from, int to)
    {
        if (phrases.IsEmpty) return false;
        var ends = new List<int>();
        for (var i = from; i < to; i++)
            foreach (var id in words[i].Ids)
                foreach (var phrase in phrases.BeginningWith(id))
                    if (phrase.StandsAt(i, words, says, ends))
                        return true;
        return false;
    }

    private static bool Is(MessageWord word, HashSet<int> kind) => Array.Exists(word.Ids, kind.Contains);

    // A "no" reaches over the words that may stand between; "denies" and its like reach to the end of the sentence, up to a "but". A phrase
    // that says no itself ("do not want to live") is not turned round by another no before it.
    private bool IsNegated(List<MessageWord> words, bool[] meant, int start)
    {
        var near = true;
        for (var i = start - 1; i >= 0 && start - i <= NegationReach && words[i].Sentence == words[start].Sentence; i--)
        {
            if (near && meant[i]) return true;
            if (Is(words[i], _negation.FarReaching)) return true;
            if (Is(words[i], _negation.Stops)) return false;
            near &= Is(words[i], _negation.Between);
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

    /// <summary>A section of the list: what counts, how many different lines of it a message must hold, and what keeps it from counting.</summary>
    internal sealed record Section(
        string Title, int AtLeast, PhraseIndex Phrases, PhraseIndex ExceptInSentence, PhraseIndex Despite, PhraseIndex DespiteInMessage, PhraseIndex ExceptInMessage);

    /// <summary>Words of negation, by how they work.</summary>
    internal sealed record NegationWords(HashSet<int> Words, HashSet<int> Between, HashSet<int> FarReaching, HashSet<int> Stops);
}

/// <summary>The clinician who answers for a list of crisis phrases.</summary>
public sealed record CrisisSignature(string By, DateOnly On);

/// <summary>Which section and phrase of the list counted, and its line in the file.</summary>
internal sealed record CrisisFinding(string Section, string Phrase, int Line);

/// <summary>A list of crisis phrases can't be understood. The message gives one error a line: file, line, what was found, what was wanted.</summary>
public sealed class CrisisPhrasesException(string message) : Exception(message);
