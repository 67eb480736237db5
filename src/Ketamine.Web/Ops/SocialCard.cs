using System.Security;
using Ketamine.Web.Features.Shared;

namespace Ketamine.Web.Ops;

/// <summary>The preview image of a link: a title in the clinic's colors, the clinic's name, and a detail of the text's picture. 1200 × 630 px.</summary>
/// <param name="Name">The file name under images/cards/, without .png.</param>
/// <param name="Svg">The drawing, which contains everything that it shows.</param>
public sealed partial record SocialCard(string Name, string Svg)
{
    public const int Width = 1200;
    public const int Height = 630;

    private const int Margin = 72;
    private const int PlateLeft = 792;
    private const int Smallest = 32;

    /// <summary>The file's path within the content folder.</summary>
    public string File => $"images/cards/{Name}.png";

    /// <summary>The drawing's hash, 16 hexadecimal digits, stored in the PNG to recognize outdated cards.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Svg)))[..16];

    /// <summary>
    /// The cards that a folder should have: one for the home page and one per article, including drafts. Articles without a picture use the home page's.
    /// </summary>
    public static IEnumerable<SocialCard> For(SiteContent content)
    {
        var clinic = content.Clinic;
        var home = content.Pages.FirstOrDefault(page => page.Path == "/");
        yield return Draw(Page.HomeCard, clinic.Tagline ?? home?.Title ?? clinic.Name, clinic.Address?.City, home?.Image, content);
        foreach (var article in content.Articles) yield return Draw(article.Slug.ToString(), article.Title, null, article.Image ?? home?.Image, content);
    }

    private static SocialCard Draw(string name, string title, string? place, Picture? picture, SiteContent content)
    {
        var (paper, tint, ink, accent) = ThemeStyles.Colors(content.Clinic.Theme);
        var plate = picture is null ? null : Plate(picture, content);
        var width = (plate is null ? Width : PlateLeft) - 2 * Margin;
        var (size, lines) = Fit(title.Replace('\'', '’'), width);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"{paper}\"/>\n");
        if (plate is not null)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{PlateLeft}\" width=\"{Width - PlateLeft}\" height=\"{Height}\" fill=\"{tint}\"/>\n");
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<image x=\"{PlateLeft}\" width=\"{Width - PlateLeft}\" height=\"{Height}\" preserveAspectRatio=\"xMidYMid slice\" href=\"{plate}\"/>\n");
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect width=\"{Width}\" height=\"12\" fill=\"{accent}\"/>\n"
                + $"<g fill=\"{ink}\" font-family=\"'Liberation Serif', 'Times New Roman', Times, serif\">\n");
        var line = Margin + 44 + size * .8;
        foreach (var words in lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin}\" y=\"{line:0}\" font-size=\"{size}\">{SecurityElement.Escape(words)}</text>\n");
            line += size * 1.14;
        }

        var foot = place is null ? content.Clinic.Name : $"{content.Clinic.Name}, {place}";
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin}\" y=\"520\" width=\"64\" height=\"4\" fill=\"{accent}\"/>\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Margin}\" y=\"566\" font-size=\"{FootSize(foot, width)}\" fill=\"{accent}\">{SecurityElement.Escape(foot)}</text>\n</g>\n</svg>\n");
        return new SocialCard(name, svg.ToString());
    }

    /// <summary>The largest font size at which the title fits, and its lines.</summary>
    private static (int Size, ImmutableArray<string> Lines) Fit(string title, int width)
    {
        for (var size = 84; ; size -= 4)
        {
            var lines = Wrap(title, size, width);
            if (size <= Smallest || (lines.Length * size * 1.14 <= 380 && lines.All(line => Measure(line) * size <= width))) return (size, lines);
        }
    }

    private static int FootSize(string foot, int width) => Math.Clamp((int)(width / Measure(foot)), 16, 30);

    private static ImmutableArray<string> Wrap(string text, int size, int width)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && Measure($"{lines[^1]} {word}") * size <= width) lines[^1] += $" {word}";
            else lines.AddRange(size > Smallest ? [word] : Broken(word));
        }

        return lines.ToImmutable();

        // A word wider than the card continues on the next line.
        IEnumerable<string> Broken(string word)
        {
            while (Measure(word) * size > width)
            {
                var fits = Enumerable.Range(1, word.Length - 1).Last(length => Measure(word[..length]) * size <= width);
                yield return word[..fits];
                word = word[fits..];
            }

            yield return word;
        }
    }

    // Widths of Times and metric-compatible fonts (Liberation Serif), in thousandths of the font size, from space to tilde.
    private static readonly int[] Widths =
    [
        250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500,
        278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556,
        611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778,
        500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
    ];

    /// <summary>A line's width in multiples of the font size, slightly overestimated so that other serif fonts fit too.</summary>
    internal static double Measure(string line) =>
        1.04
        * line.Normalize(NormalizationForm.FormD)
            .Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            .Sum(letter =>
                letter is >= ' ' and <= '~' ? Widths[letter - ' ']
                : letter is '’' or '‘' ? 333
                : letter is '“' or '”' ? 444
                : letter < '\u2e80' ? 600
                : 1000
            )
        / 1000.0;

    /// <summary>A picture as a data: URL, since a card's drawing contains everything that it shows.</summary>
    private static string? Plate(Picture picture, SiteContent content)
    {
        if (!content.Files.TryGetValue(picture.Path.Split('?')[0], out var file) || file.ContentType is not ("image/svg+xml" or "image/png" or "image/jpeg"))
            return null;
        var bytes = System.IO.File.ReadAllBytes(file.File);
        if (file.ContentType == "image/svg+xml") bytes = Encoding.UTF8.GetBytes(Plain(Encoding.UTF8.GetString(bytes)));
        return $"data:{file.ContentType};base64,{Convert.ToBase64String(bytes)}";
    }

    /// <summary>A drawing in light colors, with custom properties resolved, and without text, which cropping would cut off.</summary>
    private static string Plain(string svg)
    {
        var light = Media().Replace(svg, "").Replace("svg:root{", "text{display:none}svg{", StringComparison.Ordinal);
        var values = Property()
            .Matches(light)
            .DistinctBy(match => match.Groups[1].Value)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);
        return Variable()
            .Replace(light, use => values.GetValueOrDefault(use.Groups[1].Value) ?? (use.Groups[2].Success ? use.Groups[2].Value : "currentColor"));
    }

    [GeneratedRegex(@"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")]
    private static partial Regex Media();

    [GeneratedRegex(@"(--[\w-]+)\s*:\s*([^;}]+)")]
    private static partial Regex Property();

    [GeneratedRegex(@"var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*))?\)")]
    private static partial Regex Variable();
}
