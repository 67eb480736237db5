using System.Globalization;
using Ketamine.Language.Phrases;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>Reads crisis-phrases.yml and collects its errors, each with its line.</summary>
internal sealed class CrisisPhrasesFile
{
    private readonly string _name;
    private readonly List<string> _errors = [];
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _spellings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _groups = new(StringComparer.Ordinal);
    private readonly PhraseReader _phrases;

    private CrisisPhrasesFile(string name)
    {
        _name = name;
        _phrases = new PhraseReader(Number, _spellings, _groups);
    }

    public static CrisisPhrases Read(string yaml, string name) => new CrisisPhrasesFile(name).Read(yaml);

    private CrisisPhrases Read(string yaml)
    {
        var root = Keys(
            Root(yaml), "the file", required: ["negation", "counts"],
            optional: ["signed", "spellings", "two slips forgiven", "ordinary words", "groups", "does not count"]);
        var signed = Signature(root);
        var changed = signed is { } signature && signature.Hash != CrisisSignature.HashOf(yaml, signature.By, signature.On);
        foreach (var (meant, variants) in Entries(root, "spellings"))
            foreach (var variant in Texts(variants))
                if (MessageTokenizer.Split(variant.Value!) is [var word]) _spellings[word.Text] = [.. Tokens(Text(meant))];
                else Error(variant, $"'{variant.Value}' must be one word");
        foreach (var (key, value) in Entries(root, "groups")) _groups[Text(key)] = Text(value);

        var negation = Keys(
            root.GetValueOrDefault("negation"), "negation", required: ["words"],
            optional: ["may stand between", "reach to the end of the sentence", "end it", "are none"]);
        var negationWords = new CrisisPhrases.NegationWords(
            Words(negation, "words"), Words(negation, "may stand between"), Words(negation, "reach to the end of the sentence"), Words(negation, "end it"));
        var falseNegations = Phrases(negation.GetValueOrDefault("are none"));

        var sections = Items(root.GetValueOrDefault("counts")).Select(Section).ToList();
        var doesNotCount = Items(root.GetValueOrDefault("does not count"))
            .SelectMany(node => Phrases(Keys(node, "a section", required: ["title", "phrases"], optional: ["why"]).GetValueOrDefault("phrases"))).ToList();
        var ordinary = root.TryGetValue("ordinary words", out var listed)
            ? Texts(listed).SelectMany(line => Tokens(line.Value!)).ToHashSet(StringComparer.Ordinal)
            : [];
        var twoTypos = root.TryGetValue("two slips forgiven", out var lenient)
            ? Texts(lenient).SelectMany(line => Tokens(line.Value!)).Where(word => IsLongPhraseWord(word, lenient)).ToList()
            : [];

        if (_errors.Count > 0) throw new CrisisPhrasesException(string.Join('\n', _errors));
        return new CrisisPhrases(
            changed ? null : signed,
            changed,
            new MessageTokenizer(_words, _spellings, twoTypos, ordinary),
            sections,
            doesNotCount,
            falseNegations,
            negationWords
        );
    }

    private CrisisPhrases.Section Section(YamlNode node)
    {
        var section = Keys(
            node, "a section", required: ["title", "phrases"],
            optional: ["why", "at least", "except in a sentence with", "despite that", "despite that in a message with", "except in a message with"]);
        return new CrisisPhrases.Section(
            section.GetValueOrDefault("title") is { } title ? Text(title) : "",
            AtLeast(section),
            Index("phrases"),
            Index("except in a sentence with"),
            Index("despite that"),
            Index("despite that in a message with"),
            Index("except in a message with"));

        PhraseIndex Index(string key) => new(Phrases(section.GetValueOrDefault(key)));
    }

