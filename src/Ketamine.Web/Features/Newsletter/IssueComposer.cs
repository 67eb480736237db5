using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ketamine.Content;
using Ketamine.Content.Claims;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Mail;
using Microsoft.Extensions.Localization;
using NodaTime;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Writes the letter of an issue, from an article of the site or from a Markdown file of its own, if nothing speaks against sending it.</summary>
public sealed class IssueComposer(ContentFolder folder, IStringLocalizer<SiteStrings> words)
{
    /// <summary>Of Gmail, which cuts a mail's HTML off at 102 kB; the rest is for the headers and a longer link.</summary>
    private const int MostHtml = 100_000;

    /// <summary>The letter of an article, or what keeps it from being sent, a sentence each.</summary>
    /// <param name="subject">In place of the article's title; null takes that.</param>
    /// <param name="at">When it is to go: the article must be on the site by then.</param>
    public (NewsletterEmail? Letter, IReadOnlyList<string> Problems) OfArticle(string slug, string? subject, DateTimeOffset at)
    {
        var reading = folder.Read();
        if (Check(reading, out var problems) is not { } site) return (null, problems);
        if (site.Articles.FirstOrDefault(article => article.Slug.ToString() == slug) is not { } article)
            return (null, [$"No article is called {slug}{(NearestName.To(slug, site.Articles.Select(known => known.Slug.ToString())) is { } near ? $"; did you mean {near}?" : ".")}"]);
        if (article.Draft) problems.Add($"{article.File} is a draft.");
        if (article.Published > at) problems.Add($"{article.File} appears on the site at {article.Published:u}, after the issue would go: choose a later --at.");
        if (site.Articles.Any(other => other.Review is not null) && article.Review is not { Signed: true })
            problems.Add($"{article.File} is not signed by a medical reviewer as it stands: content sign {article.Slug} --by PERSON");
        problems.AddRange(Claims(reading, article.File));

        var day = Day(Instant.FromDateTimeOffset(article.Published).InZone(site.Clinic.TimeZone).Date);
        var byline = $"{day}. {words["By {0}", string.Join(", ", article.Authors.Select(author => author.Name))].Value}.";
        if (article.Review is { Signed: true } review) byline += $" {words["Medically reviewed by {0}, {1}", review.Reviewer.Name, Day(review.Date)].Value}.";
        return Write(site, subject ?? article.Title, article, byline, article.Path, problems);
    }

    /// <summary>The letter of a file of its own: front matter with <c>title</c> (the subject) and <c>summary</c> (what stands beside it in a list of mails), then Markdown.</summary>
    /// <param name="file">What messages call it; its name is one that a page could have.</param>
    /// <param name="bytes">What it holds; its links, pictures and sources are the folder's.</param>
    /// <param name="subject">In place of the file's title; null takes that.</param>
    public (NewsletterEmail? Letter, IReadOnlyList<string> Problems) OfFile(string file, byte[] bytes, string? subject)
    {
        var reading = folder.ReadWith(file, bytes);
        if (Check(reading, out var problems) is not { } site) return (null, problems);
        problems.AddRange(Claims(reading, file));
        return Write(site, subject ?? site.Pages.First(page => page.File == file).Title, site.Pages.First(page => page.File == file), null, null, problems);
    }

    private static SiteContent? Check(ContentReading reading, out List<string> problems)
    {
        problems = [.. reading.Errors.Select(error => error.ToMessage())];
        if (reading.Content is not { } site) return null;
        if (site.Clinic.Newsletter is null) problems.Add("clinic.yml has no newsletter: it is a key with heading, invitation and thanks.");
        if (site.Clinic.Address is null) problems.Add("clinic.yml has no address, and a newsletter must carry one (CAN-SPAM Act, 15 U.S.C. 7704(a)(5)).");
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(site.Clinic.Locale);
        return problems.Count == 0 ? site : null;
    }

    /// <summary>What the claims rules stop, in the text that is sent. What they leave to a reviewer is for the signature.</summary>
    private static IEnumerable<string> Claims(ContentReading reading, string file) => reading.Texts.First(text => text.File == file).Claims
        .Where(claim => claim.Finding.Verdict >= ClaimVerdict.NeedsCitation).Select(claim => claim.Told(asWarning: false).ToMessage());

