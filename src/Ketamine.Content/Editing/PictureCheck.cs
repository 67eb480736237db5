using Ketamine.Content.Markdown;

namespace Ketamine.Content.Editing;

/// <summary>
/// What an editor should know about pictures: which lack a description, which are too small for their place, and how heavy each page is on a phone.
/// </summary>
internal static partial class PictureCheck
{
    // A phone that is 360 CSS pixels wide, with two device pixels each.
    private const int PhoneWidth = 720;

    // An estimate for photographs of rooms and people, as AVIF in the quality that the site produces.
    private const double BytesPerPixel = 0.11;

    // Drawings are sent compressed.
    private const double Compressed = 0.4;

    /// <summary>Warnings, by file and line.</summary>
    public static IEnumerable<Diagnostic> Warnings(ContentReading reading)
    {
        if (reading.Content is not { } content) yield break;
        foreach (var text in reading.Texts.Where(text => text.Body is not null))
        {
            if (text.Image is { } image && FileOf(content, image.Name) is { IsPhotograph: true } photo)
            {
                if (text.ImageAlt.Length == 0 && photo.Alt.Length == 0) yield return Undescribed(text.File, image.Line, "imageAlt", image.Name);
                if (TooSmall(photo, PhotoSlot.Wide) is { } small) yield return small with { File = text.File, Line = image.Line };
            }

            if (text.Image is { } named && SaysNothing().IsMatch(text.ImageAlt))
                yield return Empty(text.File, named.Line, "imageAlt", text.ImageAlt, "imageAlt: what the picture shows");
            foreach (var picture in text.Body!.Analysis.Pictures)
            {
                if (SaysNothing().IsMatch(picture.Alt))
                    yield return Empty(text.File, picture.Line, "image", picture.Alt, $"![what it shows]({picture.Source})");
                if (FileOf(content, picture.Source) is not { } shown) continue;
                if (picture is { Alt: "", HasCaption: false } && shown.Alt.Length == 0)
                    yield return Undescribed(text.File, picture.Line, "image", picture.Source, shown.IsPhotograph ? "photograph" : "picture");
                if (!shown.IsPhotograph) continue;
                if (TooSmall(shown, PhotoSlot.Whole) is { } small) yield return small with { File = text.File, Line = picture.Line };
            }
        }

        foreach (var person in content.People.Values.Where(person => person.Image is not null))
            if (FileOf(content, person.Image!.Path) is { IsPhotograph: true } face && TooSmall(face, PhotoSlot.Tall) is { } small)
                yield return small with
                {
                    File = "people.yml",
                    Key = $"{person.Key}.image",
                };
        foreach (var place in content.Clinic.Locations.Where(place => place.Image is not null))
            if (FileOf(content, place.Image!.Path) is { IsPhotograph: true } room && TooSmall(room, PhotoSlot.Wide) is { } small)
                yield return small with
                {
                    File = "clinic.yml",
                    Key = "locations.image",
                };
    }

    /// <summary>
    /// The size of each page's text and pictures on a phone, in bytes, largest first. Styles and fonts, which are the same for all pages, aren't included.
    /// </summary>
    public static IEnumerable<(string Path, int Pictures, long Bytes)> Weights(SiteContent content) =>
        content.Pages.Concat<ContentItem>(content.Services).Concat(content.Articles).Select(text =>
        {
            var files = text
                .Body.Pictures.Append(text.Image?.Path)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Select(path => content.Files.GetValueOrDefault(path))
                .OfType<ContentFile>()
                .ToList();
            return (text.Path, files.Count, files.Sum(WeightOf) + (long)(text.Body.Html.Length * Compressed));
        }).OrderByDescending(page => page.Item3).ThenBy(page => page.Path, StringComparer.Ordinal);

    private static long WeightOf(ContentFile file)
    {
        if (file.ContentType == "image/svg+xml") return (long)(file.Length * Compressed);
        if (!file.IsPhotograph) return file.Length;
        var width = Math.Min(PhoneWidth, file.Width);
        return (long)(width * (double)PhotoSlot.Wide.HeightOf(file, width) * BytesPerPixel);
    }

    private static Diagnostic Empty(string file, int line, string key, string alt, string wanted) =>
        new(file, line, key, $"the alternative text {Diagnostics.Quote(alt)} doesn't say what the picture shows", wanted, DiagnosticSeverity.Warning);

    // A file's name, or a word that is true of any picture.
    [GeneratedRegex(@"^\s*(?:\S+\.(?:jpe?g|png|gif|webp|avif|heic|heif|svg)|(?:IMG|DSCN?|DCIM|PXL|MVIMG)[_-]?\d[\w-]*|Screen ?shot\b.*"
        + @"|(?:an? |the )?(?:image|img|picture|photo|photograph|pic|graphic|drawing|alt(?: text)?|untitled)[\s_-]*\d*)\.?\s*\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SaysNothing();

    private static Diagnostic Undescribed(string file, int line, string key, string picture, string kind = "photograph") =>
        new(
            file,
            line,
            key,
            $"{Diagnostics.Quote(picture)} is a {kind} without alternative text",
            "a description for people who can't see it: here, or as alt in images.yml for every place that shows it",
            DiagnosticSeverity.Warning);

    // On a phone, a picture is as wide as the screen; a portrait is half as wide.
    private static Diagnostic? TooSmall(ContentFile photo, PhotoSlot slot)
    {
        var (needed, width) = (slot == PhotoSlot.Tall ? PhoneWidth / 2 : PhoneWidth, slot.Crop(photo.Width, photo.Height, photo.Focus).Width);
        return width >= needed
            ? null
            : new Diagnostic(
                "",
                0,
                "image",
                string.Create(CultureInfo.InvariantCulture, $"{photo.Path[1..]} is {width} pixels wide, and a phone shows {needed} here"),
                string.Create(CultureInfo.InvariantCulture, $"a larger copy of the picture, at least {needed} pixels wide after it is cropped"),
                DiagnosticSeverity.Warning);
    }

    private static ContentFile? FileOf(SiteContent content, string source) => Links.Picture(source) is { } path ? content.Files.GetValueOrDefault(path) : null;
}
