using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Ketamine.Content;
using Ketamine.Web.Web;
using Microsoft.Net.Http.Headers;

namespace Ketamine.Web.Features.Images;

/// <summary>
/// Serves the images of the clinic's folder under /images/. Serves only files that were found when the content was loaded: the URL is looked up, never
/// combined with a path.
/// </summary>
public static class ImageEndpoints
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapImages(this IEndpointRouteBuilder routes)
    {
        // SVG drawings are text, so they are cached and compressed like pages. Photographs are sent from disk, with range requests.
        routes.MapMethods("/images/{**file:regex(\\.svg$)}", Reads, Drawing).WithMetadata(new PublicPageAttribute { VaryBy = ["v"] });
        routes.MapMethods("/images/{**file}", Reads, Photograph);
        return routes;
    }

    private static async Task<IResult> Drawing(HttpContext context, ContentStore content, CancellationToken cancellation)
    {
        if (Find(context, content) is not { } file) return Results.NotFound();
        var svg = await File.ReadAllBytesAsync(file.File, cancellation);
        context.Response.Headers.ContentSecurityPolicy = PolicyFor(svg);
        return Results.Bytes(svg, file.ContentType);
    }

    private static IResult Photograph(HttpContext context, ContentStore content) => Find(context, content) is { } file
        ? Results.File(file.File, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""), enableRangeProcessing: true)
        : Results.NotFound();

    private static ContentFile? Find(HttpContext context, ContentStore content)
    {
        // A file may have been deleted within the last second, before the folder was read again.
        if (content.Current.FindFile(context.Request.Path.Value ?? "") is not { } file || !File.Exists(file.File)) return null;
        context.Response.Headers.CacheControl = context.Request.Query["v"] == file.Hash
            ? "public, max-age=31536000, immutable"
            : "public, max-age=3600, stale-while-revalidate=86400";
        return file;
    }

    /// <summary>
    /// The Content-Security-Policy of a drawing that is opened directly. Allows the style elements inside it, by hash, and nothing else, so scripts in
    /// a drawing never run.
    /// </summary>
    internal static string PolicyFor(byte[] svg)
    {
        var hashes = new StringBuilder();
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(svg, writable: false), settings);
            foreach (var style in XDocument.Load(reader, LoadOptions.PreserveWhitespace).Descendants().Where(element => element.Name.LocalName == "style"))
                hashes.Append(" 'sha256-").Append(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style.Value)))).Append('\'');
        }
        catch (XmlException)
        {
            // Browsers don't render invalid XML.
            hashes.Clear();
        }

        return $"default-src 'none'; style-src{(hashes.Length > 0 ? hashes : " 'none'")}; frame-ancestors 'none'; sandbox";
    }
}
