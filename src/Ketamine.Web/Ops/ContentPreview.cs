using System.Globalization;
using Ketamine.Content;
using Ketamine.Content.Reading;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Web.Ops;

/// <summary><c>content preview SLUG</c>: a link that shows a draft or a scheduled text for some days.</summary>
public static class ContentPreview
{
    /// <summary>Prints the link; 1 with the reason where there is no such text.</summary>
    /// <param name="folder">The content folder.</param>
    /// <param name="keys">The site's keys, which seal the link.</param>
    /// <param name="slug">Of an article, service or page; looked for in that order.</param>
    /// <param name="days">How long the link holds, 1 to 90.</param>
    public static int Run(string folder, IDataProtectionProvider keys, string slug, int days, TimeProvider clock, TextWriter output)
    {
        if (days is < 1 or > 90)
        {
            output.WriteLine($"--days {days}: a number from 1 to 90 is wanted.");
            return 1;
        }

        var reading = ContentFolder.Read(folder);
        if (reading.Content is not { } content)
        {
            output.WriteLine("The folder has errors, and the site serves what it had before them; content check lists them.");
            return 1;
        }

        var texts = content.Articles.Cast<ContentItem>().Concat(content.Services).Concat(content.Pages).ToList();
        if (texts.Find(text => text.Slug.ToString() == slug) is not { } found)
        {
            output.WriteLine($"No text is called {Diagnostics.Quote(slug)}{NearestName.Hint(slug, texts.Select(text => text.Slug.ToString()))}");
            return 1;
        }

        var ends = clock.GetUtcNow().AddDays(days);
        output.WriteLine(content.Clinic.Url.GetLeftPart(UriPartial.Authority) + new PreviewLinks(keys, clock).PathFor(found, ends));
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Shows {found.File} as it stands to whoever has the link, until {ends:yyyy-MM-dd HH:mm} UTC.")
        );
        return 0;
    }
}
