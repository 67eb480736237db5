using ImageMagick;
using Ketamine.Web.Features.Shared;

namespace Ketamine.Web.Features.Discovery;

/// <summary>
/// The site's icon as pixels, for what doesn't read SVG: <c>/favicon.ico</c>, which browsers, feed readers, and chat programs ask for unprompted, and the
/// icon that iOS puts on a home screen. Drawn from the clinic's images/favicon.svg, or the site's own.
/// </summary>
public static class SiteIcon
{
    /// <summary>Apple's size for a phone's home screen, in pixels.</summary>
    public const int Touch = 180;

    private const string Own = "/favicon.svg";

    // What an SVG's own units are drawn at.
    private const double Natural = 96;

    /// <summary>16, 32, and 48 pixels in one file (ICO).</summary>
    public static byte[] Ico(Edition site, IWebHostEnvironment files) => Draw(site, files, 48, icon =>
    {
        icon.Settings.SetDefine(MagickFormat.Icon, "auto-resize", "48,32,16");
        return icon.ToByteArray(MagickFormat.Icon);
    });

    /// <summary><see cref="Touch"/> pixels, opaque: iOS fills what is transparent with black (PNG).</summary>
    public static byte[] Png(Edition site, IWebHostEnvironment files) => Draw(site, files, Touch, icon =>
    {
        using var paper = new MagickImage(new MagickColor(ThemeStyles.Paper(site.Clinic.Theme, dark: false)), Touch, Touch);
        paper.Composite(icon, CompositeOperator.Over);
        paper.Settings.SetDefine(MagickFormat.Png, "exclude-chunk", "date,tIME");
        return paper.ToByteArray(MagickFormat.Png);
    });

    private static byte[] Draw(Edition site, IWebHostEnvironment files, int size, Func<MagickImage, byte[]> write)
    {
        var own = files.WebRootFileProvider.GetFileInfo(Own).PhysicalPath!;
        try
        {
            using var icon = At(size, site.Content.Files.GetValueOrDefault("/images/favicon.svg")?.File ?? own);
            return write(icon);
        }
        catch (MagickException)
        {
            // A drawing that browsers can show and this library can't.
            using var icon = At(size, own);
            return write(icon);
        }
    }

    private static MagickImage At(int size, string svg)
    {
        using var first = Read(svg, Natural);
        var icon = Read(svg, Natural * size / Math.Max(first.Width, first.Height));
        icon.Resize((uint)size, (uint)size);
        icon.Extent((uint)size, (uint)size, Gravity.Center, MagickColors.Transparent);
        icon.Strip();
        return icon;
    }

    private static MagickImage Read(string svg, double density) => new(File.ReadAllBytes(svg), new MagickReadSettings
    {
        Format = MagickFormat.Svg, BackgroundColor = MagickColors.Transparent, Density = new Density(density),
    });
}
