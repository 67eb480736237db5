using System.Collections.Immutable;
using System.Globalization;

namespace Ketamine.Content.Claims;

/// <summary>
/// Reads from a regular expression the text that any match must contain, so that the regex can be skipped for sentences without it. With hundreds
/// of rules and short sentences, this saves milliseconds per sentence. It knows the common syntax and takes anything else for "any text", which
/// costs time but never loses a match.
/// </summary>
internal ref struct RequiredText
{
    /// <summary>Within a piece: a word begins or ends here, so "no" isn't found in "know".</summary>
    public const char Edge = SubstringFinder.Edge;

    // At the end of a piece that ends with its group: whether a word ends there depends on what follows the group.
    private const char Open = '\u0002';
    private const int MaxSets = 3;
    private readonly ReadOnlySpan<char> _pattern;
    private int _at;

    private RequiredText(string pattern) => _pattern = pattern;

    /// <summary>
    /// Sets of lowercase pieces; every match contains at least one piece of each set. No sets if nothing is certain.
    /// </summary>
    public static ImmutableArray<ImmutableArray<string>> Of(string pattern)
    {
        // This inline option makes white space in the pattern meaningless. Such patterns are rare, so they are simply always tried.
        if (pattern.Contains("(?x", StringComparison.Ordinal)) return [];
        var reader = new RequiredText(pattern);
        return [.. Closed(reader.Alternation(false, out _), edge: false).OrderBy(Chance).Take(MaxSets).Select(set => set.ToImmutableArray())];
    }

    // One set that covers all branches: from each branch, the set that is least likely to occur. Fresh: a word character here would begin a word.
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
        var pieces = new PieceCollector(fresh);
        while (!AtEnd())
        {
            var startsWord = pieces.StartsWord;
            var element = ReadElement(startsWord);
            if (element.Kind == ElementKind.Boundary) pieces.AddBoundary();
            if (element.Kind is ElementKind.Boundary or ElementKind.Nothing) continue;

            var (optional, repeated) = Quantifier();
            if (element.Kind == ElementKind.Letter && !optional)
            {
                pieces.Add(element.Letter);
                if (!repeated) continue;
            }

            if (element.Kind == ElementKind.Space && !optional) pieces.AddBoundary();
            pieces.EndRun(open: false);
            if (element.Sets is { } group && !optional)
                pieces.Sets.AddRange(Closed(group, edge: !repeated && EdgeFollows(), keepOpen: !repeated && AtEnd()));
            pieces.Fresh = element.Kind == ElementKind.Lookaround ? startsWord : element.FreshAfter && (!optional || startsWord);
        }

        freshAfter = pieces.StartsWord;
        pieces.EndRun(open: true);
        return pieces.Sets;
    }

    private Element ReadElement(bool fresh)
    {
        switch (_pattern[_at])
        {
            case '(':
                var sets = Group(fresh, out var freshAfter, out var lookaround);
                return lookaround ? new Element(ElementKind.Lookaround) : new Element(ElementKind.Group, FreshAfter: freshAfter, Sets: sets);
            case '[':
                Class();
                return new Element(ElementKind.Other);
            case '\\':
                return ReadEscape();
            case '.':
                _at++;
                return new Element(ElementKind.Other);
            case '^' or '$':
                _at++;
                return new Element(ElementKind.Boundary);
            default:
                return Element.Of(char.ToLowerInvariant(_pattern[_at++]));
        }
    }

    private Element ReadEscape()
    {
        var escaped = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
        if (Escape() is { } letter) return Element.Of(letter);
        return escaped switch
        {
            'b' or 'A' or 'z' or 'Z' => new Element(ElementKind.Boundary),
            'B' or 'G' => new Element(ElementKind.Nothing),
            's' or 'W' => new Element(ElementKind.Space, FreshAfter: true),
            _ => new Element(ElementKind.Other),
        };
    }

    private enum ElementKind
    {
        Letter,
        Space,
        Boundary,
        Nothing,
        Group,
        Lookaround,
        Other,
    }

    // FreshAfter: a word character after it begins a word. Sets: only of a group.
    private readonly record struct Element(ElementKind Kind, char Letter = '\0', bool FreshAfter = false, List<List<string>>? Sets = null)
    {
        public static Element Of(char letter) => new(ElementKind.Letter, letter, FreshAfter: !SubstringFinder.IsWord(letter));
    }

    /// <summary>Collects the pieces of a sequence: its runs of certain letters, and the sets of its groups.</summary>
    private sealed class PieceCollector(bool fresh)
    {
        private readonly List<char> _run = [];

        public List<List<string>> Sets { get; } = [];

        /// <summary>Whether a word character would begin a word, if no run is open.</summary>
        public bool Fresh { private get; set; } = fresh;

        /// <summary>Whether a word character here would begin a word.</summary>
        public bool StartsWord
        {
            get
            {
                if (_run.Count == 0) return Fresh;
                if (_run[^1] != Edge) return !SubstringFinder.IsWord(_run[^1]);
                return _run.Count == 1 || !SubstringFinder.IsWord(_run[^2]);
            }
        }

        public void Add(char letter)
        {
            var wordBegins = _run.Count == 0 && Fresh && SubstringFinder.IsWord(letter);
            var wordChanges = _run.Count > 0 && _run[^1] != Edge && SubstringFinder.IsWord(_run[^1]) != SubstringFinder.IsWord(letter);
            if (wordBegins || wordChanges) _run.Add(Edge);
            _run.Add(letter);
        }

        public void AddBoundary()
        {
            if (_run.Count > 0 && SubstringFinder.IsWord(_run[^1])) _run.Add(Edge);
            if (_run.Count > 0) EndRun(open: false);
            Fresh = true;
        }

        /// <param name="open">What follows the sequence decides whether a word ends here.</param>
        public void EndRun(bool open)
        {
            var letters = _run.Count(c => c != Edge);
            if (open && _run.Count > 0 && SubstringFinder.IsWord(_run[^1])) _run.Add(Open);
            var isTelling = _run.Count(c => c != Open) >= 2 || (_run.Count > 0 && !SubstringFinder.IsWord(_run[0]) && _run[0] != ' ');
            if (letters > 0 && isTelling) Sets.Add([new string([.. _run])]);
            _run.Clear();
        }
    }

    private readonly bool AtEnd() => _at >= _pattern.Length || _pattern[_at] is '|' or ')';

    // Whether what follows can't be part of a word, or marks the end of one.
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
        // Skip what belongs to the escape: \p{L}, \k<name>, \x41, \u0041, \cA, \12.
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

    // How likely a set is to occur: fewer and longer pieces are rarer, except for the one long word that nearly every sentence has.
    private static double Chance(List<string> pieces) =>
        pieces.Sum(piece =>
            piece.Contains("ketamine", StringComparison.Ordinal) && piece.Length < 12 ? 0.4
            : piece.Length == 1 ? 0.02
            : Math.Pow(0.4, piece.Length)
        );
}
