using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Ketamine.Web.Web;

/// <summary>Configures the site's logs: the console, and daily files kept for two weeks.</summary>
public static class Logs
{
    /// <summary>
    /// Logs to the console (readable in development, JSON in production) and, as JSON, to <paramref name="folder"/>. The configuration section
    /// <c>Serilog</c> sets levels. <c>Logs:Console</c> is for commands and tests: <c>Error</c> writes only warnings and above, to standard error; <c>None</c>
    /// writes nothing. Exceptions are redacted everywhere except on a developer's console.
    /// </summary>
    public static WebApplicationBuilder AddLogs(this WebApplicationBuilder builder, string folder)
    {
        var logs = new LoggerConfiguration()
            .ReadFrom.Configuration(builder.Configuration)
            .Enrich.FromLogContext()
            .Enrich.With<NoPath>()
            .WriteTo.Redacted(sink =>
                sink.File(
                    new JsonFormatter(renderMessage: true),
                    Path.Combine(folder, "site-.json"),
                    rollingInterval: RollingInterval.Day,
                    retainedFileCountLimit: 14,
                    fileSizeLimitBytes: 100 * 1024 * 1024,
                    rollOnFileSizeLimit: true,
                    hooks: new PrivateLogFiles())
            );
        var console = builder.Configuration["Logs:Console"];
        if (console == "Error")
            logs.WriteTo.Redacted(sink =>
                sink.Console(LogEventLevel.Warning, Template, CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Verbose)
            );
        else if (console is null && builder.Environment.IsDevelopment())
            // Complete exceptions: the visitor is the developer.
            logs.WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture);
        else if (console is null)
            logs.WriteTo.Redacted(sink => sink.Console(new JsonFormatter(renderMessage: true)));

        builder.Services.AddSerilog(logs.CreateLogger(), dispose: true);
        return builder;
    }

    private const string Template = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>ASP.NET Core adds the path to every line within a request, but paths can contain tokens.</summary>
    private sealed class NoPath : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            logEvent.RemovePropertyIfPresent("RequestPath");
            logEvent.RemovePropertyIfPresent("ConnectionId");
        }
    }
}
