namespace Ketamine.Language.Phrases;

/// <summary>One line of the list, ready to be looked for.</summary>
/// <param name="Text">As written in the file.</param>
/// <param name="Line">Where in the file, from 1.</param>
/// <param name="Start">What may come first.</param>
public sealed record Phrase(string Text, int Line, Step Start)
{
    /// <summary>Stands for the end of a sentence among the words of a phrase.</summary>
    public const int SentenceEnd = -1;

    /// <summary>Whether the phrase stands at a word; <paramref name="ends"/> then holds each place where it may end (exclusive).</summary>
    /// <param name="says">Which words of the message say no: <c>*</c> does not reach over them.</param>
    public bool StandsAt(int at, List<MessageWord> words, bool[] says, List<int> ends)
    {
        ends.Clear();
        Follow(Start, at, words[at].Sentence, words, says, ends);
        return ends.Count > 0;
    }

    private static void Follow(Step step, int i, int sentence, List<MessageWord> words, bool[] says, List<int> ends)
    {
        if (step.IsEnd && !ends.Contains(i)) ends.Add(i);
        if (i >= words.Count || words[i].Sentence != sentence)
        {
            if (step.After(SentenceEnd).Exists(next => next.IsEnd) && !ends.Contains(i)) ends.Add(i);
            return;
        }

        foreach (var id in words[i].Ids)
            foreach (var next in step.After(id))
                Follow(next, i + 1, sentence, words, says, ends);
        if (!says[i])
            foreach (var next in step.AfterAny)
                Follow(next, i + 1, sentence, words, says, ends);
    }
}

/// <summary>Phrases by the words that they may begin with.</summary>
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

/// <summary>A place within a phrase, and the words that lead on from it.</summary>
public sealed class Step(bool isEnd = false)
{
    private readonly Dictionary<int, List<Step>> _after = [];

    /// <summary>The phrase may end here.</summary>
    public bool IsEnd { get; } = isEnd;

    /// <summary>Places that any word leads to, one of negation aside.</summary>
    public List<Step> AfterAny { get; } = [];

    public IEnumerable<int> Words => _after.Keys;

    public List<Step> After(int word) => _after.GetValueOrDefault(word) ?? s_nowhere;

    public Step Then(int word, Step next)
    {
        Add(_after.TryGetValue(word, out var known) ? known : _after[word] = [], next);
        return this;
    }

    /// <summary>A place from which either of the two leads on.</summary>
    public static Step Either(Step one, Step other)
    {
        var both = new Step(one.IsEnd || other.IsEnd);
        both.Take(one);
        both.Take(other);
        return both;
    }

    /// <summary>Leads on as the other does, too.</summary>
    public void Take(Step other)
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
/// Reads the notation of the list: words, <c>(one | or other)</c>, <c>[perhaps]</c>, <c>*</c> for up to two words of any kind,
/// <c>.</c> for the end of the sentence and <c>&lt;name&gt;</c> for a group of the file.
/// </summary>
/// <param name="number">Gives a word of the list its number.</param>
/// <param name="spellings">Contractions and abbreviations are read as the words they stand for, in phrases as in messages.</param>
/// <param name="groups">The notation of each named group.</param>
public sealed class PhraseReader(Func<string, int> number, IReadOnlyDictionary<string, string[]> spellings, IReadOnlyDictionary<string, string> groups)
{
    private static readonly Step End = new(isEnd: true);

    /// <exception cref="FormatException">The notation is wrong; the message says how.</exception>
    public Phrase Read(string text, int line)
    {
        var start = Sequences(text, End, depth: 0);
        if (start.IsEnd) throw new FormatException("it must hold at least one word that is not optional");
        if (start.After(Phrase.SentenceEnd).Count > 0) throw new FormatException("it can't begin with the end of a sentence");
        if (start.AfterAny.Count > 0) throw new FormatException("it can't begin with *");
        return new Phrase(text, line, start);
    }

    private Step Sequences(string text, Step rest, int depth)
    {
        if (depth > 8) throw new FormatException("groups are nested too deep, or name themselves");
        var alternatives = Parts(text, '|').ConvertAll(part => Sequence(part, rest, depth));
        if (alternatives.Count == 1) return alternatives[0];
        var any = new Step(alternatives.Exists(step => step.IsEnd));
        foreach (var step in alternatives) any.Take(step);
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
                    : throw new FormatException($"no group is called '{name}'");
            default:
                var typed = MessageTokenizer.Split(piece).Select(word => word.Text).ToList();
                if (typed.Count == 0) throw new FormatException($"'{piece}' is no word");
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

    // Splits at a separator outside of brackets.
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
                if (open.Count == 0 && separator == ' ' && i > from) (from, _) = (i, Add(i));
                open.Push(c switch { '(' => ')', '[' => ']', _ => '>' });
            }
            else if (c is ')' or ']' or '>')
            {
                if (!open.TryPop(out var wanted) || wanted != c) throw new FormatException($"'{c}' closes nothing");
                if (open.Count == 0 && separator == ' ') (from, _) = (i + 1, Add(i + 1));
            }
            else if (c == separator && open.Count == 0) (from, _) = (i + 1, Add(i));
        }

        if (open.Count > 0) throw new FormatException($"'{open.Peek()}' is missing");
        Add(text.Length);
        return parts;

        bool Add(int end)
        {
            parts.Add(text[from..end].Trim());
            return true;
        }
    }
}
