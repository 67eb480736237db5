namespace Ketamine.Web.Web;

/// <summary>
/// A style sheet as a list of rules, of which a page can have only those that its markup can match. A rule is left out only if each of its selectors names a
/// class, an ID, or an element that the page doesn't have, and so is each selector of a list; attributes, pseudo-classes, and what is in their parentheses
/// are never looked at.
/// </summary>
public sealed class StyleRules
{
    private static readonly string[] Groups = ["@media", "@layer", "@supports", "@container"];

    private readonly ImmutableArray<Rule> _rules;

    private StyleRules(ImmutableArray<Rule> rules) => _rules = rules;

    /// <summary>Reads a style sheet without comments, as <see cref="Stylesheet.Bundle"/> makes it.</summary>
    /// <exception cref="FormatException">A block or a string has no end.</exception>
    public static StyleRules Parse(string css) => new(new Reader(css).Read());

    /// <summary>The rules that a page with these names needs, in their order.</summary>
    /// <param name="names">See <see cref="AddNames"/>.</param>
    public string For(HashSet<string> names)
    {
        var css = new StringBuilder();
        Predicate<string> has = names.Contains;
        var layer = "";
        foreach (var rule in _rules)
        {
            var start = css.Length;
            rule.Write(css, has);
            if (css.Length == start) continue;
            // A layer that goes on: without its end and its name.
            if (rule.Head == layer) css.Remove(start - 1, layer.Length + 2);
            layer = rule.Body is null && !rule.Rules.IsEmpty ? rule.Head : "";
        }

        return css.ToString();
    }

    /// <summary>Adds each word in the tags of a page: elements, attributes, classes, IDs, and more than a style sheet can name.</summary>
    public static void AddNames(ReadOnlySpan<char> markup, HashSet<string> names)
    {
        while (markup.IndexOf('<') is var start and >= 0)
        {
            markup = markup[start..];
            var end = EndOfTag(markup);
            AddWords(markup[..end], names);
            markup = markup[end..];
        }
    }

