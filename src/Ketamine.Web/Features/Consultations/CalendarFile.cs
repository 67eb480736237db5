using System.Globalization;
using System.Text;
using Ketamine.Content;

namespace Ketamine.Web.Features.Consultations;

/// <summary>
/// The call as an iCalendar object (RFC 5545, RFC 5546). Times are in UTC, so that no zone definition can disagree with the page. The entry names no
/// treatment, no condition and nobody who typed anything: calendars are shared. One event is too little for a library here; the tests read it with Ical.Net.
/// </summary>
public static class CalendarFile
{
    /// <summary>The event as it stands: published, or cancelled.</summary>
    /// <param name="organizer">The address that calendars show as the sender.</param>
    /// <param name="summary">The entry's title, discreet.</param>
    /// <param name="location">How the call is held, in words.</param>
    /// <param name="description">What to do to change it; holds no link, because the link is a key.</param>
    public static string Write(Consultation call, EmailAddress organizer, string organizerName, string summary, string location, string description)
    {
        var cancelled = Ended(call);
        var text = new StringBuilder();
        void Line(string line) => Fold(text, line);

        Line("BEGIN:VCALENDAR");
        Line("VERSION:2.0");
        Line("PRODID:-//Clinic website//Calls//EN");
        Line("CALSCALE:GREGORIAN");
        Line($"METHOD:{Method(call)}");
        Line("BEGIN:VEVENT");
        Line($"UID:{call.CalendarUid}");
        Line($"SEQUENCE:{call.Sequence.ToString(CultureInfo.InvariantCulture)}");
        Line($"DTSTAMP:{Utc(call.ChangedAt)}");
        Line($"DTSTART:{Utc(call.StartsAt)}");
        Line($"DTEND:{Utc(call.EndsAt)}");
        Line($"SUMMARY:{Escape(summary)}");
        Line($"LOCATION:{Escape(location)}");
        Line($"DESCRIPTION:{Escape(description)}");
        Line($"ORGANIZER;CN={Quoted(organizerName)}:mailto:{organizer}");
        Line($"STATUS:{(cancelled ? "CANCELLED" : "CONFIRMED")}");
        Line($"TRANSP:{(cancelled ? "TRANSPARENT" : "OPAQUE")}");
        Line("CLASS:PRIVATE");
        Line("END:VEVENT");
        Line("END:VCALENDAR");
        return text.ToString();
    }

    /// <summary>PUBLISH or CANCEL: neither needs an ATTENDEE, so the file holds no address of the prospect.</summary>
    public static string Method(Consultation call) => Ended(call) ? "CANCEL" : "PUBLISH";

    private static bool Ended(Consultation call) => call.Status is ConsultationStatus.Cancelled or ConsultationStatus.Lapsed;

    private static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    // RFC 5545 §3.3.11
    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .ReplaceLineEndings("\\n");

    // RFC 5545 §3.2: a parameter value in quotes can't hold a quote or a control character.
    private static string Quoted(string text) => $"\"{string.Concat(text.Where(c => c != '"' && !char.IsControl(c)))}\"";

    // RFC 5545 §3.1: lines of at most 75 octets, continued behind a space, and no character cut in two.
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
