namespace Ketamine.Content.Reading;

/// <summary>Colors as #rrggbb: WCAG contrast, and dark colors derived from light ones.</summary>
internal static class Contrast
{
    public const double Text = 4.5; // WCAG 2.2, 1.4.3

    // The default colors, which appear next to any colors that the clinic sets.
    private static readonly Palette Light = new(Accent: "#23493f", Paper: "#fbf5eb", Ink: "#2b2c26");
    private static readonly Palette Dark = new(Accent: "#bad3b4", Paper: "#1d221e", Ink: "#f0e8da");

    /// <summary>Derives dark colors from the clinic's light ones, and checks every pair that isn't entirely default.</summary>
    /// <param name="wrong">Receives the palette's name, the color's key, what was found, and what is required.</param>
    public static Theme Check(Palette light, Palette dark, Action<bool, string, string, string> wrong)
    {
        Check(light, Light, isDark: false, wrong);
        var paper = dark.Paper ?? (light.Paper is { } p ? WithLightness(p, 0.205, 0.02) : null);
        var ink = dark.Ink ?? (light.Ink is { } i ? WithLightness(i, 0.925, 0.02) : null);
        var accent = dark.Accent ?? (light.Accent is { } a ? Lightened(a, paper ?? Dark.Paper!) : null);
        var derived = new Palette(accent, paper, ink);
        if (dark != new Palette()) Check(derived, Dark, isDark: true, wrong);
        return new Theme(light, derived);
    }

    /// <summary>From 1 to 21, as WCAG 2.2 defines it.</summary>
    public static double Ratio(string a, string b) => Rgb.Parse(a).Contrast(Rgb.Parse(b));

    private static void Check(Palette own, Palette look, bool isDark, Action<bool, string, string, string> wrong)
    {
        var (accent, paper, ink) = (own.Accent ?? look.Accent!, own.Paper ?? look.Paper!, own.Ink ?? look.Ink!);
        Pair(own.Ink is null && own.Paper is null, own.Ink is null ? "paper" : "ink", ink, "ink", paper);
        Pair(own.Accent is null && own.Paper is null, own.Accent is null ? "paper" : "accent", accent, "accent", paper);

        void Pair(bool untouched, string key, string color, string name, string on)
        {
            var ratio = Ratio(color, on);
            if (!untouched && ratio < Text)
                wrong(
                    isDark,
                    key,
                    string.Create(CultureInfo.InvariantCulture, $"{name} {color} on paper {on}, a contrast of {Math.Floor(ratio * 100) / 100:0.00}:1"),
                    "at least 4.5:1 (WCAG 2.2, 1.4.3)");
        }
    }

    private static string Lightened(string color, string paper)
    {
        for (var lightness = 0.70; lightness < 0.97; lightness += 0.02)
            if (WithLightness(color, lightness, 0.12) is var lighter && Ratio(lighter, paper) >= 7) return lighter;
        return "#ffffff";
    }

    // Oklab (Björn Ottosson, 2020) keeps the hue as lightness changes; HSL doesn't for blues.
    private static string WithLightness(string color, double lightness, double maxChroma)
    {
        var (r, g, b) = Rgb.Parse(color).Linear;
        var l = Math.Cbrt((0.4122214708 * r) + (0.5363325363 * g) + (0.0514459929 * b));
        var m = Math.Cbrt((0.2119034982 * r) + (0.6806995451 * g) + (0.1073969566 * b));
        var s = Math.Cbrt((0.0883024619 * r) + (0.2817188376 * g) + (0.6299787005 * b));
        var x = (1.9779984951 * l) - (2.4285922050 * m) + (0.4505937099 * s);
        var y = (0.0259040371 * l) + (0.7827717662 * m) - (0.8086757660 * s);
        var chroma = Math.Sqrt((x * x) + (y * y));
        var scale = chroma > maxChroma ? maxChroma / chroma : 1;
        for (; scale > 0.01; scale *= 0.9) // until it fits into sRGB
            if (FromOklab(lightness, x * scale, y * scale) is { } fits) return fits;
        return FromOklab(lightness, 0, 0) ?? "#ffffff";
    }

    private static string? FromOklab(double lightness, double x, double y)
    {
        var l = Math.Pow(lightness + (0.3963377774 * x) + (0.2158037573 * y), 3);
        var m = Math.Pow(lightness - (0.1055613458 * x) - (0.0638541728 * y), 3);
        var s = Math.Pow(lightness - (0.0894841775 * x) - (1.2914855480 * y), 3);
        Span<double> rgb =
        [
            (4.0767416621 * l) - (3.3077115913 * m) + (0.2309699292 * s),
            (-1.2684380046 * l) + (2.6097574011 * m) - (0.3413193965 * s),
            (-0.0041960863 * l) - (0.7034186147 * m) + (1.7076147010 * s),
        ];
        var hex = "#";
        foreach (var channel in rgb)
        {
            if (channel is < -0.0005 or > 1.0005) return null;
            var value = Math.Clamp(channel, 0, 1);
            var gamma = value <= 0.0031308 ? value * 12.92 : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055;
            hex += ((int)Math.Round(gamma * 255, MidpointRounding.AwayFromZero)).ToString("x2", CultureInfo.InvariantCulture);
        }

        return hex;
    }
}
