using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Ketamine.Content.Claims;
using Ketamine.Content.Markdown;
using Ketamine.Content.Reading;
using Markdig.Syntax;
using YamlDotNet.RepresentationModel;

namespace Ketamine.Content.Claims;

/// <summary>A claim found in a text of the folder.</summary>
/// <param name="Line">In the file.</param>
/// <param name="Sentence">Whole, as a reader sees it.</param>
public sealed record ClaimDiagnostic(string File, int Line, string Sentence, ClaimFinding Finding)
{
    private const int LongestSentence = 400;

    /// <summary>For the editor: the words marked, why, whose rule it is, and what to say instead.</summary>
    public Diagnostic Told(bool asWarning)
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

    /// <summary>What is said of a rule is the same for its thousands of findings, and is kept once.</summary>
    private sealed record Wording(string Key, string Wanted)
    {
        private static readonly ConditionalWeakTable<ClaimRule, ConcurrentDictionary<ClaimVerdict, Wording>> Known = [];

        public static Wording Of(ClaimFinding finding) => Known.GetOrCreateValue(finding.Rule).GetOrAdd(finding.Verdict, Make, finding.Rule);

        // The law's name without its sections: claims.yml has the whole.
        private static string Short(string authority) => authority.Split(['(', ':'], 2)[0].TrimEnd();

        private static Wording Make(ClaimVerdict verdict, ClaimRule rule)
        {
            var wanted = new StringBuilder(verdict switch
            {
                ClaimVerdict.NeedsCitation => "a citation in the same sentence, or other words",
                ClaimVerdict.Review => "a reviewer's eye: content sign acknowledges it",
                _ => "other words",
            });
            if (rule.SayInstead.Length > 0) wanted.Append(", such as: ").Append(rule.SayInstead);
            wanted.Append(wanted[^1] == '.' ? " " : ". ").Append("Why: ").Append(rule.Why);
            if (!rule.Authorities.IsEmpty) wanted.Append(" Rule: ").AppendJoin("; ", rule.Authorities.Select(authority => Short(authority.Name))).Append('.');
            return new Wording($"claim {rule.Id}", Flat(wanted.ToString()));
        }
    }

