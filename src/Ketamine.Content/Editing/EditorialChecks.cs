using Ketamine.Content.Markdown;
using Ketamine.Content.Reading;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace Ketamine.Content.Editing;

/// <summary>Runs the checks behind <see cref="Editorial"/> once over a reading.</summary>
internal sealed partial class EditorialChecks(ContentReading reading, LocalDate today)
{
    private const int HardestSentences = 3;

    // This many sentences before and after a benefit, a page must mention at least this many of the main risks.
    private const int NearbySentences = 25;
    private const int MainRisksNearby = 3;

    private readonly List<ContentDocument> _texts = [.. reading.Texts.Where(text => text is { Body: not null, Draft: false })];
    private readonly List<Diagnostic> _warnings = [];

    public Editorial Run(bool english)
    {
        var grades = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var text in _texts)
        {
            if (english) grades[text.File] = CheckReadingGrade(text);
            CheckHeadings(text.File, text.Body!.Analysis.Headings);
            CheckCaptions(text);
            CheckRiskBalance(text);
        }

        foreach (var fact in reading.Partial?.DatedFacts ?? []) CheckExpiry(fact);

        var reviewed = _texts.Where(text => text.Kind != ContentKind.Page).ToList();
        var unsigned = reviewed.Count(text => !CheckReview(text));
        CheckUnlinkedPages();
        CheckCopies();
        return new Editorial(
            [.. _warnings.OrderBy(warning => warning.File, StringComparer.Ordinal).ThenBy(warning => warning.Line)],
            grades.ToImmutable(),
            reviewed.Count,
            unsigned);
    }

    private void Warn(string file, int line, string key, string found, string wanted, DiagnosticSeverity severity = DiagnosticSeverity.Warning) =>
        _warnings.Add(new Diagnostic(file, line, key, found, wanted, severity));

    private double CheckReadingGrade(ContentDocument text)
    {
        var sentences = SentencesOf(text.Body!).ToList();
        var grade = Readability.Grade(sentences.Select(sentence => sentence.Text));
        if (grade <= Editorial.MaxGrade) return grade;
        var hardest = sentences
            .Where(sentence => sentence.Text.Count(' ') >= 7)
            .Select(sentence => (sentence.Text, sentence.Line, Grade: Readability.Grade([sentence.Text])))
            .OrderByDescending(sentence => sentence.Grade)
            .Take(HardestSentences)
            .Select(sentence =>
                string.Create(CultureInfo.InvariantCulture, $"line {sentence.Line}, grade {sentence.Grade:0}, {Diagnostics.Quote(sentence.Text)}")
            );
        Warn(
            text.File,
            0,
            "reading grade",
            string.Create(CultureInfo.InvariantCulture, $"{grade:0.0}; most adults read {Editorial.MaxGrade} with ease"),
            $"shorter sentences and plainer words, starting with: {string.Join("; ", hardest)}");
        return grade;
    }

    private void CheckHeadings(string file, ImmutableArray<HeadingFact> headings)
    {
        var last = 1;
        foreach (var heading in headings)
        {
            var title = Diagnostics.Shown(heading.Title);
            if (heading.Level == 1)
                Warn(file, heading.Line, "heading", $"\"# {title}\" is a second title, and the page already has one", $"## {title}");
            else if (heading.Level > last + 1) Warn(file, heading.Line, "heading", $"\"{title}\" skips a level", $"{new string('#', last + 1)} {title}");
            last = heading.Level;
        }
    }

    private void CheckCaptions(ContentDocument text)
    {
        foreach (var picture in text.Body!.Analysis.Pictures.Where(picture => picture is { HasCaption: true, Alt: "" }))
            Warn(
                text.File,
                picture.Line,
                "image",
                $"{Diagnostics.Quote(picture.Source)} has a caption but no description for people who can't see it",
                $"![what it shows]({picture.Source} \"the caption\")");
    }

    // The FDA and the FTC look at the net impression: where a text names a benefit, the main risks must be close by. That includes the home page.
    private void CheckRiskBalance(ContentDocument text)
    {
        if (text.Body!.Analysis.MentionsRisks) return;
        var sentences = SentencesOf(text.Body).ToList();
        var benefit = sentences.FindIndex(sentence => Benefit().IsMatch(sentence.Text));
        if (benefit < 0) return;
        var isPage = text.Kind == ContentKind.Page;
        if (isPage && RisksNear(benefit, sentences) >= MainRisksNearby) return;
        Warn(
            text.File,
            sentences[benefit].Line,
            "risks",
            $"{Diagnostics.Quote(sentences[benefit].Text)} names a benefit, and "
                + (isPage ? "the main risks aren't nearby" : "no section covers the risks"),
            isPage
                ? "a sentence nearby that names the main risks: feeling detached, blood pressure, breathing, misuse and dependence, bladder and liver"
                : "::: risks (then what can go wrong and who should not have it; then ::: on a separate line)",
            reading.Content is { Clinic.Sample: false } ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);
    }

    private static int RisksNear(int benefit, List<(string Text, int Line)> sentences) =>
        sentences
            .Skip(Math.Max(0, benefit - NearbySentences))
            .Take(2 * NearbySentences)
            .SelectMany(sentence => MainRisk().Matches(sentence.Text))
            .Select(risk => risk.Value.ToLowerInvariant()[..4])
            .Distinct(StringComparer.Ordinal)
            .Count();

    private void CheckExpiry(DatedFact fact)
    {
        if (!fact.IsDue(today)) return;
        var isOver = fact.IsOver(today);
        Warn(
            fact.File,
            fact.Line,
            "validUntil",
            $"{fact.Until:uuuu-MM-dd} {(isOver ? "has passed" : $"is at most {DatedFact.WarnDays} days away")}",
            $"validUntil: a later day, once {fact.What} has been checked again; or new wording",
            isOver ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);
    }

    /// <summary>Whether the text has a valid review; if not, says what is wrong with it.</summary>
    private bool CheckReview(ContentDocument text)
    {
        if (text.ReviewedBy is not { } by)
        {
            Warn(text.File, 0, "reviewedBy", "this text has no medical review", $"content sign {text.Slug} --by PERSON (once they have read it)");
            return false;
        }

        var signAgain = $"content sign {text.Slug} --by {by.Name} (once they have read it again)";
        if (text.ReviewHash is null)
            Warn(text.File, by.Line, "reviewHash", "the review isn't signed", $"content sign {text.Slug} --by {by.Name}");
        else if (!text.Signed)
            Warn(text.File, by.Line, "reviewHash", "the text has changed since the review was signed", signAgain);
        else if (text.Reviewed!.Value.PlusMonths(12) < today)
            Warn(text.File, by.Line, "reviewed", $"the review of {text.Reviewed.Value:uuuu-MM-dd} is more than twelve months old", signAgain);
        else return true;
        return false;
    }

    private void CheckUnlinkedPages()
    {
        var linked = _texts
            .SelectMany(text => text.Body!.Analysis.Links.Select(link => Target(link.Url)).Where(target => target != text.Path))
            .ToHashSet(StringComparer.Ordinal);
        // The site itself links its home page and the pages in the footer, and lists every article and service.
        linked.UnionWith(["/", "/about", "/privacy", "/accessibility"]);
        linked.UnionWith(_texts.Where(text => text.PageKind == PageKind.PrivacyPractices).Select(text => text.Path));
        linked.UnionWith(reading.OtherLinks.Select(Target));
        foreach (var page in _texts.Where(text => text.Kind == ContentKind.Page && !linked.Contains(text.Path)))
            Warn(
                page.File,
                0,
                "page",
                $"nothing links to {page.Path}",
                $"[{Diagnostics.Shown(page.Title)}](page:{page.Slug}) (in another text, or a line in clinic.yml's navigation)");
    }

    // Programs that copy, download, or synchronize a file a second time add these to its name. Visitors would see the same text at two addresses.
    private void CheckCopies()
    {
        var files = _texts.Select(text => text.File).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var text in _texts)
        {
            var copied = CopyMark().Replace(text.File, ".md");
            if (copied == text.File || !files.Contains(copied)) continue;
            Warn(
                text.File,
                0,
                "file",
                $"it looks like a copy of {copied}, and visitors see it at {text.Path}",
                "keep the file that is right and delete the other, or rename this one if it is a separate text");
        }
    }

    [GeneratedRegex(
        @"(?: ?\([0-9]{1,2}\)| ?-? ?[Cc]opy(?: ?\(?[0-9]{1,2}\)?)?| ?\([^()]{0,60}(?:conflict|[Cc]opy)[^()]{0,60}\)|\.sync-conflict-[0-9A-Z-]{1,40})\.md$",
        RegexOptions.CultureInvariant)]
    private static partial Regex CopyMark();

    private static string Target(string url) => (Links.Kind(url) == LinkKind.Text ? Links.PathOf(url) : url).Split('#', '?')[0];

    /// <summary>The sentences of paragraphs and lists, with their lines in the file. Headings, tables, and captions don't count.</summary>
    private static IEnumerable<(string Text, int Line)> SentencesOf(ProsePiece piece)
    {
        // A text nested too deeply is reported where it is read.
        var paragraphs = MarkdownParser.TryParse(piece.Markdown)?.Descendants<ParagraphBlock>() ?? [];
        foreach (var paragraph in paragraphs.Where(paragraph => paragraph.Parent is not TableCell))
        {
            var text = MarkdownParser.Plain(paragraph.Inline);
            foreach (var part in Sentences.Split(text)) yield return (part.Of(text), piece.LineOf(paragraph.Line));
        }
    }

    [GeneratedRegex(
        @"\b(detached|dissociat\w*|blood\s+pressure|breathing|misus\w*|dependen\w*|bladder|liver|boxed\s+warning|side\s+effects)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex MainRisk();

    [GeneratedRegex(
        @"\b(eas(e|es|ed|ing)|help(s|ed|ing)?|reliev\w*|relief|improv\w*|benefit\w*|reduc(e|es|ed|ing)|lift(s|ed)?|lessen\w*|remission|responded|better|fell)\b"
            + @"[^.!?]{0,80}\b(depress\w*|pain|ptsd|anxi\w*|suicid\w*|mood|symptoms?)\b|"
            + @"\b(depress\w*|pain|ptsd|anxi\w*|suicid\w*|mood|symptoms?)\b[^.!?]{0,60}"
            + @"\b(eas(es|ed|ing)|improv\w*|reliev\w*|lift(s|ed)|lessen\w*|fell|remission|better)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Benefit();
}
