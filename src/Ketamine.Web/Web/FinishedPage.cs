using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>A page's bytes as they go out, in each of the ways a client may take them. Each way has a strong ETag of its own.</summary>
public sealed class FinishedPage
{
    private readonly string? _contentType;
    private readonly StringValues _cacheControl;
    private readonly KeyValuePair<string, StringValues>[] _headers;
    private readonly Representation _identity;
    private readonly Representation? _gzip;
    private readonly string _hash;
    private volatile Representation? _brotli;

    /// <param name="body">The page as it was rendered.</param>
    /// <param name="contentType">As the endpoint set it; decides whether squeezing is worth it.</param>
    /// <param name="cacheControl">As the endpoint set it; empty takes the cache's own.</param>
    /// <param name="headers">What else the endpoint set.</param>
    public FinishedPage(byte[] body, string? contentType, StringValues cacheControl, KeyValuePair<string, StringValues>[] headers)
    {
        _contentType = contentType;
        _cacheControl = cacheControl;
        _headers = headers;
        _hash = Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12));
        _identity = new Representation(body, $"\"{_hash}\"", StringValues.Empty);
        if (IsText(contentType) && Gzip(body) is { } gzip && gzip.Length < body.Length)
            _gzip = new Representation(gzip, $"\"{_hash}-gz\"", "gzip");
    }

    /// <summary>Set on every use; the cache clears it when it looks for pages that nobody reads.</summary>
    public bool Used { get; set; } = true;

    /// <summary>Bytes that the page takes in memory.</summary>
    public long Size => _identity.Body.Length + (_gzip?.Body.Length ?? 0) + (_brotli?.Body.Length ?? 0);

    /// <summary>Whether Brotli may still make it smaller.</summary>
    public bool CanBeSqueezed => _gzip is not null && _brotli is null;

    /// <summary>Makes the Brotli form at its best level: tens of milliseconds of work, never on a request's path.</summary>
    public void Squeeze()
    {
        var body = _identity.Body;
        var squeezed = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
        if (BrotliEncoder.TryCompress(body, squeezed, out var length, quality: 11, window: 22) && length < _gzip!.Body.Length)
            _brotli = new Representation(squeezed[..length], $"\"{_hash}-br\"", "br");
    }

    /// <summary>Answers a GET or HEAD: 304 where the client has it already, the bytes otherwise.</summary>
    /// <param name="cacheControl">For a page that said nothing of its own.</param>
    public Task AnswerAsync(HttpContext context, StringValues cacheControl)
    {
        Used = true;
        var request = context.Request.Headers;
        var response = context.Response;
        var chosen = Choose(AcceptEncoding.Read(request.AcceptEncoding), request.IfNoneMatch, out var known);
        var headers = response.Headers;
        foreach (var (name, value) in _headers) headers[name] = value;
        headers.ETag = chosen.ETag;
        headers.CacheControl = _cacheControl.Count > 0 ? _cacheControl : cacheControl;
        headers.Vary = "Accept-Encoding";
        if (known)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.ContentLength = null;
            return Task.CompletedTask;
        }

        response.StatusCode = StatusCodes.Status200OK;
        headers.ContentType = _contentType;
        if (chosen.Encoding.Count > 0) headers.ContentEncoding = chosen.Encoding;
        response.ContentLength = chosen.Body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(chosen.Body, context.RequestAborted).AsTask();
    }

    /// <summary>
    /// The best that the client takes; or, of those it takes, the one that it says it holds, so that the arrival of the Brotli form makes
    /// nobody load a page again.
    /// </summary>
    private Representation Choose(AcceptEncoding accepts, StringValues held, out bool known)
    {
        var (best, quality) = (_identity, accepts.Identity);
        known = quality > 0 && Names(held, _identity.ETag);
        if (known) return _identity;
        if (_gzip is { } gzip && accepts.Gzip > 0)
        {
            if (known = Names(held, gzip.ETag)) return gzip;
            if (accepts.Gzip >= quality) (best, quality) = (gzip, accepts.Gzip);
        }

        if (_brotli is { } brotli && accepts.Brotli > 0)
        {
            if (known = Names(held, brotli.ETag)) return brotli;
            if (accepts.Brotli >= quality) best = brotli;
        }

        // "*" asks for nothing if there is anything at all.
        known = held.Count == 1 && held[0] is "*";
        return best;
    }

    // An ETag's quotes are part of it and can't stand within it: to find it is to find a member of the list. W/ before it is ignored, as
    // If-None-Match compares weakly (RFC 9110, 13.1.2).
    private static bool Names(StringValues held, string etag)
    {
        for (var line = 0; line < held.Count; line++)
        {
            if (held[line]!.Contains(etag, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static bool IsText(string? contentType) => contentType is not null
        && (contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("json", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("xml", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("javascript", StringComparison.OrdinalIgnoreCase));

    private static byte[] Gzip(byte[] body)
    {
        using var squeezed = new MemoryStream(body.Length / 3);
        using (var gzip = new GZipStream(squeezed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(body);
        return squeezed.ToArray();
    }

    private sealed record Representation(byte[] Body, string ETag, StringValues Encoding);
}
