using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Web;

/// <summary>Reads a page's form before the page does, because model binding would turn one that is too large into an empty one.</summary>
public static class FormBodies
{
    /// <summary>The most that a request may carry, in bytes; 413 beyond it.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Limits bodies where they are read: on the connection, announced or in chunks, and in the form's parser.</summary>
    public static IServiceCollection AddFormBodies(this IServiceCollection services) => services.Configure<FormOptions>(form =>
    {
        form.BufferBodyLengthLimit = MaxBytes;
        form.MultipartBodyLengthLimit = MaxBytes;
        form.ValueLengthLimit = MaxBytes;
        form.ValueCountLimit = 200;
        form.KeyLengthLimit = 200;
    });

    /// <summary>413 for a body over <see cref="MaxBytes"/>, 415 for a page that is sent anything but a form, 400 for a form that can't be read.</summary>
    public static IApplicationBuilder UseFormBodies(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!SameOrigin.IsSafe(context.Request.Method) && await RefusalAsync(context) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        await next(context);
    });

    /// <summary>Reads the form of a page; the status to answer when it can't be read, null when it was or when there is none.</summary>
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

        try
        {
            var form = await request.ReadFormAsync(context.RequestAborted);
            // Model binding reads name[0] and throws at a bracket that is never closed.
            return form.Keys.Any(key => key.LastIndexOf('[') > key.LastIndexOf(']')) ? StatusCodes.Status400BadRequest : null;
        }
        catch (BadHttpRequestException refused)
        {
            return refused.StatusCode;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            // A multipart body that breaks off, or whose boundary is missing.
            return StatusCodes.Status400BadRequest;
        }
        catch (Exception unknown) when (unknown is NotSupportedException or ArgumentException)
        {
            // A charset that .NET has not, or no longer has: utf-7.
            return StatusCodes.Status415UnsupportedMediaType;
        }
    }
}
