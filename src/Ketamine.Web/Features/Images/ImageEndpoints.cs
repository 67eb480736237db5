using System.Xml;
using System.Xml.Linq;
using Ketamine.Content.Images;
using Ketamine.Web.Web;
using Microsoft.Net.Http.Headers;

namespace Ketamine.Web.Features.Images;

/// <summary>
/// Serves the images of the clinic's folder under /images/. Serves only files that were found when the content was loaded: the URL is looked up, never
/// combined with a path.
/// </summary>
public static class ImageEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapImages(this IEndpointRouteBuilder routes)
    {
        // SVG drawings are text, so they are cached and compressed like pages. Photographs are sent from disk, with range requests.
        routes.MapMethods("/images/{**file:regex(\\.svg$)}", Reads, Drawing).WithMetadata(new PublicPageAttribute { VaryBy = ["v"] });
        routes.MapMethods("/images/{**file}", Reads, File);
        routes.MapMethods("/photos/{key}/{slot}-{width:int}.{extension}", Reads, Size);
        return routes;
    }

    private static async Task<IResult> Drawing(HttpContext context, ContentStore content, CancellationToken cancellation)
    {
        if (Find(context, content) is not { } file) return Results.NotFound();
        var svg = await System.IO.File.ReadAllBytesAsync(file.File, cancellation);
        context.Response.Headers.ContentSecurityPolicy = PolicyFor(svg);
        return Results.Bytes(svg, file.ContentType);
    }

    private static async Task<IResult> File(HttpContext context, ContentStore content, PhotoStore photos, CancellationToken cancellation)
    {
        if (Find(context, content) is not { } file) return Results.NotFound();
        if (file.HasMetadata)
            return Results.Bytes(
                ImageMetadata.Strip(await System.IO.File.ReadAllBytesAsync(file.File, cancellation), file.ContentType),
                file.ContentType,
                entityTag: new EntityTagHeaderValue($"\"{file.Hash}-bare\""));
        if (!file.IsPhotograph)
            return Results.File(file.File, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""), enableRangeProcessing: true);
        // At its own address, used by texts, cards, and emails: uncropped, in the best format that this browser accepts.
        context.Response.Headers.Vary = HeaderNames.Accept;
        var accepted = context.Request.Headers.Accept.ToString();
        var extension = accepted.Contains("image/avif", StringComparison.Ordinal) ? "avif"
            : accepted.Contains("image/webp", StringComparison.Ordinal) ? "webp" : "jpg";
        return await Send(context, photos, file, PhotoSlot.Whole, PhotoSlot.Whole.WidthsOf(file)[^1], extension, cancellation);
    }

    private static async Task<IResult> Size(
        string key, string slot, int width, string extension, HttpContext context, ContentStore content, PhotoStore photos, CancellationToken cancellation)
    {
        var all = content.Current.Content.Photographs.ToList();
        // A page opened before the focal point moved requests the old crop, and gets the current one.
        var exact = all.Find(file => file.PhotoKey == key);
        if ((exact ?? all.Find(file => key.StartsWith(file.Hash + "-", StringComparison.Ordinal))) is not { } photo
            || PhotoSlot.All.FirstOrDefault(one => one.Name == slot) is not { } place || !place.WidthsOf(photo).Contains(width)) return Results.NotFound();
        context.Response.Headers.CacheControl = exact is null ? "no-store" : "public, max-age=31536000, immutable";
        return await Send(context, photos, photo, place, width, extension, cancellation);
    }

    // The requested size or, while it is being made, the nearest one, which must not be cached.
    private static async Task<IResult> Send(
        HttpContext context, PhotoStore photos, ContentFile photo, PhotoSlot slot, int width, string extension, CancellationToken cancellation)
    {
        if (await photos.WaitForAsync(photo, slot, width, extension, Patience, cancellation) is not { } ready)
        {
            context.Response.Headers.CacheControl = "no-store";
            return Results.NotFound();
        }

        if (!ready.IsExact) context.Response.Headers.CacheControl = "no-store";
        var tag = $"\"{photo.PhotoKey}-{Path.GetFileName(ready.File)}\"";
        return Results.File(ready.File, ready.ContentType, entityTag: ready.IsExact ? new EntityTagHeaderValue(tag) : null, enableRangeProcessing: true);
    }

    private static ContentFile? Find(HttpContext context, ContentStore content)
    {
        // A file may have been deleted within the last second, before the folder was read again.
        if (content.Current.FindFile(context.Request.Path.Value ?? "") is not { } file || !System.IO.File.Exists(file.File)) return null;
        context.Response.Headers.CacheControl = context.Request.Query["v"] == file.Hash
            ? "public, max-age=31536000, immutable"
            : "public, max-age=3600, stale-while-revalidate=86400";
        return file;
    }

    /// <summary>
    /// The Content-Security-Policy of a drawing that is opened directly. Allows the style elements inside it, by hash, and a font that they carry, and
    /// nothing else, so scripts in a drawing never run.
    /// </summary>
    internal static string PolicyFor(byte[] svg)
    {
        var (hashes, fonts) = (new StringBuilder(), "");
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(svg, writable: false), settings);
            foreach (var style in XDocument.Load(reader, LoadOptions.PreserveWhitespace).Descendants().Where(element => element.Name.LocalName == "style"))
            {
                hashes.Append(" 'sha256-").Append(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style.Value)))).Append('\'');
                if (style.Value.Contains("data:font/", StringComparison.Ordinal)) fonts = " font-src data:;";
            }
        }
        catch (XmlException)
        {
            // Browsers don't render invalid XML.
            hashes.Clear();
        }

        return $"default-src 'none'; style-src{(hashes.Length > 0 ? hashes : " 'none'")};{fonts} frame-ancestors 'none'; sandbox";
    }
}
