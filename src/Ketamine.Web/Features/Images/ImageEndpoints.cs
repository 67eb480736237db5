using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Ketamine.Content;
using Ketamine.Web.Web;
using Microsoft.Net.Http.Headers;

namespace Ketamine.Web.Features.Images;

/// <summary>
/// The pictures of the clinic's folder under /images/. Only what was found on load is served: an address is looked up, never joined to a path.
/// </summary>
public static class ImageEndpoints
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapImages(this IEndpointRouteBuilder routes)
    {
        // Drawings are text: kept finished and squeezed like pages. Photographs are sent from disk, in ranges where asked.
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
        // A file that was taken away is missed here until the folder is read again, a second later.
        if (content.Current.FindFile(context.Request.Path.Value ?? "") is not { } file || !File.Exists(file.File)) return null;
        context.Response.Headers.CacheControl = context.Request.Query["v"] == file.Hash
            ? "public, max-age=31536000, immutable"
            : "public, max-age=3600, stale-while-revalidate=86400";
        return file;
    }

    /// <summary>
    /// What a drawing may do when it is opened by itself: use the styles that stand in it, by their hashes, and nothing else. Scripts in a
    /// clinic's own drawing do not run.
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
            // No browser draws what is no XML.
            hashes.Clear();
        }

        return $"default-src 'none'; style-src{(hashes.Length > 0 ? hashes : " 'none'")}; frame-ancestors 'none'; sandbox";
    }
}