    /// <summary>Adds each word of a text, such as a script that adds classes.</summary>
    public static void AddWords(ReadOnlySpan<char> text, HashSet<string> words)
    {
        var known = words.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; start < text.Length; start++)
        {
            var length = 0;
            while (start + length < text.Length && IsNamePart(text[start + length])) length++;
            if (length > 0) known.Add(text.Slice(start, length));
            start += length;
        }
    }

    // A bracket in a quoted attribute doesn't end its tag.
    private static int EndOfTag(ReadOnlySpan<char> markup)
    {
        var quote = '\0';
        for (var i = 1; i < markup.Length; i++)
        {
            if (quote != '\0') quote = markup[i] == quote ? '\0' : quote;
            else if (markup[i] is '"' or '\'') quote = markup[i];
            else if (markup[i] == '>') return i;
        }

        return markup.Length;
    }

    // Without the whitespace that separates nothing; strings stay as they are.
    private static string Tight(string css)
    {
        var tight = new StringBuilder(css.Length);
        var quoted = false;
        foreach (var letter in css)
        {
            if (letter == '"') quoted = !quoted;
            var space = !quoted && char.IsWhiteSpace(letter);
            if (!space) tight.Append(letter);
            else if (tight.Length > 0 && !" ,;:{}".Contains(tight[^1], StringComparison.Ordinal)) tight.Append(' ');
        }

        return tight.ToString().TrimEnd(' ', ';');
    }

    private static bool IsNamePart(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';

    /// <param name="Head">Selectors, or an at-rule up to its block; a statement as a whole.</param>
    /// <param name="Body">The declarations; null for a statement or a group.</param>
    /// <param name="Rules">A group's rules.</param>
    /// <param name="Selectors">What each selector needs; empty for a rule that is always kept.</param>
    private sealed record Rule(string Head, string? Body, ImmutableArray<Rule> Rules, ImmutableArray<Selector> Selectors)
    {
        public void Write(StringBuilder css, Predicate<string> has)
        {
            var start = css.Length;
            if (Selectors.IsEmpty) css.Append(Head);
            else
            {
                // Without LINQ: asked of every rule for every page that isn't cached.
                foreach (var selector in Selectors)
                {
                    if (!Array.TrueForAll(selector.Names, has)) continue;
                    if (css.Length > start) css.Append(',');
                    css.Append(selector.Text);
                }

                if (css.Length == start) return;
            }

            if (Body is not null)
            {
                css.Append('{').Append(Body).Append('}');
            }
            else if (!Rules.IsEmpty)
            {
                css.Append('{');
                var inner = css.Length;
                foreach (var rule in Rules) rule.Write(css, has);
                if (css.Length == inner) css.Length = start;
                else css.Append('}');
            }
        }
    }

    private static string WithoutSpaces(string selector) =>
        selector.Replace(" > ", ">", StringComparison.Ordinal).Replace(" + ", "+", StringComparison.Ordinal).Replace(" ~ ", "~", StringComparison.Ordinal);

    private sealed record Selector(string Text, string[] Names);

    private sealed class Reader(string css)
    {
        private int _at;

        public ImmutableArray<Rule> Read()
        {
            var rules = ImmutableArray.CreateBuilder<Rule>();
            while (true)
            {
                while (_at < css.Length && char.IsWhiteSpace(css[_at])) _at++;
                if (_at == css.Length || css[_at] == '}') return rules.ToImmutable();
                var head = Until("{;");
                if (css[_at++] == ';') rules.Add(new Rule(head + ";", null, [], []));
                else rules.Add(Block(head));
            }
        }

        private Rule Block(string head)
        {
            if (Array.Exists(Groups, group => head.StartsWith(group, StringComparison.Ordinal)))
            {
                var rules = Read();
                if (_at == css.Length) throw new FormatException($"{head} has no end.");
                _at++;
                return new Rule(head, null, rules, []);
            }

            var body = Until("}");
            _at++;
            if (head[0] == '@') return new Rule(head, body, [], []);
            return new Rule(head, body, [], [.. Selectors(head).Select(selector => new Selector(WithoutSpaces(selector), Names(selector)))]);
        }

        // Up to one of the characters outside strings, parentheses, and blocks.
        private string Until(string ends)
        {
            var (start, depth) = (_at, 0);
            for (; _at < css.Length; _at++)
            {
                var letter = css[_at];
                if (depth == 0 && ends.Contains(letter, StringComparison.Ordinal)) return Tight(css[start.._at]);
                if (letter == '"' && (_at = css.IndexOf('"', _at + 1)) < 0) break;
                if (letter is '(' or '[' or '{') depth++;
                else if (letter is ')' or ']' or '}') depth--;
            }

            throw new FormatException($"A style rule has no end: {css[start..Math.Min(css.Length, start + 60)]}");
        }

        private static IEnumerable<string> Selectors(string head)
        {
            var (start, depth) = (0, 0);
            for (var i = 0; i < head.Length; i++)
            {
                if (head[i] is '(' or '[') depth++;
                else if (head[i] is ')' or ']') depth--;
                else if (head[i] == ',' && depth == 0)
                {
                    yield return head[start..i];
                    start = i + 1;
                }
            }

            yield return head[start..];
        }

        private static string[] Names(string selector)
        {
            var names = new List<string>();
            for (int i = 0, depth = 0; i < selector.Length; i++)
            {
                if (selector[i] is '(' or '[') depth++;
                else if (selector[i] is ')' or ']') depth--;
                if (!IsNamePart(selector[i])) continue;
                var start = i;
                while (i + 1 < selector.Length && IsNamePart(selector[i + 1])) i++;
                if (depth == 0 && (start == 0 || selector[start - 1] != ':')) names.Add(selector[start..(i + 1)]);
            }

            return [.. names];
        }
    }
}
