using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>A page's bytes in each encoding a client may accept, with every header prepared. Each encoding has its own strong ETag.</summary>
public sealed class CachedPage
{
    private static readonly StringValues VaryByEncoding = "Accept-Encoding";

    private readonly int _status;
    private readonly string? _contentType;
    private readonly StringValues _cacheControl;
    private readonly KeyValuePair<string, StringValues>[] _headers;
    private readonly Representation _identity;
    private readonly Representation? _gzip;
    private readonly string _hash;
    private volatile Representation? _brotli;
    private int _full;
    private int _notModified;

    /// <param name="path">The page's path, for the log.</param>
    /// <param name="status">200, or 404 for the page that says that there is none.</param>
    /// <param name="body">The rendered page.</param>
    /// <param name="contentType">The endpoint's value; decides whether the body is worth compressing.</param>
    /// <param name="cacheControl">The endpoint's value; empty for the cache's default.</param>
    /// <param name="headers">All other response headers.</param>
    public CachedPage(
        string path, int status, byte[] body, string? contentType, StringValues cacheControl, KeyValuePair<string, StringValues>[] headers)
    {
        Path = path;
        _status = status;
        _contentType = contentType;
        _cacheControl = cacheControl;
        _headers = headers;
        _hash = Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12));
        _identity = new Representation(body, $"\"{_hash}\"", StringValues.Empty);
        if (IsText(contentType) && Gzip(body) is { } gzip && gzip.Length < body.Length)
            _gzip = new Representation(gzip, $"\"{_hash}-gz\"", "gzip");
    }

    private CachedPage(BinaryReader saved)
    {
        Path = saved.ReadString();
        _status = saved.ReadInt32();
        _hash = saved.ReadString();
        _contentType = saved.ReadBoolean() ? saved.ReadString() : null;
        _cacheControl = ReadValues(saved);
        _headers = new KeyValuePair<string, StringValues>[saved.ReadInt32()];
        for (var i = 0; i < _headers.Length; i++) _headers[i] = new(saved.ReadString(), ReadValues(saved));
        _identity = new Representation(ReadBytes(saved)!, $"\"{_hash}\"", StringValues.Empty);
        _gzip = ReadBytes(saved) is { } gzip ? new Representation(gzip, $"\"{_hash}-gz\"", "gzip") : null;
        _brotli = ReadBytes(saved) is { } brotli ? new Representation(brotli, $"\"{_hash}-br\"", "br") : null;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static CachedPage Read(BinaryReader saved) => new(saved);

    /// <summary>The page's path, without its query.</summary>
    public string Path { get; }

    /// <summary>Set on every use; the cache clears it when looking for unused pages.</summary>
    public bool Used { get; set; } = true;

    /// <summary>The most memory that the page takes, in bytes, including its Brotli form, which may not exist yet.</summary>
    public long Size => _identity.Body.Length + (2L * (_gzip?.Body.Length ?? 0));

    /// <summary>Whether the Brotli form doesn't exist yet.</summary>
    public bool CanCompress => _gzip is not null && _brotli is null;

    /// <summary>Compresses the page at the best Brotli level: tens of milliseconds of work, never within a request.</summary>
    public void CompressBrotli()
    {
        var body = _identity.Body;
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
        if (BrotliEncoder.TryCompress(body, compressed, out var length, quality: 11, window: 22) && length < _gzip!.Body.Length)
            _brotli = new Representation(compressed[..length], $"\"{_hash}-br\"", "br");
    }

    /// <summary>Writes the page in all its encodings.</summary>
    public void Write(BinaryWriter saved)
    {
        saved.Write(Path);
        saved.Write(_status);
        saved.Write(_hash);
        saved.Write(_contentType is not null);
        if (_contentType is not null) saved.Write(_contentType);
        WriteValues(saved, _cacheControl);
        saved.Write(_headers.Length);
        foreach (var (name, values) in _headers)
        {
            saved.Write(name);
            WriteValues(saved, values);
        }

        foreach (var body in new[] { _identity.Body, _gzip?.Body, _brotli?.Body })
        {
            saved.Write(body?.Length ?? -1);
            if (body is not null) saved.Write(body);
        }
    }

    /// <summary>Counts a response that has no separate line in the log.</summary>
    public void Count(int status)
    {
        if (status == StatusCodes.Status304NotModified) Interlocked.Increment(ref _notModified);
        else Interlocked.Increment(ref _full);
    }

    /// <summary>The responses counted since the last call: full ones and 304s.</summary>
    public (int Full, int NotModified) TakeCounts() => (Interlocked.Exchange(ref _full, 0), Interlocked.Exchange(ref _notModified, 0));

    /// <summary>Responds to a GET or HEAD (RFC 9110, 13.2.2): 412 or 304 if the client's conditions say so, otherwise the bytes.</summary>
    /// <param name="cacheControl">For a page that set no Cache-Control.</param>
    public Task ServeAsync(HttpContext context, StringValues cacheControl)
    {
        if (!Used) Used = true;
        var (request, response) = (context.Request.Headers, context.Response);
        // Conditions are about a page that exists (RFC 9110, 13.2.1).
        var isFound = _status == StatusCodes.Status200OK;
        var chosen = Choose(AcceptEncoding.Read(request.AcceptEncoding), isFound ? request.IfNoneMatch : StringValues.Empty, out var known);
        var headers = response.Headers;
        foreach (var (name, value) in _headers) headers[name] = value;
        headers.CacheControl = _cacheControl.Count > 0 ? _cacheControl : cacheControl;
        if (isFound) headers.ETag = chosen.ETag;
        headers.Vary = VaryByEncoding;
        if (isFound && request.IfMatch is { Count: > 0 } wanted && !MatchesStrongly(wanted, chosen.ETag.ToString()))
        {
            response.StatusCode = StatusCodes.Status412PreconditionFailed;
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        if (known)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.ContentLength = null;
            return Task.CompletedTask;
        }

        response.StatusCode = _status;
        headers.ContentType = _contentType;
        if (chosen.Encoding.Count > 0) headers.ContentEncoding = chosen.Encoding;
        headers.ContentLength = chosen.Body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(chosen.Body, context.RequestAborted).AsTask();
    }

    /// <summary>
    /// The best encoding that the client accepts, unless it already has another acceptable one: a new Brotli form shouldn't make clients reload a page.
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

        // "*" matches anything that exists.
        known = held.Count == 1 && held[0] is "*";
        return best;
    }

    /// <summary>
    /// The full HTTP/1.1 response with status 200, for a client without conditions; null if its status is another, or if a header can't be sent as plain ASCII.
    /// </summary>
    /// <param name="accepts">The encodings that the client accepts.</param>
    /// <param name="cacheControl">For a page that set no Cache-Control; null if such a page can't be prepared.</param>
    public PreparedResponse? Prepare(AcceptEncoding accepts, string? cacheControl)
    {
        if (_status != StatusCodes.Status200OK || (_cacheControl.Count == 0 && cacheControl is null)) return null;
        if (!Used) Used = true;
        var chosen = Choose(accepts, StringValues.Empty, out _);
        return chosen.Prepared ??= Prepare(chosen, _cacheControl.Count > 0 ? _cacheControl.ToString() : cacheControl!);
    }

    private PreparedResponse? Prepare(Representation chosen, string cacheControl)
    {
        var head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        Add("Content-Length", chosen.Body.Length.ToString(CultureInfo.InvariantCulture));
        if (_contentType is not null) Add("Content-Type", _contentType);
        if (chosen.Encoding.Count > 0) Add("Content-Encoding", chosen.Encoding.ToString());
        foreach (var (name, values) in _headers)
            foreach (var value in values)
                Add(name, value ?? "");
        Add("Cache-Control", cacheControl);
        Add("ETag", chosen.ETag.ToString());
        Add("Vary", VaryByEncoding.ToString());
        var text = head.ToString();
        return Ascii.IsValid(text) ? new PreparedResponse(Encoding.ASCII.GetBytes(text), chosen.Body) : null;

        void Add(string name, string value) => head.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    // An ETag's quotes are part of it and can't occur inside it: finding it means finding a member of the list. W/ before it is ignored, as
    // If-None-Match compares weakly (RFC 9110, 13.1.2).
    private static bool Names(StringValues held, StringValues etag)
    {
        for (var line = 0; line < held.Count; line++)
        {
            if (held[line]!.Contains(etag[0]!, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    // If-Match compares strongly: a weak tag never matches (RFC 9110, 13.1.1).
    private static bool MatchesStrongly(StringValues wanted, string etag) =>
        wanted.ToString().Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || tag == etag);

    private static bool IsText(string? contentType) => contentType is not null
        && (contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("json", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("xml", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("javascript", StringComparison.OrdinalIgnoreCase));

    private static byte[]? ReadBytes(BinaryReader saved) => saved.ReadInt32() is var length and >= 0 ? saved.ReadBytes(length) : null;

    private static StringValues ReadValues(BinaryReader saved)
    {
        var values = new string[saved.ReadInt32()];
        for (var i = 0; i < values.Length; i++) values[i] = saved.ReadString();
        return values;
    }

    private static void WriteValues(BinaryWriter saved, StringValues values)
    {
        saved.Write(values.Count);
        foreach (var value in values) saved.Write(value ?? "");
    }

    private static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream(body.Length / 3);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(body);
        return compressed.ToArray();
    }

    private sealed record Representation(byte[] Body, StringValues ETag, StringValues Encoding)
    {
        /// <summary>Created on first use.</summary>
        public PreparedResponse? Prepared { get; set; }
    }
}
