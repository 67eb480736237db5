using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Page = Ketamine.Content.Model.Page;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Writes the two parts of a newsletter: head, text or opening, link to the site, disclaimer, and footer with the unsubscribe link.</summary>
internal sealed class NewsletterWriter(SiteContent site, IStringLocalizer<SiteStrings> words)
{
    private readonly Clinic _clinic = site.Clinic;
    private readonly MailLook _look = MailLook.Of(site.Clinic);
    private readonly MailColors _colors = MailColors.Light(MailLook.Of(site.Clinic));

    /// <param name="whole">Whether to send the whole article, instead of its opening with a button to the rest.</param>
    public NewsletterEmail Article(Article article, string subject, bool whole)
    {
        var document = article.Body.Read();
        var opening = whole ? document.Blocks : NewsletterOpening.Of(document.Blocks);
        return Write(article, subject, document, opening, Byline(article), new Uri(_clinic.Url, article.Path));
    }

    public NewsletterEmail File(Page file, string subject)
    {
        var document = file.Body.Read();
        return Write(file, subject, document, document.Blocks, byline: null, page: null);
    }

    /// <param name="page">The page with the whole text; null if it is only in the email.</param>
    private NewsletterEmail Write(ContentItem item, string subject, ProseDocument document, IReadOnlyList<ProseBlock> blocks, string? byline, Uri? page)
    {
        var links = new EmailLinks(_clinic.Url, page);
        var whole = blocks.Count == document.Blocks.Length;
        // As on the site, only articles have the disclaimer.
        var disclaimer = page is null ? null : _clinic.Disclaimer?.Read();

        var text = new StringBuilder(HeadText(item, page is not null, byline));
        // Omit citation marks in an opening: the reference list is on the site.
        text.Append('\n').Append(new NewsletterText(links, words["Picture"], withSources: whole).Render(document, blocks));
        if (page is not null) text.Append('\n').Append(MailTextPart.Wrap($"{ReadOn(whole)}:")).Append(page.AbsoluteUri).Append('\n');
        if (disclaimer is not null) text.Append('\n').Append(new NewsletterText(links, words["Picture"]).Render(disclaimer, disclaimer.Blocks));
        text.Append('\n').Append(FootText());

        var seePicture = words["See the picture on our site"];
        var html = new StringBuilder("<div style=\"font-size:17px;line-height:1.6\">\n").Append(HeadHtml(item, page is not null, byline));
        html.Append(new NewsletterHtml(_colors, links, site.Files, seePicture, withSources: whole).Render(document, blocks));
        if (page is not null) html.Append(whole ? Link(page) : MailHtmlPart.Button(ReadOn(whole), page, _colors) + "\n");
        if (disclaimer is not null) html.Append(new NewsletterHtml(_colors, links, site.Files, seePicture).Render(disclaimer, disclaimer.Blocks));
        html.Append(FootHtml()).Append("</div>\n");
        var preview = item.Summary.Length > 0 ? item.Summary : item.Title;
        var wholeHtml = MailHtmlPart.Document(subject, preview, _clinic.Name, _look, html.ToString());
        return new NewsletterEmail(subject, _clinic.DiscreetName, text.ToString(), wholeHtml);
    }

    private string ReadOn(bool whole) => whole ? words["Read it on our site"] : words["Read the whole article"];

    private string Byline(Article article)
    {
        var day = Day(article.Published.InZone(_clinic.TimeZone).Date);
        var byline = $"{day}. {words["By {0}", string.Join(", ", article.Authors.Select(author => author.Name))].Value}.";
        if (article.Review is { Signed: true } review) byline += $" {words["Medically reviewed by {0}, {1}", review.Reviewer.Name, Day(review.Date)].Value}.";
        return byline;
    }

    private static string HeadText(ContentItem item, bool withSummary, string? byline)
    {
        var text = MailTextPart.Wrap(item.Title) + new string('=', Math.Min(item.Title.Length, MailTextPart.Width)) + "\n";
        if (withSummary) text += "\n" + MailTextPart.Wrap(item.Summary);
        if (byline is not null) text += "\n" + MailTextPart.Wrap(byline);
        return text;
    }

    private string HeadHtml(ContentItem item, bool withSummary, string? byline)
    {
        var serif = $"font-family:{MailHtmlPart.Serif}";
        var html = Line("h1", "ink", $"margin:0 0 12px;color:{_colors.Ink};{serif};font-size:30px;line-height:1.2;font-weight:normal", item.Title);
        if (withSummary) html += Line("p", "soft serif", $"margin:0 0 12px;color:{_colors.Soft};{serif};font-size:20px;line-height:1.4", item.Summary);
        if (byline is not null) html += Line("p", "soft", $"margin:0 0 24px;color:{_colors.Soft};font-size:15px;line-height:1.45", byline);
        return html;
    }

    private string Link(Uri page)
    {
        var style = $"color:{_colors.Accent};text-decoration:underline";
        var link = $"""<a class="accent" href="{MailHtmlPart.Text(page.AbsoluteUri)}" style="{style}">{MailHtmlPart.Text(ReadOn(whole: true))}</a>""";
        return $"<p style=\"margin:24px 0 16px\">{link}</p>\n";
    }

    private string FootText()
    {
        var foot = new StringBuilder();
        foot.Append('-', MailTextPart.Width).Append('\n');
        foot.Append(MailTextPart.Wrap(words["You’re getting this because you subscribed to the newsletter of {0}.", _clinic.Name]));
        foot.Append(MailTextPart.Wrap(words["Unsubscribe with one click:"])).Append(NewsletterEmail.UnsubscribeLink).Append('\n');
        foot.Append('\n').Append(MailTextPart.Wrap($"{_clinic.LegalName}, {Address()}"));
        foot.Append('\n').Append(MailTextPart.Wrap(Crisis()));
        return foot.ToString();
    }

    private string FootHtml()
    {
        var style = $"margin:0 0 10px;color:{_colors.Soft};font-size:15px;line-height:1.5";
        var link = $"display:inline-block;padding:12px 0;color:{_colors.Accent};font-size:16px;line-height:20px;text-decoration:underline";
        var leave = MailHtmlPart.Text(words["Unsubscribe with one click"]);
        return $"<hr class=\"rule\" style=\"margin:32px 0 20px;border:0;border-top:1px solid {_colors.Hairline}\">\n"
            + Line("p", "soft", style, words["You’re getting this because you subscribed to the newsletter of {0}.", _clinic.Name])
            + $"""<p style="margin:0 0 10px"><a class="accent" href="{NewsletterEmail.UnsubscribeLink}" style="{link}">{leave}</a></p>"""
            + "\n" + Line("p", "soft", style, $"{_clinic.LegalName}, {Address()}") + Line("p", "soft", style, Crisis());
    }

    private static string Line(string element, string css, string style, string text) =>
        $"<{element} class=\"{css}\" style=\"{style}\">{MailHtmlPart.Text(text)}</{element}>\n";

    private string Address()
    {
        var address = _clinic.Address!;
        var parts = new[] { address.Street, address.City, $"{address.Region} {address.PostalCode}".Trim(), address.Country };
        return string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }

    private string Crisis() => words["In a crisis, call {0} or text {1}. In immediate danger, call 911.", _clinic.Crisis.Phone, _clinic.Crisis.TextTo];

    private static string Day(LocalDate date) => date.ToString(DateFormat.Pattern(CultureInfo.CurrentCulture), CultureInfo.CurrentCulture);
}
