using System.Collections.Immutable;

namespace Ketamine.Web.Content.Claims;

/// <summary>
/// Reads from a regular expression what any match must contain, so that a sentence without it need not be tried. With hundreds of rules and
/// short sentences this is the difference between microseconds and milliseconds. It knows the common syntax; what it does not know it
/// takes for "anything", which costs time and never a match.
/// </summary>
internal ref struct RequiredText
{
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
        return [.. reader.Alternation().OrderBy(Chance).Take(MaxSets).Select(set => set.ToImmutableArray())];
    }

    // One set of pieces that each branch needs: of every branch the set that is least likely to occur.
    private List<List<string>> Alternation()
    {
        var first = Sequence();
        if (_at >= _pattern.Length || _pattern[_at] != '|') return first;
        List<string>? all = first.MinBy(Chance)?.ToList();
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            var branch = Sequence().MinBy(Chance);
            if (branch is null) all = null;
            else all?.AddRange(branch);
        }

        return all is null ? [] : [[.. all.Distinct()]];
    }

    private List<List<string>> Sequence()
    {
        var sets = new List<List<string>>();
        var run = new List<char>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            char? letter = null;
            List<List<string>> group = [];
            switch (_pattern[_at])
            {
                case '(':
                    group = Group();
                    break;
                case '[':
                    Class();
                    break;
                case '\\':
                    var escape = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
                    letter = Escape();
                    if (escape is 'b' or 'B' or 'A' or 'z' or 'Z' or 'G') continue;
                    break;
                case '.':
                    _at++;
                    break;
                case '^' or '$':
                    _at++;
                    continue;
                default:
                    letter = char.ToLowerInvariant(_pattern[_at++]);
                    break;
            }

            var (optional, repeated) = Quantifier();
            if (letter is { } c && !optional) run.Add(c);
            if (letter is null || optional || repeated) EndRun();
            if (!optional) sets.AddRange(group);
        }

        EndRun();
        return sets;

        void EndRun()
        {
            if (run.Count >= 2 || (run.Count == 1 && !char.IsAsciiLetterOrDigit(run[0]) && run[0] != ' ')) sets.Add([new string([.. run])]);
            run.Clear();
        }
    }

    private List<List<string>> Group()
    {
        _at++;
        var lookaround = false;
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            var next = _at + 1 < _pattern.Length ? _pattern[_at + 1] : ')';
            var afterNext = _at + 2 < _pattern.Length ? _pattern[_at + 2] : ')';
            lookaround = next is '=' or '!' || (next == '<' && afterNext is '=' or '!');
            while (_at < _pattern.Length && _pattern[_at] is not (':' or '=' or '!' or '>' or '\'' or ')')) _at++;
            if (_at < _pattern.Length && _pattern[_at] != ')') _at++;
        }

        var sets = Alternation();
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
        pieces.Sum(piece => piece == "ketamine" ? 0.4 : piece.Length == 1 ? 0.02 : Math.Pow(0.4, piece.Length));
}
