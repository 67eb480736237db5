using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Web;

/// <summary>Reads a page's form before the page does, because model binding would turn one that is too large into an empty one.</summary>
public static class FormBodies
{
    /// <summary>The largest request body, in bytes; 413 above it.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Limits bodies where they are read: on the connection, with or without a declared length, and in the form parser.</summary>
    public static IServiceCollection AddFormBodies(this IServiceCollection services) => services.Configure<FormOptions>(form =>
    {
        form.BufferBodyLengthLimit = MaxBytes;
        form.MultipartBodyLengthLimit = MaxBytes;
        form.ValueLengthLimit = MaxBytes;
        form.ValueCountLimit = 200;
        form.KeyLengthLimit = 200;
    });

    /// <summary>Returns 413 for a body over <see cref="MaxBytes"/>, 415 if a page gets anything but an uncompressed form, 400 for an unreadable form.</summary>
    public static IApplicationBuilder UseFormBodies(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!SameOrigin.IsSafe(context.Request.Method) && await RefusalAsync(context) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        await next(context);
    });

    /// <summary>Reads a page's form. Returns the status if it can't be read; null if it was read or there is none.</summary>
    public static async Task<int?> RefusalAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > MaxBytes) return StatusCodes.Status413PayloadTooLarge;
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is null) return null;
        if (!request.HasFormContentType)
        {
            var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength > 0;
            return hasBody && request.ContentLength != 0 ? StatusCodes.Status415UnsupportedMediaType : null;
        }

        // RFC 9110, 15.5.16. Read as a form, compressed bytes would look like one with every field empty.
        if (request.Headers.ContentEncoding.Any(coding => !string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            return StatusCodes.Status415UnsupportedMediaType;
        }

        try
        {
            var form = await request.ReadFormAsync(context.RequestAborted);
            // Model binding parses name[0] and throws on an unclosed bracket.
            return form.Keys.Any(key => key.LastIndexOf('[') > key.LastIndexOf(']')) ? StatusCodes.Status400BadRequest : null;
        }
        catch (BadHttpRequestException refused)
        {
            return refused.StatusCode;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            // A multipart body that is incomplete or lacks its boundary.
            return StatusCodes.Status400BadRequest;
        }
        catch (Exception unknown) when (unknown is NotSupportedException or ArgumentException)
        {
            // A charset that .NET doesn't support (anymore): utf-7.
            return StatusCodes.Status415UnsupportedMediaType;
        }
    }
}
