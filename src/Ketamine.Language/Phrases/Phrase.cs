namespace Ketamine.Language.Phrases;

/// <summary>One phrase of a list, parsed and ready to match.</summary>
/// <param name="Text">As written in the file.</param>
/// <param name="Line">The line in the file, from 1.</param>
/// <param name="Start">The state before the first word.</param>
public sealed record Phrase(string Text, int Line, Step Start)
{
    /// <summary>The word number that represents the end of a sentence.</summary>
    public const int SentenceEnd = -1;

    /// <summary>Whether the phrase matches starting at a word.</summary>
    /// <param name="at">The index of that word.</param>
    /// <param name="negates">Which words of the message are negations; <c>*</c> doesn't match them.</param>
    /// <param name="ends">Receives every index (exclusive) where a match can end.</param>
    public bool MatchesAt(int at, List<MessageWord> words, bool[] negates, List<int> ends)
    {
        ends.Clear();
        Follow(Start, at, words[at].Sentence, words, negates, ends);
        return ends.Count > 0;
    }

    private static void Follow(Step step, int i, int sentence, List<MessageWord> words, bool[] negates, List<int> ends)
    {
        if (step.IsEnd && !ends.Contains(i)) ends.Add(i);
        if (i >= words.Count || words[i].Sentence != sentence)
        {
            if (step.After(SentenceEnd).Exists(next => next.IsEnd) && !ends.Contains(i)) ends.Add(i);
            return;
        }

        foreach (var id in words[i].Ids)
            foreach (var next in step.After(id))
                Follow(next, i + 1, sentence, words, negates, ends);
        if (!negates[i])
            foreach (var next in step.AfterAny)
                Follow(next, i + 1, sentence, words, negates, ends);
    }
}

/// <summary>Phrases indexed by the words they can begin with.</summary>
public sealed class PhraseIndex
{
    private readonly Phrase[]?[] _byWord;

    public PhraseIndex(IEnumerable<Phrase> phrases)
    {
        var byWord = phrases.SelectMany(phrase => phrase.Start.Words.Select(word => (word, phrase))).ToLookup(pair => pair.word, pair => pair.phrase);
        _byWord = new Phrase[]?[byWord.Select(group => group.Key).DefaultIfEmpty(-1).Max() + 1];
        foreach (var group in byWord) _byWord[group.Key] = [.. group];
    }

    public bool IsEmpty => _byWord.Length == 0;

    public Phrase[] BeginningWith(int word) => word < _byWord.Length ? _byWord[word] ?? [] : [];
}

/// <summary>A state within a phrase, with its transitions by word.</summary>
public sealed class Step(bool isEnd = false)
{
    private readonly Dictionary<int, List<Step>> _after = [];

    /// <summary>Whether the phrase can end here.</summary>
    public bool IsEnd { get; } = isEnd;

    /// <summary>The states that any word leads to, except a negation.</summary>
    public List<Step> AfterAny { get; } = [];

    public IEnumerable<int> Words => _after.Keys;

    public List<Step> After(int word) => _after.GetValueOrDefault(word) ?? s_nowhere;

    public Step Then(int word, Step next)
    {
        Add(_after.TryGetValue(word, out var known) ? known : _after[word] = [], next);
        return this;
    }

    /// <summary>A state that has the transitions of both.</summary>
    public static Step Either(Step one, Step other)
    {
        var both = new Step(one.IsEnd || other.IsEnd);
        both.AddFrom(one);
        both.AddFrom(other);
        return both;
    }

    /// <summary>Adds the other state's transitions to this one.</summary>
    public void AddFrom(Step other)
    {
        foreach (var (word, steps) in other._after)
            foreach (var step in steps)
                Then(word, step);
        foreach (var step in other.AfterAny) Add(AfterAny, step);
    }

    private static readonly List<Step> s_nowhere = [];

    private static void Add(List<Step> steps, Step step)
    {
        if (!steps.Contains(step)) steps.Add(step);
    }
}

