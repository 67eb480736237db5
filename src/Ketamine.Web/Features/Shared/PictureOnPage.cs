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

    /// <summary>The picture of a text for a list, which decorates; null for a text without one.</summary>
    public static PictureOnPage? Slot(ContentItem text, Edition site) =>
        text.Image is { } picture ? Of(picture with { Alt = "" }, site, late: true) with { Whole = IsDrawnIn(text) } : null;

    /// <summary>Whether the text shows its picture as a figure too: then it is a drawing that the text explains, with labels that no crop may cut.</summary>
    public static bool IsDrawnIn(ContentItem text) =>
        text.Image is { } picture && text.Body.Pictures.Contains(picture.Path);

    public static PictureOnPage Of(Picture picture, Edition site, bool late)
    {
        var files = site.Content.Files;
        var dot = picture.Path.LastIndexOf('.');
        return new PictureOnPage(picture, SrcOf(picture, site), files.GetValueOrDefault($"{picture.Path[..dot]}-small{picture.Path[dot..]}"), late);
    }

    /// <summary>The address of a picture with the hash of its bytes.</summary>
    public static string SrcOf(Picture picture, Edition site) => site.Content.Files.GetValueOrDefault(picture.Path)?.VersionedPath ?? picture.Path;
}
