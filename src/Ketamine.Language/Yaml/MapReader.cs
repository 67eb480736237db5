using System.Collections.Immutable;
using System.Globalization;

namespace Ketamine.Language;

/// <summary>A parser in the manner of <c>TryParse</c>.</summary>
public delegate bool TryParse<T>(string text, out T value);

/// <summary>
/// Reads a YAML map key by key. What is asked for is what is known: <see cref="Close"/> reports every key that nobody asked for. A value that
/// is wrong is noted and answered with the fallback, so that reading goes on and all mistakes are found at once.
/// </summary>
public sealed class MapReader
{
    private readonly Dictionary<string, YamlEntry> _entries;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Diagnostics _notes;
    private readonly string _path;
    private bool _misfit; // something else stands where the map should: what it lacks is not told on top of that

    /// <param name="path">What stands before the keys in messages: "address." or nothing.</param>
    public MapReader(YamlMap map, Diagnostics notes, string path = "")
    {
        (_notes, _path, Line) = (notes, path, map.Line);
        _entries = map.Entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
        Keys = [.. map.Entries.Select(entry => (entry.Key, entry.Line))];
    }

    public int Line { get; }

    /// <summary>In the file's order.</summary>
    public ImmutableArray<(string Key, int Line)> Keys { get; }

    /// <summary>The map at a document's root; an empty one, with the problem noted, where something else stands there.</summary>
    public static MapReader Root(YamlValue? root, Diagnostics notes)
    {
        if (root is YamlMap map) return new MapReader(map, notes);
        if (root is not null) notes.Error(root.Line, "file", root.Found, "a map of keys and values");
        return new MapReader(new YamlMap(1, []), notes) { _misfit = root is not null };
    }

    /// <summary>The maps of a list at a document's root.</summary>
    public static IEnumerable<MapReader> RootList(YamlValue? root, Diagnostics notes)
    {
        if (root is null or YamlText { Nothing: true }) return [];
        if (root is YamlList list) return Items(list, notes, "");
        notes.Error(root.Line, "file", root.Found, "a list, each entry beginning with a hyphen");
        return [];
    }

    /// <summary>The line of a key, or of the map where the key is absent.</summary>
    public int LineOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Line : Line;

    public bool Has(string key) => Take(key) is not null;

    /// <summary>Text; null where absent. A number or a date is taken as it is written.</summary>
    public string? Text(string key, int max = 1000)
    {
        switch (Take(key))
        {
            case null: return null;
            case YamlText { Text: var text, Line: var line }:
                if (text.Length <= max) return text.Trim();
                Wrong(line, key, $"{text.Length} characters", $"at most {max}");
                return text[..max];
            case var other:
                Wrong(other.Line, key, other.Found, "text");
                return null;
        }
    }

    /// <summary>Text that must be there and not be empty; "" with the problem noted where it isn't.</summary>
    public string Required(string key, int max = 1000)
    {
        var text = Text(key, max);
        if (string.IsNullOrEmpty(text) && Take(key) is null or YamlText) Missing(key, text is null ? "nothing" : "empty text", "text");
        return text ?? "";
    }

    /// <summary>A piece of Markdown with the line that it begins on.</summary>
    public (string Markdown, int Line)? Markdown(string key) =>
        Text(key, 100_000) is { Length: > 0 } text ? (text, ((YamlText)Take(key)!).TextLine) : null;

    public bool Flag(string key, bool fallback = false)
    {
        switch (Take(key))
        {
            case null: return fallback;
            case YamlText { Plain: true, Text: "true" or "True" or "TRUE" }: return true;
            case YamlText { Plain: true, Text: "false" or "False" or "FALSE" }: return false;
            case var other:
                Wrong(other.Line, key, other.Found, "true or false, without quotation marks");
                return fallback;
        }
    }

