using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;

namespace Ketamine.Web.Web;

/// <summary>
/// Marks a page that is made anew for each request (so that the page cache can't hold it squeezed) and has no secret in it: what it answers to
/// GET goes out compressed. Never on a page behind a token: one that repeats what a visitor chose beside what others must not know tells
/// it by its compressed size (BREACH).
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CompressedAttribute : Attribute;

/// <summary>Compresses what is marked as <see cref="CompressedAttribute"/>, and nothing else.</summary>
public static class Compression
{
    /// <summary>The default level is the fastest: the next one makes the booking page a third smaller for another millisecond of work.</summary>
    public static IServiceCollection AddCompression(this IServiceCollection services) => services
        .AddResponseCompression(options => options.EnableForHttps = true)
        .Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Optimal);

    /// <summary>After routing.</summary>
    public static IApplicationBuilder UseCompression(this IApplicationBuilder app) => app.UseWhen(
        context => HttpMethods.IsGet(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<CompressedAttribute>() is not null,
        marked => marked.UseResponseCompression());
}
