using System.Collections.Immutable;
using System.Globalization;

namespace Ketamine.Content.Claims;

/// <summary>
/// Reads from a regular expression what any match must contain, so that a sentence without it need not be tried. With hundreds of rules and
/// short sentences this is the difference between microseconds and milliseconds. It knows the common syntax; what it does not know it
/// takes for "anything", which costs time and never a match.
/// </summary>
internal ref struct RequiredText
{
    /// <summary>Within a piece: a word begins or ends here, so that "no" is not looked for in "know".</summary>
    public const char Edge = SubstringFinder.Edge;

    // At the end of a piece that ends with its group: whether a word ends there, what follows the group says.
    private const char Open = '\u0002';
    private const int MaxSets = 3;
    private readonly ReadOnlySpan<char> _pattern;
    private int _at;

    private RequiredText(string pattern) => _pattern = pattern;

    /// <summary>
    /// Sets of lower-case pieces; every match holds at least one piece of each set. No sets: nothing can be told.
    /// </summary>
    public static ImmutableArray<ImmutableArray<string>> Of(string pattern)
    {
        // White space in the pattern means nothing under this inline option; such patterns are rare and simply always tried.
        if (pattern.Contains("(?x", StringComparison.Ordinal)) return [];
        var reader = new RequiredText(pattern);
        return [.. Closed(reader.Alternation(false, out _), edge: false).OrderBy(Chance).Take(MaxSets).Select(set => set.ToImmutableArray())];
    }

    // One set of pieces that each branch needs: of every branch the set that is least likely to occur. Fresh: a word character here begins a word.
    private List<List<string>> Alternation(bool fresh, out bool freshAfter)
    {
        var first = Sequence(fresh, out freshAfter);
        if (_at >= _pattern.Length || _pattern[_at] != '|') return first;
        List<string>? all = first.MinBy(Chance)?.ToList();
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            var branch = Sequence(fresh, out var freshAfterBranch).MinBy(Chance);
            freshAfter &= freshAfterBranch;
            if (branch is null) all = null;
            else all?.AddRange(branch);
        }

        return all is null ? [] : [[.. all.Distinct()]];
    }

    private List<List<string>> Sequence(bool fresh, out bool freshAfter)
    {
        var sets = new List<List<string>>();
        var run = new List<char>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            char? letter = null;
            List<List<string>> group = [];
            var (before, space, still) = (fresh, false, false);
            var after = false;
            switch (_pattern[_at])
            {
                case '(':
                    group = Group(fresh && run.Count == 0 || EndsOutsideWord(), out after, out still);
                    break;
                case '[':
                    Class();
                    break;
                case '\\':
                    var escape = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
                    letter = Escape();
                    if (escape is 'b' or 'A' or 'z' or 'Z')
                    {
                        EdgeHere();
                        continue;
                    }

                    if (escape is 'B' or 'G') continue;
                    space = escape is 's' or 'W';
                    break;
                case '.':
                    _at++;
                    break;
                case '^' or '$':
                    _at++;
                    EdgeHere();
                    continue;
                default:
                    letter = char.ToLowerInvariant(_pattern[_at++]);
                    break;
            }

            var freshHere = run.Count == 0 ? before : EndsOutsideWord();
            var (optional, repeated) = Quantifier();
            if (letter is { } c && !optional)
            {
                if (run.Count == 0 ? before && SubstringFinder.IsWord(c) : run[^1] != Edge && SubstringFinder.IsWord(run[^1]) != SubstringFinder.IsWord(c))
                    run.Add(Edge);
                run.Add(c);
                if (!repeated) continue;
            }

            if (space && !optional) EdgeHere();
            EndRun(open: false);
            if (!optional) sets.AddRange(Closed(group, edge: !repeated && EdgeFollows(), keepOpen: !repeated && AtEnd()));
            fresh = still ? freshHere
                : letter is { } last ? !SubstringFinder.IsWord(last) && (!optional || freshHere)
                : space ? !optional || freshHere
                : after && (!optional || freshHere);
        }

        freshAfter = run.Count == 0 ? fresh : EndsOutsideWord();
        EndRun(open: true);
        return sets;

        bool EndsOutsideWord() => run.Count > 0 && (run[^1] == Edge ? run.Count == 1 || !SubstringFinder.IsWord(run[^2]) : !SubstringFinder.IsWord(run[^1]));

        void EdgeHere()
        {
            if (run.Count > 0 && SubstringFinder.IsWord(run[^1])) run.Add(Edge);
            if (run.Count > 0) EndRun(open: false);
            fresh = true;
        }

        void EndRun(bool open)
        {
            var letters = run.Count(c => c != Edge);
            if (open && run.Count > 0 && SubstringFinder.IsWord(run[^1])) run.Add(Open);
            if (letters > 0 && (run.Count(c => c != Open) >= 2 || !SubstringFinder.IsWord(run[0]) && run[0] != ' ')) sets.Add([new string([.. run])]);
            run.Clear();
        }
    }

    private readonly bool AtEnd() => _at >= _pattern.Length || _pattern[_at] is '|' or ')';

    // What comes next can't be part of a word, or says itself that a word ends here.
    private readonly bool EdgeFollows()
    {
        var rest = _pattern[_at..];
        if (rest.StartsWith("\\b", StringComparison.Ordinal) || rest.StartsWith("$", StringComparison.Ordinal)) return true;
        var length = rest.StartsWith("\\s", StringComparison.Ordinal) || rest.StartsWith("\\W", StringComparison.Ordinal) ? 2
            : rest.Length > 0 && rest[0] is ' ' or ',' or '-' or '\'' ? 1 : 0;
        return length > 0 && (rest.Length == length || rest[length] is not ('?' or '*' or '{'));
    }

    private static List<List<string>> Closed(List<List<string>> sets, bool edge, bool keepOpen = false) => keepOpen ? sets
        : [.. sets.Select(set => set.Select(piece => piece[^1] == Open ? edge ? piece[..^1] + Edge : piece[..^1] : piece).ToList())
            .Where(set => set.TrueForAll(piece => piece.Length > 1 || !SubstringFinder.IsWord(piece[0])))];

    private List<List<string>> Group(bool fresh, out bool freshAfter, out bool lookaround)
    {
        _at++;
        lookaround = false;
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            var next = _at + 1 < _pattern.Length ? _pattern[_at + 1] : ')';
            var afterNext = _at + 2 < _pattern.Length ? _pattern[_at + 2] : ')';
            lookaround = next is '=' or '!' || (next == '<' && afterNext is '=' or '!');
            while (_at < _pattern.Length && _pattern[_at] is not (':' or '=' or '!' or '>' or '\'' or ')')) _at++;
            if (_at < _pattern.Length && _pattern[_at] != ')') _at++;
        }

        var sets = Alternation(fresh && !lookaround, out freshAfter);
        if (_at < _pattern.Length) _at++;
        return lookaround ? [] : sets;
    }

    private void Class()
    {
        _at++;
        if (_at < _pattern.Length && _pattern[_at] == '^') _at++;
        if (_at < _pattern.Length && _pattern[_at] == ']') _at++;
        while (_at < _pattern.Length && _pattern[_at] != ']')
        {
            if (_pattern[_at] == '[' && _pattern[_at - 1] == '-') Class(); // subtraction: [a-z-[aeiou]]
            else _at += _pattern[_at] == '\\' ? 2 : 1;
        }

        _at = Math.Min(_at + 1, _pattern.Length);
    }

    private char? Escape()
    {
        _at++;
        if (_at >= _pattern.Length) return null;
        var c = _pattern[_at++];
        if (!char.IsAsciiLetterOrDigit(c)) return c;
        // What belongs to the escape is no text of its own: \p{L}, \k<name>, \x41, \u0041, \cA, \12.
        if (c is 'p' or 'P' or 'k')
        {
            while (_at < _pattern.Length && _pattern[_at] is not ('}' or '>')) _at++;
            _at++;
        }
        else if (char.IsAsciiDigit(c))
        {
            while (_at < _pattern.Length && char.IsAsciiDigit(_pattern[_at])) _at++;
        }
        else
        {
            _at += c switch { 'x' => 2, 'u' => 4, 'c' => 1, _ => 0 };
        }

        _at = Math.Min(_at, _pattern.Length);
        return null;
    }

    private (bool Optional, bool Repeated) Quantifier()
    {
        if (_at >= _pattern.Length) return (false, false);
        var (optional, repeated) = (false, false);
        switch (_pattern[_at])
        {
            case '?' or '*':
                optional = true;
                _at++;
                break;
            case '+':
                repeated = true;
                _at++;
                break;
            case '{' when _at + 1 < _pattern.Length && char.IsAsciiDigit(_pattern[_at + 1]):
                optional = _pattern[_at + 1] == '0';
                repeated = true;
                while (_at < _pattern.Length && _pattern[_at] != '}') _at++;
                _at = Math.Min(_at + 1, _pattern.Length);
                break;
        }

        if ((optional || repeated) && _at < _pattern.Length && _pattern[_at] is '?' or '+') _at++;
        return (optional, repeated);
    }

    // Fewer and longer pieces occur in fewer sentences; the one long word that nearly all have is known.
    private static double Chance(List<string> pieces) =>
        pieces.Sum(piece =>
            piece.Contains("ketamine", StringComparison.Ordinal) && piece.Length < 12 ? 0.4
            : piece.Length == 1 ? 0.02
            : Math.Pow(0.4, piece.Length)
        );
}
