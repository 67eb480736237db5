using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;

namespace Ketamine.Web.Web;

/// <summary>
/// Keeps exception messages out of the log, because they quote what they failed on: a form's field, a value of a row, a server's words. The
/// exception's types, codes and stack trace stay, which say where to look.
/// </summary>
public static class LogRedaction
{
    // Their messages name a file, a socket's error or a mistake of the program, never a visitor's text. Exact types: a derived one may quote anything.
    private static readonly HashSet<Type> Harmless =
    [
        typeof(IOException),
        typeof(FileNotFoundException),
        typeof(DirectoryNotFoundException),
        typeof(UnauthorizedAccessException),
        typeof(SocketException),
        typeof(NullReferenceException),
        typeof(IndexOutOfRangeException),
        typeof(ObjectDisposedException),
        typeof(OperationCanceledException),
        typeof(TaskCanceledException),
        typeof(OutOfMemoryException),
        typeof(TimeoutException),
    ];

    /// <summary>Writes to <paramref name="sinks"/> with every exception redacted.</summary>
    public static LoggerConfiguration Redacted(this LoggerSinkConfiguration writeTo, Action<LoggerSinkConfiguration> sinks) =>
        writeTo.Sink(LoggerSinkConfiguration.Wrap(sink => new RedactingSink(sink), sinks));

    /// <summary>The exception with its inner ones and their stack traces, as text; messages only where they can hold nothing typed.</summary>
    public static string Describe(Exception exception)
    {
        var text = new StringBuilder();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (text.Length > 0) text.Append(" ---> ");
            text.Append(cause.GetType().FullName);
            if (Harmless.Contains(cause.GetType())) text.Append(": ").Append(cause.Message);
            else if (Code(cause) is { } code) text.Append(": ").Append(code);
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause.StackTrace is { } trace) text.AppendLine().Append(trace);
            if (cause.InnerException is not null) text.AppendLine().Append("   --- ").Append(cause.InnerException.GetType().Name);
        }

        return text.ToString();
    }

    private static string? Code(Exception exception) => exception switch
    {
        SqliteException sqlite => $"SQLite error {sqlite.SqliteExtendedErrorCode}",
        DbException { SqlState: { } state } => $"SQLSTATE {state}",
        BadHttpRequestException bad => $"status {bad.StatusCode}",
        _ => null,
    };

    private sealed class RedactingSink(ILogEventSink inner) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) =>
            inner.Emit(
                logEvent.Exception is null
                    ? logEvent
                    : new LogEvent(
                        logEvent.Timestamp,
                        logEvent.Level,
                        new RedactedException(logEvent.Exception),
                        logEvent.MessageTemplate,
                        logEvent.Properties.Select(property => new LogEventProperty(property.Key, property.Value)),
                        logEvent.TraceId ?? default,
                        logEvent.SpanId ?? default
                    )
            );
    }

    // Sinks write what ToString returns.
    private sealed class RedactedException(Exception original) : Exception(original.GetType().FullName)
    {
        public override string ToString() => Describe(original);
    }
}