    private YamlNode? Root(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count > 0) return stream.Documents[0].RootNode;
            throw new CrisisPhrasesException($"{_name}, line 1: the file is empty");
        }
        catch (YamlException e)
        {
            throw new CrisisPhrasesException($"{_name}, line {e.Start.Line}: this is not valid YAML: {e.Message}");
        }
    }

    private CrisisSignature? Signature(Dictionary<string, YamlNode> root)
    {
        if (!root.TryGetValue("signed", out var node)) return null;
        var signed = Keys(node, "signed", required: ["by", "date"], optional: ["hash"]);
        var by = signed.TryGetValue("by", out var name) ? Text(name) : "";
        var date = signed.TryGetValue("date", out var day) ? Text(day) : "";
        if (by.Length == 0 && date.Length == 0) return null;
        if (by.Length > 0 && DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on))
            return new CrisisSignature(by, on, signed.TryGetValue("hash", out var hash) ? Text(hash) : "");
        Error(node, $"signed: expected the clinician's name and a date like 2026-03-14, or both empty; found by: '{by}', date: '{date}'");
        return null;
    }

    private int AtLeast(Dictionary<string, YamlNode> section)
    {
        if (!section.TryGetValue("at least", out var node)) return 1;
        if (int.TryParse(Text(node), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 5) return count;
        Error(node, $"at least: expected a number from 1 to 5, found '{Text(node)}'");
        return 1;
    }

    private Dictionary<string, YamlNode> Keys(YamlNode? node, string what, string[] required, string[] optional)
    {
        var found = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        if (node is not YamlMappingNode mapping)
        {
            if (node is not null) Error(node, $"{what} must contain keys with values, found {Kind(node)}");
            return found;
        }

        foreach (var (key, value) in mapping.Children)
            if (required.Concat(optional).Contains(Text(key), StringComparer.Ordinal)) found[Text(key)] = value;
            else Error(key, $"'{Text(key)}' is not a key of {what}; use one of: {string.Join(", ", required.Concat(optional))}");
        foreach (var key in required)
            if (!found.ContainsKey(key)) Error(node, $"{what} is missing '{key}'");
        return found;
    }

    private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Entries(Dictionary<string, YamlNode> parent, string key)
    {
        if (!parent.TryGetValue(key, out var node)) return [];
        if (node is YamlMappingNode mapping) return mapping.Children;
        Error(node, $"{key} must contain keys with values, found {Kind(node)}");
        return [];
    }

    private IEnumerable<YamlNode> Items(YamlNode? node)
    {
        if (node is null or YamlScalarNode { Value: null or "" }) return [];
        if (node is YamlSequenceNode list) return list.Children;
        Error(node, $"expected a list, found {Kind(node)}");
        return [];
    }

    private List<YamlScalarNode> Texts(YamlNode node)
    {
        var texts = new List<YamlScalarNode>();
        foreach (var item in Items(node))
            if (item is YamlScalarNode { Value.Length: > 0 } text) texts.Add(text);
            else Error(item, $"expected text, found {(item is YamlScalarNode ? "nothing" : Kind(item))}");
        return texts;
    }

    private HashSet<int> Words(Dictionary<string, YamlNode> parent, string key) =>
        parent.TryGetValue(key, out var node) ? [.. Texts(node).SelectMany(line => Tokens(line.Value!)).Select(Number)] : [];

    private static IEnumerable<string> Tokens(string text) => MessageTokenizer.Split(text).Select(word => word.Text);

    private List<Phrase> Phrases(YamlNode? node)
    {
        var phrases = new List<Phrase>();
        if (node is null) return phrases;
        foreach (var text in Texts(node))
            try
            {
                phrases.Add(_phrases.Read(text.Value!, (int)text.Start.Line));
            }
            catch (FormatException e)
            {
                Error(text, $"'{text.Value}': {e.Message}");
            }

        return phrases;
    }

    private bool IsLongPhraseWord(string word, YamlNode node)
    {
        if (_words.ContainsKey(word) && word.Length >= 7) return true;
        Error(node, $"two slips forgiven: '{word}' must be used in a phrase and have at least seven letters");
        return false;
    }

    private int Number(string word)
    {
        if (!_words.TryGetValue(word, out var number)) _words[word] = number = _words.Count;
        return number;
    }

    private static string Text(YamlNode node) => (node as YamlScalarNode)?.Value?.Trim() ?? "";

    private static string Kind(YamlNode node) => node switch { YamlScalarNode => "text", YamlSequenceNode => "a list", _ => "keys with values" };

    private void Error(YamlNode node, string problem) => _errors.Add($"{_name}, line {node.Start.Line}: {problem}");
}