/// <summary>
/// Parses the phrase notation: words, <c>(one | or other)</c>, <c>[optional]</c>, <c>*</c> for up to two words of any kind,
/// <c>.</c> for the end of the sentence, and <c>&lt;name&gt;</c> for a group defined in the file.
/// </summary>
/// <param name="number">Assigns a word its number.</param>
/// <param name="spellings">Contractions and abbreviations, with the words to read them as, both in phrases and in messages.</param>
/// <param name="groups">The definition of each named group, in the same notation.</param>
public sealed class PhraseReader(Func<string, int> number, IReadOnlyDictionary<string, string[]> spellings, IReadOnlyDictionary<string, string> groups)
{
    private static readonly Step End = new(isEnd: true);

    /// <exception cref="FormatException">The notation is invalid; the message says what is wrong.</exception>
    public Phrase Read(string text, int line)
    {
        var start = Sequences(text, End, depth: 0);
        if (start.IsEnd) throw new FormatException("it needs at least one word that isn't optional");
        if (start.After(Phrase.SentenceEnd).Count > 0) throw new FormatException("it can't begin with the end of a sentence");
        if (start.AfterAny.Count > 0) throw new FormatException("it can't begin with *");
        return new Phrase(text, line, start);
    }

    private Step Sequences(string text, Step rest, int depth)
    {
        if (depth > 8) throw new FormatException("groups are nested too deeply or refer to themselves");
        var alternatives = Parts(text, '|').ConvertAll(part => Sequence(part, rest, depth));
        if (alternatives.Count == 1) return alternatives[0];
        var any = new Step(alternatives.Exists(step => step.IsEnd));
        foreach (var step in alternatives) any.AddFrom(step);
        return any;
    }

    private Step Sequence(string text, Step rest, int depth)
    {
        var pieces = Parts(text, ' ').Where(piece => piece.Length > 0).ToList();
        if (pieces.Count == 0) throw new FormatException("an alternative is empty");
        for (var i = pieces.Count - 1; i >= 0; i--) rest = Piece(pieces[i], rest, depth);
        return rest;
    }

    private Step Piece(string piece, Step rest, int depth)
    {
        switch (piece[0])
        {
            case '*' when piece.Length == 1:
                return Step.Either(rest, AnyThen(Step.Either(rest, AnyThen(rest))));
            case '.' when piece.Length == 1:
                return new Step().Then(Phrase.SentenceEnd, rest);
            case '(':
                return Sequences(piece[1..^1], rest, depth + 1);
            case '[':
                return Step.Either(rest, Sequences(piece[1..^1], rest, depth + 1));
            case '<':
                var name = piece[1..^1];
                return groups.TryGetValue(name, out var meaning)
                    ? Sequences(meaning, rest, depth + 1)
                    : throw new FormatException($"there is no group named '{name}'");
            default:
                var typed = MessageTokenizer.Split(piece).Select(word => word.Text).ToList();
                if (typed.Count == 0) throw new FormatException($"'{piece}' isn't a word");
                foreach (var word in typed.SelectMany(word => spellings.TryGetValue(word, out var meant) ? meant : [word]).Reverse())
                    rest = new Step().Then(number(word), rest);

                return rest;
        }
    }

    private static Step AnyThen(Step rest)
    {
        var step = new Step();
        step.AfterAny.Add(rest);
        return step;
    }

    // Splits at a separator that is outside all brackets.
    private static List<string> Parts(string text, char separator)
    {
        var parts = new List<string>();
        var open = new Stack<char>();
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '(' or '[' or '<')
            {
                if (open.Count == 0 && separator == ' ' && i > from) AddUpTo(i, next: i);
                open.Push(c switch { '(' => ')', '[' => ']', _ => '>' });
            }
            else if (c is ')' or ']' or '>')
            {
                if (!open.TryPop(out var expected) || expected != c) throw new FormatException($"'{c}' has no matching opening bracket");
                if (open.Count == 0 && separator == ' ') AddUpTo(i + 1, next: i + 1);
            }
            else if (c == separator && open.Count == 0)
            {
                AddUpTo(i, next: i + 1);
            }
        }

        if (open.Count > 0) throw new FormatException($"'{open.Peek()}' is missing");
        AddUpTo(text.Length, next: text.Length);
        return parts;

        void AddUpTo(int end, int next)
        {
            parts.Add(text[from..end].Trim());
            from = next;
        }
    }
}
