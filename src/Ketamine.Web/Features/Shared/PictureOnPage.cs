using Ketamine.Content;

namespace Ketamine.Web.Features.Shared;

/// <summary>A picture in its place on a page.</summary>
/// <param name="Src">Its address, with the hash of its bytes.</param>
/// <param name="Small">A version for phones, if the folder has one: neuron-small.svg next to neuron.svg.</param>
/// <param name="Late">Whether it is below the fold, and so loaded when the reader gets close.</param>
public sealed record PictureOnPage(Picture Picture, string Src, ContentFile? Small, bool Late)
{
    /// <summary>Whether it must not be cropped: a drawing with labels.</summary>
    public bool Whole { get; init; }

    /// <summary>The photograph, shown in the sizes of a slot; null for drawings.</summary>
    public ContentFile? Photo { get; init; }

    /// <summary>The slot, which determines the crop of a photograph.</summary>
    public PhotoSlot Place { get; init; } = PhotoSlot.Wide;

    /// <summary>A text's picture for a list, as decoration; null if it has none.</summary>
    public static PictureOnPage? Slot(ContentItem text, Edition site) =>
        text.Image is { } picture ? Of(picture with { Alt = "" }, site, late: true) with { Whole = IsDrawnIn(text) } : null;

    /// <summary>Whether the text also shows its picture as a figure. Then it is a drawing with labels that must not be cropped.</summary>
    public static bool IsDrawnIn(ContentItem text) =>
        text.Image is { } picture && text.Body.Pictures.Contains(picture.Path);

    /// <param name="picture">A picture in the folder.</param>
    /// <param name="site">The edition being shown.</param>
    /// <param name="late">Whether it is below the fold.</param>
    /// <param name="place">The slot, which determines the crop of a photograph; null means <see cref="PhotoSlot.Wide"/>.</param>
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

    /// <summary>A picture's address, including the hash of its bytes.</summary>
    public static string SrcOf(Picture picture, Edition site) => site.Content.Files.GetValueOrDefault(picture.Path)?.VersionedPath ?? picture.Path;
}
