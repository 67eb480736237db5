namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// Writes a call as an iCalendar object (RFC 5545, RFC 5546). Times are in UTC, so the result doesn't depend on the reader's time zone definitions. Because
/// people share calendars, the entry contains no treatment, no condition, and nothing that anyone typed. It uses too little of the standard to need a library;
/// the tests read it with Ical.Net.
/// </summary>
public static class CalendarFile
{
    /// <summary>The event in its current state, either published or canceled.</summary>
    /// <param name="organizer">The address that calendars show as the sender.</param>
    /// <param name="summary">A discreet title.</param>
    /// <param name="location">How the call takes place, in words.</param>
    /// <param name="description">How to change the call. Contains no link, because the link gives access to the call.</param>
    public static string Write(Consultation call, EmailAddress organizer, string organizerName, string summary, string location, string description)
    {
        var canceled = IsCanceled(call);
        var text = new StringBuilder();
        void Line(string line) => Fold(text, line);

        Begin(text);
        Line($"METHOD:{Method(call)}");
        BeginEvent(text, call, summary);
        Line($"LOCATION:{Escape(location)}");
        Line($"DESCRIPTION:{Escape(description)}");
        Line($"ORGANIZER;CN={Quoted(organizerName)}:mailto:{organizer}");
        Line($"STATUS:{(canceled ? "CANCELLED" : "CONFIRMED")}");
        Line($"TRANSP:{(canceled ? "TRANSPARENT" : "OPAQUE")}");
        Line("CLASS:PRIVATE");
        Line("END:VEVENT");
        Line("END:VCALENDAR");
        return text.ToString();
    }

    /// <summary>
    /// Booked calls as a feed for staff members' own calendars, which phones show on locked screens. It says only that there is a call, and when; the desk has
    /// the rest.
    /// </summary>
    /// <param name="calls">In any order.</param>
    /// <param name="name">What calendars call the feed.</param>
    /// <param name="summary">The title of every entry.</param>
    public static string WriteFeed(IEnumerable<Consultation> calls, string name, string summary)
    {
        var text = new StringBuilder();
        void Line(string line) => Fold(text, line);

        Begin(text);
        Line($"X-WR-CALNAME:{Escape(name)}");
        Line("REFRESH-INTERVAL;VALUE=DURATION:PT15M"); // RFC 7986, 5.7; the next line is its older name
        Line("X-PUBLISHED-TTL:PT15M");
        foreach (var call in calls)
        {
            BeginEvent(text, call, summary);
            Line($"STATUS:{(call.HeldUntil is null ? "CONFIRMED" : "TENTATIVE")}");
            Line("TRANSP:OPAQUE");
            Line("CLASS:PRIVATE");
            Line("END:VEVENT");
        }

        Line("END:VCALENDAR");
        return text.ToString();
    }

    /// <summary>PUBLISH or CANCEL. Neither needs an ATTENDEE, so the file doesn't contain the prospect's address.</summary>
    public static string Method(Consultation call) => IsCanceled(call) ? "CANCEL" : "PUBLISH";

    private static void Begin(StringBuilder text)
    {
        Fold(text, "BEGIN:VCALENDAR");
        Fold(text, "VERSION:2.0");
        Fold(text, "PRODID:-//Clinic website//Calls//EN");
        Fold(text, "CALSCALE:GREGORIAN");
    }

    private static void BeginEvent(StringBuilder text, Consultation call, string summary)
    {
        Fold(text, "BEGIN:VEVENT");
        Fold(text, $"UID:{call.CalendarUid}");
        Fold(text, $"SEQUENCE:{call.Sequence.ToString(CultureInfo.InvariantCulture)}");
        Fold(text, $"DTSTAMP:{Utc(call.ChangedAt)}");
        Fold(text, $"DTSTART:{Utc(call.StartsAt)}");
        Fold(text, $"DTEND:{Utc(call.EndsAt)}");
        Fold(text, $"SUMMARY:{Escape(summary)}");
    }

    private static bool IsCanceled(Consultation call) => call.Status is ConsultationStatus.Cancelled or ConsultationStatus.Lapsed;

    private static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    // RFC 5545 §3.3.11
    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .ReplaceLineEndings("\\n");

    // RFC 5545 §3.2: a quoted parameter value can't contain quotes or control characters.
    private static string Quoted(string text) => $"\"{string.Concat(text.Where(c => c != '"' && !char.IsControl(c)))}\"";

    // RFC 5545 §3.1: lines have at most 75 octets and continue after a space. Never splits a character.
    private static void Fold(StringBuilder text, string line)
    {
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > 75)
            {
                text.Append("\r\n ");
                octets = 1;
            }

            text.Append(rune);
            octets += rune.Utf8SequenceLength;
        }

        text.Append("\r\n");
    }
}
