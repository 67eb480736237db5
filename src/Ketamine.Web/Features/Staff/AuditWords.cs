using CsvHelper;
using Ketamine.Web.Audit;

namespace Ketamine.Web.Features.Staff;

/// <summary>Describes audit entries in plain sentences.</summary>
public static class AuditWords
{
    private static readonly Dictionary<string, string> Sentences = new(StringComparer.Ordinal)
    {
        ["staff-added"] = "Added a staff member",
        ["staff-reset"] = "Reset someone's passkeys",
        ["staff-off"] = "Deactivated a staff member",
        ["staff-role"] = "Changed someone's role",
        ["passkey-made"] = "Created a passkey",
        ["passkey-renamed"] = "Renamed a passkey",
        ["passkey-removed"] = "Removed a passkey",
        ["recovery-code-used"] = "Used a recovery code",
        ["recovery-codes-made"] = "Created new recovery codes",
        ["signed-in"] = "Signed in",
        ["signed-out"] = "Signed out everywhere",
        ["sign-in-failed"] = "Failed to sign in",
        ["calendar-made"] = "Created a calendar address",
        ["calendar-ended"] = "Turned off a calendar address",
        ["newsletter-stopped"] = "Stopped a newsletter issue",
        ["newsletter-resumed"] = "Resumed a newsletter issue",
        ["refused"] = "Was denied access to a page",
        ["lead-queue-shown"] = "Looked at the queue",
        ["lead-search"] = "Searched for a lead",
        ["lead-opened"] = "Opened a lead",
        ["lead-claimed"] = "Claimed a lead",
        ["lead-released"] = "Released a lead",
        ["lead-taken-over"] = "Took a lead over",
        ["lead-answered"] = "Marked a lead as answered",
        ["lead-call-freed"] = "Freed the time of an unconfirmed call",
        ["lead-logged"] = "Logged an outcome",
        ["lead-undone"] = "Took back",
        ["lead-written-to"] = "Wrote to a prospect",
        ["lead-let-through"] = "Let a held lead through",
        ["lead-discarded"] = "Discarded a held lead",
        ["lead-risk-taken-over"] = "Recorded who took over the risk",
        ["lead-added"] = "Added a lead from a phone call",
        ["lead-calls-shown"] = "Looked at the calls",
        ["lead-call-booked"] = "Booked a call",
        ["contact-stopped"] = "Stopped a way of contacting someone",
        ["lead-call-moved"] = "Moved a call",
        ["lead-call-canceled"] = "Canceled a call",
        ["lead-call-missed"] = "Logged that they missed a call",
        ["lead-link-sent"] = "Sent a video call link",
        ["lead-merged"] = "Merged another lead into it",
        ["lead-note"] = "Wrote a note",
        ["lead-change-noted"] = "Noted a change",
        ["lead-put-off"] = "Put a lead off",
        ["lead-reason"] = "Recorded why a lead was closed",
        ["time-off-added"] = "Added time off",
        ["time-off-removed"] = "Removed time off",
        ["lead-deleted"] = "Deleted a lead",
        ["content-published"] = "Published content",
        ["content-changed"] = "Changed a text in the browser",
        ["content-back"] = "Restored an earlier version of the content",
        ["audit-exported"] = "Exported the audit as CSV",
    };

    /// <summary>An entry's event and detail: "Signed in: Front desk PC".</summary>
    public static string Sentence(AuditEntry entry)
    {
        var what = Sentences.GetValueOrDefault(entry.What) ?? char.ToUpperInvariant(entry.What[0]) + entry.What[1..].Replace('-', ' ');
        return entry.Detail is { } detail ? $"{what}: {detail}" : what;
    }
}

/// <summary>Writes the audit log as CSV (RFC 4180).</summary>
public static class AuditCsv
{
    /// <summary>Writes a header and one line per entry. The hash is in hexadecimal, so a copy can be compared with the database.</summary>
    public static async Task WriteAsync(TextWriter output, IAsyncEnumerable<AuditEntry> entries, CancellationToken cancellation)
    {
        // Staff type their own names, and a spreadsheet would run a cell that begins with =.
        await using var writer = CsvWriter.Create(output, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true);
        await writer.WriteRecordAsync(["entry", "at", "who", "what", "subject", "detail", "hash"], cancellation);
        await foreach (var entry in entries.WithCancellation(cancellation))
        {
            await writer.WriteRecordAsync(
            [
                entry.Number.ToString(CultureInfo.InvariantCulture), entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                entry.Who, entry.What, entry.Subject ?? "", entry.Detail ?? "", Convert.ToHexStringLower(entry.Hash),
            ], cancellation);
        }
    }
}
