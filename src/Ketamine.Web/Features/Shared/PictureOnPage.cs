using System.Globalization;
using Ketamine.Content;

namespace Ketamine.Web.Features.Shared;

/// <summary>A picture where it stands on a page.</summary>
/// <param name="Src">Its address, with the hash of its bytes.</param>
/// <param name="Small">The same for phones, where the folder holds one: neuron-small.svg beside neuron.svg.</param>
/// <param name="Late">Below the fold: loaded when the reader nears it.</param>
public sealed record PictureOnPage(Picture Picture, string Src, ContentFile? Small, bool Late)
{
    /// <summary>Must not be cropped: a drawing with labels.</summary>
    public bool Whole { get; init; }

    /// <summary>The photograph that the picture is, which is shown in the sizes of a slot; null for drawings.</summary>
    public ContentFile? Photo { get; init; }

    /// <summary>What the place shows of a photograph.</summary>
    public PhotoSlot Place { get; init; } = PhotoSlot.Wide;

    /// <summary>The sizes of one form, for srcset.</summary>
    public string SrcSet(string extension) => string.Join(", ", Place.WidthsOf(Photo!)
        .Select(width => string.Create(CultureInfo.InvariantCulture, $"{Place.PathOf(Photo!, width, extension)} {width}w")));

    /// <summary>The address, width and height of the size for browsers without srcset.</summary>
    public (string Src, int Width, int Height) Middle
    {
        get
        {
            var widths = Place.WidthsOf(Photo!);
            var width = widths[widths.Length / 2];
            return (Place.PathOf(Photo!, width, "jpg"), width, Place.HeightOf(Photo!, width));
        }
    }

    /// <summary>The picture of a text for a list, which decorates; null for a text without one.</summary>
    public static PictureOnPage? Slot(ContentItem text, Edition site) =>
        text.Image is { } picture ? Of(picture with { Alt = "" }, site, late: true) with { Whole = IsDrawnIn(text) } : null;

    /// <summary>Whether the text shows its picture as a figure too: then it is a drawing that the text explains, with labels that no crop may cut.</summary>
    public static bool IsDrawnIn(ContentItem text) =>
        text.Image is { } picture && text.Body.Pictures.Contains(picture.Path);

    /// <param name="picture">Of the folder.</param>
    /// <param name="site">What is shown.</param>
    /// <param name="late">Below the fold.</param>
    /// <param name="place">What the place shows of a photograph; null takes <see cref="PhotoSlot.Wide"/>.</param>
    public static PictureOnPage Of(Picture picture, Edition site, bool late, PhotoSlot? place = null)
    {
        var files = site.Content.Files;
        var dot = picture.Path.LastIndexOf('.');
        return new PictureOnPage(picture, SrcOf(picture, site), files.GetValueOrDefault($"{picture.Path[..dot]}-small{picture.Path[dot..]}"), late)
        {
            Photo = files.GetValueOrDefault(picture.Path) is { IsPhotograph: true } photo ? photo : null,
            Place = place ?? PhotoSlot.Wide,
        };
    }

    /// <summary>The address of a picture with the hash of its bytes.</summary>
    public static string SrcOf(Picture picture, Edition site) => site.Content.Files.GetValueOrDefault(picture.Path)?.VersionedPath ?? picture.Path;
}
