using Ketamine.Content.Claims;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>Creates an issue's email from an article on the site, or from a separate Markdown file, if the text may be sent.</summary>
public sealed class IssueComposer(ContentFolder folder, IStringLocalizer<SiteStrings> words)
{
    /// <summary>Characters. Gmail cuts off an email's HTML at 102 kB; the rest is for the headers and a longer link.</summary>
    private const int MaxHtml = 100_000;

    /// <summary>The email for an article, or the reasons not to send it, one sentence each.</summary>
    /// <param name="subject">Replaces the article's title; null keeps it.</param>
    /// <param name="at">When it will be sent; the article must be on the site by then.</param>
    /// <param name="whole">Whether to send the whole article, instead of its opening with a button to the rest.</param>
    public (NewsletterEmail? Email, IReadOnlyList<string> Problems) OfArticle(string slug, string? subject, DateTimeOffset at, bool whole = false)
    {
        var reading = folder.Read();
        if (Check(reading, out var problems) is not { } site) return (null, problems);
        if (site.Articles.FirstOrDefault(article => article.Slug.ToString() == slug) is not { } article)
        {
            var near = NearestName.To(slug, site.Articles.Select(known => known.Slug.ToString()));
            return (null, [$"There is no article {slug}{(near is null ? "." : $"; did you mean {near}?")}"]);
        }

        if (article.Draft) problems.Add($"{article.File} is a draft.");
        if (article.Published > at)
            problems.Add($"{article.File} appears on the site at {article.Published:u}, after the issue would be sent: choose a later --at.");
        if (site.Articles.Any(other => other.Review is not null) && article.Review is not { Signed: true })
            problems.Add($"{article.File} is not signed by a medical reviewer in its current form: content sign {article.Slug} --by PERSON");
        problems.AddRange(Claims(reading, article.File));
        return Finish(new NewsletterWriter(site, words).Article(article, subject ?? article.Title, whole), problems);
    }

    /// <summary>
    /// The email for a file that isn't on the site: front matter with <c>title</c> (the subject) and <c>summary</c> (shown next to the subject in an
    /// inbox), then Markdown. Its links, pictures, and sources come from the folder.
    /// </summary>
    /// <param name="file">Its name in messages; one that a page could have.</param>
    /// <param name="bytes">UTF-8.</param>
    /// <param name="subject">Replaces the file's title; null keeps it.</param>
    public (NewsletterEmail? Email, IReadOnlyList<string> Problems) OfFile(string file, byte[] bytes, string? subject)
    {
        var reading = folder.ReadWith(file, bytes);
        if (Check(reading, out var problems) is not { } site) return (null, problems);
        problems.AddRange(Claims(reading, file));
        var page = site.Pages.First(page => page.File == file);
        return Finish(new NewsletterWriter(site, words).File(page, subject ?? page.Title), problems);
    }

    private static SiteContent? Check(ContentReading reading, out List<string> problems)
    {
        problems = [.. reading.Errors.Select(error => error.ToMessage())];
        if (reading.Content is not { } site) return null;
        if (site.Clinic.Newsletter is null) problems.Add("clinic.yml has no newsletter section. Add one with heading, invitation, and thanks.");
        if (site.Clinic.Address is null) problems.Add("clinic.yml has no address, and a newsletter must carry one (CAN-SPAM Act, 15 U.S.C. 7704(a)(5)).");
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(site.Clinic.Locale);
        return problems.Count == 0 ? site : null;
    }

    /// <summary>The claims that the rules forbid. Those that a reviewer has to judge are covered by the signature.</summary>
    private static IEnumerable<string> Claims(ContentReading reading, string file) => reading.Texts.First(text => text.File == file).Claims
        .Where(claim => claim.Finding.Verdict >= ClaimVerdict.NeedsCitation).Select(claim => claim.ToDiagnostic(asWarning: false).ToMessage());

    private static (NewsletterEmail?, IReadOnlyList<string>) Finish(NewsletterEmail email, List<string> problems)
    {
        if (email.Html.Length > MaxHtml)
            problems.Add($"The email is {email.Html.Length / 1000} kB, and Gmail cuts off everything after 102 kB, including the unsubscribe link. "
                + "Shorten the text, or send its opening (without --whole).");
        return (problems.Count == 0 ? email : null, problems);
    }
}
