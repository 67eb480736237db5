using System.Collections.Immutable;
using System.Globalization;

namespace Ketamine.Language;

/// <summary>A parser in the manner of <c>TryParse</c>.</summary>
public delegate bool TryParse<T>(string text, out T value);

/// <summary>
/// Reads a YAML map key by key. What is asked for is what is known: <see cref="Close"/> reports every key that nobody asked for. A value that
/// is wrong is noted and answered with the fallback, so that reading continues and all mistakes are found at once. A mistake is noted once: what
/// only follows from it is left out.
/// </summary>
public sealed class MapReader
{
    // Words that people write for a key of another name.
    private static readonly Dictionary<string, string[]> Synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zip"] = ["postalCode"],
        ["zipcode"] = ["postalCode"],
        ["postcode"] = ["postalCode"],
        ["state"] = ["region"],
        ["tel"] = ["phone"],
        ["telephone"] = ["phone"],
        ["mail"] = ["email"],
        ["e-mail"] = ["email"],
        ["author"] = ["authors"],
        ["tag"] = ["topics"],
        ["tags"] = ["topics"],
        ["category"] = ["topics"],
        ["categories"] = ["topics"],
        ["date"] = ["published"],
        ["excerpt"] = ["summary"],
        ["description"] = ["summary"],
        ["alt"] = ["imageAlt"],
        ["website"] = ["url"],
        ["site"] = ["url"],
        ["open"] = ["opens"],
        ["close"] = ["closes"],
        ["start"] = ["from"],
        ["end"] = ["to"],
        ["reviewer"] = ["reviewedBy"],
        ["lat"] = ["latitude"],
        ["lng"] = ["longitude"],
        ["lon"] = ["longitude"],
        ["timezone"] = ["timeZone"],
        ["booking"] = ["consultation"],
        ["opening"] = ["hours"],
        ["color"] = ["accent"],
    };

    private readonly Dictionary<string, YamlEntry> _entries;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Diagnostic> _missing = new(StringComparer.Ordinal);
    private readonly Diagnostics _notes;
    private readonly string _path;
    private bool _misfit; // something else is in the map's place: what it lacks only follows from that

    /// <param name="path">What comes before the keys in messages: "address." or nothing.</param>
    public MapReader(YamlMap map, Diagnostics notes, string path = "")
    {
        (_notes, _path, Line) = (notes, path, map.Line);
        _entries = map.Entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
        Keys = [.. map.Entries.Select(entry => (entry.Key, entry.Line))];
    }

    public int Line { get; }

    /// <summary>In the file's order.</summary>
    public ImmutableArray<(string Key, int Line)> Keys { get; }

    /// <summary>The map at a document's root; an empty one, with the problem noted, where something else is there.</summary>
    public static MapReader Root(YamlValue? root, Diagnostics notes)
    {
        if (root is YamlMap map) return new MapReader(map, notes) { _misfit = notes.Failed };
        if (root is not null) notes.Error(root.Line, "file", $"{root.Found} instead of keys and values", "name: value, each on a line by itself");
        return new MapReader(new YamlMap(1, []), notes) { _misfit = root is not null };
    }

    /// <summary>The maps of a list at a document's root.</summary>
    public static IEnumerable<MapReader> RootList(YamlValue? root, Diagnostics notes)
    {
        if (root is null or YamlText { Nothing: true }) return [];
        if (root is YamlList list) return Items(list, notes, "");
        notes.Error(root.Line, "file", $"{root.Found} where a list belongs", "- before the first key of each entry, and two spaces before its other keys");
        return [];
    }

    /// <summary>The line of a key, or of the map where the key is absent.</summary>
    public int LineOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Line : Line;

    public bool Has(string key) => Take(key) is not null;

    /// <summary>Whether a key's value is text, and no list or map.</summary>
    public bool IsText(string key) => Take(key) is YamlText;

    /// <summary>Text; null where absent. A number or a date is taken as it is written.</summary>
    public string? Text(string key, int max = 1000)
    {
        switch (Take(key))
        {
            case null: return null;
            case YamlText { Text: var text, Line: var line } value:
                if (value.Cut is { } cut)
                    _notes.Warn(
                        line,
                        _path + key,
                        $"the text ends before \"#{Diagnostics.Shown(cut)}\": YAML takes what follows a space and # for a remark",
                        $"{key}: {Yaml.Quote($"{text} #{cut}")}",
                        value.Span,
                        Yaml.Quote($"{text} #{cut}")
                    );
                if (text.Length <= max) return text.Trim();
                Wrong(line, key, $"{text.Length} characters, where {max} are the most", $"{key}: at most {max} characters");
                return text[..max];
            case var other:
                Wrong(other.Line, key, $"{other.Found} where a text belongs", $"{key}: {Yaml.Quote(First(other) ?? "…")}");
                return null;
        }
    }

    /// <summary>Text that must be there and not be empty; "" with the problem noted where it isn't.</summary>
    public string Required(string key, int max = 1000)
    {
        var text = Text(key, max);
        if (string.IsNullOrEmpty(text) && Take(key) is null or YamlText) Missing(key, "…");
        return text ?? "";
    }

    /// <summary>A piece of Markdown with the line that it begins on.</summary>
    public (string Markdown, int Line)? Markdown(string key) =>
        Text(key, 100_000) is { Length: > 0 } text ? (text, ((YamlText)Take(key)!).TextLine) : null;

    /// <summary>True or false, also as yes, no, on or off.</summary>
    public bool Flag(string key, bool fallback = false)
    {
        switch (Take(key))
        {
            case null: return fallback;
            case YamlText { Text: var text } value when text.Trim().ToLowerInvariant() is "true" or "yes" or "on" or "y" or "false" or "no" or "off" or "n":
                var flag = text.Trim().ToLowerInvariant() is "true" or "yes" or "on" or "y";
                if (text is not ("true" or "false") || !value.Plain) Rewrite(value, key, flag ? "true" : "false");
                return flag;
            case var other:
                Wrong(other.Line, key, $"{other.Found} where true or false belongs", $"{key}: {(fallback ? "false" : "true")}");
                return fallback;
        }
    }

    /// <summary>A whole number; a unit after it ("20 minutes") is passed over.</summary>
    public int Number(string key, int fallback, int min, int max)
    {
        if (Take(key) is not { } value) return fallback;
        if (value is YamlText { Text: var text } && WrittenNumber.TryParse(text, out var number))
        {
            if (number >= min && number <= max)
            {
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    Rewrite((YamlText)value, key, number.ToString(CultureInfo.InvariantCulture));
                return number;
            }

            Wrong(value.Line, key, $"{number} is not from {min} to {max}", $"{key}: {(number < min ? min : max)}");
            return fallback;
        }

        Wrong(
            value.Line,
            key,
            $"{value.Found} is not a whole number",
            $"{key}: {(value is YamlText said ? WrittenNumber.InWords(said.Text) : null) ?? Math.Clamp(fallback, min, max)}"
        );
        return fallback;
    }

    public double? Decimal(string key, double min, double max)
    {
        if (Take(key) is not { } value) return null;
        if (value is YamlText { Text: var text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (number >= min && number <= max) return number;
            Wrong(
                value.Line,
                key,
                $"{value.Found} is not from {min} to {max}",
                string.Create(CultureInfo.InvariantCulture, $"{key}: a number from {min} to {max}")
            );
            return null;
        }

        Wrong(value.Line, key, $"{value.Found} is not a number", $"{key}: {(key == "longitude" ? "-104.9678" : key == "latitude" ? "39.7581" : "1.5")}");
        return null;
    }

    /// <summary>A value of a type with a parser; null where absent or wrong.</summary>
    /// <param name="wanted">The type in an editor's words, with an example: "a color, e.g. \"#0f4a4f\"".</param>
    /// <param name="suggest">What a wrong text most likely meant, as YAML; null where nobody can say.</param>
    /// <param name="canonical">The value as the file should have it, where it was written another way; null leaves it.</param>
    public T? Value<T>(string key, TryParse<T> parse, string wanted, Func<string, string?>? suggest = null, Func<T, string>? canonical = null)
        where T : struct => Parsed(key, parse, wanted, suggest, canonical, out var value) ? value : null;

    /// <inheritdoc cref="Value{T}"/>
    public T? Object<T>(string key, TryParse<T> parse, string wanted, Func<string, string?>? suggest = null, Func<T, string>? canonical = null)
        where T : class => Parsed(key, parse, wanted, suggest, canonical, out var value) ? value : null;

    /// <summary>A value that must be there; the type's default, with the problem noted, where it isn't.</summary>
    /// <inheritdoc cref="Value{T}"/>
    public T RequiredValue<T>(string key, TryParse<T> parse, string wanted, Func<string, string?>? suggest = null, Func<T, string>? canonical = null)
    {
        if (Take(key) is null) Missing(key, Example(wanted).Example ?? wanted);
        return Parsed(key, parse, wanted, suggest, canonical, out var value) ? value : default!;
    }

    /// <summary>One of a few words, in any case.</summary>
    public string? OneOf(string key, params string[] words)
    {
        if (Text(key) is not { } text) return null;
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        if (Array.Find(words, word => string.Equals(word, text, StringComparison.OrdinalIgnoreCase)) is { } same)
        {
            if (Take(key) is YamlText value) Rewrite(value, key, same);
            return same;
        }

        Wrong(LineOf(key), key, $"{Diagnostics.Quote(text)} is not one of {string.Join(", ", words)}", $"{key}: {NearestName.To(text, words) ?? words[0]}");
        return null;
    }

    /// <summary>A list of texts with their lines; a single text counts as a list of one.</summary>
    public ImmutableArray<(string Text, int Line)> Texts(string key)
    {
        switch (Take(key))
        {
            case null: return [];
            case YamlText one: return [(one.Text.Trim(), one.Line)];
            case YamlList list:
                foreach (var item in list.Items.Where(item => item is not YamlText { Nothing: false }))
                    Wrong(item.Line, key, $"{item.Found} in a list of texts", $"{key}: [one, two]");
                return [.. list.Items.OfType<YamlText>().Where(item => !item.Nothing).Select(item => (item.Text.Trim(), item.Line))];
            case var other:
                Wrong(other.Line, key, $"{other.Found} where a list of texts belongs", $"{key}: [one, two]");
                return [];
        }
    }

    /// <summary>The values of a list, whatever they are.</summary>
    public ImmutableArray<YamlValue> List(string key, string wanted)
    {
        switch (Take(key))
        {
            case null: return [];
            case YamlList list: return list.Items;
            case var other:
                Wrong(other.Line, key, $"{other.Found} is not {wanted}", $"{key}: [first, second]");
                return [];
        }
    }

    public MapReader? Map(string key)
    {
        switch (Take(key))
        {
            case null: return null;
            case YamlMap map: return new MapReader(map, _notes, $"{_path}{key}.");
            case var other:
                Wrong(other.Line, key, $"{other.Found} where keys and values belong", $"{key}: and below it, two spaces in, one key a line");
                return null;
        }
    }

    public IEnumerable<MapReader> Maps(string key)
    {
        switch (Take(key))
        {
            case null: return [];
            case YamlList list: return Items(list, _notes, $"{_path}{key}.");
            case YamlMap one:
                Wrong(
                    one.Line,
                    key,
                    "one entry where a list belongs",
                    $"- {(one.Entries is [var first, ..] ? first.Key : "key")}: … (a hyphen before the first key of each entry)"
                );
                return [];
            case var other:
                Wrong(other.Line, key, $"{other.Found} where a list belongs", $"{key}: and below it, a hyphen before the first key of each entry");
                return [];
        }
    }

    /// <summary>The values of a list whose entries may be text or maps; a single text counts as a list of one.</summary>
    public ImmutableArray<YamlValue> Values(string key) => Take(key) switch
    {
        null => [],
        YamlList list => list.Items,
        var one => [one],
    };

    /// <summary>A map that was found among other values, with this one's file and messages.</summary>
    public MapReader Inner(YamlMap map, string key) => new(map, _notes, $"{_path}{key}.");

    /// <summary>Notes a problem of a key's value in this map.</summary>
    public void Wrong(string key, string found, string wanted) => Wrong(LineOf(key), key, found, wanted);

    /// <inheritdoc cref="Wrong(string,string,string)"/>
    public void Wrong(int line, string key, string found, string wanted) => _notes.Error(line, _path + key, found, wanted);

    /// <summary>Notes that a key is not there and has to be.</summary>
    /// <param name="example">What could come after the colon.</param>
    public void Missing(string key, string example)
    {
        if (_misfit || _missing.ContainsKey(key)) return;
        _notes.Error(LineOf(key), _path + key, "missing", $"{key}: {example}");
        _missing[key] = _notes.Problems[^1];
    }

    /// <summary>Says how a value that was taken is better written.</summary>
    public void Rewrite(YamlText value, string key, string now) => _notes.Rewrite(value.Line, _path + key, value.Span, now);

    /// <summary>The text of a key with its place; null where it is absent or no text.</summary>
    public YamlText? Source(string key) => Take(key) as YamlText;

    /// <summary>Reports the keys that are not known here, each with the one that was meant.</summary>
    public void Close()
    {
        foreach (var entry in Keys.Where(entry => !_asked.Contains(entry.Key)).Select(entry => _entries[entry.Key]))
        {
            var free = _asked.Where(key => !_entries.ContainsKey(key)).ToList();
            var near =
                Synonyms.GetValueOrDefault(entry.Key)?.FirstOrDefault(free.Contains) ?? NearestName.To(entry.Key, free) ?? NearestName.To(entry.Key, _asked);
            // That the key is missing was only the other side of the same slip.
            if (near is not null && _missing.Remove(near, out var missed)) _notes.Problems.Remove(missed);
            var certain = near is not null && !_entries.ContainsKey(near) && EditDistance.Typos(entry.Key.ToLowerInvariant(), near.ToLowerInvariant(), 2) <= 2;
            _notes.Error(
                entry.Line,
                _path + entry.Key,
                "not a key that the site knows",
                near is null ? $"one of {string.Join(", ", _asked)}" : $"{near}: {First(entry.Value)}".TrimEnd(),
                certain ? entry.KeySpan : null,
                near
            );
        }
    }

    /// <summary>Parts "a time, e.g. \"09:00\"" into the kind and the example.</summary>
    private static (string Kind, string? Example) Example(string wanted)
    {
        var at = wanted.IndexOf(", e.g. ", StringComparison.Ordinal);
        if (at < 0) return (wanted, null);
        var example = wanted[(at + ", e.g. ".Length)..];
        return (wanted[..at], example.Contains(", or ", StringComparison.Ordinal) ? example : example.Split(" or ")[0]);
    }

    private static string? First(YamlValue value) => value switch
    {
        YamlText { Nothing: true } => null,
        YamlText text => Diagnostics.Shown(text.Plain ? text.Text : Yaml.Quote(text.Text)),
        YamlList { Items: var items } when items.All(item => item is YamlText) => $"[{string.Join(", ", items.OfType<YamlText>().Select(item => item.Text))}]",
        _ => null,
    };

    private bool Parsed<T>(string key, TryParse<T> parse, string wanted, Func<string, string?>? suggest, Func<T, string>? canonical, out T value)
    {
        value = default!;
        if (Take(key) is not { } found) return false;
        if (found is YamlText { Text: var text } source)
        {
            var bare = Bare(text);
            if (parse(bare, out value))
            {
                if (canonical?.Invoke(value) is { } better && better != (source.Plain ? text : Yaml.Quote(text))) Rewrite(source, key, better);
                return true;
            }

            if (suggest?.Invoke(bare) is { } meant)
            {
                Wrong(found.Line, key, $"{found.Found} is not {Example(wanted).Kind}", $"{key}: {meant}");
                value = default!;
                return false;
            }
        }

        var (kind, example) = Example(wanted);
        Wrong(found.Line, key, $"{found.Found} is not {kind}", example is null ? wanted : $"{key}: {example}");
        value = default!;
        return false;
    }

    // Quotation marks of a word processor are not YAML's, and stay in the value.
    private static string Bare(string text) => text.Trim().Trim('“', '”', '„', '‘', '’', '«', '»').Trim();

    /// <summary>The value of a key, which is thereby known; null where the key is absent or has nothing after it.</summary>
    private YamlValue? Take(string key)
    {
        _asked.Add(key);
        if (!_entries.TryGetValue(key, out var entry)) return null;
        if (entry.Value is not YamlText { Nothing: true } nothing) return entry.Value;
        // key: #1 or key: #0f4a4f: a remark to YAML, and to nobody else.
        if (nothing.Cut is { Length: > 0 } cut && !char.IsWhiteSpace(cut[0]) && _missing.TryAdd(key, new Diagnostic(_notes.File, entry.Line, key, "", "")))
            _notes.Error(
                entry.Line,
                _path + key,
                $"nothing, because YAML takes #{Diagnostics.Shown(cut)} for a remark",
                $"{key}: {Yaml.Quote("#" + cut)}",
                nothing.Span,
                Yaml.Quote("#" + cut)
            );
        return null;
    }

    private static IEnumerable<MapReader> Items(YamlList list, Diagnostics notes, string path)
    {
        foreach (var item in list.Items)
        {
            if (item is YamlMap map) yield return new MapReader(map, notes, path);
            else
                notes.Error(
                    item.Line,
                    path.TrimEnd('.') is { Length: > 0 } name ? name : "file",
                    $"{item.Found} where an entry with keys belongs",
                    "- and after the hyphen, key: value"
                );
        }
    }
}
