using System.Text;
using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>
/// Takes out of query and form what is not text: NUL, which PostgreSQL refuses, halves of surrogate pairs and noncharacters (U+FFFE), at which
/// normalization throws. Nobody types them; they come along with pasted text, and must not cost anyone their message.
/// </summary>
public static class RequestText
{
    /// <summary>
    /// Cleans query and form; after the form was read and before a page is bound. A form field named like a part of the address is dropped: the
    /// address says whose page it is. What a GET says about a body it can't have is dropped too.
    /// </summary>
    public static IApplicationBuilder UseRequestText(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (SameOrigin.IsSafe(request.Method)) request.Headers.ContentType = default;
        if (request.QueryString.HasValue && request.Query.Any(pair => !IsClean(pair)))
            request.Query = new QueryCollection(Cleaned(request.Query));
        // Read by now, or not a page's to read.
        if (request.HasFormContentType && request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IFormFeature>()?.Form is { } form
            && form.Any(pair => !IsClean(pair) || request.RouteValues.ContainsKey(pair.Key)))
            request.Form = new FormCollection(Cleaned(form.Where(pair => !request.RouteValues.ContainsKey(pair.Key))), form.Files);
        return next(context);
    });

    /// <summary>The text without what is not text.</summary>
    public static string Clean(string text)
    {
        if (IsClean(text)) return text;
        var clean = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (Rune.DecodeFromUtf16(rest, out var rune, out var length) is var result && length > 0)
        {
            if (result == System.Buffers.OperationStatus.Done && IsText(rune.Value)) clean.Append(rest[..length]);
            rest = rest[length..];
        }

        return clean.ToString();
    }

    private static bool IsClean(KeyValuePair<string, StringValues> pair) => IsClean(pair.Key) && pair.Value.All(value => value is null || IsClean(value));

    private static bool IsClean(string text)
    {
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done || !IsText(rune.Value)) return false;
            rest = rest[length..];
        }

        return true;
    }

    // Noncharacters: the last two of each plane, and U+FDD0 to U+FDEF (Unicode 17, 23.7).
    private static bool IsText(int rune) => rune != 0 && (rune & 0xFFFE) != 0xFFFE && rune is not (>= 0xFDD0 and <= 0xFDEF);

    private static Dictionary<string, StringValues> Cleaned(IEnumerable<KeyValuePair<string, StringValues>> pairs)
    {
        var clean = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, values) in pairs)
        {
            var name = Clean(key);
            var kept = new StringValues([.. values.Select(value => value is null ? null : Clean(value))]);
            clean[name] = clean.TryGetValue(name, out var before) ? StringValues.Concat(before, kept) : kept;
        }

        return clean;
    }
}
