namespace Ketamine.Content.Editing;

/// <summary>
/// Changes one value in a YAML file and keeps everything else: comments, order, and style. Each result is parsed again, and returned only if it has
/// the new value and nothing else has changed.
/// </summary>
/// <remarks>A path consists of keys and 0-based positions that lead to a value: <c>["0", "questions", "1", "answer"]</c>.</remarks>
internal static partial class YamlEdit
{
    /// <summary>The value at a path; null if there is none.</summary>
    public static YamlValue? Find(YamlValue? root, IEnumerable<string> path) => path.Aggregate(root, Child);

    /// <summary>Writes a text, or removes the key if the text is empty. Null if the file's style is one that only a person can edit.</summary>
    public static string? Set(string source, ImmutableArray<string> path, string text)
    {
        var root = Read(source);
        if (Find(root, path[..^1]) is not YamlMap map) return null;
        var key = path[^1];
        if (text.Length == 0) return Find(root, path) is null ? source : Verified(source, root, path, null, [lines => WithoutKey(lines, map, key)]);
        var entry = map.Entries.FirstOrDefault(one => one.Key == key);
        var now = new YamlText(0, text, false, 0);
        return entry is null
            ? Verified(source, root, path, now, [lines => WithKey(lines, map, Scalar(key, text, KeyColumn(map)))])
            : Verified(source, root, path, now,
                [
                    lines => Spliced(lines, entry, text, Bare(text)), lines => Replaced(lines, entry, Scalar(key, text, entry.KeySpan.StartColumn)),
                    lines => Spliced(lines, entry, text, Yaml.Quote(text)),
                ]);
    }

    /// <summary>Replaces a key's value with a list, or removes the key if the list is empty.</summary>
    /// <param name="entries">Each as YAML on one line, without the hyphen.</param>
    public static string? SetList(string source, string key, IReadOnlyList<string> entries)
    {
        var root = Read(source);
        if (root is not YamlMap map) return null;
        if (entries.Count == 0) return Find(root, [key]) is null ? source : Verified(source, root, [key], null, [lines => WithoutKey(lines, map, key)]);
        string[] now = [$"{key}:", .. entries.Select(entry => $"  - {entry}")];
        var wanted = Find(Read(string.Join('\n', now)), [key]);
        return Verified(source, root, [key], wanted,
            [lines => map.Entries.FirstOrDefault(one => one.Key == key) is { } entry ? Replaced(lines, entry, now) : WithKey(lines, map, now)]);
    }

    /// <summary>Adds a new key whose value is a map with one text.</summary>
    public static string? Begin(string source, string key, string inner, string text)
    {
        var root = Read(source);
        if (root is not YamlMap map) return null;
        var now = new YamlMap(0, [new YamlEntry(inner, 0, new YamlText(0, text, false, 0))]);
        return Verified(source, root, [key], now, [lines => WithKey(lines, map, [$"{key}:", .. Scalar(inner, text, 2)])]);
    }

    /// <summary>Adds an entry at the end of a list, which is the file itself if the path is empty.</summary>
    public static string? Add(string source, ImmutableArray<string> path, IReadOnlyList<(string Key, string Text)> entry)
    {
        var root = Read(source);
        var list = Find(root, path) as YamlList;
        if (list is null && (path.Length > 0 || root is not null)) return null;
        var added = new YamlMap(0, [.. entry.Select(one => new YamlEntry(one.Key, 0, new YamlText(0, one.Text, false, 0)))]);
        var whole = new YamlList(0, [.. list?.Items ?? [], added]);
        return Verified(source, root, path, whole, [lines =>
        {
            var (column, at) = (0, lines.Count);
            if (list is { Items: [.., var last] }) (column, at) = (Column(lines[last.Line - 1]), End(lines, last.Line - 1, Column(lines[last.Line - 1])));
            else while (at > 0 && lines[at - 1].Length == 0) at--;
            var written = entry.SelectMany(one => Scalar(one.Key, one.Text, column + 2)).ToList();
            written[0] = new string(' ', column) + "- " + written[0][(column + 2)..];
            return [.. lines[..at], .. written, .. lines[at..]];
        }]);
    }

    /// <summary>Removes an entry from a list.</summary>
    public static string? Remove(string source, ImmutableArray<string> path)
    {
        var root = Read(source);
        if (Find(root, path) is not { } gone) return null;
        return Verified(source, root, path, null, [lines =>
        {
            var start = gone.Line - 1;
            return Column(lines[start]) is var column && lines[start][column] == '-' ? [.. lines[..start], .. lines[End(lines, start, column)..]] : null;
        }]);
    }

    private static YamlValue? Read(string source) => Yaml.Read(source, new Diagnostics("list"));

    private static YamlValue? Child(YamlValue? value, string step) => value switch
    {
        YamlMap map => map.Entries.FirstOrDefault(entry => entry.Key == step)?.Value,
        YamlList list => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < list.Items.Length ? list.Items[at] : null,
        _ => null,
    };

