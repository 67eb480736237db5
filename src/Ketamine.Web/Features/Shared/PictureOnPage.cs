using Ketamine.Web.Content;

namespace Ketamine.Web.Features.Shared;

/// <summary>A picture where it stands on a page.</summary>
/// <param name="Small">The same for phones, where the folder holds one: neuron-small.svg beside neuron.svg.</param>
/// <param name="Late">Below the fold: loaded when the reader nears it.</param>
public sealed record PictureOnPage(Picture Picture, ContentFile? Small, bool Late)
{
    public static PictureOnPage Of(Picture picture, Edition site, bool late)
    {
        var dot = picture.Path.LastIndexOf('.');
        return new PictureOnPage(picture, dot < 0 ? null : site.Content.Files.GetValueOrDefault($"{picture.Path[..dot]}-small{picture.Path[dot..]}"), late);
    }
}