    private (NewsletterEmail?, IReadOnlyList<string>) Write(SiteContent site, string subject, ContentItem text, string? byline, string? path, List<string> problems)
    {
        var (clinic, title) = (site.Clinic, text.Title);
        var place = new EmailLinks(clinic.Url, path is null ? null : new Uri(clinic.Url, path));
        var document = new HtmlParser().ParseDocument($"<body>{text.Body.Html}");
        // The disclaimer belongs to articles, as on the site.
        var disclaimer = path is not null && clinic.Disclaimer is { } prose ? new HtmlParser().ParseDocument($"<body>{prose.Html}").Body! : null;

        var plain = new StringBuilder();
        plain.Append(MailTextPart.Wrap(title)).Append('=', Math.Min(title.Length, MailTextPart.Width)).Append('\n');
        if (path is not null) plain.Append('\n').Append(MailTextPart.Wrap(text.Summary));
        if (byline is not null) plain.Append('\n').Append(MailTextPart.Wrap(byline));
        plain.Append('\n').Append(new NewsletterText(place, words["Picture"]).Render(document.Body!));
        if (place.Page is { } page) plain.Append('\n').Append(MailTextPart.Wrap(words["Read it on our site"] + ":")).Append(page.AbsoluteUri).Append('\n');
        if (disclaimer is not null) plain.Append('\n').Append(new NewsletterText(place, words["Picture"]).Render(disclaimer));
        plain.Append('\n').Append(FootText(clinic));

        var look = MailLook.Of(clinic);
        var colors = MailColors.Light(look);
        var html = new NewsletterHtml(colors, place, site.Files, words["See the picture on our site"]);
        var content = new StringBuilder("<div style=\"font-size:17px;line-height:1.6\">\n");
        content.Append(CultureInfo.InvariantCulture, $"""<h1 class="ink" style="margin:0 0 12px;color:{colors.Ink};font-family:{MailHtmlPart.Serif};font-size:30px;line-height:1.2;font-weight:normal">{MailHtmlPart.Text(title)}</h1>{'\n'}""");
        if (path is not null)
            content.Append(CultureInfo.InvariantCulture, $"""<p class="soft serif" style="margin:0 0 12px;color:{colors.Soft};font-family:{MailHtmlPart.Serif};font-size:20px;line-height:1.4">{MailHtmlPart.Text(text.Summary)}</p>{'\n'}""");
        if (byline is not null)
            content.Append(CultureInfo.InvariantCulture, $"""<p class="soft" style="margin:0 0 24px;color:{colors.Soft};font-size:15px;line-height:1.45">{MailHtmlPart.Text(byline)}</p>{'\n'}""");
        content.Append(html.Render(document.Body!));
        if (place.Page is not null)
            content.Append(CultureInfo.InvariantCulture, $"""<p style="margin:24px 0 16px"><a class="accent" href="{MailHtmlPart.Text(place.Page.AbsoluteUri)}" style="color:{colors.Accent};text-decoration:underline">{MailHtmlPart.Text(words["Read it on our site"])}</a></p>{'\n'}""");
        if (disclaimer is not null) content.Append(html.Render(disclaimer));
        content.Append(FootHtml(clinic, colors)).Append("</div>\n");
        var whole = MailHtmlPart.Document(subject, text.Summary.Length > 0 ? text.Summary : title, clinic.Name, look, content.ToString());
        if (whole.Length > MostHtml) problems.Add($"The letter has {whole.Length / 1000} kB, and Gmail cuts off what goes beyond 102 kB, the link to leave first. Shorten it, or send a file of its own that links to the article.");
        return (problems.Count == 0 ? new NewsletterEmail(subject, clinic.DiscreetName, plain.ToString(), whole) : null, problems);
    }

    private string FootText(Clinic clinic)
    {
        var foot = new StringBuilder();
        foot.Append('-', MailTextPart.Width).Append('\n');
        foot.Append(MailTextPart.Wrap(words["You get this because you subscribed to the newsletter of {0}.", clinic.Name]));
        foot.Append(MailTextPart.Wrap(words["To leave, with one click:"])).Append(NewsletterEmail.UnsubscribeLink).Append('\n');
        foot.Append('\n').Append(MailTextPart.Wrap($"{clinic.LegalName}, {Address(clinic)}"));
        foot.Append('\n').Append(MailTextPart.Wrap(Crisis(clinic)));
        return foot.ToString();
    }

    private string FootHtml(Clinic clinic, MailColors colors)
    {
        var small = $"margin:0 0 10px;color:{colors.Soft};font-size:15px;line-height:1.5";
        return $"""
            <hr class="rule" style="margin:32px 0 20px;border:0;border-top:1px solid {colors.Hairline}">
            <p class="soft" style="{small}">{MailHtmlPart.Text(words["You get this because you subscribed to the newsletter of {0}.", clinic.Name])}</p>
            <p style="margin:0 0 10px"><a class="accent" href="{NewsletterEmail.UnsubscribeLink}" style="display:inline-block;padding:12px 0;color:{colors.Accent};font-size:16px;line-height:20px;text-decoration:underline">{MailHtmlPart.Text(words["Leave with one click"])}</a></p>
            <p class="soft" style="{small}">{MailHtmlPart.Text($"{clinic.LegalName}, {Address(clinic)}")}</p>
            <p class="soft" style="{small}">{MailHtmlPart.Text(Crisis(clinic))}</p>

            """;
    }

    private static string Address(Clinic clinic)
    {
        var address = clinic.Address!;
        return string.Join(", ", new[] { address.Street, address.City, $"{address.Region} {address.PostalCode}".Trim(), address.Country }.Where(part => !string.IsNullOrEmpty(part)));
    }

    private string Crisis(Clinic clinic) => words["In a crisis, call {0} or text {1}. In immediate danger, call 911.", clinic.Crisis.Phone, clinic.Crisis.TextTo];

    private string Day(LocalDate date) => date.ToString(DateFormat.Pattern(CultureInfo.CurrentCulture), CultureInfo.CurrentCulture);
}
