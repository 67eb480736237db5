using AngleSharp.Dom;

namespace Ketamine.Web.Ops;

/// <summary>What HTML shows by style or attribute, and Markdown can't: reported, because the words look unharmed without it.</summary>
internal static partial class HtmlLosses
{
    /// <summary>A sentence for each thing that is lost, in the document's order.</summary>
    public static IEnumerable<string> Of(IElement body)
    {
        foreach (var element in body.QuerySelectorAll("*"))
        {
            var words = HtmlToMarkdown.Short(Space().Replace(element.TextContent, " ").Trim());
            if (IsHidden(element) && words.Length > 0) yield return $"text that was hidden on the old page is visible now: {words}";
            if (Picture().Match(element.GetAttribute("style") ?? "") is { Success: true } background)
                yield return $"a background picture: {background.Groups[1].Value}";
            if (element.LocalName == "abbr" && element.GetAttribute("title") is { Length: > 0 } title) yield return $"what \"{words}\" stands for: {title}";
            if (element.LocalName == "math") yield return $"a formula, written as plain text: {words}";
            if (element.LocalName == "ol" && (element.HasAttribute("reversed") || element.GetAttribute("type") is { Length: > 0 } and not "1"))
                yield return $"the numbering of a list, which is now 1, 2, 3: {words}";
        }
    }

    /// <summary>Whether its style strikes it out.</summary>
    public static bool IsStruckOut(IElement element) =>
        (Style(element, "text-decoration") + Style(element, "text-decoration-line")).Contains("line-through", StringComparison.Ordinal);

    /// <summary>A property of its style attribute, in lowercase; empty if it isn't set.</summary>
    public static string Style(IElement element, string property) =>
        (element.GetAttribute("style") ?? "").Split(';').Select(part => part.Split(':', 2)).LastOrDefault(part => part.Length == 2
            && part[0].Trim().Equals(property, StringComparison.OrdinalIgnoreCase))?[1].Trim().ToLowerInvariant() ?? "";

    private static bool IsHidden(IElement element) =>
        element.HasAttribute("hidden") || Style(element, "display") == "none" || Style(element, "visibility") == "hidden";

    [GeneratedRegex(@"background(?:-image)?\s*:[^;]*url\(\s*[""']?([^)""']+)", RegexOptions.IgnoreCase)]
    private static partial Regex Picture();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
