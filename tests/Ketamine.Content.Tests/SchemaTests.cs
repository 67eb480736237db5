using System.Text;
using System.Text.Json;

namespace Ketamine.Content.Tests;

/// <summary>
/// The JSON schemas, which let code editors complete and explain keys, have the same keys as the site. For each map of a schema, the test writes an
/// unknown key, and the site's message lists the keys that it knows.
/// </summary>
public sealed class SchemaTests : IDisposable
{
    private const string Unknown = "zzzzz";
    private readonly TestFolder _folder = new TestFolder().Drawing("a.svg");

    public void Dispose() => _folder.Dispose();

    private static string Schemas => Repository.PathOf("src/Ketamine.Web/Ops/Starter/.schemas");

    // Values that a reader needs in addition to the unknown key; all others are "x".
    private static readonly Dictionary<string, string> Good = new()
    {
        ["url"] = "https://cedar.clinic", ["timeZone"] = "UTC", ["days"] = "[mon]", ["day"] = "mon", ["opens"] = "\"09:00\"", ["closes"] = "\"17:00\"",
            ["from"] = "2026-03-14",
        ["to"] = "2026-03-15", ["date"] = "2026-03-14", ["consent"] = "2026-03-14", ["on"] = "2026-03-14", ["latitude"] = "1", ["longitude"] = "1",
            ["kind"] = "rct",
        ["authors"] = "[A]", ["topics"] = "[a]", ["basis"] = "seen", ["severity"] = "block", ["patterns"] = "['\\bx\\b']", ["examples"] = "[X x x.]",
        ["questions"] = "[{question: Q, answer: A}]", ["href"] = "/", ["key"] = "a", ["name"] = "a", ["entries"] = "[]", ["rule"] = "[fda]",
            ["drugs"] = "[ketamine]",
    };

    public static TheoryData<string> Files() => [.. Directory.EnumerateFiles(Schemas, "*.json").Select(file => Path.GetFileNameWithoutExtension(file))
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void every_list_that_the_site_reads_has_a_schema() =>
        Directory.EnumerateFiles(Schemas, "*.json").Select(file => Path.GetFileNameWithoutExtension(file) + ".yml").Order(StringComparer.Ordinal)
            .ShouldBe(ContentFolder.Known.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void a_schema_has_the_keys_that_the_site_accepts_in_every_map(string name)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Schemas, name + ".json")));
        var maps = 0;
        foreach (var (path, node) in Maps(schema.RootElement, []))
        {
            maps++;
            var yaml = Write(path, node);
            _folder.Write(name + ".yml", yaml);
            var error = _folder.Read().Problems.FirstOrDefault(problem => problem.File == name + ".yml"
                && (problem.Key.EndsWith(Unknown, StringComparison.Ordinal) || problem.Found.Contains(Unknown, StringComparison.Ordinal)));
            error.ShouldNotBeNull($"{name}.yml takes any key in\n{yaml}");
            error.Wanted.ShouldStartWith("one of ", customMessage: yaml);
            node.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)
                .ShouldBe(error.Wanted["one of ".Length..].Split(';')[0].Split(", ").Order(StringComparer.Ordinal), yaml);
        }

        if (name is not ("redirects" or "search")) maps.ShouldBeGreaterThan(0); // in these two, every key is an address or a word
    }

    /// <summary>The sample uses nearly every key. A schema that rejects one would flag correct content.</summary>
    [Fact]
    public void the_sample_has_no_key_that_a_schema_lacks()
    {
        foreach (var name in Directory.EnumerateFiles(Schemas, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)))
        {
            if (Repository.PathOf("content", name + ".yml") is var file && !File.Exists(file)) continue;
            using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Schemas, name + ".json")));
            Refused(Yaml.Read(File.ReadAllText(file), new Ketamine.Language.Diagnostics(name)), schema.RootElement).ShouldBeEmpty(name);
        }
    }

    private static IEnumerable<(List<string> Path, JsonElement Map)> Maps(JsonElement node, List<string> path)
    {
        foreach (var choice in Choices(node))
            foreach (var found in Maps(choice, path)) yield return found;
        if (node.TryGetProperty("properties", out var properties))
        {
            yield return (path, node);
            foreach (var property in properties.EnumerateObject())
                foreach (var found in Maps(property.Value, [.. path, property.Name])) yield return found;
        }

        if (node.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Object)
            foreach (var found in Maps(items, [.. path, "-"])) yield return found;
        if (node.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object)
            foreach (var found in Maps(others, [.. path, "*"])) yield return found;
    }

    private static IEnumerable<JsonElement> Choices(JsonElement node) => new[] { "anyOf", "oneOf" }
        .Where(name => node.TryGetProperty(name, out _)).SelectMany(name => node.GetProperty(name).EnumerateArray());

    private static string Write(List<string> path, JsonElement map)
    {
        var yaml = new StringBuilder();
        var indent = "";
        var first = true;
        foreach (var step in path)
        {
            if (step == "-")
            {
                if (yaml.Length > 0) yaml.Append('\n');
                yaml.Append(indent).Append("- ");
                first = false;
                indent += "  ";
                continue;
            }

            if (!first && yaml[^1] != ' ') yaml.Append('\n').Append(indent);
            yaml.Append(step == "*" ? "a.svg" : step).Append(':');
            indent += "  ";
            first = false;
        }

        var needed = map.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(key => key.GetString()!).ToList() : [];
        foreach (var line in needed.Select(key => $"{key}: {Good.GetValueOrDefault(key, "x")}").Append($"{Unknown}: 1"))
        {
            if (yaml.Length > 0 && !(yaml[^1] == ' ' && yaml[^2] == '-')) yaml.Append('\n').Append(indent);
            yaml.Append(line);
        }

        return yaml.Append('\n').ToString();
    }

    private static IEnumerable<string> Refused(YamlValue? value, JsonElement schema)
    {
        var choices = Choices(schema).Append(schema).ToList();
        if (value is YamlList list)
        {
            var items = choices.Where(choice => choice.TryGetProperty("items", out _)).Select(choice => choice.GetProperty("items")).ToList();
            return items.Count == 0 ? [] : list.Items.SelectMany(item => items.Select(choice => Refused(item, choice).ToList())
                .MinBy(refused => refused.Count)!);
        }

        if (value is not YamlMap map) return [];
        return map.Entries.SelectMany(entry =>
        {
            var known = choices.Where(choice => choice.TryGetProperty("properties", out var keys) && keys.TryGetProperty(entry.Key, out _))
                .Select(choice => choice.GetProperty("properties").GetProperty(entry.Key))
                .Concat(choices.Where(choice => choice.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object)
                    .Select(choice => choice.GetProperty("additionalProperties")))
                .ToList();
            if (known.Count > 0) return known.Select(choice => Refused(entry.Value, choice).ToList()).MinBy(refused => refused.Count)!;
            return choices.Any(choice => choice.TryGetProperty("properties", out _)) ? [$"line {entry.Line}: {entry.Key}"] : [];
        });
    }
}
