using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Draws stacked bars as SVG on the server. Shapes use classes from the stylesheet instead of inline styles, which the content security policy would block. The
/// table below the chart has the numbers, and the chart's title says so.
/// </summary>
public static class BarChart
{
    private const int Width = 340, Top = 20, Bottom = 170, Left = 28, BarWidth = 24;

    /// <param name="id">Unique on the page.</param>
    /// <param name="title">What the chart shows, for people who can't see it.</param>
    /// <param name="bars">Each bar's label and its parts, from the bottom up.</param>
    /// <param name="classes">The CSS class of each part.</param>
    public static IHtmlContent Draw(string id, string title, IReadOnlyList<(string Label, int[] Parts)> bars, params string[] classes)
    {
        var step = Step(bars.Max(bar => bar.Parts.Sum()));
        var scale = (Bottom - Top) / (double)(4 * step);
        var svg = new HtmlContentBuilder().AppendHtml($"<svg viewBox=\"0 0 {Width} 195\" role=\"img\" aria-labelledby=\"{id}-title\"><title id=\"{id}-title\">")
            .Append(title).AppendHtml("</title>");
        if (classes.Contains("chart__hatched"))
        {
            svg.AppendHtml("<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">")
                .AppendHtml("<path class=\"chart__hatch\" d=\"M0 0v6\"/></pattern></defs>");
        }

        for (var line = 1; line <= 4; line++)
        {
            var y = Bottom - line * step * scale;
            svg.AppendHtml($"<path class=\"chart__grid\" d=\"M{Left} {N(y)}H{Width}\"/>")
                .AppendHtml($"<text x=\"{Left - 4}\" y=\"{N(y + 4)}\" text-anchor=\"end\">{line * step}</text>");
        }

        var gap = (Width - Left) / (double)bars.Count;
        for (var i = 0; i < bars.Count; i++)
        {
            var (x, y, middle) = (Left + gap * i + (gap - BarWidth) / 2, (double)Bottom, Left + gap * (i + .5));
            foreach (var (part, style) in bars[i].Parts.Zip(classes))
            {
                if (part == 0) continue;
                y -= part * scale;
                svg.AppendHtml($"<rect class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{BarWidth}\" height=\"{N(part * scale)}\"/>");
            }

            svg.AppendHtml($"<text class=\"chart__value\" x=\"{N(middle)}\" y=\"{N(y - 5)}\" text-anchor=\"middle\">{bars[i].Parts.Sum()}</text>");
            svg.AppendHtml($"<text x=\"{N(middle)}\" y=\"186\" text-anchor=\"middle\">").Append(bars[i].Label).AppendHtml("</text>");
        }

        return svg.AppendHtml($"<path class=\"chart__base\" d=\"M{Left} {Bottom}H{Width}\"/></svg>");
    }

    /// <summary>The legend: a sample of each part and its meaning.</summary>
    public static IHtmlContent Key(params (string Class, string Text)[] parts)
    {
        var key = new TagBuilder("ul");
        key.AddCssClass("key");
        foreach (var (style, text) in parts)
        {
            key.InnerHtml.AppendHtml("<li><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\" focusable=\"false\">")
                .AppendHtml($"<rect class=\"{style}\" x=\"1\" y=\"1\" width=\"14\" height=\"14\"/></svg>")
                .Append(text).AppendHtml("</li>");
        }

        return key;
    }

    // About a quarter of the scale: 1, 2, 5, 10, 20 …
    private static int Step(int most)
    {
        for (var ten = 1; ; ten *= 10)
        {
            foreach (var step in new[] { ten, 2 * ten, 5 * ten })
                if (4 * step >= most) return step;
        }
    }

    private static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
