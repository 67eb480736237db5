namespace Ketamine.Web.Leads.Crisis;

/// <summary>One line of the list, ready to be looked for.</summary>
/// <param name="Text">As written in the file.</param>
/// <param name="Line">Where in the file, from 1.</param>
/// <param name="Start">What may come first.</param>
/// <param name="HasNegation">Holds a word of negation itself, so that another one before it does not cancel it.</param>
internal sealed record Phrase(string Text, int Line, Step Start, bool HasNegation)
{
    /// <summary>Where the phrase ends (exclusive) when it begins at a word; empty when it does not stand there.</summary>
    public SortedSet<int> EndsFrom(List<MessageWord> words, int at, IReadOnlySet<int> negations)
    {
        var ends = new SortedSet<int>();
        Follow(Start, at);
        return ends;

        void Follow(Step step, int i)
        {
            if (step.IsEnd) ends.Add(i);
            if (i >= words.Count || words[i].Sentence != words[at].Sentence) return;
            foreach (var (ids, next) in step.Next)
                if (ids is null ? !words[i].Ids.Any(negations.Contains) : words[i].Ids.Any(ids.Contains))
                    Follow(next, i + 1);
        }
    }
}

/// <summary>A place within a phrase, and the words that lead on from it (null: any word that is no negation).</summary>
internal sealed class Step
{
    public bool IsEnd { get; init; }

    public List<(HashSet<int>? Words, Step Next)> Next { get; } = [];

    /// <summary>A place from which either of the two leads on.</summary>
    public static Step Either(Step one, Step other)
    {
        if (ReferenceEquals(one, other)) return one;
        var both = new Step { IsEnd = one.IsEnd || other.IsEnd };
        foreach (var (words, next) in one.Next.Concat(other.Next))
        {
            var same = both.Next.FindIndex(edge => ReferenceEquals(edge.Next, next) && edge.Words is null == words is null);
            if (same < 0) both.Next.Add((words is null ? null : [.. words], next));
            else if (words is not null) both.Next[same].Words!.UnionWith(words);
        }

        return both;
    }
}

/// <summary>
/// Reads the notation of the list: words, <c>(one | or other)</c>, <c>[perhaps]</c>, <c>*</c> for up to two words of any kind and
/// <c>&lt;name&gt;</c> for a group of the file.
/// </summary>
/// <param name="number">Gives a word of the list its number.</param>
/// <param name="spellings">Contractions and abbreviations are read as the words they stand for, in phrases as in messages.</param>
/// <param name="groups">The notation of each named group.</param>
internal sealed class PhraseReader(Func<string, int> number, IReadOnlyDictionary<string, string[]> spellings, IReadOnlyDictionary<string, string> groups)
{
    private static readonly Step End = new() { IsEnd = true };

    /// <exception cref="FormatException">The notation is wrong; the message says how.</exception>
    public Phrase Read(string text, int line, IReadOnlySet<int> negations)
    {
        var start = Sequences(text, End, depth: 0);
        if (start.IsEnd) throw new FormatException("it must hold at least one word that is not optional");
        if (start.Next.Any(edge => edge.Words is null)) throw new FormatException("it can't begin with *");
        return new Phrase(text, line, start, Mentions(start, negations));
    }

    private static bool Mentions(Step step, IReadOnlySet<int> negations) =>
        step.Next.Any(edge => edge.Words?.Overlaps(negations) == true || Mentions(edge.Next, negations));

    private Step Sequences(string text, Step rest, int depth)
    {
        if (depth > 8) throw new FormatException("groups are nested too deep, or name themselves");
        return Parts(text, '|').Select(part => Sequence(part, rest, depth)).Aggregate(Step.Either);
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
                var typed = Spelling.Split(piece).Select(word => word.Text).ToList();
                if (typed.Count == 0) throw new FormatException($"'{piece}' is no word");
                foreach (var word in typed.SelectMany(word => spellings.TryGetValue(word, out var meant) ? meant : [word]).Reverse())
                {
                    var step = new Step();
                    step.Next.Add(([number(word)], rest));
                    rest = step;
                }

                return rest;
        }
    }

    private static Step AnyThen(Step rest)
    {
        var step = new Step();
        step.Next.Add((null, rest));
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
