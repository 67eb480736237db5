using System.Text.RegularExpressions;

namespace Ketamine.Language;

/// <summary>Explains a YAML parser's error in an editor's words, with the correct line.</summary>
internal static partial class YamlMistakes
{
    /// <summary>Finds mistakes that the parser would accept or report in the wrong place; true if any was noted.</summary>
    public static bool BeforeReading(string text, Diagnostics notes, int lineOffset)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (NoBreak().Match(lines[i]) is not { Success: true } found) continue;
            var at = found.Groups[1];
            notes.Error(
                i + 1 + lineOffset,
                "YAML",
                $"a {(at.Value.Contains('\u00a0') ? "non-breaking" : "wide or narrow")} space, probably copied from a web page or word processor, "
                    + "instead of a plain one",
                NotPlain().Replace(lines[i], " "),
                new FileSpan(i + 1 + lineOffset, at.Index, i + 1 + lineOffset, at.Index + at.Length),
                new string(' ', at.Length));
            return true;
        }

        for (var i = 0; i < lines.Length; i++)
        {
            if (Unseen().Match(lines[i]) is not { Success: true } found) continue;
            var (line, at) = (i + 1 + lineOffset, found.Groups[1]);
            notes.Error(
                line,
                "YAML",
                $"the invisible character U+{(int)at.Value[0]:X4}, probably copied from a web page or word processor",
                AnyUnseen().Replace(lines[i], "").TrimStart(),
                new FileSpan(line, at.Index, line, at.Index + at.Length),
                "");
            return true;
        }

        return false;
    }

    /// <param name="at">The line where the parser stopped, from 1.</param>
    /// <param name="reason">The parser's own message, for uncommon mistakes.</param>
    public static void Explain(string text, int at, string reason, Diagnostics notes, int lineOffset)
    {
        var lines = text.Split('\n');
        if (TryExplain(lines, at, notes, lineOffset)) return;
        var index = Math.Clamp(at - 1, 0, lines.Length - 1);
        var found = Diagnostics.Quote(lines[index].Trim());
        var isIndentation =
            reason.Contains("indent", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("block mapping", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("expected <block end>", StringComparison.OrdinalIgnoreCase);
        if (isIndentation)
        {
            var before = lines.Take(index).LastOrDefault(other => other.Trim().Length > 0 && Pair().IsMatch(other)) ?? "";
            notes.Error(
                index + 1 + lineOffset,
                "YAML",
                $"{found} is indented differently from the lines around it",
                before[..IndentOf(before)] + lines[index].Trim());
        }
        else
            notes.Error(
                index + 1 + lineOffset,
                "YAML",
                $"{found} can't be read ({reason})",
                "key: value, with the value in quotation marks if it contains a colon, a #, or a quotation mark");
    }

    /// <summary>Explains a common mistake; false, with nothing noted, if it is none.</summary>
    /// <param name="at">The line where the parser stopped, from 1.</param>
    public static bool TryExplain(string[] lines, int at, Diagnostics notes, int lineOffset) =>
        ExplainTab(lines, notes, lineOffset) || ExplainNearby(lines, at, notes, lineOffset) || ExplainOpenQuote(lines, notes, lineOffset)
        || ExplainOpenBracket(lines, at, notes, lineOffset) || ExplainNoColon(lines, at, notes, lineOffset);

    private static bool ExplainTab(string[] lines, Diagnostics notes, int lineOffset)
    {
        var index = Array.FindIndex(lines, line => line.AsSpan(0, IndentOf(line)).Contains('\t'));
        if (index < 0) return false;
        var indent = IndentOf(lines[index]);
        var spaces = lines[index][..indent].Replace("\t", "  ", StringComparison.Ordinal);
        var line = index + 1 + lineOffset;
        var at = new FileSpan(line, 0, line, indent);
        notes.Error(line, "YAML", "a tab before the text; lines are indented with spaces", spaces + lines[index][indent..], at, spaces);
        return true;
    }

    // The mistake is on the line where the parser stopped, or on the one before or after.
    private static bool ExplainNearby(string[] lines, int at, Diagnostics notes, int lineOffset)
    {
        foreach (var index in new[] { at - 1, at - 2, at }.Where(index => index >= 0 && index < lines.Length))
        {
            if (!Explain(lines, index, out var what, out var better, out var key)) continue;
            var line = index + 1 + lineOffset;
            notes.Error(line, key, what, better.TrimStart(), new FileSpan(line, 0, line, lines[index].Length), better);
            return true;
        }

        return false;
    }

    // The parser notices an unclosed quotation mark only at the end of the file.
    private static bool ExplainOpenQuote(string[] lines, Diagnostics notes, int lineOffset)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (Pair().Match(lines[i]) is not { Success: true } pair || pair.Groups[3].Value is not ['"' or '\'', ..] value || Closes(value)) continue;
            var key = pair.Groups[2].Value;
            notes.Error(i + 1 + lineOffset, key, "a quotation mark that is opened and never closed", $"{key}: {Yaml.Quote(value.Trim('"', '\''))}");
            return true;
        }

        return false;
    }

    // The parser notices an unclosed bracket only at the next key.
    private static bool ExplainOpenBracket(string[] lines, int at, Diagnostics notes, int lineOffset)
    {
        for (var i = Math.Clamp(at - 1, 0, lines.Length - 1); i >= 0; i--)
        {
            if (Pair().Match(lines[i]) is not { Success: true } pair || pair.Groups[3].Value.TrimEnd() is not ['[' or '{', ..] value) continue;
            if (value.Contains(value[0] == '[' ? ']' : '}')) return false;
            var key = pair.Groups[2].Value;
            notes.Error(i + 1 + lineOffset, key, $"a {value[0]} that is opened and never closed", $"{key}: {value}{(value[0] == '[' ? ']' : '}')}");
            return true;
        }

        return false;
    }

    // Without a colon, a line joins the next one, and the parser stops there, at its colon or its end.
    private static bool ExplainNoColon(string[] lines, int at, Diagnostics notes, int lineOffset)
    {
        foreach (var index in new[] { at - 1, Array.FindLastIndex(lines, Math.Clamp(at - 2, 0, lines.Length - 1), line => line.Trim().Length > 0) })
        {
            if (index < 0 || index >= lines.Length || NoColon().Match(lines[index]) is not { Success: true } line) continue;
            var key = line.Groups[2].Value;
            var above = index > 0 ? Pair().Match(lines[index - 1]) : Match.Empty;
            if (above.Success && !line.Groups[3].Value.Contains('=') && line.Groups[4].Value[0] is not ('[' or '"' or '\''))
            {
                // Either a key without its colon, or the rest of the text above.
                notes.Error(
                    index + 1 + lineOffset,
                    "YAML",
                    $"{Diagnostics.Quote(lines[index].Trim())} is neither a key with a colon nor part of the line above",
                    $"{above.Groups[2].Value}: {above.Groups[3].Value.Trim()} {lines[index].Trim()} (all in one line); or, if it is a key, a colon after it");
                return true;
            }

            var what = line.Groups[3].Value.Contains('=') ? $"an equals sign instead of a colon after \"{key}\"" : $"no colon after \"{key}\"";
            notes.Error(index + 1 + lineOffset, "YAML", what, $"{key}: {line.Groups[4].Value.TrimEnd()}");
            return true;
        }

        return false;
    }

    private static int IndentOf(string line) => line.Length - line.AsSpan().TrimStart().Length;

    private static bool Explain(string[] lines, int index, out string what, out string better, out string key)
    {
        var line = lines[index];
        (what, better, key) = ("", "", "YAML");
        if (Pair().Match(line) is { Success: true } pair)
        {
            var value = pair.Groups[3].Value.TrimEnd();
            key = pair.Groups[2].Value;
            what = value switch
            {
                ['@' or '%' or '`' or '!' or '&' or '*', ..] => $"{value[0]} at the beginning of the text, which has a special meaning in YAML",
                ['"' or '\'', ..] when !Closes(value) && value[1..].Contains(value[0]) => "quotation marks within quotation marks",
                ['"' or '\'' or '[' or '{' or '|' or '>', ..] => "",
                _ when value.Contains(": ", StringComparison.Ordinal) || value.EndsWith(':') => "a colon in the text, which needs quotation marks",
                _ => "",
            };
            if (what.Length > 0) better = $"{pair.Groups[1].Value}{key}: {Quoted(value)}";
        }
        else if (WideColon().Match(line) is { Success: true } wide)
        {
            key = wide.Groups[2].Value;
            what = "a wide colon, as in Chinese text, instead of a plain one";
            better = $"{wide.Groups[1].Value}{key}: {wide.Groups[3].Value}";
        }
        else if (Joined().Match(line) is { Success: true } joined)
        {
            key = joined.Groups[2].Value;
            what = $"no space after \"{key}:\"";
            better = $"{joined.Groups[1].Value}{key}: {joined.Groups[3].Value}";
        }

        return what.Length > 0;
    }

    // In the kind of quotation marks that it doesn't contain, and without those around all of it.
    private static string Quoted(string value)
    {
        var text = value[0] is '"' or '\'' && value[^1] == value[0] && !ClosesEarly(value) ? value[1..^1] : value;
        return text.Contains('"') && text.IndexOfAny(['\'', '\\']) < 0 ? $"'{text}'" : Yaml.Quote(text);
    }

    // "Yes," she said, and "no": the second mark follows a word, so it closes the first.
    private static bool ClosesEarly(string value) =>
        value[0] == '"' && value.IndexOf('"', 1) is > 0 and var second && second < value.Length - 1 && !char.IsWhiteSpace(value[second - 1])
        && value[second - 1] != '(';

    // A closing mark is the last thing on its line, except for a comment.
    private static bool Closes(string value)
    {
        var end = value.LastIndexOf(value[0]);
        if (end == 0) return false;
        var inner = value[1..end];
        return (value[(end + 1)..].Trim() is "" or ['#', ..])
            && !(
                value[0] == '"'
                    ? inner.Replace("\\\"", "", StringComparison.Ordinal).Contains('"')
                    : inner.Replace("''", "", StringComparison.Ordinal).Contains('\''));
    }

    private const string Spaces = @"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000";

    [GeneratedRegex(@"^ *(?:- +)?(?:[A-Za-z][\w-]*:)? *([" + Spaces + "][ " + Spaces + @"]*)(?=\S)")]
    private static partial Regex NoBreak();

    private const string Invisible = @"\u00ad\u200b-\u200f\u2060\ufeff";

    // Before a key or within it: there, it makes another key of it. In a value, it does no harm.
    [GeneratedRegex(@"^ *(?:- +)?[\w-]*([" + Invisible + @"]+)[\w-]*[" + Invisible + @"]* *:(?: |$)")]
    private static partial Regex Unseen();

    [GeneratedRegex("[" + Invisible + "]")]
    private static partial Regex AnyUnseen();

    [GeneratedRegex(@"^(\s*(?:- +)*)([A-Za-z][\w-]*)(\s*=\s*|\s+)([^:\s][^:]*)$")]
    private static partial Regex NoColon();

    [GeneratedRegex("[" + Spaces + "]")]
    private static partial Regex NotPlain();

    // As typed with a Chinese or Japanese keyboard.
    [GeneratedRegex(@"^(\s*(?:- +)*)([A-Za-z_][\w-]*)\s*[：﹕︓]\s*(\S.*)$")]
    private static partial Regex WideColon();

    [GeneratedRegex(@"^(\s*(?:- +)*)([A-Za-z_][\w-]*)\s*:[ \t]+(\S.*)$")]
    private static partial Regex Pair();

    [GeneratedRegex(@"^(\s*(?:- +)*)([A-Za-z_][\w-]*):([^\s/:].*)$")]
    private static partial Regex Joined();
}
