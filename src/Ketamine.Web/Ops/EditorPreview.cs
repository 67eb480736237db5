using System.Collections.Concurrent;
using System.Net;

namespace Ketamine.Web.Ops;

/// <summary>Adds the editor's bar to every page while a folder is being edited. Does nothing on a public site.</summary>
public static class EditorPreview
{
    private const int MostKept = 200;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Goes before the page cache, because it adds the bar to cached pages.</summary>
    public static WebApplication UseEditing(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<ContentOptions>>().Value.Editing) return app;
        var findings = new EditorFindings(app.Services.GetRequiredService<ContentFolder>(), app.Services.GetRequiredService<TimeProvider>());
        var lastGood = new ConcurrentDictionary<string, (string File, string Html)>(StringComparer.Ordinal);
        app.Use(next => context => AnswerAsync(context, findings, lastGood, next));
        app.Lifetime.ApplicationStarted.Register(() =>
            Console.WriteLine(
                $"Editing {findings.Folder}\n  the site   {string.Join(", ", app.Urls)}\n"
                    + $"  all texts  {app.Urls.FirstOrDefault()}/_preview\nPages reload when you save. Press Ctrl+C to stop.")
        );
        return app;
    }

    private static Task AnswerAsync(HttpContext context, EditorFindings findings, ConcurrentDictionary<string, (string File, string Html)> lastGood,
        RequestDelegate next)
    {
        // Drafts are visible here: don't let other websites read them through a host name that points to this machine.
        if (!IsLocal(context))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("The editor's preview is available only on this machine.", context.RequestAborted);
        }

        return context.Request.Path.Value switch
        {
            "/_preview" => WriteAsync(context, "text/html; charset=utf-8", EditorPages.List(findings)),
            "/_preview/bar.js" => WriteAsync(context, "text/javascript; charset=utf-8", EditorPages.Script),
            "/_preview/bar.css" => WriteAsync(context, "text/css; charset=utf-8", EditorPages.Style),
            "/_preview/events" => SendChangesAsync(context),
            _ => AddBarAsync(context, findings, lastGood, next),
        };
    }

    private static bool IsLocal(HttpContext context) =>
        context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
        && (context.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(context.Connection.RemoteIpAddress));

    private static Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static async Task AddBarAsync(HttpContext context, EditorFindings findings, ConcurrentDictionary<string, (string File, string Html)> lastGood,
        RequestDelegate next)
    {
        // Get the whole page uncompressed, even if the browser has it cached.
        context.Request.Headers.AcceptEncoding = "identity";
        context.Request.Headers.IfNoneMatch = default;
        var path = context.Request.Path.Value ?? "/";
        var body = context.Response.Body;
        using var page = new MemoryStream();
        context.Response.Body = page;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        var bytes = page.ToArray();
        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true && !context.Response.HasStarted)
        {
            var (html, broken) = Kept(context, path, Encoding.UTF8.GetString(bytes), findings, lastGood);
            var end = html.LastIndexOf("</body>", StringComparison.Ordinal);
            bytes = Encoding.UTF8.GetBytes(html.Insert(end < 0 ? html.Length : end, EditorPages.Bar(findings, path, broken)));
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.ETag = default;
            context.Response.ContentLength = HttpMethods.IsHead(context.Request.Method) ? context.Response.ContentLength : bytes.Length;
        }

        if (!HttpMethods.IsHead(context.Request.Method) && bytes.Length > 0) await body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>
    /// The page; or its last good version, with the file to fix, if a mistake in the front matter has made the page disappear while it is being written.
    /// </summary>
    private static (string Html, string? Broken) Kept(HttpContext context, string path, string html, EditorFindings findings,
        ConcurrentDictionary<string, (string File, string Html)> lastGood)
    {
        if (context.Response.StatusCode == StatusCodes.Status200OK && HttpMethods.IsGet(context.Request.Method) && findings.Of(path).File is { } file)
        {
            if (lastGood.Count >= MostKept) lastGood.Clear();
            lastGood[path] = (file, html);
        }
        else if (context.Response.StatusCode == StatusCodes.Status404NotFound && lastGood.TryGetValue(path, out var last)
            && findings.Current.Problems.Any(problem => problem.File == last.File && problem.Severity == DiagnosticSeverity.Error))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return (last.Html, last.File);
        }

        return (html, null);
    }

    /// <summary>Server-sent events: one after each change to the folder, once the site shows it.</summary>
    private static async Task SendChangesAsync(HttpContext context)
    {
        var (folder, store) = (context.RequestServices.GetRequiredService<ContentFolder>(), context.RequestServices.GetRequiredService<ContentStore>());
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        // Register before responding, so a file saved right after the response counts as a change.
        var (stamp, shown) = (folder.Stamp(), store.Current.Content);
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(": watching\n\n", ended.Token);
        await context.Response.Body.FlushAsync(ended.Token);
        try
        {
            while (true)
            {
                await Task.Delay(Look, ended.Token);
                var now = folder.Stamp();
                if (now == stamp) continue;
                for (var wait = 0; wait < 12 && ReferenceEquals(store.Current.Content, shown); wait++) await Task.Delay(Look, ended.Token);
                (stamp, shown) = (now, store.Current.Content);
                await context.Response.WriteAsync("event: change\ndata: \n\n", ended.Token);
                await context.Response.Body.FlushAsync(ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // the reader left the page, or the preview is shutting down
        }
    }
}
