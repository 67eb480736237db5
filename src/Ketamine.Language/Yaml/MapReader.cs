using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Ketamine.Language;

/// <summary>A parser with the signature of <c>TryParse</c>.</summary>
public delegate bool TryParse<T>(string text, out T value);

/// <summary>
/// Reads a YAML map key by key. <see cref="Close"/> reports every key that was never read. A wrong value is noted and replaced by the fallback, so
/// reading continues and finds all mistakes at once. Each mistake is noted once, without its consequences.
/// </summary>
public sealed partial class MapReader
{
    // Words that people write instead of a key's name.
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

    // A line that may come below a key whose value people write in one line instead.
    private static readonly Dictionary<string, string> Below = new(StringComparer.Ordinal)
    {
        ["address"] = "street: 12 Main Street",
        ["geo"] = "latitude: 39.7581",
        ["license"] = "number: \"0000\"",
        ["notice"] = "text: We're closed today.",
        ["social"] = "instagram: https://www.instagram.com/your-clinic",
        ["theme"] = "accent: \"#0f4a4f\"",
    };

    private readonly Dictionary<string, YamlEntry> _entries;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Diagnostic> _missing = new(StringComparer.Ordinal);
    private readonly Diagnostics _notes;
    private readonly string _path;
    private string _elsewhere = ""; // what to do with a key that was indented by mistake
    private bool _misfit; // something else is in the map's place, so missing keys are only a consequence

    /// <param name="path">The prefix of keys in messages: "address." or nothing.</param>
    public MapReader(YamlMap map, Diagnostics notes, string path = "")
    {
        (_notes, _path, Line) = (notes, path, map.Line);
        _entries = map.Entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
        Keys = [.. map.Entries.Select(entry => (entry.Key, entry.Line))];
    }

    public int Line { get; }

    /// <summary>In the file's order.</summary>
    public ImmutableArray<(string Key, int Line)> Keys { get; }

    /// <summary>The map at a document's root. If something else is there, notes the problem and returns an empty map.</summary>
    /// <param name="example">The form of its lines, in messages.</param>
    public static MapReader Root(YamlValue? root, Diagnostics notes, string example = "name: value")
    {
        if (root is YamlMap map) return new MapReader(map, notes) { _misfit = notes.Failed };
        if (root is not null) notes.Error(root.Line, "file", $"{root.Found} instead of keys and values", $"{example}, each on a separate line");
        return new MapReader(new YamlMap(1, []), notes) { _misfit = root is not null };
    }

    /// <summary>The maps of a list at a document's root.</summary>
    /// <inheritdoc cref="Maps"/>
    public static IEnumerable<MapReader> RootList(YamlValue? root, Diagnostics notes, string first = "key: value")
    {
        if (root is null or YamlText { Nothing: true }) return [];
        if (root is YamlList list) return Items(list, notes, "", first);
        notes.Error(root.Line, "file", $"{root.Found} instead of a list", "- before the first key of each entry, and two spaces before its other keys");
        return [];
    }

    /// <summary>The line of a key, or of the map if the key is absent.</summary>
    public int LineOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Line : Line;

    public bool Has(string key) => Take(key) is not null;

