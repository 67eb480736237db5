using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ketamine.Content;

namespace Ketamine.Web.Tests.Features.Newsletter;

/// <summary>
/// Rules for a newsletter's HTML part, so that Gmail, Outlook for Windows, and Apple Mail show it as intended, and no one can track who reads it.
/// </summary>
internal static partial class MailProgramRules
{
    private static readonly string[] Elements =
    [
        "html", "head", "meta", "title", "style", "body", "div", "span", "table", "tbody", "tr", "td", "th", "p", "h1", "h2", "h3", "ul",
        "ol", "li", "a", "img", "strong", "em", "b", "i", "sup", "sub", "cite", "pre", "br", "hr",
    ];

    // Supported by Gmail and by Outlook (Word), or harmless where not supported: https://www.caniemail.com
    private static readonly string[] Properties =
    [
        "margin", "padding", "color", "background-color", "font-family", "font-size", "font-weight", "line-height", "text-decoration",
        "white-space", "display", "width", "max-width", "height", "max-height", "overflow", "overflow-wrap", "word-break", "border",
        "border-top", "border-right", "border-bottom", "border-left", "border-collapse", "border-radius", "-webkit-text-size-adjust",
    ];

    /// <summary>The violations, one per line.</summary>
    /// <param name="site">The only site that pictures may come from.</param>
    public static IReadOnlyList<string> Broken(string html, Uri site)
    {
        var wrong = new List<string>();
        if (html.Length > 102 * 1024 - 2048) wrong.Add($"{html.Length} bytes: Gmail cuts off at 102 KB");
        if (html.Any(c => c > 127)) wrong.Add("not ASCII");
        IDocument document;
        try
        {
            document = new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(html);
        }
        catch (HtmlParseException e)
        {
            return [$"no valid HTML: {e.Message} at {e.Position}"];
        }

        if (document.DocumentElement.GetAttribute("lang") is not { Length: > 0 }) wrong.Add("no language");
        if (string.IsNullOrWhiteSpace(document.Title)) wrong.Add("no title");
        if (document.QuerySelector("meta[name=color-scheme]")?.GetAttribute("content") != "light dark") wrong.Add("no color scheme");
        if (document.QuerySelectorAll("h1").Length != 1) wrong.Add("not one h1");
        foreach (var style in document.QuerySelectorAll("style").Select(style => style.TextContent))
            if (style.Contains("url(", StringComparison.OrdinalIgnoreCase) || style.Contains("@import", StringComparison.OrdinalIgnoreCase))
                wrong.Add("a style that asks the network");
        foreach (var element in document.All)
        {
            if (!Elements.Contains(element.LocalName, StringComparer.Ordinal)) wrong.Add($"<{element.LocalName}>");
            var refused = element.Attributes.FirstOrDefault(attribute =>
                attribute.Name.StartsWith("on", StringComparison.Ordinal) || attribute.Name is "background" or "srcset" or "id"
            );
            if (refused is not null) wrong.Add($"{refused.Name} at <{element.LocalName}>");
            wrong.AddRange(
                Styles(element).Where(style => !IsKnown(style.Key, style.Value)).Select(style => $"{style.Key}:{style.Value} at <{element.LocalName}>")
            );
        }

        foreach (var table in document.QuerySelectorAll("table"))
            if (table.GetAttribute("role") != "presentation" && table.QuerySelector("th") is null) wrong.Add("a table for layout that is not said to be one");
        foreach (var image in document.QuerySelectorAll("img"))
        {
            if (!image.HasAttribute("alt")) wrong.Add("a picture without alt");
            if (!int.TryParse(image.GetAttribute("width"), out var width) || width is < 16 or > 560)
                wrong.Add($"a picture of width {image.GetAttribute("width")}");
            if (
                !WebAddress.TryParse(image.GetAttribute("src"), out var source)
                || source.Host != site.Host
                || !source.AbsolutePath.StartsWith("/images/", StringComparison.Ordinal)
                || source.AbsolutePath.EndsWith(".svg", StringComparison.Ordinal)
                || !Version().IsMatch(source.Query)
            )
                wrong.Add($"a picture from {image.GetAttribute("src")}");
        }

        foreach (var link in document.QuerySelectorAll("a"))
        {
            if (!WebAddress.TryParse(link.GetAttribute("href"), out var address) || address.Scheme is not ("https" or "mailto" or "tel" or "sms"))
                wrong.Add($"a link to {link.GetAttribute("href")}");
            // Another site's query identifies the page (DailyMed's setid). A query on our site, or a campaign parameter, would reveal which email was read.
            else if (
                address.Query.Length > 0
                && !Version().IsMatch(address.Query)
                && (address.Host == site.Host || address.Query.Contains("utm_", StringComparison.Ordinal))
            )
                wrong.Add($"a link that tells more than where it leads: {address}");
            if (string.IsNullOrWhiteSpace(link.TextContent)) wrong.Add("a link without words");
        }

        foreach (var (mode, classes) in new[] { ("light", []), ("dark", Dark(document)) })
        {
            var elements = document
                .Body!.QuerySelectorAll("*")
                .Where(element => element.ChildNodes.OfType<IText>().Any(text => !string.IsNullOrWhiteSpace(text.Data)));
            foreach (var element in elements)
            {
                if (element.Closest("[style*='display:none']") is not null) continue;
                var (ink, paper) = (NearestName(element, "color", classes), NearestName(element, "background-color", classes));
                var contrast = Rgb.Parse(ink).Contrast(Rgb.Parse(paper));
                if (contrast < 4.5)
                    wrong.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{mode}: {ink} on {paper}, {contrast:0.0}:1, at <{element.LocalName}> {element.TextContent.Trim()}"
                        )
                    );
            }
        }

        return wrong;
    }

    private static bool IsKnown(string property, string value) =>
        (
            Properties.Contains(property, StringComparer.Ordinal)
            || (property.StartsWith("padding-", StringComparison.Ordinal) || property.StartsWith("margin-", StringComparison.Ordinal))
        )
        && !value.Contains("rem", StringComparison.Ordinal)
        && !value.Contains("var(", StringComparison.Ordinal)
        && !value.Contains("url(", StringComparison.Ordinal)
        && !value.Contains("calc(", StringComparison.Ordinal)
        && (property != "display" || value is "block" or "inline-block" or "none")
        && (
            property != "font-size"
            || (value.EndsWith("px", StringComparison.Ordinal) && (int.Parse(value[..^2], CultureInfo.InvariantCulture) >= 14 || value == "1px"))
        );

    private static IEnumerable<KeyValuePair<string, string>> Styles(IElement element) =>
        (element.GetAttribute("style") ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(style => style.Split(':', 2))
            .Select(style => KeyValuePair.Create(style[0].Trim(), style[1].Trim()));

    /// <summary>Dark-mode rules: class, property, and value.</summary>
    private static List<(string Class, string Property, string Value)> Dark(IDocument document)
    {
        var css = document.QuerySelector("style")!.TextContent;
        var dark = css[css.IndexOf("prefers-color-scheme: dark", StringComparison.Ordinal)..];
        return [.. Rule().Matches(dark).SelectMany(rule => rule.Groups[2].Value.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(style => style.Split(':', 2)).Where(style => style.Length == 2)
            .Select(style => (rule.Groups[1].Value, style[0].Trim(), style[1].Replace("!important", "", StringComparison.Ordinal).Trim())))];
    }

    private static string NearestName(IElement element, string property, List<(string Class, string Property, string Value)> classes)
    {
        for (var at = element; at is not null; at = at.ParentElement)
        {
            // The later rule wins, because all are !important.
            var ruled = classes.LastOrDefault(rule => rule.Property == property && at.ClassList.Contains(rule.Class)).Value;
            if ((ruled ?? Styles(at).LastOrDefault(style => style.Key == property).Value) is { } value) return value;
        }

        return property == "color" ? "#000000" : "#ffffff";
    }

    [GeneratedRegex(@"\.([a-z]+) \{([^}]*)\}")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\?v=[0-9a-f]{8,64}$")]
    private static partial Regex Version();
}
