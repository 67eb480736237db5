using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Ketamine.Content.Markdown;
using Ketamine.Content.Reading;
using Markdig.Syntax;
using YamlDotNet.RepresentationModel;

namespace Ketamine.Content.Claims;

/// <summary>A claim found in the folder.</summary>
/// <param name="Line">The line in the file.</param>
/// <param name="Sentence">The whole sentence, as a reader sees it.</param>
public sealed record ClaimDiagnostic(string File, int Line, string Sentence, ClaimFinding Finding)
{
    private const int LongestSentence = 400;

    /// <summary>For the editor: the sentence with the claim marked, the reason, the law behind it, and what to say instead.</summary>
    public Diagnostic ToDiagnostic(bool asWarning)
    {
        var (rule, start, end) = (Finding.Rule, Finding.Start, Finding.Start + Finding.Length);
        var marked = $"{Sentence[..start]}«{Sentence[start..end]}»{Sentence[end..]}";
        if (marked.Length > LongestSentence) marked = $"…{marked.Substring(Math.Clamp(start - 100, 0, marked.Length - LongestSentence), LongestSentence)}…";
        return new Diagnostic(
            File,
            Line,
            Wording.Of(Finding).Key,
            $"\"{Flat(marked)}\"",
            Wording.Of(Finding).Wanted,
            asWarning || Finding.Verdict == ClaimVerdict.Review ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error
        );
    }

    /// <summary>The wording of a rule, stored once because a rule may have thousands of findings.</summary>
    private sealed record Wording(string Key, string Wanted)
    {
        private static readonly ConditionalWeakTable<ClaimRule, ConcurrentDictionary<ClaimVerdict, Wording>> Known = [];

        public static Wording Of(ClaimFinding finding) => Known.GetOrCreateValue(finding.Rule).GetOrAdd(finding.Verdict, Make, finding.Rule);

        // The law's name without its sections; claims.yml has the full name.
        private static string Short(string authority) => authority.Split(['(', ':'], 2)[0].TrimEnd();

        private static Wording Make(ClaimVerdict verdict, ClaimRule rule)
        {
            var wanted = new StringBuilder(verdict switch
            {
                ClaimVerdict.NeedsCitation => "a citation in the same sentence, or other words",
                ClaimVerdict.Review => "a reviewer's approval (content sign records it), or other words",
                _ => "other words",
            });
            if (rule.SayInstead.Length > 0) wanted.Append(". For example: ").Append(rule.SayInstead);
            wanted.Append(wanted[^1] == '.' ? " " : ". ").Append("Why: ").Append(rule.Why);
            if (!rule.Authorities.IsEmpty) wanted.Append(" Rule: ").AppendJoin("; ", rule.Authorities.Select(authority => Short(authority.Name))).Append('.');
            return new Wording($"claim {rule.Id}", Flat(wanted.ToString()));
        }
    }

