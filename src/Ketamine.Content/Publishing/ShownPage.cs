using System.Net;
using Ketamine.Content.Markdown;
using NodaTime.Text;

namespace Ketamine.Content.Publishing;

/// <summary>A page as readers see it, in pieces that can be compared: headings, paragraphs, list items, and table rows.</summary>
/// <param name="Shared">The list that the page is made from, if it doesn't have a separate file.</param>
internal sealed record ShownPage(string Path, string Title, string File, ImmutableArray<ShownPiece> Pieces, string? Shared = null)
{
    /// <summary>Every page with text from the folder, including drafts.</summary>
    public static List<ShownPage> Of(SiteContent content) =>
        [
            .. content
                .Pages.Where(page => page.Slug != default)
                .Select(page => new ShownPage(page.Path, page.Title, page.File, Text(page, page.Draft ? Draft : null))),
            .. content
                .Services.Where(service => service.Slug != default)
                .Select(service => new ShownPage(
                    service.Path,
                    service.Title,
                    service.File,
                    Text(service, service.Draft ? Draft : null, service.Price, service.Duration, Reviewed(service.Review)))),
            .. content
                .Articles.Where(article => article.Slug != default)
                .DistinctBy(article => article.Slug)
                .Select(article => new ShownPage(
                    article.Path,
                    article.Title,
                    article.File,
                    Text(
                        article,
                        article.Draft ? Draft : null,
                        $"Published {Date(article.Published, content)}",
                        article.Updated is { } updated ? $"Updated {Date(updated, content)}" : null,
                        $"By {string.Join(", ", article.Authors.Select(author => author.Name))}",
                        Reviewed(article.Review),
                        article.Topics.IsEmpty ? null : $"Topics: {string.Join(", ", article.Topics)}"))),
            .. List(
                "/faqs",
                "Questions",
                "faqs.yml",
                content.Faqs.SelectMany(group => group.Questions.SelectMany(faq => Of(faq.Answer).Prepend(Heading(faq.Question))))),
            .. List("/team", "Team", "people.yml", content.People.Values.OrderBy(person => person.Key, StringComparer.Ordinal).SelectMany(Of)),
            .. List(
                "/reviews",
                "Reviews",
                "reviews.yml",
                content.Reviews.Select(review => Line($"{review.Text} – {review.By}, {LocalDatePattern.Iso.Format(review.Date)}"))),
            .. List(
                "/research",
                "Research",
                "bibliography.yml",
                content.Bibliography.Select(reference =>
                    Line(
                        $"{string.Join(", ", reference.Authors)}. {reference.Title}. {reference.Journal} {reference.Year}. "
                            + $"{reference.KindName}{(reference.Population is { } who ? $", {who}" : "")}.")
                )),
        ];

    private const string Draft = "Draft: visitors don't see this page yet";

    private static IEnumerable<ShownPage> List(string path, string title, string file, IEnumerable<ShownPiece> pieces) =>
        pieces.ToImmutableArray() is { IsEmpty: false } all ? [new ShownPage(path, title, file, all, file)] : [];

    private static ImmutableArray<ShownPiece> Text(ContentItem item, params string?[] facts) =>
    [
        Heading(item.Title),
        .. item.Summary.Length > 0 ? [Line(item.Summary)] : Array.Empty<ShownPiece>(),
        .. item.Image is { } image ? [new ShownPiece($"Picture: {image.Alt}", $"<p><img src=\"{Encode(image.Path)}\" alt=\"{Encode(image.Alt)}\"></p>")]
            : Array.Empty<ShownPiece>(),
        .. facts.OfType<string>().Select(Line),
        .. Of(item.Body),
    ];

    private static IEnumerable<ShownPiece> Of(Person person)
    {
        yield return Heading(person.Name);
        if (string.Join(", ", new[] { person.Role, person.Credentials }.OfType<string>()) is { Length: > 0 } facts) yield return Line(facts);
        foreach (var prose in new[] { person.Bio, person.Does }.OfType<Prose>())
            foreach (var piece in Of(prose)) yield return piece;
    }

