using System.Globalization;
using Markdig.Renderers;

namespace Ketamine.Content.Markdown;

/// <summary>
/// A picture as HTML, in the texts and in the site's own pages: a photograph in the sizes of its place, a drawing, or a drawing with a version for narrow
/// screens.
/// </summary>
/// <param name="Source">The address of the picture itself.</param>
/// <param name="Alt">Empty for decoration.</param>
/// <param name="Width">CSS pixels.</param>
/// <param name="Height">CSS pixels.</param>
public sealed record PictureHtml(string Source, string Alt, int Width, int Height)
{
    /// <summary>When a browser loads it: as it comes, first of all pictures, or only when the reader gets close.</summary>
    public enum Loading
    {
        Ordinary,
        First,
        Late,
    }

    public Loading When { get; init; } = Loading.Late;

    public string? Class { get; init; }

    /// <summary>The photograph, and the place whose crop and sizes it is shown in; null for a drawing.</summary>
    public (ContentFile File, PhotoSlot Slot)? Photo { get; init; }

    /// <summary>Another drawing where the screen is narrow, and the media query that says so.</summary>
    public (ContentFile File, string Media)? Narrow { get; init; }

    public override string ToString()
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        // Used only for escaping.
        var html = new HtmlRenderer(writer);
        if (Photo is var (photo, slot))
        {
            var (source, width, height) = slot.MiddleOf(photo);
            html.Write("<picture>");
            foreach (var extension in new[] { "avif", "webp" })
                html.Write($"<source type=\"image/{extension}\" srcset=\"{slot.SrcSetOf(photo, extension)}\" sizes=\"{slot.Sizes}\">");
            Image(html, source, $" srcset=\"{slot.SrcSetOf(photo, "jpg")}\" sizes=\"{slot.Sizes}\"", width, height);
            html.Write("</picture>");
        }
        else if (Narrow is var (file, media))
        {
            html.Write($"<picture><source media=\"{media}\" srcset=\"{file.VersionedPath}\" width=\"{file.Width}\" height=\"{file.Height}\">");
            Image(html, Source, "", Width, Height);
            html.Write("</picture>");
        }
        else
        {
            Image(html, Source, "", Width, Height);
        }

        return writer.ToString();
    }

    private void Image(HtmlRenderer html, string source, string sizes, int width, int height)
    {
        html.Write("<img src=\"").WriteEscape(source).Write($"\"{sizes} alt=\"").WriteEscape(Alt).Write($"\" width=\"{width}\" height=\"{height}\"");
        html.Write(When switch { Loading.First => " fetchpriority=\"high\"", Loading.Late => " loading=\"lazy\" decoding=\"async\"", _ => "" });
        html.Write(Class is null ? ">" : $" class=\"{Class}\">");
    }
}