    // The first candidate that parses as the wanted value with everything else unchanged.
    private static string? Verified(
        string source, YamlValue? root, ImmutableArray<string> path, YamlValue? value, Func<List<string>, List<string>?>[] candidates)
    {
        var ends = source.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var lines = source.ReplaceLineEndings("\n").Split('\n').ToList();
        var wanted = Shape(With(root, path, value));
        foreach (var write in candidates)
        {
            if (write([.. lines]) is not { } now) continue;
            var text = string.Join('\n', now);
            var notes = new Diagnostics("list");
            if (Shape(Yaml.Read(text, notes)) == wanted && !notes.Failed) return (text.EndsWith('\n') ? text : text + "\n").ReplaceLineEndings(ends);
        }

        return null;
    }

    private static YamlValue? With(YamlValue? root, ImmutableArray<string> path, YamlValue? value)
    {
        if (path.IsEmpty) return value;
        var rest = path[1..];
        if (root is YamlList list && int.TryParse(path[0], CultureInfo.InvariantCulture, out var at))
            return list with { Items = With(list.Items[at], rest, value) is { } item ? list.Items.SetItem(at, item) : list.Items.RemoveAt(at) };
        var map = root as YamlMap ?? new YamlMap(0, []);
        var index = map.Entries.Index().FirstOrDefault(entry => entry.Item.Key == path[0], (-1, null!)).Index;
        var now = With(index < 0 ? null : map.Entries[index].Value, rest, value);
        if (now is null) return index < 0 ? map : map with { Entries = map.Entries.RemoveAt(index) };
        return map with { Entries = index < 0 ? map.Entries.Add(new YamlEntry(path[0], 0, now)) : map.Entries.SetItem(index, map.Entries[index] with
            { Value = now }) };
    }

    // A value's meaning, regardless of style. No value, an empty list, and an empty map are all the same.
    private static string Shape(YamlValue? value) => value switch
    {
        YamlText { Nothing: false } text => Yaml.Quote(text.Text),
        YamlList { Items.Length: > 0 } list => $"[{string.Join(',', list.Items.Select(Shape))}]",
        YamlMap { Entries.Length: > 0 } map => $"{{{string.Join(',', map.Entries.Select(entry => $"{Yaml.Quote(entry.Key)}:{Shape(entry.Value)}"))}}}",
        _ => "",
    };

    private static int KeyColumn(YamlMap map) => map.Entries is [var first, ..] ? first.KeySpan.StartColumn : 0;

    private static int Column(string line) => line.Length - line.TrimStart(' ').Length;

    /// <summary>The line after everything that belongs to the key or hyphen in a column.</summary>
    private static int End(List<string> lines, int start, int column, bool list = false)
    {
        var end = start + 1;
        for (var at = start + 1; at < lines.Count; at++)
        {
            var (inside, text) = (Column(lines[at]), lines[at].TrimStart(' '));
            if (text.Length == 0 || (text[0] == '#' && inside <= column)) continue; // part of it only if more follows
            if (inside <= column && !(list && inside == column && text.StartsWith('-'))) break;
            end = at + 1;
        }

        return end;
    }

    private static List<string> WithoutKey(List<string> lines, YamlMap map, string key)
    {
        var entry = map.Entries.First(one => one.Key == key);
        var (start, column) = (entry.Line - 1, entry.KeySpan.StartColumn);
        return [.. lines[..start], .. lines[End(lines, start, column, entry.Value is YamlList)..]];
    }

    private static List<string> WithKey(List<string> lines, YamlMap map, string[] now)
    {
        var last = map.Entries[^1];
        var at = End(lines, last.Line - 1, last.KeySpan.StartColumn, last.Value is YamlList);
        return [.. lines[..at], .. now, .. lines[at..]];
    }

    private static List<string> Replaced(List<string> lines, YamlEntry entry, string[] now)
    {
        var (start, column) = (entry.Line - 1, entry.KeySpan.StartColumn);
        var end = End(lines, start, column, entry.Value is YamlList);
        return [.. lines[..start], lines[start][..column] + now[0].TrimStart(' '), .. now.Skip(1), .. lines[end..]];
    }

    private static List<string>? Spliced(List<string> lines, YamlEntry entry, string text, string written)
    {
        if (entry.Value is not YamlText { Span: var at } || lines[at.StartLine - 1].ElementAtOrDefault(at.StartColumn) is '|' or '>') return null;
        if (written != Yaml.Quote(text) && text.Contains('\n', StringComparison.Ordinal)) return null;
        return
        [
            .. lines[..(at.StartLine - 1)], lines[at.StartLine - 1][..at.StartColumn] + written + lines[at.EndLine - 1][at.EndColumn..],
            .. lines[at.EndLine..],
        ];
    }

    private static string[] Scalar(string key, string text, int column)
    {
        var before = new string(' ', column);
        if (!text.Contains('\n', StringComparison.Ordinal)) return [$"{before}{key}: {Bare(text)}"];
        return [$"{before}{key}: |-", .. text.Split('\n').Select(line => line.Length == 0 ? "" : $"{before}  {line}")];
    }

    // Without quotation marks only if YAML can't read it as anything but text.
    private static string Bare(string text) => Plain().IsMatch(text) && text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off"
        or "null") ? text : Yaml.Quote(text);

    [GeneratedRegex(@"^\p{L}[\p{L}\p{N} ,.’()/&!?%–-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
