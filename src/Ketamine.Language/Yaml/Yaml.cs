using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ketamine.Language;

/// <summary>A value in a YAML file, with its line.</summary>
public abstract record YamlValue(int Line)
{
    /// <summary>A description for messages to editors.</summary>
    public abstract string Found { get; }
}

/// <param name="TextLine">The line where the text itself begins; after <c>key: |</c>, that is the next line.</param>
public sealed record YamlText(int Line, string Text, bool Plain, int TextLine) : YamlValue(Line)
{
    /// <summary>Its range in the file, including quotation marks.</summary>
    public FileSpan Span { get; init; }

    /// <summary>What follows a # after plain text on the same line, which YAML treats as a comment; null if there is none.</summary>
    public string? Cut { get; init; }

    /// <summary>Whether it is YAML's null, including a key with nothing after it.</summary>
    public bool Nothing => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Found => Nothing ? "nothing" : Diagnostics.Quote(Text);
}

public sealed record YamlList(int Line, ImmutableArray<YamlValue> Items) : YamlValue(Line)
{
    public override string Found => "a list";
}

public sealed record YamlMap(int Line, ImmutableArray<YamlEntry> Entries) : YamlValue(Line)
{
    public override string Found => "a map of keys and values";
}

public sealed record YamlEntry(string Key, int Line, YamlValue Value)
{
    public FileSpan KeySpan { get; init; }
}

/// <summary>
/// Reads YAML from YamlDotNet's event stream. Its representation model recurses without a limit (a thousand brackets crash the process) and doesn't
/// limit the expansion of aliases.
/// </summary>
public static class Yaml
{
    private const int MaxDepth = 24;
    private const int MaxValues = 100_000;

    /// <summary>The document's value; null if it is empty or a problem was noted.</summary>
    /// <param name="lineOffset">The number of lines in the file before the text: 1 for front matter.</param>
    public static YamlValue? Read(string text, Diagnostics notes, int lineOffset = 0)
    {
        if (YamlMistakes.BeforeReading(text, notes, lineOffset)) return null;
        try
        {
            return new Builder(text, notes, lineOffset).Document();
        }
        catch (YamlException bad)
        {
            YamlMistakes.Explain(text, (int)bad.Start.Line, Reason(bad), notes, lineOffset);
        }
        catch (TooMuch much)
        {
            notes.Error(much.Line, "YAML", much.Message, much.Wanted);
        }
        catch (Exception broken)
            when (broken is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The parser lets these escape for some hostile input, found by fuzzing. A content folder must never crash the process.
            var lines = text.Split('\n');
            if (!YamlMistakes.TryExplain(lines, lines.Length, notes, lineOffset))
                notes.Error(lineOffset + 1, "YAML", "text that can't be read", "key: value");
        }

        return null;
    }

    /// <summary>Text in YAML's double quotation marks.</summary>
    public static string Quote(string text) =>
        '"'
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
        + '"';

    private static string Reason(YamlException bad)
    {
        var message = bad.InnerException is YamlException inner ? inner.Message : bad.Message;
        return Diagnostics.Shown(message.TrimEnd('.', ' '));
    }

    private sealed class TooMuch(int line, string found, string wanted) : Exception(found)
    {
        public int Line { get; } = line;
        public string Wanted { get; } = wanted;
    }

    private sealed class Builder(string text, Diagnostics notes, int lineOffset)
    {
        private readonly Parser _parser = new(new StringReader(text));
        private readonly string[] _lines = text.Split('\n');
        private readonly Dictionary<AnchorName, (YamlValue Value, int Size)> _anchors = [];
        private int _size;

        public YamlValue? Document()
        {
            _parser.MoveNext(); // the stream's start
            _parser.MoveNext();
            if (_parser.Current is StreamEnd) return null;
            _parser.MoveNext(); // the document's start
            var value = Value(0);
            _parser.MoveNext();
            if (_parser.Current is DocumentStart second)
                notes.Error(Line(second.Start), "---", "a line of --- in the middle, which begins a second document", "remove the line");
            return value;
        }

