using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using YamlDotNet.RepresentationModel;

namespace Ketamine.Content.Claims;

/// <summary>Reports one mistake in claims.yml.</summary>
/// <param name="line">From 1.</param>
/// <param name="key">The key or rule.</param>
/// <param name="found">The current value.</param>
/// <param name="wanted">The correct value.</param>
public delegate void ClaimRulesError(int line, string key, string found, string wanted);

/// <summary>
/// The site's built-in rules (rules.yml, which explains its keys at the top), and those that a clinic's claims.yml adds or turns off. Immutable.
/// </summary>
public sealed partial class ClaimRules
{
    private static readonly string[] TopKeys = ["version", "off", "authorities", "words", "clauses", "stances", "claims"];
    private static readonly string[] OffKeys = ["rule", "why"];
    private static readonly string[] AuthorityKeys = ["basis", "name"];

    private static readonly string[] RuleKeys =
    [
        "id", "severity", "claim", "why", "rule", "patterns", "atLeast", "negative", "fallback", "alone", "weighs", "doubtBelow", "sureFrom",
        "unless", "stances", "examples", "fine", "sayInstead", "see", "validUntil",
    ];

    private static readonly Dictionary<string, ClaimVerdict> Verdicts = new(StringComparer.Ordinal)
    {
        ["block"] = ClaimVerdict.Block, ["needs-citation"] = ClaimVerdict.NeedsCitation, ["review"] = ClaimVerdict.Review, ["none"] = ClaimVerdict.None,
    };

