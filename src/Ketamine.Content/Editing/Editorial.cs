using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Ketamine.Content.Claims;
using Ketamine.Content.Markdown;
using Ketamine.Content.Reading;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using NodaTime;

namespace Ketamine.Content.Editing;

/// <summary>What an editor is told of a folder that has a claims.yml, beyond what keeps it from going live.</summary>
/// <param name="Warnings">By file and line.</param>
/// <param name="Grades">Of every text that visitors see, by file; empty for a site that is not in English.</param>
/// <param name="Reviewed">Articles and services that visitors see, which is how many signatures there should be.</param>
/// <param name="Unsigned">How many of them have none that holds: absent, of another wording, or lapsed.</param>
public sealed partial record Editorial(ImmutableArray<Diagnostic> Warnings, ImmutableSortedDictionary<string, double> Grades, int Reviewed, int Unsigned)
{
    /// <summary>What most adults read with ease (AMA and NIH ask for 6 to 8).</summary>
    public const double MaxGrade = 9;

    private const int HardestSentences = 3;

    // Sentences before and after a benefit within which a page has to name this many of the main risks.
    private const int Near = 25;
    private const int MainRisks = 3;

    /// <summary>Of all grades; 0 where there are none.</summary>
    public double MedianGrade =>
        Grades.Count == 0 ? 0
        : Grades.Values.Order().ElementAt((Grades.Count - 1) / 2) is var low && Grades.Values.Order().ElementAt(Grades.Count / 2) is var high ? (low + high) / 2
        : 0;

    public static Editorial Read(ContentReading reading, bool english, LocalDate today)
    {
        var warnings = new List<Diagnostic>();
        var grades = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        var texts = reading.Texts.Where(text => text is { Body: not null, Draft: false }).ToList();
        foreach (var text in texts)
        {
            if (english) Grade(text);
            Headings(text);
            Pictures(text);
            Balance(text);
        }

        foreach (var fact in reading.Partial?.DatedFacts ?? []) Ages(fact);

        var reviewed = texts.Where(text => text.Kind != ContentKind.Page).ToList();
        var unsigned = reviewed.Count(text => !Holds(text));
        Orphans();
        return new Editorial(
            [.. warnings.OrderBy(warning => warning.File, StringComparer.Ordinal).ThenBy(warning => warning.Line)],
            grades.ToImmutable(),
            reviewed.Count,
            unsigned
        );

        void Warn(ContentDocument text, int line, string key, string found, string wanted) =>
            warnings.Add(new Diagnostic(text.File, line, key, found, wanted, DiagnosticSeverity.Warning));

        void Grade(ContentDocument text)
        {
            var sentences = SentencesOf(text.Body!).ToList();
            var grade = grades[text.File] = Readability.Grade(sentences.Select(sentence => sentence.Text));
            if (grade <= MaxGrade) return;
            var hardest = sentences
                .Where(sentence => sentence.Text.Count(' ') >= 7)
                .Select(sentence => (sentence.Text, sentence.Line, Grade: Readability.Grade([sentence.Text])))
                .OrderByDescending(sentence => sentence.Grade)
                .Take(HardestSentences)
                .Select(sentence =>
                    string.Create(CultureInfo.InvariantCulture, $"line {sentence.Line}, grade {sentence.Grade:0}, {Diagnostics.Quote(sentence.Text)}")
                );
            Warn(
                text,
                0,
                "reading grade",
                string.Create(CultureInfo.InvariantCulture, $"{grade:0.0}, where most adults read {MaxGrade} with ease"),
                $"shorter sentences and plainer words, first in: {string.Join("; ", hardest)}"
            );
        }

        void Headings(ContentDocument text)
        {
            var last = 1;
            foreach (var heading in text.Body!.Analysis.Headings)
            {
                if (heading.Level == 1)
                    Warn(
                        text,
                        heading.Line,
                        "heading",
                        $"\"# {Diagnostics.Shown(heading.Title)}\" is a second title: the page's own is its only one",
                        $"## {Diagnostics.Shown(heading.Title)}"
                    );
                else if (heading.Level > last + 1)
                    Warn(
                        text,
                        heading.Line,
                        "heading",
                        $"{Diagnostics.Quote(heading.Title)} skips a level",
                        $"{new string('#', last + 1)} {Diagnostics.Shown(heading.Title)}"
                    );
                last = heading.Level;
            }
        }

        void Pictures(ContentDocument text)
        {
            foreach (var picture in text.Body!.Analysis.Pictures.Where(picture => picture is { HasCaption: true, Alt: "" }))
                Warn(
                    text,
                    picture.Line,
                    "image",
                    $"{Diagnostics.Quote(picture.Source)} has a caption and nothing for those who can't see it",
                    $"![what it shows]({picture.Source} \"the caption\")"
                );
        }

        // FDA's and FTC's measure is the net impression: where a benefit is named, the main risks are named near it, on the home page too.
        void Balance(ContentDocument text)
        {
            if (text.Body!.Analysis.TellsRisks) return;
            var sentences = SentencesOf(text.Body).ToList();
            var at = sentences.FindIndex(sentence => Benefit().IsMatch(sentence.Text));
            if (at < 0) return;
            var near = sentences
                .Skip(Math.Max(0, at - Near))
                .Take(2 * Near)
                .SelectMany(sentence => MainRisk().Matches(sentence.Text))
                .Select(risk => risk.Value.ToLowerInvariant()[..4])
                .Distinct(StringComparer.Ordinal)
                .Count();
            if (text.Kind == ContentKind.Page && near >= MainRisks) return;
            var wanted = text.Kind == ContentKind.Page
                ? "a sentence near it that names the main risks: feeling detached, blood pressure, breathing, misuse and dependence, bladder and liver"
                : "::: risks (then what can go wrong and who should not have it; then ::: on a line by itself)";
            warnings.Add(
                new Diagnostic(
                    text.File,
                    sentences[at].Line,
                    "risks",
                    $"{Diagnostics.Quote(sentences[at].Text)} names a benefit, "
                        + $"and {(text.Kind == ContentKind.Page ? "the risks are not near it" : "no section says the risks")}",
                    wanted,
                    reading.Content is { Clinic.Sample: false } ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning
                )
            );
        }

        void Ages(DatedFact fact)
        {
            if (!fact.IsDue(today)) return;
            var (when, severity) = fact.IsOver(today)
                ? ("over", DiagnosticSeverity.Error)
                : ($"at most {DatedFact.WarnDays} days away", DiagnosticSeverity.Warning);
            warnings.Add(
                new Diagnostic(
                    fact.File,
                    fact.Line,
                    "validUntil",
                    $"{fact.Until:uuuu-MM-dd} is {when}",
                    $"validUntil: a later day, once {fact.What} is checked again; or other words",
                    severity
                )
            );
        }

        bool Holds(ContentDocument text)
        {
            if (text.ReviewedBy is not { } by)
                Warn(text, 0, "reviewedBy", "nobody has reviewed this text medically", $"content sign {text.Slug} --by PERSON (once they have read it)");
            else if (text.ReviewHash is null) Warn(text, by.Line, "reviewHash", "the review isn't signed", $"content sign {text.Slug} --by {by.Name}");
            else if (!text.Signed)
                Warn(
                    text,
                    by.Line,
                    "reviewHash",
                    "the words have changed since the review was signed",
                    $"content sign {text.Slug} --by {by.Name} (once they have read it again)"
                );
            else if (text.Reviewed!.Value.PlusMonths(12) < today)
                Warn(
                    text,
                    by.Line,
                    "reviewed",
                    $"the review of {text.Reviewed.Value:uuuu-MM-dd} is over twelve months old",
                    $"content sign {text.Slug} --by {by.Name} (once they have read it again)"
                );
            else return true;
            return false;
        }

        void Orphans()
        {
            // Articles and services stand in their lists; the front page and what the footer links are found without a link of the editor's.
            var linked = texts
                .SelectMany(text => text.Body!.Analysis.Links.Select(link => Target(link.Url)).Where(target => target != text.Path))
                .ToHashSet(StringComparer.Ordinal);
            linked.UnionWith(["/", "/about", "/privacy", "/accessibility"]);
            linked.UnionWith(texts.Where(text => text.PageKind == PageKind.PrivacyPractices).Select(text => text.Path));
            linked.UnionWith(reading.OtherLinks.Select(Target));
            foreach (var page in texts.Where(text => text.Kind == ContentKind.Page && !linked.Contains(text.Path)))
                Warn(
                    page,
                    0,
                    "page",
                    $"nothing leads to {page.Path}",
                    $"[{Diagnostics.Shown(page.Title)}](page:{page.Slug}) (in another text; or a line in clinic.yml's navigation)"
                );
        }
    }