        private int Line(Mark mark) => (int)mark.Line + lineOffset;

        // The parser drops comments silently.
        private string? Cut(Mark end)
        {
            if ((int)end.Line > _lines.Length) return null;
            var line = _lines[(int)end.Line - 1];
            var rest = (int)end.Column - 1 <= line.Length ? line[((int)end.Column - 1)..].TrimStart() : "";
            return rest.StartsWith('#') ? rest[1..].TrimEnd() : null;
        }

        /// <summary>Reads the value at the parser's current event and moves past it.</summary>
        private YamlValue Value(int depth)
        {
            var here = _parser.Current!;
            var line = Line(here.Start);
            if (depth > MaxDepth) throw new TooMuch(line, $"values nested more than {MaxDepth} deep", "what docs/editors/reference.md describes");
            var before = _size;
            Grow(1, line);
            switch (here)
            {
                case AnchorAlias alias:
                    _parser.MoveNext();
                    if (!_anchors.TryGetValue(alias.Value, out var meant))
                        throw new TooMuch(line, $"*{alias.Value}, which no & before it defines", "the value itself");
                    Grow(meant.Size, line);
                    return meant.Value;
                case Scalar scalar:
                    _parser.MoveNext();
                    // Written as an escape, such as "\0".
                    if (SourceText.Forbidden(scalar.Value) is { } forbidden)
                        notes.Error(line, "YAML", $"{forbidden}, written as an escape", "the text without it");
                    var block = scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded;
                    var plain = scalar.Style == ScalarStyle.Plain;
                    return Keep(scalar, before, new YamlText(line, scalar.Value, plain, block ? line + 1 : line)
                    {
                        Span = new FileSpan(line, (int)scalar.Start.Column - 1, Line(scalar.End), (int)scalar.End.Column - 1),
                        Cut = plain ? Cut(scalar.End) : null,
                    });
                case SequenceStart list:
                    _parser.MoveNext();
                    var items = ImmutableArray.CreateBuilder<YamlValue>();
                    while (_parser.Current is not SequenceEnd) items.Add(Value(depth + 1));
                    _parser.MoveNext();
                    return Keep(list, before, new YamlList(line, items.ToImmutable()));
                case MappingStart map:
                    _parser.MoveNext();
                    var entries = ImmutableArray.CreateBuilder<YamlEntry>();
                    var seen = new Dictionary<string, int>(StringComparer.Ordinal);
                    while (_parser.Current is not MappingEnd)
                    {
                        var key = Value(depth + 1);
                        var value = Value(depth + 1);
                        if (key is not YamlText { Text: var name } text)
                            notes.Error(key.Line, "YAML", $"{key.Found} before the colon instead of a word", "key: value");
                        else if (!seen.TryAdd(name, key.Line))
                            notes.Error(key.Line, name, $"repeated; the first is on line {seen[name]}", "remove one of the two lines");
                        else entries.Add(new YamlEntry(name, key.Line, value) { KeySpan = text.Span });
                    }

                    _parser.MoveNext();
                    return Keep(map, before, new YamlMap(line, entries.ToImmutable()));
                default:
                    throw new TooMuch(line, "the end of the text", "a value");
            }
        }

        // An alias counts as much as its target, which stops a "billion laughs" attack before anything expands it.
        private void Grow(int by, int line)
        {
            _size += by;
            if (_size > MaxValues)
                throw new TooMuch(
                    line,
                    string.Create(CultureInfo.InvariantCulture, $"more than {MaxValues:N0} values"),
                    "fewer; aliases count as much as their targets");
        }

        private YamlValue Keep(NodeEvent node, int before, YamlValue value)
        {
            if (!node.Anchor.IsEmpty) _anchors[node.Anchor] = (value, _size - before);
            return value;
        }
    }
}
