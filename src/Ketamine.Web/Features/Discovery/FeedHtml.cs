using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ketamine.Content;

namespace Ketamine.Web.Features.Discovery;

/// <summary>
/// An article's HTML for readers that have neither the site's stylesheet nor its address: every link and picture absolute, marks of notes and
/// references leading to them on the site, and nothing that only the stylesheet hides or explains.
/// </summary>
public static class FeedHtml
{
    // What the page hides from some or draws itself: anchors at headings, references in short, words for screen readers, ways back.
    private const string OfThePageAlone = ".anchor, [hidden], .visually-hidden, .references__back, .footnote__back, source";

    private static readonly string[] Kept = ["href", "src", "alt", "width", "height", "start", "type", "scope", "datetime", "lang"];

    public static string Of(Article article, Clinic clinic)
    {
        var page = clinic.Absolute(article.Path);
        var document = new HtmlParser().ParseDocument($"<body>{article.Body.Html}</body>");
        var body = document.Body!;
        if (article.Image is { } image && body.QuerySelectorAll("img").All(img => PathOf(img.GetAttribute("src")) != PathOf(image.Path)))
        {
            var plate = document.CreateElement("img");
            plate.SetAttribute("src", image.Path);
            plate.SetAttribute("alt", image.Alt);
            plate.SetAttribute("width", image.Width.ToString(System.Globalization.CultureInfo.InvariantCulture));
            plate.SetAttribute("height", image.Height.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var paragraph = document.CreateElement("p");
            paragraph.AppendChild(plate);
            body.Prepend(paragraph);
        }

        if (clinic.Disclaimer is { } disclaimer)
        {
            body.AppendChild(document.CreateElement("hr"));
            body.Append([.. new HtmlParser().ParseDocument($"<body>{disclaimer.Html}</body>").Body!.ChildNodes]);
        }

        foreach (var element in body.QuerySelectorAll(OfThePageAlone)) element.Remove();
        foreach (var mark in body.QuerySelectorAll(".citation, a.footnote"))
        {
            var raised = document.CreateElement("sup");
            mark.Parent!.InsertBefore(raised, mark);
            raised.AppendChild(mark);
            if (mark.LocalName == "a") mark.TextContent = $"[{mark.TextContent}]";
        }

        foreach (var wrapper in body.QuerySelectorAll("span, picture")) wrapper.Replace([.. wrapper.ChildNodes]);
        foreach (var element in body.QuerySelectorAll("*"))
        {
            foreach (var attribute in element.Attributes.Where(attribute => !Kept.Contains(attribute.Name, StringComparer.Ordinal)).ToList())
                element.RemoveAttribute(attribute.Name);
            foreach (var name in new[] { "href", "src" })
                if (element.GetAttribute(name) is { } address) element.SetAttribute(name, Absolute(address));
        }

        return body.InnerHtml.Trim();

        string Absolute(string address) => address switch
        {
            ['#', ..] => page + address,
            ['/', not '/', ..] or "/" => clinic.Absolute(address),
            _ => address,
        };
    }

    private static string? PathOf(string? address) => address?.Split('?')[0];
}
