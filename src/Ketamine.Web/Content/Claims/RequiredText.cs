using System.Collections.Immutable;

namespace Ketamine.Web.Content.Claims;

/// <summary>
/// Reads from a regular expression what any match must contain, so that a sentence without it need not be tried. With hundreds of rules and
/// short sentences this is the difference between microseconds and milliseconds. It knows the common syntax; what it does not know it
/// takes for "anything", which costs time and never a match.
/// </summary>
internal ref struct RequiredText
{
    private readonly ReadOnlySpan<char> _pattern;
    private int _at;

    private RequiredText(string pattern) => _pattern = pattern;

    /// <summary>Lower-case pieces of which every match holds at least one, or none when that can't be told.</summary>
    public static ImmutableArray<string> Of(string pattern)
    {
        // White space in the pattern means nothing under this inline option; such patterns are rare and simply always tried.
        if (pattern.Contains("(?x", StringComparison.Ordinal)) return [];
        var reader = new RequiredText(pattern);
        return reader.Alternation() is { } pieces ? [.. pieces.Distinct()] : [];
    }

    private List<string>? Alternation()
    {
        List<string>? all = [];
        while (true)
        {
            var one = Sequence();
            if (one is null) all = null;
            else all?.AddRange(one);
            if (_at >= _pattern.Length || _pattern[_at] != '|') return all;
            _at++;
        }
    }

    private List<string>? Sequence()
    {
        List<string>? best = null;
        var run = new List<char>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            char? letter = null;
            List<string>? group = null;
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
            if (letter is null || optional || repeated)
            {
                best = Better(best, Run(run));
                run.Clear();
            }

            if (!optional) best = Better(best, group);
        }

        return Better(best, Run(run));

        static List<string>? Run(List<char> run) => run.Count >= 2 ? [new string([.. run])] : null;
    }

    private List<string>? Group()
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

        var pieces = Alternation();
        if (_at < _pattern.Length) _at++;
        return lookaround ? null : pieces;
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

    // Fewer and longer pieces occur in fewer sentences.
    private static List<string>? Better(List<string>? one, List<string>? other) =>
        other is null or { Count: 0 } ? one : one is null || Chance(other) < Chance(one) ? other : one;

    private static double Chance(List<string> pieces) =>
        pieces.Sum(piece => piece == "ketamine" ? 0.4 : Math.Pow(0.4, piece.Length));
}