    private static IEnumerable<ShownPiece> Of(Prose prose)
    {
        var document = prose.Read();
        return document.Blocks.SelectMany(Parts).Select(block => new ShownPiece(
            ProseWords.Of(block), ProseHtml.Feed(document with { Blocks = [block], References = [] }, address => address)));
    }

    private static IEnumerable<ProseBlock> Parts(ProseBlock block) => block switch
    {
        ProseList list => list.Items.Select((item, index) => new ProseList(list.Start + index, [item])),
        ProseTable { Rows.Length: > 1 } table => table.Rows.Select(row => table with { Rows = [row] }),
        ProseDefinitions definitions => definitions.Items.Select(item => new ProseDefinitions([item])),
        _ => [block],
    };

    private static ShownPiece Heading(string text) => new(text, $"<h3>{Encode(text)}</h3>");

    private static ShownPiece Line(string text) => new(text, $"<p>{Encode(text)}</p>");

    private static string? Reviewed(MedicalReview? review) =>
        review is null
            ? null
            : $"Reviewed by {review.Reviewer.Name}, {LocalDatePattern.Iso.Format(review.Date)}{(review.Signed ? "" : " (not signed in this wording)")}";

    private static string Date(DateTimeOffset instant, SiteContent content) =>
        instant.InZone(content.Clinic.TimeZone).ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <param name="Words">Without markup, for comparing and for a terminal.</param>
/// <param name="Html">Without classes and ids, because it is shown within another page.</param>
internal sealed record ShownPiece(string Words, string Html);

/// <summary>The plain text of a block.</summary>
internal static class ProseWords
{
    public static string Of(ProseBlock block)
    {
        var words = new StringBuilder();
        Add(words, block);
        return words.ToString().Trim();
    }

    private static void Add(StringBuilder words, ProseBlock block)
    {
        switch (block)
        {
            case ProseParagraph paragraph: Line(paragraph.Content); break;
            case ProseHeadingBlock heading: Line(heading.Content); break;
            case ProseFigure figure: Line([figure.Picture, new ProseText(" "), .. figure.Caption]); break;
            case ProseCodeBlock code: words.Append(code.Code).Append('\n'); break;
            case ProseList list: foreach (var item in list.Items) { words.Append("• "); All(item); } break;
            case ProseQuote quote: All(quote.Blocks); break;
            case ProseCallout callout: words.Append(callout.Title).Append('\n'); All(callout.Blocks); break;
            case ProseNotes notes: foreach (var note in notes.Notes) All(note.Blocks); break;
            case ProseTable table: foreach (var row in table.Rows) { foreach (var cell in row) { All(cell.Blocks); words.Append("| "); } } break;
            case ProseDefinitions list:
                foreach (var item in list.Items)
                {
                    foreach (var term in item.Terms) Line(term);
                    All(item.Meaning);
                }

                break;
        }

        void All(ImmutableArray<ProseBlock> blocks)
        {
            foreach (var inner in blocks) Add(words, inner);
        }

        void Line(ImmutableArray<ProseInline> inlines)
        {
            foreach (var inline in inlines) Add(words, inline);
            words.Append('\n');
        }
    }

    private static void Add(StringBuilder words, ProseInline inline)
    {
        switch (inline)
        {
            case ProseText text: words.Append(text.Text.Replace('\n', ' ')); break;
            case ProseCode code: words.Append(code.Code); break;
            case ProseBreak: words.Append(' '); break;
            case ProseImage image: words.Append($"[picture: {image.Alt}]"); break;
            case ProseCitation citation: words.Append(CultureInfo.InvariantCulture,
                $" [{string.Join(", ", citation.Marks.Select(mark => mark.Number))}]"); break;
            case ProseEmphasis emphasis: foreach (var inner in emphasis.Content) Add(words, inner); break;
            case ProseLink link: foreach (var inner in link.Content) Add(words, inner); break;
        }
    }
}