    public int Number(string key, int fallback, int min, int max)
    {
        if (Take(key) is not { } value) return fallback;
        if (value is YamlText { Text: var text } && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Wrong(value.Line, key, value.Found, $"a whole number from {min} to {max}");
        return fallback;
    }

    public double? Decimal(string key, double min, double max)
    {
        if (Take(key) is not { } value) return null;
        if (value is YamlText { Text: var text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Wrong(value.Line, key, value.Found, $"a number from {min} to {max}");
        return null;
    }

    /// <summary>A value of a type of its own; null where absent or wrong.</summary>
    /// <param name="wanted">The type in an editor's words, with an example.</param>
    public T? Value<T>(string key, TryParse<T> parse, string wanted) where T : struct =>
        Parsed(key, parse, wanted, out var value) ? value : null;

    /// <inheritdoc cref="Value{T}"/>
    public T? Object<T>(string key, TryParse<T> parse, string wanted) where T : class =>
        Parsed(key, parse, wanted, out var value) ? value : null;

    /// <summary>A value that must be there; the type's default, with the problem noted, where it isn't.</summary>
    public T RequiredValue<T>(string key, TryParse<T> parse, string wanted)
    {
        if (Take(key) is null) Missing(key, "nothing", wanted);
        return Parsed(key, parse, wanted, out var value) ? value : default!;
    }

    /// <summary>One of a few words.</summary>
    public string? OneOf(string key, params string[] words)
    {
        if (Text(key) is not { } text) return null;
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        Wrong(LineOf(key), key, Diagnostics.Quote(text), $"one of {string.Join(", ", words)}{NearestName.Hint(text, words)}");
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
                foreach (var item in list.Items.Where(item => item is not YamlText { Nothing: false })) Wrong(item.Line, key, item.Found, "a list of texts");
                return [.. list.Items.OfType<YamlText>().Where(item => !item.Nothing).Select(item => (item.Text.Trim(), item.Line))];
            case var other:
                Wrong(other.Line, key, other.Found, "a list of texts");
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
                Wrong(other.Line, key, other.Found, wanted);
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
                Wrong(other.Line, key, other.Found, "a map of keys and values");
                return null;
        }
    }

    public IEnumerable<MapReader> Maps(string key)
    {
        switch (Take(key))
        {
            case null: return [];
            case YamlList list: return Items(list, _notes, $"{_path}{key}.");
            case var other:
                Wrong(other.Line, key, other.Found, "a list, each entry beginning with a hyphen");
                return [];
        }
    }

    /// <summary>Notes a problem of a key's value in this map.</summary>
    public void Wrong(string key, string found, string wanted) => Wrong(LineOf(key), key, found, wanted);

    /// <summary>Reports the keys that are not known here, each with the nearest one that is.</summary>
    public void Close()
    {
        foreach (var (key, line) in Keys.Where(entry => !_asked.Contains(entry.Key)))
            _notes.Error(line, _path + key, "an unknown key", NearestName.To(key, _asked) is { } near ? $"{near}, perhaps" : $"one of {string.Join(", ", _asked)}");
    }

    private bool Parsed<T>(string key, TryParse<T> parse, string wanted, out T value)
    {
        value = default!;
        if (Take(key) is not { } found) return false;
        if (found is YamlText { Text: var text } && parse(text.Trim(), out value)) return true;
        Wrong(found.Line, key, found.Found, wanted);
        value = default!;
        return false;
    }

    /// <summary>The value of a key, which is thereby known; null where the key is absent or has nothing after it.</summary>
    private YamlValue? Take(string key)
    {
        _asked.Add(key);
        return _entries.TryGetValue(key, out var entry) && entry.Value is not YamlText { Nothing: true } ? entry.Value : null;
    }

    private void Missing(string key, string found, string wanted)
    {
        if (!_misfit) _notes.Error(LineOf(key), _path + key, found, $"{wanted}: the key is required");
    }

    private void Wrong(int line, string key, string found, string wanted) => _notes.Error(line, _path + key, found, wanted);

    private static IEnumerable<MapReader> Items(YamlList list, Diagnostics notes, string path)
    {
        foreach (var item in list.Items)
        {
            if (item is YamlMap map) yield return new MapReader(map, notes, path);
            else notes.Error(item.Line, path.TrimEnd('.') is { Length: > 0 } name ? name : "file", item.Found, "a list of maps: keys and values after each hyphen");
        }
    }
}
