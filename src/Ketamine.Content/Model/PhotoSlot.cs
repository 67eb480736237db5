namespace Ketamine.Content.Model;

/// <summary>The point of a picture that cropping must keep, in percent from the left and the top.</summary>
public readonly record struct FocalPoint(int X, int Y)
{
    public static FocalPoint Center { get; } = new(50, 50);
}

/// <summary>A place that a photograph is cropped and scaled for.</summary>
/// <param name="Name">In addresses.</param>
/// <param name="RatioWidth">0 together with <paramref name="RatioHeight"/> 0: the photograph is shown uncropped.</param>
/// <param name="RatioHeight">Of the place's height to its width.</param>
/// <param name="Widths">Pixels, ascending, for screens with one to three device pixels per CSS pixel.</param>
/// <param name="Sizes">The width of the place on a page: the sizes attribute.</param>
public sealed record PhotoSlot(string Name, int RatioWidth, int RatioHeight, ImmutableArray<int> Widths, string Sizes)
{
    /// <summary>Uncropped: within a text, and at the picture's own address.</summary>
    public static PhotoSlot Whole { get; } = new("whole", 0, 0, [480, 960, 1600], "(min-width: 64rem) 44rem, 100vw");

    /// <summary>Heads of pages and stories.</summary>
    public static PhotoSlot Wide { get; } = new("wide", 3, 2, [360, 720, 1080, 1440], "(min-width: 64rem) 40rem, 100vw");

    /// <summary>People.</summary>
    public static PhotoSlot Tall { get; } = new("tall", 4, 5, [240, 480, 720], "(min-width: 64rem) 20rem, 50vw");

    /// <summary>A face next to a name.</summary>
    public static PhotoSlot Face { get; } = new("face", 1, 1, [96, 192], "3rem");

    public static ImmutableArray<PhotoSlot> All { get; } = [Whole, Wide, Tall, Face];

    /// <summary>The part of a photograph that the place shows, around its focal point, in the photograph's own pixels.</summary>
    public (int X, int Y, int Width, int Height) Crop(int width, int height, FocalPoint focus)
    {
        if (RatioWidth == 0) return (0, 0, width, height);
        var scale = Math.Min((double)width / RatioWidth, (double)height / RatioHeight);
        var (w, h) = (Math.Max(1, (int)(RatioWidth * scale)), Math.Max(1, (int)(RatioHeight * scale)));
        var (x, y) = ((width * focus.X / 100) - (w / 2), (height * focus.Y / 100) - (h / 2));
        return (Math.Clamp(x, 0, width - w), Math.Clamp(y, 0, height - h), w, h);
    }

    /// <summary>
    /// The widths made from a photograph of this size: never wider than the original, and including its full width if that is below the widest.
    /// </summary>
    public ImmutableArray<int> WidthsOf(ContentFile photo)
    {
        var most = Crop(photo.Width, photo.Height, photo.Focus).Width;
        var fitting = Widths.Where(width => width <= most).ToImmutableArray();
        return fitting.Length == Widths.Length || (fitting.Length > 0 && most - fitting[^1] < fitting[^1] / 4) ? fitting : fitting.Add(most);
    }

    /// <summary>How high it is at a width.</summary>
    public int HeightOf(ContentFile photo, int width)
    {
        var (_, _, w, h) = Crop(photo.Width, photo.Height, photo.Focus);
        return Math.Max(1, (int)Math.Round((double)width * h / w));
    }

    /// <summary>The address of one size: /photos/{key}/{slot}-{width}.{extension}.</summary>
    public string PathOf(ContentFile photo, int width, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"/photos/{photo.PhotoKey}/{Name}-{width}.{extension}");

    /// <summary>All sizes of a photograph in one format, for <c>srcset</c>.</summary>
    public string SrcSetOf(ContentFile photo, string extension) => string.Join(", ", WidthsOf(photo)
        .Select(width => string.Create(CultureInfo.InvariantCulture, $"{PathOf(photo, width, extension)} {width}w")));

    /// <summary>The address, width, and height of the size for browsers without <c>srcset</c>.</summary>
    public (string Src, int Width, int Height) MiddleOf(ContentFile photo)
    {
        var widths = WidthsOf(photo);
        var width = widths[widths.Length / 2];
        return (PathOf(photo, width, "jpg"), width, HeightOf(photo, width));
    }
}
