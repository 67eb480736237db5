using System.Net;
using Ketamine.Content.Markdown;

namespace Ketamine.Web.Features.Discovery;

/// <summary>An article's HTML for feed readers: its picture, its text with absolute addresses, and the disclaimer.</summary>
public static class FeedHtml
{
    public static string Of(Article article, Clinic clinic)
    {
        var page = clinic.Absolute(article.Path);
        var html = new StringBuilder();
        // A drawing that the text explains is already shown in the text.
        if (article.Image is { } image && !article.Body.Pictures.Contains(image.Path))
        {
            html.Append($"<p><img src=\"{clinic.Absolute(image.Path)}\" alt=\"{WebUtility.HtmlEncode(image.Alt)}\"");
            html.Append($" width=\"{image.Width}\" height=\"{image.Height}\"></p>\n");
        }


        html.Append(ProseHtml.Feed(article.Body.Read(), Absolute));
        if (clinic.Disclaimer is { } disclaimer) html.Append("<hr>\n").Append(ProseHtml.Feed(disclaimer.Read(), Absolute));
        return html.ToString().Trim();

        string Absolute(string address) => address.StartsWith('#') ? page + address : clinic.Absolute(address);
    }
}