    private static readonly Dictionary<string, ClaimStance> StanceNames =
        Enum.GetValues<ClaimStance>().ToDictionary(stance => stance.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly Dictionary<string, Reach> Reaches =
        Enum.GetValues<Reach>().ToDictionary(reach => reach.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly Lazy<ClaimRules> OfTheSite = new(() => new Reader(Unexpected, "rules.yml").Read(Resource("rules.yml")));

    private ClaimRules(ImmutableArray<ClaimRule> all, ImmutableArray<ClaimRule> added, Stances stances)
    {
        (All, Added, Stances) = (all, added, stances);
        Patterns =
        [
            .. all.SelectMany(rule => rule.Patterns.Concat(rule.Unless)),
            .. stances.Clauses,
            .. stances.Markers.Select(marker => marker.Pattern),
        ];
        for (var number = 0; number < Patterns.Length; number++) Patterns[number].Number = number;
    }

    /// <summary>The rules for a folder without a claims.yml.</summary>
    public static ClaimRules Site => OfTheSite.Value;

    /// <summary>In the order of the files, the site's rules first.</summary>
    public ImmutableArray<ClaimRule> All { get; }

    /// <summary>The rules of the last file read: the clinic's, or the site's if nothing extends them.</summary>
    public ImmutableArray<ClaimRule> Added { get; }

    internal Stances Stances { get; }

    /// <summary>Every pattern of rules and stances, by <see cref="ClaimPattern.Number"/>.</summary>
    internal ImmutableArray<ClaimPattern> Patterns { get; }

    /// <summary>A verdict as claims.yml and <c>content claims</c> write it.</summary>
    public static string NameOf(ClaimVerdict verdict) => Verdicts.First(pair => pair.Value == verdict).Key;

    /// <summary>
    /// Reads a clinic's claims.yml on top of the site's rules. Reports every mistake, not just the first, and leaves out rules with mistakes.
    /// </summary>
    /// <param name="root">The file's top-level mapping.</param>
    public static ClaimRules Extend(YamlNode root, ClaimRulesError error) => new Reader(error, "claims.yml").Read(root, Resource("rules.yml"));

    /// <summary>Reads a set of rules without the site's rules.</summary>
    /// <inheritdoc cref="Extend"/>
    public static ClaimRules Read(YamlNode root, ClaimRulesError error) => new Reader(error, "claims.yml").Read(root);

    /// <summary>
    /// The sentences that contradict the added rules: those in <c>examples</c> that the rule doesn't match, and those in <c>fine</c> that it does.
    /// </summary>
    public IEnumerable<(ClaimRule Rule, string Sentence, bool ShouldMatch)> BrokenExamples()
    {
        var gate = new ClaimsGate(this);
        return Added
            .AsParallel()
            .AsOrdered()
            .SelectMany(rule =>
                rule.Examples.Where(sentence => !Matches(rule, sentence))
                    .Select(sentence => (rule, sentence, true))
                    .Concat(rule.Fine.Where(sentence => Matches(rule, sentence)).Select(sentence => (rule, sentence, false)))
            );

        // Test within running text, unless the rule is for sentences without context. Otherwise such rules would match before the fallback being tested.
        bool Matches(ClaimRule rule, string text) => Sentences.Split(text).Any(part =>
            gate.Examine(part.Of(text), setting: rule.Alone ? ClaimSetting.Alone : ClaimSetting.Text).Any(finding => finding.Rule == rule));
    }

    [GeneratedRegex(@"\{([a-z][A-Za-z-]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex WordName();

    private static void Unexpected(int line, string key, string found, string wanted) =>
        throw new InvalidOperationException($"rules.yml, line {line}: {key}: found {found}, wanted {wanted}");

    private static YamlMappingNode Resource(string name)
    {
        using var stream = EmbeddedFile.Open(typeof(ClaimRules).Assembly, name);
        using var reader = new StreamReader(stream);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private sealed class Reader(ClaimRulesError error, string source)
    {
        private static readonly Lazy<YamlMappingNode> English = new(() => Resource("english.yml"));

        private readonly Dictionary<string, ClaimAuthority> _authorities = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
        private readonly List<ClaimPattern> _clauses = [];
        private readonly List<StanceMarker> _markers = [];
        private bool _failed;

        /// <param name="site">The site's rules, known to be correct; null for none.</param>
        public ClaimRules Read(YamlNode root, YamlMappingNode? site = null)
        {
            ReadLanguage(English.Value);
            var held = new List<ClaimRule>();
            if (site is not null) ReadRules(site, held);
            if (root is not YamlMappingNode file)
            {
                Fail(root, source, Show(root), "a mapping with version, authorities, and claims");
                return new ClaimRules([.. held], [], new Stances([.. _clauses], [.. _markers]));
            }

            CheckKeys(file, source, TopKeys);
            if (Scalar(file, "version") is { } version && version != "1") Fail(Child(file, "version")!, "version", version, "1");
            Deactivate(file, held);
            var added = new List<ClaimRule>();
            ReadRules(file, added, required: site is null);
            return new ClaimRules([.. Joined(held, added)], [.. added], new Stances([.. _clauses], [.. _markers]));
        }

        // A clinic's rule comes before the site's rule of the same name, which still applies until it is turned off. The clinic's other rules follow
        // the site's, whose fallbacks stay last.
        private static IEnumerable<ClaimRule> Joined(List<ClaimRule> held, List<ClaimRule> added)
        {
            var byName = added.ToDictionary(rule => rule.Id, StringComparer.Ordinal);
            var named = held.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
            var further = added.Where(rule => !named.Contains(rule.Id)).ToList();
            return held.Where(rule => !rule.Fallback)
                .SelectMany(rule => byName.TryGetValue(rule.Id, out var own) ? [own, rule] : new[] { rule })
                .Concat(further)
                .Concat(held.Where(rule => rule.Fallback).SelectMany(rule => byName.TryGetValue(rule.Id, out var own) ? [own, rule] : new[] { rule }));
        }

        private void ReadRules(YamlMappingNode file, List<ClaimRule> rules, bool required = true)
        {
            ReadLanguage(file);
            ReadAuthorities(file);
            foreach (var node in List(file, "claims", required))
            {
                if (ReadRule(node) is not { } rule) continue;
                if (rules.Exists(other => other.Id == rule.Id)) Fail(node, "id", rule.Id, "an id that no other rule has");
                else rules.Add(rule);
            }
        }

        /// <summary>
        /// Removes the rules that a clinic turns off. Each needs a reason, because later readers of the file must know who decided this, and why.
        /// </summary>
        private void Deactivate(YamlMappingNode file, List<ClaimRule> held)
        {
            foreach (var node in List(file, "off"))
            {
                if (node is not YamlMappingNode off)
                {
                    Fail(node, "off", Show(node), "a rule and why: {rule: name, why: reason}");
                    continue;
                }

                CheckKeys(off, "off", OffKeys);
                var (rule, why) = (Scalar(off, "rule") ?? "", Scalar(off, "why"));
                if (string.IsNullOrWhiteSpace(why))
                    Fail(off, "off: why", "nothing", $"why {(rule.Length > 0 ? rule : "the rule")} doesn't apply here, and who decided");
                else if (held.RemoveAll(other => other.Id == rule) == 0)
                    Fail(
                        off,
                        "off: rule",
                        rule.Length > 0 ? rule : "nothing",
                        $"the name of a rule that comes with the site{NearestName.Hint(rule, held.Select(other => other.Id))}"
                    );
            }
        }

        private void ReadLanguage(YamlMappingNode file)
        {
            foreach (var (key, value) in Map(file, "words"))
            {
                if (Text(value, key) is not { } text) continue;
                _failed = false;
                if (!WordName().IsMatch($"{{{key}}}")) Fail(value, key, key, "a name of letters and hyphens that begins with a lowercase letter");
                else if (Pattern(value, $"words: {key}", text) is not null) _words[key] = $"(?:{Expand(value, key, text)})";
            }

            foreach (var node in List(file, "clauses"))
                if (Pattern(node, "clauses") is { } pattern)
                    _clauses.Add(pattern);

            foreach (var (name, value) in Map(file, "stances"))
            {
                if (!StanceNames.TryGetValue(name, out var stance) || stance == ClaimStance.Asserts)
                {
                    Fail(value, name, name, OneOf(name, StanceNames.Keys.Where(key => key != "asserts")));
                    continue;
                }

                foreach (var (place, patterns) in Map(value, name))
                {
                    if (!Reaches.TryGetValue(place, out var reach)) Fail(patterns, place, place, OneOf(place, Reaches.Keys));
                    else
                        foreach (var node in List(patterns, place))
                            if (Pattern(node, $"{name}: {place}") is { } pattern)
                                _markers.Add(new StanceMarker(stance, reach, pattern));
                }
            }
        }

        private void ReadAuthorities(YamlMappingNode file)
        {
            foreach (var (key, value) in Map(file, "authorities"))
            {
                if (value is not YamlMappingNode authority)
                {
                    Fail(value, key, Show(value), "{basis: seen|memory, name: text}");
                    continue;
                }

                CheckKeys(authority, key, AuthorityKeys);
                var (basis, name) = (Scalar(authority, "basis"), Scalar(authority, "name"));
                if (basis is not ("seen" or "memory")) Fail(authority, $"{key}: basis", basis ?? "nothing", "seen or memory");
                if (name is null) Fail(authority, $"{key}: name", "nothing", "the full name of the authority");
                _authorities[key] = new ClaimAuthority(key, basis ?? "", name ?? "");
            }
        }

        private ClaimRule? ReadRule(YamlNode node)
        {
            _failed = false;
            if (node is not YamlMappingNode rule)
            {
                Fail(node, "claims", Show(node), "a rule: a mapping with id, severity, why, and patterns");
                return null;
            }

            var id = Scalar(rule, "id");
            if (string.IsNullOrWhiteSpace(id) || id.Any(char.IsWhiteSpace)) Fail(rule, "id", id ?? "nothing", "a name without spaces");
            var called = id ?? "rule";
            CheckKeys(rule, called, RuleKeys);
            var severity = Verdict(rule, "severity", called);
            if (severity == ClaimVerdict.None) Fail(rule, $"{called}: severity", Scalar(rule, "severity") ?? "nothing", "block, needs-citation, or review");
            if (Scalar(rule, "why") is null) Fail(rule, $"{called}: why", "nothing", "why the claim must not be made");
            var authorities = AuthoritiesOf(rule, called);
            var weighs = Number(rule, "weighs", called);
            var patterns = Patterns(rule, "patterns", called, required: weighs is null);
            var read = new ClaimRule
            {
                Id = called,
                Kind = Scalar(rule, "claim") ?? "",
                Severity = severity,
                Why = Scalar(rule, "why") ?? "",
                SayInstead = Scalar(rule, "sayInstead") ?? "",
                Authorities = authorities,
                Patterns = patterns,
                Weighs = weighs,
                Unless = Patterns(rule, "unless", $"{called}: unless"),
                AtLeast = AtLeast(rule, called, patterns.Length),
                Outcomes = Outcomes(rule, called),
                See = [.. Texts(rule, "see")],
                Examples = [.. Texts(rule, "examples")],
                Fine = [.. Texts(rule, "fine")],
                ValidUntil = Date(rule, "validUntil", called),
                Line = Line(rule),
                DoubtBelow = Number(rule, "doubtBelow", called),
                SureFrom = Number(rule, "sureFrom", called),
                Negative = Flag(rule, "negative", called),
                Fallback = Flag(rule, "fallback", called),
                Alone = Flag(rule, "alone", called),
            };
            return _failed ? null : read;
        }

        private ImmutableArray<ClaimAuthority> AuthoritiesOf(YamlMappingNode rule, string called)
        {
            var named = ImmutableArray.CreateBuilder<ClaimAuthority>();
            foreach (var key in Texts(rule, "rule"))
            {
                if (_authorities.TryGetValue(key, out var authority)) named.Add(authority);
                else Fail(Child(rule, "rule")!, $"{called}: rule", key, OneOf(key, _authorities.Keys));
            }

            return named.ToImmutable();
        }

        private ImmutableArray<ClaimPattern> Patterns(YamlMappingNode rule, string key, string called, bool required = false) =>
            [.. List(rule, key, required).Select(pattern => Pattern(pattern, called)).OfType<ClaimPattern>()];

        private int AtLeast(YamlMappingNode rule, string called, int patterns)
        {
            if (Scalar(rule, "atLeast") is not { } count) return 1;
            if (int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var atLeast) && atLeast >= 1 && atLeast <= Math.Max(1, patterns))
                return atLeast;
            Fail(Child(rule, "atLeast")!, $"{called}: atLeast", count, "a number from 1 to the number of patterns");
            return 1;
        }

        private ImmutableDictionary<ClaimStance, ClaimVerdict> Outcomes(YamlMappingNode rule, string called)
        {
            var outcomes = ImmutableDictionary.CreateBuilder<ClaimStance, ClaimVerdict>();
            foreach (var (name, value) in Map(rule, "stances"))
            {
                if (!StanceNames.TryGetValue(name, out var stance) || stance == ClaimStance.Asserts)
                    Fail(value, $"{called}: stances", name, OneOf(name, StanceNames.Keys.Where(key => key != "asserts")));
                else if (value is not YamlScalarNode { Value: { } verdict } || !Verdicts.TryGetValue(verdict, out var outcome))
                    Fail(value, $"{called}: {name}", Show(value), "block, needs-citation, review, or none");
                else outcomes[stance] = outcome;
            }

            return outcomes.ToImmutable();
        }

        private double? Number(YamlMappingNode map, string key, string called)
        {
            if (Scalar(map, key) is not { } text) return null;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
            Fail(Child(map, key)!, $"{called}: {key}", text, "a number, such as -1.5");
            return null;
        }

        private LocalDate? Date(YamlMappingNode map, string key, string called)
        {
            if (Scalar(map, key) is not { } text) return null;
            if (LocalDatePattern.Iso.Parse(text).TryGetValue(default, out var date)) return date;
            Fail(Child(map, key)!, $"{called}: {key}", text, "a date, e.g. 2026-12-31");
            return null;
        }

        private bool Flag(YamlMappingNode map, string key, string called)
        {
            var text = Scalar(map, key);
            if (text is not (null or "true" or "false")) Fail(Child(map, key)!, $"{called}: {key}", text, "true or false");
            return text == "true";
        }

        private ClaimVerdict Verdict(YamlMappingNode map, string key, string called)
        {
            if (Scalar(map, key) is not { } text) return ClaimVerdict.None;
            if (Verdicts.TryGetValue(text, out var verdict)) return verdict;
            Fail(Child(map, key)!, $"{called}: {key}", text, OneOf(text, Verdicts.Keys.Where(name => name != "none")));
            return ClaimVerdict.Review;
        }

        private ClaimPattern? Pattern(YamlNode node, string called) => Text(node, called) is { } text ? Pattern(node, called, text) : null;

        private ClaimPattern? Pattern(YamlNode node, string called, string text)
        {
            if (Expand(node, called, text) is not { } meaning) return null;
            try
            {
                if (meaning.Length > 0) return new ClaimPattern(meaning);
                Fail(node, called, "nothing", "a regular expression");
            }
            catch (ArgumentException wrong)
            {
                Fail(node, called, text, $"a regular expression; {wrong.Message}");
            }

            return null;
        }

        // Null, with the mistake reported, if a name is unknown.
        private string? Expand(YamlNode node, string called, string text)
        {
            var known = true;
            var meaning = WordName().Replace(text, name =>
            {
                if (_words.TryGetValue(name.Groups[1].Value, out var word)) return word;
                Fail(node, called, name.Value, $"a name under words: {OneOf(name.Groups[1].Value, _words.Keys)}");
                known = false;
                return "";
            });
            return known ? meaning : null;
        }

        private void CheckKeys(YamlMappingNode map, string called, string[] known)
        {
            foreach (var key in map.Children.Keys)
                if (key is not YamlScalarNode { Value: { } name } || !known.Contains(name, StringComparer.Ordinal))
                    Fail(key, called, Show(key), OneOf(Show(key), known));
        }

        private IEnumerable<(string Key, YamlNode Value)> Map(YamlNode parent, string name)
        {
            // Called with the parent of the key, or with the mapping itself and its name.
            var node = parent is YamlMappingNode holder && Child(holder, name) is { } child ? child : TopKeys.Contains(name) ? null : parent;
            if (node is null or YamlScalarNode { Value: null or "" }) return [];
            if (node is YamlMappingNode map) return map.Children.Select(pair => (Show(pair.Key), pair.Value));
            Fail(node, name, Show(node), "a mapping");
            return [];
        }

        private IEnumerable<YamlNode> List(YamlNode parent, string name, bool required = false)
        {
            var node = parent is YamlMappingNode map ? Child(map, name) : parent;
            if (node is YamlSequenceNode list && (list.Children.Count > 0 || !required)) return list.Children;
            if (node is not null || required)
                Fail(node ?? parent, name, node is null ? "nothing" : Show(node), required ? "a list with at least one entry" : "a list");
            return [];
        }

        private List<string> Texts(YamlMappingNode map, string key) =>
            [.. List(map, key).Select(node => Text(node, key)).OfType<string>()];

        private string? Text(YamlNode node, string key)
        {
            if (node is YamlScalarNode { Value: { } text }) return text;
            Fail(node, key, Show(node), "text");
            return null;
        }

        private string? Scalar(YamlMappingNode map, string key) => Child(map, key) is { } node ? Text(node, key) : null;

        private static YamlNode? Child(YamlMappingNode map, string key) =>
            map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

        private void Fail(YamlNode node, string key, string found, string wanted)
        {
            _failed = true;
            error(Line(node), key, found, wanted);
        }

        private static int Line(YamlNode node) => (int)node.Start.Line;

        private static string Show(YamlNode node) => node switch
        {
            YamlScalarNode scalar => scalar.Value ?? "nothing",
            YamlSequenceNode => "a list",
            _ => "a mapping",
        };

        private static string OneOf(string found, IEnumerable<string> known)
        {
            var names = known.ToList();
            return $"one of {string.Join(", ", names)}{NearestName.Hint(found, names)}";
        }
    }
}
