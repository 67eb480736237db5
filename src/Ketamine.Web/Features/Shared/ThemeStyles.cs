namespace Ketamine.Web.Features.Shared;

/// <summary>A clinic's own colors as custom properties: they replace the defaults, and dependent colors are recomputed.</summary>
public static class ThemeStyles
{
    // The defaults, as in wwwroot/css/tokens.css.
    private static readonly Look Light = new(Rgb.Parse("#fbf5eb"), Rgb.Parse("#2b2c26"), Rgb.Parse("#23493f"));
    private static readonly Look Dark = new(Rgb.Parse("#1d221e"), Rgb.Parse("#f0e8da"), Rgb.Parse("#bad3b4"));
    private static readonly Rgb OnDeep = Rgb.Parse("#fbf4e8");

    /// <summary>The rules to put after the default ones; empty for a clinic without its own colors.</summary>
    public static string Of(Theme theme)
    {
        var light = Properties(theme.Light.Accent, theme.Light.Paper, theme.Light.Ink, Light);
        var dark = Properties(theme.Dark.Accent, theme.Dark.Paper, theme.Dark.Ink, Dark);
        var css = new StringBuilder();
        if (light.Length > 0) css.Append("\n@layer tokens {\n:root {").Append(light).Append("}\n}");
        if (dark.Length > 0) css.Append("\n@layer tokens {\n@media (prefers-color-scheme: dark) {\n:root {").Append(dark).Append("}\n}\n}");
        return css.ToString();
    }

    /// <summary>The page's background color, for the browser's own bars.</summary>
    public static string Paper(Theme theme, bool dark) => (dark ? theme.Dark.Paper : theme.Light.Paper) ?? (dark ? Dark : Light).Paper.ToString();

    /// <summary>The light colors as #rrggbb, for drawings used outside the site: background, darker tint, text, and accent.</summary>
    public static (string Paper, string Tint, string Ink, string Accent) Colors(Theme theme)
    {
        var paper = Rgb.Parse(Paper(theme, dark: false));
        var ink = theme.Light.Ink is { } own ? Rgb.Parse(own) : Light.Ink;
        return (paper.ToString(), paper.Mix(ink, .05).ToString(), ink.ToString(), theme.Light.Accent ?? Light.Accent.ToString());
    }

    private static string Properties(string? accent, string? paper, string? ink, Look look)
    {
        if (accent is null && paper is null && ink is null) return "";
        var css = new StringBuilder();
        void Set(string name, Rgb value) => css.Append(CultureInfo.InvariantCulture, $"\n--{name}: {value};");
        var page = paper is null ? look.Paper : Rgb.Parse(paper);
        var text = ink is null ? look.Ink : Rgb.Parse(ink);
        var own = accent is null ? look.Accent : Rgb.Parse(accent);
        var isDark = look == Dark;
        var clay = page.Mix(own, .15); // the darkest tint: text readable on it is readable on all of them
        if (paper is not null || ink is not null)
        {
            Set("page", page);
            Set("ink", text);
            Set("oat", page.Mix(text, .05));
            Set("card", page.Mix(Rgb.White, isDark ? .07 : .6));
            Set("line", page.Mix(text, .17));
            Set("edge", page.Toward(text, clay, 3.2));
            Set("soft", page.Toward(text, clay, 5.6));
        }

        Set("sage", page.Mix(own, .09));
        Set("clay", clay);
        if (accent is null) return css.ToString();
        Set("action", own);
        Set("action-deep", own.Mix(text, .3));
        Set("on-action", own.Contrast(Rgb.White) >= own.Contrast(Rgb.Black) ? Rgb.White : Rgb.Black);
        Set("link", own.Toward(text, clay, 5.6));
        Set("warm", own.Toward(text, clay, 5.6));
        var deep = (isDark ? own.Mix(Rgb.Black, .75) : own).Toward(Rgb.Black, OnDeep, 9);
        Set("deep", deep);
        Set("deep-line", deep.Mix(OnDeep, .2));
        Set("on-deep-soft", OnDeep.Mix(deep, .18));
        return css.ToString();
    }

    /// <summary>The defaults that a clinic's colors replace, light or dark.</summary>
    private sealed record Look(Rgb Paper, Rgb Ink, Rgb Accent);
}
