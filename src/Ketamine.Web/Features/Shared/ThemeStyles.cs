using System.Globalization;
using System.Text;
using Ketamine.Content;

namespace Ketamine.Web.Features.Shared;

/// <summary>A clinic's own colors as custom properties: what it gives replaces the look's, and what hangs on them is mixed anew.</summary>
public static class ThemeStyles
{
    // The look's own, as in wwwroot/css/tokens.css.
    private static readonly (Rgb Paper, Rgb Ink) Light = (Rgb.Parse("#faf7f0"), Rgb.Parse("#211f1b"));
    private static readonly (Rgb Paper, Rgb Ink) Dark = (Rgb.Parse("#181714"), Rgb.Parse("#ece6da"));

    /// <summary>The rules that go after the look's own; empty for a clinic without colors of its own.</summary>
    public static string Of(Theme theme)
    {
        var light = Properties(theme.Light.Accent, theme.Light.Paper, theme.Light.Ink, Light, darkens: Rgb.White);
        var dark = Properties(theme.Dark.Accent, theme.Dark.Paper, theme.Dark.Ink, Dark, darkens: Rgb.Black);
        var css = new StringBuilder();
        if (light.Length > 0) css.Append("\n@layer tokens {\n:root {").Append(light).Append("}\n}");
        if (dark.Length > 0) css.Append("\n@layer tokens {\n@media (prefers-color-scheme: dark) {\n:root {").Append(dark).Append("}\n}\n}");
        return css.ToString();
    }

    /// <summary>The color of the page's ground, for the browser's own bars.</summary>
    public static string Paper(Theme theme, bool dark) => (dark ? theme.Dark.Paper : theme.Light.Paper) ?? (dark ? Dark : Light).Paper.ToString();

    /// <summary>The light colors as #rrggbb, for drawings that stand outside the site: the ground, its darker tint, the type and the accent.</summary>
    public static (string Paper, string Tint, string Ink, string Accent) Colors(Theme theme)
    {
        var paper = Rgb.Parse(Paper(theme, dark: false));
        var ink = theme.Light.Ink is { } own ? Rgb.Parse(own) : Light.Ink;
        return (paper.ToString(), paper.Mix(ink, .05).ToString(), ink.ToString(), theme.Light.Accent ?? "#0f4a4f");
    }

    private static string Properties(string? accent, string? paper, string? ink, (Rgb Paper, Rgb Ink) look, Rgb darkens)
    {
        var css = new StringBuilder();
        void Set(string name, Rgb value) => css.Append(CultureInfo.InvariantCulture, $"\n--{name}: {value};");
        var ground = paper is null ? look.Paper : Rgb.Parse(paper);
        var text = ink is null ? look.Ink : Rgb.Parse(ink);
        if (paper is not null || ink is not null)
        {
            Set("paper", ground);
            Set("ink", text);
            Set("tint", ground.Mix(text, .05));
            Set("field", ground.Mix(Rgb.White, darkens == Rgb.White ? .6 : 0));
            Set("hairline", ground.Mix(text, .17));
            Set("edge", ground.Towards(text, ground, 4));
            Set("ink-soft", ground.Towards(text, ground.Mix(text, .05), 7));
        }

        if (accent is not null)
        {
            var own = Rgb.Parse(accent);
            Set("accent", own);
            Set("accent-deep", own.Mix(text, .3));
            Set("on-accent", own.Contrast(Rgb.White) >= own.Contrast(Rgb.Black) ? Rgb.White : Rgb.Black);
            Set("colophon", darkens == Rgb.White ? own.Towards(Rgb.Black, Rgb.Parse("#b9cdc9"), 7) : own.Mix(Rgb.Black, .7).Towards(Rgb.Black, Rgb.Parse("#b9cdc9"), 7));
            Set("on-colophon-soft", Rgb.Parse("#dddddd"));
        }

        return css.ToString();
    }
}