    /// <summary>Text; null if absent. A number or date is returned as written.</summary>
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
                        $"the text ends before \"#{Diagnostics.Shown(cut)}\": in YAML, anything after a space and # is a comment",
                        $"{key}: {Yaml.Quote($"{text} #{cut}")}",
                        value.Span,
                        Yaml.Quote($"{text} #{cut}"));
                if (text.Length <= max) return text.Trim();
                Wrong(line, key, $"{text.Length} characters; the limit is {max}", $"{key}: at most {max} characters");
                return text[..max];
            case var other:
                Wrong(other.Line, key, $"{other.Found} instead of text", $"{key}: {Yaml.Quote(First(other) ?? "…")}");
                return null;
        }
    }

    /// <summary>Required, non-empty text. If it is missing, notes the problem and returns "".</summary>
    public string Required(string key, int max = 1000)
    {
        var text = Text(key, max);
        if (string.IsNullOrEmpty(text) && Take(key) is null or YamlText) Missing(key, "…");
        return text ?? "";
    }

    /// <summary>A piece of Markdown with the line that it begins on.</summary>
    public (string Markdown, int Line)? Markdown(string key) =>
        Text(key, 100_000) is { Length: > 0 } text ? (text, ((YamlText)Take(key)!).TextLine) : null;

    /// <summary>True or false, also as yes, no, on, or off.</summary>
    public bool Flag(string key, bool fallback = false)
    {
        switch (Take(key))
        {
            case null: return fallback;
            case YamlText { Text: var text } value when text.Trim().ToLowerInvariant() is "true" or "yes" or "on" or "y" or "false" or "no" or "off" or "n":
                var flag = text.Trim().ToLowerInvariant() is "true" or "yes" or "on" or "y";
                if (text is not ("true" or "false") || !value.Plain) Rewrite(value, flag ? "true" : "false");
                return flag;
            case var other:
                Wrong(other.Line, key, $"{other.Found} instead of true or false", $"{key}: {(fallback ? "false" : "true")}");
                return fallback;
        }
    }

    /// <summary>A whole number; a unit after it ("20 minutes") is ignored.</summary>
    public int Number(string key, int fallback, int min, int max)
    {
        if (Take(key) is not { } value) return fallback;
        if (value is YamlText { Text: var text } && WrittenNumber.TryParse(text, out var number))
        {
            if (number >= min && number <= max)
            {
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    Rewrite((YamlText)value, number.ToString(CultureInfo.InvariantCulture));
                return number;
            }

            Wrong(value.Line, key, $"{number} isn't between {min} and {max}", $"{key}: {(number < min ? min : max)}");
            return fallback;
        }

        Wrong(
            value.Line,
            key,
            $"{value.Found} is not a whole number",
            $"{key}: {(value is YamlText said ? WrittenNumber.InWords(said.Text) : null) ?? Math.Clamp(fallback, min, max)}");
        return fallback;
    }

    /// <summary>An amount in dollars; "$1,450" is accepted too.</summary>
    public double? Dollars(string key, double max)
    {
        if (Take(key) is YamlText { Text: var text } value && Amount().Match(text.Trim()) is { Success: true } amount
            && double.TryParse(amount.Groups[1].Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var sum)
            && sum <= max)
        {
            Rewrite(value, sum.ToString(CultureInfo.InvariantCulture));
            return sum;
        }

        return Decimal(key, 0, max, example: "450");
    }

    public double? Decimal(string key, double min, double max, string example)
    {
        if (Take(key) is not { } value) return null;
        if (value is YamlText { Text: var text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (number >= min && number <= max) return number;
            Wrong(
                value.Line,
                key,
                $"{value.Found} isn't between {min} and {max}",
                string.Create(CultureInfo.InvariantCulture, $"{key}: a number from {min} to {max}"));
            return null;
        }

        Wrong(value.Line, key, $"{value.Found} is not a number", $"{key}: {example}");
        return null;
    }

    /// <summary>A value of a type with a parser; null if absent or wrong.</summary>
    /// <param name="wanted">The type in an editor's words, with an example: "a color, e.g. \"#0f4a4f\"".</param>
    /// <param name="suggest">The likely meaning of a wrong text, as YAML; null if unclear.</param>
    /// <param name="canonical">The preferred form, if the value was written another way; null to leave it.</param>
    public T? Value<T>(string key, TryParse<T> parse, string wanted, Func<string, string?>? suggest = null, Func<T, string>? canonical = null)
        where T : struct => Parsed(key, parse, wanted, suggest, canonical, out var value) ? value : null;

    /// <inheritdoc cref="Value{T}"/>
    public T? Object<T>(string key, TryParse<T> parse, string wanted, Func<string, string?>? suggest = null, Func<T, string>? canonical = null)
        where T : class => Parsed(key, parse, wanted, suggest, canonical, out var value) ? value : null;

    /// <summary>A required value. If it is missing, notes the problem and returns the type's default.</summary>
    /// <inheritdoc cref="Value{T}"/>
    public T RequiredValue<T>(string key, TryParse<T> parse, string wanted, Func<string, string?>? suggest = null, Func<T, string>? canonical = null)
    {
        if (Take(key) is null) Missing(key, Example(wanted).Example ?? wanted);
        return Parsed(key, parse, wanted, suggest, canonical, out var value) ? value : default!;
    }

    /// <summary>One of a few words, ignoring case.</summary>
    public string? OneOf(string key, params string[] words)
    {
        if (Text(key) is not { } text) return null;
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        if (Array.Find(words, word => string.Equals(word, text, StringComparison.OrdinalIgnoreCase)) is { } same)
        {
            if (Take(key) is YamlText value) Rewrite(value, same);
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
                Wrong(other.Line, key, $"{other.Found} instead of a list of texts", $"{key}: [one, two]");
                return [];
        }
    }

    /// <summary>The values of a list, of any kind.</summary>
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
            case YamlMap map:
                return new MapReader(map, _notes, $"{_path}{key}.")
                {
                    _elsewhere = _path.Length == 0 ? $"; if it isn't part of {key}, delete the spaces before it" : "",
                };
            case var other:
                Wrong(other.Line, key, $"{other.Found} instead of keys and values",
                    Below.TryGetValue(key, out var example) ? $"{key}: and below it, two spaces in, one key per line, such as {example}"
                        : $"{key}: and below it, indented two spaces, one key per line");
                return null;
        }
    }

    /// <param name="first">How an entry may begin, in messages.</param>
    public IEnumerable<MapReader> Maps(string key, string first = "key: value")
    {
        switch (Take(key))
        {
            case null: return [];
            case YamlList list: return Items(list, _notes, $"{_path}{key}.", first);
            case YamlMap one:
                Wrong(
                    one.Line,
                    key,
                    "one entry instead of a list",
                    one.Entries is [var entry, ..] && (first == "key: value" || first.StartsWith(entry.Key + ":", StringComparison.Ordinal))
                        ? $"- {entry.Key}: … (a hyphen before the first key of each entry)"
                        : $"- {first} (a hyphen before the first key of each entry)");
                return [];
            case var other:
                Wrong(other.Line, key, $"{other.Found} instead of a list", $"{key}: and below it, a hyphen before the first key of each entry");
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

    /// <summary>A map found among other values, sharing this one's file and messages.</summary>
    public MapReader Inner(YamlMap map, string key) => new(map, _notes, $"{_path}{key}.");

    /// <summary>Notes a problem of a key's value in this map.</summary>
    public void Wrong(string key, string found, string wanted) => Wrong(LineOf(key), key, found, wanted);

    /// <inheritdoc cref="Wrong(string,string,string)"/>
    public void Wrong(int line, string key, string found, string wanted) => _notes.Error(line, _path + key, found, wanted);

    /// <summary>Notes that a required key is missing.</summary>
    /// <param name="example">What could come after the colon.</param>
    public void Missing(string key, string example)
    {
        if (_misfit || _missing.ContainsKey(key)) return;
        _notes.Error(LineOf(key), _path + key, "missing", $"{key}: {example}");
        _missing[key] = _notes.Problems[^1];
    }

    /// <summary>Suggests a better way to write an accepted value.</summary>
    public void Rewrite(YamlText value, string now) => _notes.Rewrite(value.Span, now);

    /// <summary>A key's text with its position; null if it is absent or not text.</summary>
    public YamlText? Source(string key) => Take(key) as YamlText;

    /// <summary>Reports unknown keys, each with the key that was probably meant.</summary>
    public void Close()
    {
        var unknown = Keys.Where(entry => !_asked.Contains(entry.Key)).Select(entry => _entries[entry.Key]).ToList();
        // An entry without a single known key is something else altogether; the keys that it lacks are only a consequence.
        if (unknown.Count > 0 && unknown.Count == Keys.Length) ForgetMissing();
        foreach (var entry in unknown)
        {
            var free = _asked.Where(key => !_entries.ContainsKey(key)).ToList();
            var near =
                Synonyms.GetValueOrDefault(entry.Key)?.FirstOrDefault(free.Contains) ?? NearestName.To(entry.Key, free) ?? NearestName.To(entry.Key, _asked);
            // The missing key was only a consequence of the same typo.
            if (near is not null && _missing.Remove(near, out var missed)) _notes.Problems.Remove(missed);
            var certain = near is not null && !_entries.ContainsKey(near) && EditDistance.Typos(entry.Key.ToLowerInvariant(), near.ToLowerInvariant(), 2) <= 2;
            _notes.Error(
                entry.Line,
                _path + entry.Key,
                "not a known key",
                near is null ? $"one of {string.Join(", ", _asked)}{_elsewhere}" : $"{near}: {First(entry.Value)}".TrimEnd(),
                certain ? entry.KeySpan : null,
                near);
        }
    }

    private void ForgetMissing()
    {
        foreach (var missed in _missing.Values) _notes.Problems.Remove(missed);
        _missing.Clear();
    }

    /// <summary>Whether a problem of a key's value has been noted.</summary>
    public bool IsWrong(string key) => _notes.Problems.Exists(problem => problem.Key == _path + key && problem.Severity == DiagnosticSeverity.Error);

    /// <summary>Splits "a time, e.g. \"09:00\"" into the type and the example.</summary>
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
                if (canonical?.Invoke(value) is { } better && better != (source.Plain ? text : Yaml.Quote(text))) Rewrite(source, better);
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

    // A word processor's quotation marks have no meaning in YAML and stay in the value.
    private static string Bare(string text) => text.Trim().Trim('“', '”', '„', '‘', '’', '«', '»').Trim();

    /// <summary>A key's value, which marks the key as known; null if the key is absent or has nothing after it.</summary>
    private YamlValue? Take(string key)
    {
        _asked.Add(key);
        if (!_entries.TryGetValue(key, out var entry)) return null;
        if (entry.Value is not YamlText { Nothing: true } nothing) return entry.Value;
        // key: #1 or key: #0f4a4f: a comment to YAML, but not to the person who wrote it.
        if (nothing.Cut is { Length: > 0 } cut && !char.IsWhiteSpace(cut[0]) && _missing.TryAdd(key, new Diagnostic(_notes.File, entry.Line, key, "", "")))
            _notes.Error(
                entry.Line,
                _path + key,
                $"nothing, because in YAML #{Diagnostics.Shown(cut)} is a comment",
                $"{key}: {Yaml.Quote("#" + cut)}",
                nothing.Span,
                Yaml.Quote("#" + cut));
        return null;
    }

    [GeneratedRegex(@"^\$? ?([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|(?<=\$ ?)[0-9]+(?:\.[0-9]{1,2})?)\z")]
    private static partial Regex Amount();

    private static IEnumerable<MapReader> Items(YamlList list, Diagnostics notes, string path, string first)
    {
        foreach (var item in list.Items)
        {
            if (item is YamlMap map) yield return new MapReader(map, notes, path);
            else
                notes.Error(
                    item.Line,
                    path.TrimEnd('.') is { Length: > 0 } name ? name : "file",
                    $"{item.Found} instead of an entry with keys",
                    $"- {first} (and below it, two spaces in, the entry's other keys)");
        }
    }
}
