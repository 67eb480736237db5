using System.Xml.Linq;
using ImageMagick;
using ImageMagick.Drawing;

namespace Ketamine.Web.Ops;

/// <summary>
/// Draws a social card with Magick.NET, shape by shape: Magick.NET's SVG renderer skips nested drawings and uses the machine's fonts.
/// The font here ships with the site, so a card looks the same wherever it is drawn.
/// </summary>
internal static partial class CardPainter
{
    // Drawings with few colors lose nothing visible and take a quarter of the bytes.
    private const int Colors = 48;

    private static readonly string Font = Path.Combine(AppContext.BaseDirectory, "Ops", "Fonts", "LiberationSerif-Regular.ttf");

    /// <summary>The card as PNG, with a line of text in the file (a tEXt chunk).</summary>
    /// <exception cref="MagickException">The card's picture can't be read.</exception>
    public static byte[] Draw(SocialCard card, string keyword, string text)
    {
        using var canvas = new MagickImage(MagickColors.White, SocialCard.Width, SocialCard.Height);
        foreach (var shape in XDocument.Parse(card.Svg).Root!.Descendants())
        {
            switch (shape.Name.LocalName)
            {
                case "rect":
                    var (x, y) = (Number(shape, "x"), Number(shape, "y"));
                    new Drawables().DisableStrokeAntialias().FillColor(Fill(shape))
                        .Rectangle(x, y, x + Number(shape, "width") - 1, y + Number(shape, "height") - 1).Draw(canvas);
                    break;
                case "image":
                    using (var plate = Plate(shape)) canvas.Composite(plate, (int)Number(shape, "x"), (int)Number(shape, "y"), CompositeOperator.Over);
                    break;
                case "text":
                    new Drawables().Font(Font).FontPointSize(Number(shape, "font-size")).FillColor(Fill(shape))
                        .Text(Number(shape, "x"), Number(shape, "y"), Literal(shape.Value)).Draw(canvas);
                    break;
            }
        }

        canvas.Quantize(new QuantizeSettings { Colors = Colors, DitherMethod = DitherMethod.No });
        canvas.SetAttribute(keyword, text);
        canvas.Settings.SetDefine(MagickFormat.Png, "exclude-chunk", "date,tIME");
        return canvas.ToByteArray(MagickFormat.Png8);
    }

    /// <summary>The picture, scaled to cover its area and cropped at the edges.</summary>
    private static MagickImage Plate(XElement image)
    {
        var (width, height) = ((uint)Number(image, "width"), (uint)Number(image, "height"));
        var (type, data) = image.Attribute("href")!.Value["data:".Length..].Split(";base64,") is [var first, var second]
            ? (first, Convert.FromBase64String(second))
            : throw new FormatException("not a data: URL");
        var plate = type == "image/svg+xml" ? Drawing(ForLibrsvg(Encoding.UTF8.GetString(data)), width, height) : new MagickImage(data);
        plate.Resize(new MagickGeometry(width, height) { FillArea = true });
        plate.Crop(width, height, Gravity.Center);
        plate.ResetPage();
        return plate;
    }

    /// <summary>A drawing, rendered at the size that covers its area to keep its lines sharp.</summary>
    private static MagickImage Drawing(string svg, uint width, uint height)
    {
        const double natural = 96;
        var bytes = Encoding.UTF8.GetBytes(svg);
        MagickImage At(double density) =>
            new(
                bytes,
                new MagickReadSettings
                {
                    Format = MagickFormat.Svg,
                    BackgroundColor = MagickColors.Transparent,
                    Density = new Density(density),
                });
        var first = At(natural);
        var scale = Math.Max((double)width / first.Width, (double)height / first.Height);
        if (scale is > 0.99 and < 1.01) return first;
        first.Dispose();
        return At(natural * scale);
    }

    /// <summary>
    /// The drawing in the form that Magick's old librsvg can read: librsvg drops styles with custom properties, follows only xlink:href, and
    /// requires commas between dashes.
    /// </summary>
    private static string ForLibrsvg(string svg) => Dashes().Replace(Property().Replace(svg, ""), dashes => Spaces().Replace(dashes.Value, ","))
        .Replace(" href=\"#", " xlink:href=\"#", StringComparison.Ordinal)
        .Replace("<svg xmlns=", "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns=", StringComparison.Ordinal);

    // ImageMagick interprets \ and a leading @ in text.
    private static string Literal(string text) => (text.StartsWith('@') ? "\u200B" : "") + text.Replace("\\", "\\\\", StringComparison.Ordinal);

    private static MagickColor Fill(XElement shape) =>
        new(shape.AncestorsAndSelf().Select(element => element.Attribute("fill")?.Value).First(fill => fill is not null)!);

    private static double Number(XElement shape, string name) =>
        shape.Attribute(name) is { } value ? double.Parse(value.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("""(?<=stroke-dasharray\s*[:=]\s*"?)[\d.][\d.\s]*[\d.]""")]
    private static partial Regex Dashes();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"--[\w-]+\s*:[^;}]+;?")]
    private static partial Regex Property();
}
