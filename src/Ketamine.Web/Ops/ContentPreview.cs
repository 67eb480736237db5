using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Web.Ops;

/// <summary><c>content preview SLUG</c>: prints a link that shows a draft or scheduled text for a few days.</summary>
public static class ContentPreview
{
    /// <summary>Prints the link. Returns 1, with the reason, if there is no such text.</summary>
    /// <param name="folder">The content folder.</param>
    /// <param name="keys">The site's keys, which protect the link.</param>
    /// <param name="slug">The slug of an article, service, or page, searched in that order.</param>
    /// <param name="days">How many days the link works, 1 to 90.</param>
    public static int Run(string folder, IDataProtectionProvider keys, string slug, int days, TimeProvider clock, TextWriter output)
    {
        if (days is < 1 or > 90)
        {
            output.WriteLine($"--days {days}: use a number from 1 to 90.");
            return 1;
        }

        var reading = ContentFolder.Read(folder);
        if (reading.Content is not { } content)
        {
            output.WriteLine("The folder has errors, so the site still serves the last good version; content check lists the errors.");
            return 1;
        }

        var texts = content.Articles.Cast<ContentItem>().Concat(content.Services).Concat(content.Pages).ToList();
        if (texts.Find(text => text.Slug.ToString() == slug) is not { } found)
        {
            output.WriteLine($"There is no text named {Diagnostics.Quote(slug)}{NearestName.Hint(slug, texts.Select(text => text.Slug.ToString()))}");
            return 1;
        }

        var ends = clock.GetUtcNow().AddDays(days);
        output.WriteLine(content.Clinic.Url.GetLeftPart(UriPartial.Authority) + new PreviewLinks(keys, clock).PathFor(found, ends));
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Until {ends:yyyy-MM-dd HH:mm} UTC, anyone with this link can see {found.File} in its current state.")
        );
        return 0;
    }
}
