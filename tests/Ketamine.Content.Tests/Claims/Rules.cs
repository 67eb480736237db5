using Ketamine.Content.Claims;
using YamlDotNet.RepresentationModel;

namespace Ketamine.Content.Tests.Claims;

/// <summary>Claims rules for tests: the site's rules, or rules made for one test.</summary>
internal static class Rules
{

    private static readonly Lazy<ClaimsGate> SharedGate = new(() => new ClaimsGate(Own));

    public static ClaimRules Own => ClaimRules.Site;

    public static ClaimsGate Gate => SharedGate.Value;

    public static ClaimRules Read(string yaml, out List<string> mistakes)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var reported = new List<string>();
        var rules = ClaimRules.Read(stream.Documents[0].RootNode, (line, key, found, wanted) => reported.Add($"{line}: {key}: found {found}, wanted {wanted}"));
        mistakes = reported;
        return rules;
    }

    /// <summary>One rule with a pattern, and further keys if a test needs them, each on a new line.</summary>
    public static ClaimRules One(string pattern, string keys = "")
    {
        var rules = Read($"""
            version: 1
            authorities:
              law: {"{"}basis: seen, name: A law{"}"}
            claims:
              - id: the-rule
                severity: block
                why: Because.
                rule: [law]
                patterns: ['{pattern.Replace("'", "''", StringComparison.Ordinal)}']
            {string.Join('\n', keys.Split('\n').Select(line => "    " + line))}
            """, out var mistakes);
        mistakes.ShouldBeEmpty();
        return rules;
    }

    /// <summary>
    /// The worst verdict on the sentences of a line: that of <c>content claims</c>, or of <c>content check</c> if the setting is that of a text.
    /// </summary>
    public static ClaimVerdict Judge(string line, ClaimsGate? gate = null, ClaimSetting setting = ClaimSetting.Alone) =>
        MarkdownSentences.OfText(line, setting).SelectMany(sentence => (gate ?? Gate).Examine(sentence.Text, sentence.Cited, sentence.Setting))
            .Select(finding => finding.Verdict).DefaultIfEmpty(ClaimVerdict.None).Max();
}