    private static string Flat(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

/// <summary>A sentence that cites works of the bibliography.</summary>
/// <param name="Line">In the file.</param>
/// <param name="Keys">Of the works; never empty.</param>
public sealed record CitedSentence(string File, int Line, string Sentence, ImmutableArray<string> Keys)
{
    private const int LongestSentence = 300;

    /// <summary>For the editor, where the works don't carry the sentence; null where they do.</summary>
    public Diagnostic? Check(CitationFit fit, bool asWarning)
    {
        if (fit.Examine(Sentence, Keys) is not { } finding) return null;
        var sentence = Sentence.Length <= LongestSentence ? Sentence : Sentence[..LongestSentence] + "…";
        var (key, wanted) = finding.Fit switch
        {
            Fit.Contradicts => ("citation contradicts", "words that say what it found, or another work"),
            Fit.WrongNumber => ("citation number", "the work's own number, or another work"),
            _ => ("citation fit", "a work that carries the sentence, or words that stay with what this one found"),
        };
        var others = finding.WouldFit.IsEmpty
            ? "Nothing else in bibliography.yml carries it."
            : $"In bibliography.yml, these would fit: {string.Join(", ", finding.WouldFit)}.";
        return new Diagnostic(File, Line, key, $"\"{sentence}\" [@{string.Join("; @", Keys)}]", $"{wanted}: {finding.Reason.TrimEnd('.')}. {others}",
            asWarning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error);
    }
}

/// <summary>The rules of wording, ready to be held against a folder's texts. Safe for use by several threads.</summary>
public sealed class ClaimsCheck
{
    private const int MaxKnown = 100_000;
    private readonly Lazy<ClaimsGate> _gate;
    private readonly CleanSentences? _clean;
    private readonly ConcurrentDictionary<(string Sentence, bool Cited, ClaimSetting Setting), ImmutableArray<ClaimFinding>> _known = new();
    private int _counted;

    private static readonly Lazy<ClaimsGate> SiteGate = new(() => new ClaimsGate(ClaimRules.Site));

    private readonly ClaimRules? _rules;

    private ClaimsCheck(Lazy<ClaimsGate> gate, CleanSentences? clean, ClaimRules? rules = null) => (_gate, _clean, _rules) = (gate, clean, rules);

    public ClaimRules Rules => _rules ?? ClaimRules.Site;

    /// <summary>Reads the rules that come with the site, which takes longer than reading a text.</summary>
    internal static void WarmUp() => _ = SiteGate.Value;

    /// <summary>For a folder without a claims.yml: the rules that come with the site. They are read when the first sentence needs them.</summary>
    /// <param name="clean">What was examined before; null to examine everything.</param>
    internal static ClaimsCheck OfTheSite(CleanSentences? clean = null) => new(SiteGate, clean);

    /// <summary>
    /// Reads a clinic's claims.yml on top of the site's rules; null where it can't be read as YAML. Rules that fail their own examples are errors too.
    /// </summary>
    /// <param name="clean">What these rules have examined before; null to examine everything.</param>
    internal static ClaimsCheck? Read(string source, Diagnostics notes, CleanSentences? clean)
    {
        // Our own reader first: it stops what would end the process in YamlDotNet's.
        if (Yaml.Read(source, notes) is null || notes.Failed) return null;
        var yaml = new YamlStream();
        yaml.Load(new StringReader(source));
        var rules = ClaimRules.Extend(yaml.Documents[0].RootNode, notes.Error);
        foreach (var (rule, sentence, shouldSpeak) in rules.BrokenExamples())
            notes.Error(
                rule.Line,
                rule.Id,
                $"{(shouldSpeak ? "no match in its example" : "a match in what it calls fine")} {Diagnostics.Quote(sentence)}",
                "a rule that does what its own examples ask"
            );
        return new ClaimsCheck(new Lazy<ClaimsGate>(new ClaimsGate(rules)), clean, rules);
    }

    /// <summary>A reading is over: keeps the sentences that make no claim for the next start, and forgets the rest.</summary>
    public void Forget()
    {
        _clean?.Save();
        _known.Clear();
        _counted = 0;
    }

    // The gate is most of what reading a folder costs, and in a large one many sentences recur: notes at the end, ways to reach someone.
    private ImmutableArray<ClaimFinding> Findings(MarkdownSentence sentence)
    {
        var key = (sentence.Text, sentence.Cited, sentence.Setting);
        if (_known.TryGetValue(key, out var findings)) return findings;
        var hash = _clean is null ? default : CleanSentences.KeyOf(sentence.Text, sentence.Cited, sentence.Setting);
        if (_clean?.Has(hash) == true) return [];
        // Of a clinic's rule and the site's of the same name, the clinic's speaks.
        findings = [.. _gate.Value.Examine(sentence.Text, sentence.Cited, sentence.Setting).DistinctBy(finding => finding.Rule.Id)];
        if (findings.IsEmpty) _clean?.Add(hash);
        if (Interlocked.Increment(ref _counted) <= MaxKnown) _known[key] = findings;
        return findings;
    }

    /// <summary>The claims of a parsed piece of Markdown.</summary>
    /// <param name="line">The file's line of a line of the piece.</param>
    public IEnumerable<ClaimDiagnostic> Examine(string file, MarkdownDocument document, Func<int, int> line) =>
        MarkdownSentences
            .Of(document)
            .SelectMany(sentence => Findings(sentence).Select(finding => new ClaimDiagnostic(file, line(sentence.Line), sentence.Text, finding)));

    /// <summary>The sentences of a parsed piece that cite something, to be held against the works once the bibliography is known.</summary>
    public static IEnumerable<CitedSentence> Cited(string file, MarkdownDocument document, Func<int, int> line) =>
        MarkdownSentences
            .Of(document)
            .Where(sentence => sentence.Cited)
            .Select(sentence => new CitedSentence(file, line(sentence.Line), sentence.Text, sentence.Keys));

    /// <summary>The same of every text in a YAML file.</summary>
    public static IEnumerable<CitedSentence> Cited(string file, YamlValue? value) => value switch
    {
        YamlText { Text: var text } found when text.Contains("[@", StringComparison.Ordinal) && TryParse(text) is { } document => Cited(
            file,
            document,
            _ => found.TextLine
        ),
        YamlList list => list.Items.SelectMany(item => Cited(file, item)),
        YamlMap map => map.Entries.SelectMany(entry => Cited(file, entry.Value)),
        _ => [],
    };

    private static MarkdownDocument? TryParse(string text)
    {
        try
        {
            return MarkdownParser.Parse(text);
        }
        catch (ArgumentException)
        {
            return null; // nested too deep: told where the text is read
        }
    }

    /// <summary>The claims of the words in a drawing. What only a reviewer can judge is left out: a label's few words tell too little.</summary>
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

    /// <summary>The claims of a text that holds no Markdown but citations.</summary>
    public IEnumerable<ClaimDiagnostic> Examine(string file, string text, int line) => MarkdownSentences.OfText(text, ClaimSetting.Text).SelectMany(sentence =>
        Findings(sentence).Select(finding => new ClaimDiagnostic(file, line, sentence.Text, finding)));

    /// <summary>The claims of every text in a YAML file. What is Markdown there is read as such, and the rest is none the worse for it.</summary>
    public IEnumerable<ClaimDiagnostic> Examine(string file, YamlValue? value)
    {
        switch (value)
        {
            case YamlText { Plain: false } or YamlText { Text.Length: > 3 }:
                var text = (YamlText)value;
                MarkdownDocument? document = null;
                try
                {
                    document = MarkdownParser.Parse(text.Text);
                }
                catch (ArgumentException)
                {
                    // nested too deep: told where the text is read
                }

                return document is null ? [] : Examine(file, document, _ => text.TextLine);
            case YamlList list: return list.Items.SelectMany(item => Examine(file, item));
            case YamlMap map:
                return map.Entries.SelectMany(entry =>
                    Examine(file, entry.Value).Where(claim => claim.Finding.Verdict != ClaimVerdict.Review || !Names.Contains(entry.Key))
                );
            default: return [];
        }
    }

    // Names and roles of people, boards, registers and companies tell too little for what only a reviewer can judge.
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,
        ["name", "legalName", "role", "credentials", "license", "registrations", "civilRightsCoordinator", "processors", "affiliates"]
    );
}