    private static string Flat(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

/// <summary>A sentence that cites works of the bibliography.</summary>
/// <param name="Line">The line in the file.</param>
/// <param name="Keys">The keys of the works; never empty.</param>
public sealed record CitedSentence(string File, int Line, string Sentence, ImmutableArray<string> Keys)
{
    private const int LongestSentence = 300;

    /// <summary>The problem if the works don't support the sentence; otherwise null.</summary>
    public Diagnostic? Check(CitationFit fit, bool asWarning)
    {
        if (fit.Examine(Sentence, Keys) is not { } finding) return null;
        var sentence = Sentence.Length <= LongestSentence ? Sentence : Sentence[..LongestSentence] + "…";
        var (key, wanted) = finding.Fit switch
        {
            Fit.Contradicts => ("citation contradicts", "wording that matches its findings, or another work"),
            Fit.WrongNumber => ("citation number", "the number from the work, or another work"),
            _ => ("citation fit", "a work that supports the sentence, or wording that matches the findings of this one"),
        };
        var others = finding.WouldFit.IsEmpty
            ? "Nothing else in bibliography.yml supports it."
            : $"In bibliography.yml, these would fit: {string.Join(", ", finding.WouldFit)}.";
        return new Diagnostic(File, Line, key, $"\"{sentence}\" [@{string.Join("; @", Keys)}]", $"{wanted}: {finding.Reason.TrimEnd('.')}. {others}",
            asWarning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error);
    }
}

/// <summary>Checks a folder's texts against the wording rules. Thread-safe.</summary>
public sealed class ClaimsCheck
{
    private const int MaxKnown = 100_000;

    // A text sells if it has at least this many errors, and at least one in so many sentences.
    private const int FewestErrorsOfSellingText = 3;
    private const int SentencesPerErrorOfSellingText = 8;

    private readonly Lazy<ClaimsGate> _gate;
    private readonly CleanSentences? _clean;
    private readonly ConcurrentDictionary<(string Sentence, bool Cited, ClaimSetting Setting), ImmutableArray<ClaimFinding>> _known = new();
    private int _counted;

    private static readonly Lazy<ClaimsGate> SiteGate = new(() => new ClaimsGate(ClaimRules.Site));

    private readonly ClaimRules? _rules;

    private ClaimsCheck(Lazy<ClaimsGate> gate, CleanSentences? clean, ClaimRules? rules = null) => (_gate, _clean, _rules) = (gate, clean, rules);

    public ClaimRules Rules => _rules ?? ClaimRules.Site;

    /// <summary>Loads the site's rules, which takes longer than reading a text.</summary>
    internal static void WarmUp() => _ = SiteGate.Value;

    /// <summary>For a folder without a claims.yml: the site's rules, which are loaded for the first sentence that needs them.</summary>
    /// <param name="clean">Sentences that are known to make no claim; null to examine everything.</param>
    internal static ClaimsCheck OfTheSite(CleanSentences? clean = null) => new(SiteGate, clean);

    /// <summary>
    /// Reads a clinic's claims.yml on top of the site's rules; null if it isn't valid YAML. Rules that fail their own examples are errors too.
    /// </summary>
    /// <param name="clean">Sentences that are known to make no claim under these rules; null to examine everything.</param>
    internal static ClaimsCheck? Read(string source, Diagnostics notes, CleanSentences? clean)
    {
        // Use our own reader first: it rejects input that would crash the process in YamlDotNet's reader.
        if (Yaml.Read(source, notes) is null || notes.Failed) return null;
        var yaml = new YamlStream();
        yaml.Load(new StringReader(source));
        var rules = ClaimRules.Extend(yaml.Documents[0].RootNode, notes.Error);
        foreach (var (rule, sentence, shouldMatch) in rules.BrokenExamples())
            notes.Error(
                rule.Line,
                rule.Id,
                $"{(shouldMatch ? "it doesn't match its example" : "it matches a sentence that it lists as fine:")} {Diagnostics.Quote(sentence)}",
                "a rule that agrees with its own examples"
            );
        return new ClaimsCheck(new Lazy<ClaimsGate>(new ClaimsGate(rules)), clean, rules);
    }

    /// <summary>Called after a read: saves the sentences that make no claim for the next start, and forgets the rest.</summary>
    public void Forget()
    {
        _clean?.Save();
        _known.Clear();
        _counted = 0;
    }

    // The gate takes most of the time of a read, and in a large folder many sentences recur, such as closing notes and contact details.
    private ImmutableArray<ClaimFinding> Findings(MarkdownSentence sentence)
    {
        var key = (sentence.Text, sentence.Cited, sentence.Setting);
        if (_known.TryGetValue(key, out var findings)) return findings;
        var hash = _clean is null ? default : CleanSentences.KeyOf(sentence.Text, sentence.Cited, sentence.Setting);
        if (_clean?.Has(hash) == true) return [];
        // If a clinic's rule and the site's have the same name, the clinic's wins.
        findings = [.. _gate.Value.Examine(sentence.Text, sentence.Cited, sentence.Setting).DistinctBy(finding => finding.Rule.Id)];
        if (findings.IsEmpty) _clean?.Add(hash);
        if (Interlocked.Increment(ref _counted) <= MaxKnown) _known[key] = findings;
        return findings;
    }

    /// <summary>The claims in one text.</summary>
    /// <param name="text">The sentences of its Markdown.</param>
    /// <param name="line">Maps a 0-based line of the Markdown to the line in the file.</param>
    public IEnumerable<ClaimDiagnostic> Examine(string file, IEnumerable<MarkdownSentence> text, Func<int, int> line) =>
        OfText(text, Findings)
            .SelectMany(read => read.Findings.Select(finding => new ClaimDiagnostic(file, line(read.Sentence.Line), read.Sentence.Text, finding)));

    /// <summary>
    /// The findings of each sentence of one text. If many of the sentences are errors, the text sells, and the others are read again with more suspicion.
    /// </summary>
    /// <param name="examine">Finds the claims of one sentence.</param>
    internal static IReadOnlyList<(MarkdownSentence Sentence, ImmutableArray<ClaimFinding> Findings)> OfText(
        IEnumerable<MarkdownSentence> text, Func<MarkdownSentence, ImmutableArray<ClaimFinding>> examine)
    {
        List<(MarkdownSentence Sentence, ImmutableArray<ClaimFinding> Findings)> read = [.. text.Select(sentence => (sentence, examine(sentence)))];
        var errors = read.Count(one => one.Findings.Any(finding => finding.Verdict > ClaimVerdict.Review));
        if (errors < FewestErrorsOfSellingText || errors * SentencesPerErrorOfSellingText < read.Count) return read;
        return read.ConvertAll(one =>
        {
            if (one.Sentence.Setting != ClaimSetting.Text) return one;
            var among = one.Sentence with { Setting = ClaimSetting.AmongClaims };
            return (among, examine(among));
        });
    }

    /// <summary>The sentences with citations in one text, to be checked once the bibliography is known.</summary>
    public static IEnumerable<CitedSentence> Cited(string file, IEnumerable<MarkdownSentence> text, Func<int, int> line) =>
        text.Where(sentence => sentence.Cited)
            .Select(sentence => new CitedSentence(file, line(sentence.Line), sentence.Text, sentence.Keys));

    /// <summary>The sentences with citations in every text of a YAML file.</summary>
    public static IEnumerable<CitedSentence> Cited(string file, YamlValue? value) => value switch
    {
        YamlText { Text: var text } found when text.Contains("[@", StringComparison.Ordinal) && MarkdownParser.TryParse(text) is { } document => Cited(
            file,
            MarkdownSentences.Of(document),
            _ => found.TextLine
        ),
        YamlList list => list.Items.SelectMany(item => Cited(file, item)),
        YamlMap map => map.Entries.SelectMany(entry => Cited(file, entry.Value)),
        _ => [],
    };

    /// <summary>The claims in a drawing's text, except those that need a reviewer: a label has too few words to judge.</summary>
    public IEnumerable<ClaimDiagnostic> Examine(ContentFile drawing) =>
        drawing.Texts.SelectMany(text =>
            MarkdownSentences
                .OfText(text.Text, ClaimSetting.Limited)
                .SelectMany(sentence =>
                    Findings(sentence)
                        .Where(finding => finding.Verdict != ClaimVerdict.Review)
                        .Select(finding => new ClaimDiagnostic(drawing.Path[1..], text.Line, sentence.Text, finding))
                )
        );

    /// <summary>The claims in a text without Markdown other than citations.</summary>
    public IEnumerable<ClaimDiagnostic> Examine(string file, string text, int line) => MarkdownSentences.OfText(text, ClaimSetting.Text).SelectMany(sentence =>
        Findings(sentence).Select(finding => new ClaimDiagnostic(file, line, sentence.Text, finding)));

    /// <summary>The claims in every text of a YAML file. All texts are parsed as Markdown, which does no harm to the rest.</summary>
    public IEnumerable<ClaimDiagnostic> Examine(string file, YamlValue? value)
    {
        switch (value)
        {
            case YamlText text when !text.Plain || text.Text.Length > 3:
                return MarkdownParser.TryParse(text.Text) is { } document ? Examine(file, MarkdownSentences.Of(document), _ => text.TextLine) : [];
            case YamlList list: return list.Items.SelectMany(item => Examine(file, item));
            case YamlMap map:
                return map.Entries.SelectMany(entry =>
                    Examine(file, entry.Value).Where(claim => claim.Finding.Verdict != ClaimVerdict.Review || !Names.Contains(entry.Key))
                );
            default: return [];
        }
    }

    // The names and roles of people, boards, registries, and companies are too short for rules that need a reviewer.
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,
        ["name", "legalName", "role", "credentials", "license", "registrations", "civilRightsCoordinator", "processors", "affiliates"]
    );
}
