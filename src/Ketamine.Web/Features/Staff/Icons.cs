using Microsoft.AspNetCore.Html;

namespace Ketamine.Web.Features.Staff;

/// <summary>The desk's icons. Each is next to a word, so screen readers skip them.</summary>
public static class Icons
{
    public static IHtmlContent Risk { get; } = Draw("""<path d="M10 2 18.5 17.5h-17Z"/><path d="M10 8v4M10 14.8v.2"/>""");
    public static IHtmlContent Late { get; } = Draw("""<circle cx="10" cy="10" r="8"/><path d="M10 5v5l3.5 2"/>""");
    public static IHtmlContent No { get; } = Draw("""<circle cx="10" cy="10" r="8"/><path d="m4.5 4.5 11 11"/>""");
    public static IHtmlContent Soon { get; } = Draw("""<rect x="1.5" y="5" width="11.5" height="10" rx="1"/><path d="m13 9 5.5-3v8L13 11"/>""");
    public static IHtmlContent Held { get; } = Draw("""<rect x="3" y="3" width="14" height="14" rx="1"/><path d="M8 7v6M12 7v6"/>""");
    public static IHtmlContent Change { get; } = Draw("""<path d="M3 7h13l-3.5-3.5M17 13H4l3.5 3.5"/>""");
    public static IHtmlContent Good { get; } = Draw("""<path d="m3.5 10.5 4.5 4.5 8.5-10"/>""");
    public static IHtmlContent Phone { get; } = Draw("""<path d="M6 2.5 3 4c0 7 6 13 13 13l1.5-3-4-2.5-2 2A10 10 0 0 1 6.5 8.5l2-2Z"/>""");
    public static IHtmlContent Text { get; } = Draw("""<path d="M2.5 3.5h15v10h-8l-4 3.5v-3.5h-3Z"/>""");
    public static IHtmlContent Email { get; } = Draw("""<rect x="2" y="4" width="16" height="12" rx="1"/><path d="m2.5 5 7.5 6 7.5-6"/>""");

    private static HtmlString Draw(string paths) => new($"""<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{paths}</svg>""");
}
