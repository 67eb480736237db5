using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>
/// Removes from query and form what isn't text: NUL, which PostgreSQL refuses, and halves of surrogate pairs and noncharacters (U+FFFE), which make
/// normalization throw. No one types them, but pasted text can contain them, and that must not cost anyone their message.
/// </summary>
public static class RequestText
{
    /// <summary>
    /// Cleans query and form, after the form is read and before a page is bound. Drops form fields named like a route parameter, because the address decides
    /// whose page it is, and a GET's headers about a body.
    /// </summary>
    public static IApplicationBuilder UseRequestText(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (SameOrigin.IsSafe(request.Method)) request.Headers.ContentType = default;
        if (request.QueryString.HasValue && request.Query.Any(pair => !IsClean(pair)))
            request.Query = new QueryCollection(Cleaned(request.Query));
        // Already read, or not a page's form.
        if (request.HasFormContentType && request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IFormFeature>()?.Form is { } form
            && form.Any(pair => !IsClean(pair) || request.RouteValues.ContainsKey(pair.Key)))
            request.Form = new FormCollection(Cleaned(form.Where(pair => !request.RouteValues.ContainsKey(pair.Key))), form.Files);
        return next(context);
    });

    /// <summary>The text without invalid characters.</summary>
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