    private static string Target(string url) => (Links.Kind(url) == LinkKind.Text ? Links.PathOf(url) : url).Split('#', '?')[0];

    /// <summary>The sentences of running text and lists, with the file's lines; headings, tables and captions are no sentences.</summary>
    private static IEnumerable<(string Text, int Line)> SentencesOf(ProsePiece piece) =>
        MarkdownParser
            .Parse(piece.Markdown)
            .Descendants<ParagraphBlock>()
            .Where(paragraph => paragraph.Parent is not TableCell)
            .SelectMany(paragraph =>
                MarkdownParser.Plain(paragraph.Inline) is var text ? Sentences.Split(text).Select(part => (part.Of(text), piece.LineOf(paragraph.Line))) : []
            );

    [GeneratedRegex(
        @"\b(detached|dissociat\w*|blood\s+pressure|breathing|misus\w*|dependen\w*|bladder|liver|boxed\s+warning|side\s+effects)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex MainRisk();

    [GeneratedRegex(
        @"\b(eas(e|es|ed|ing)|help(s|ed|ing)?|reliev\w*|relief|improv\w*|benefit\w*|reduc(e|es|ed|ing)|lift(s|ed)?|lessen\w*|remission|responded|better|fell)\b"
            + @"[^.!?]{0,80}\b(depress\w*|pain|ptsd|anxi\w*|suicid\w*|mood|symptoms?)\b|"
            + @"\b(depress\w*|pain|ptsd|anxi\w*|suicid\w*|mood|symptoms?)\b[^.!?]{0,60}"
            + @"\b(eas(es|ed|ing)|improv\w*|reliev\w*|lift(s|ed)|lessen\w*|fell|remission|better)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Benefit();
}
