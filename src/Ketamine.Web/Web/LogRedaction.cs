using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;

namespace Ketamine.Web.Web;

/// <summary>
/// Keeps exception messages out of the log, because they can quote a form field, a row's value, or a server's reply. Keeps the exception types, codes,
/// and stack traces, which show where to look.
/// </summary>
public static class LogRedaction
{
    // Their messages name a file, a socket error, or a bug, never a visitor's text. Exact types only: derived ones may quote anything.
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

    /// <summary>The exception with its inner exceptions and stack traces, as text; messages only if they can't contain typed text.</summary>
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
                        logEvent.SpanId ?? default));
    }

    // Sinks write the result of ToString.
    private sealed class RedactedException(Exception original) : Exception(original.GetType().FullName)
    {
        public override string ToString() => Describe(original);
    }
}
