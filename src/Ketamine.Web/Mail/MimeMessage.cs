using System.Globalization;
using System.Text;

namespace Ketamine.Web.Mail;

/// <summary>
/// Writes a mail as it travels: RFC 5322 lines in seven bits, MIME parts (RFC 2045 to 2047). Text is left readable where it is ASCII, and is
/// quoted-printable where it is not.
/// </summary>
internal static class MimeMessage
{
    private const int LineLength = 76;
    private const int LongestLine = 998;
    private const string CrLf = "\r\n";

    /// <summary>The whole message, lines ended by CRLF.</summary>
    public static byte[] Write(OutboxMessage message, MailOptions options, DateTimeOffset now)
    {
        var mail = new StringBuilder();
        Header(mail, "Date", now.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000");
        Mailbox(mail, "From", message.FromName, options.From.ToString());
        Header(mail, "To", message.To);
        if (message.ReplyTo is { } replyTo) Header(mail, "Reply-To", replyTo);
        Words(mail, "Subject", message.Subject);
        Header(mail, "Message-ID", message.MessageId);
        // RFC 3834: keeps holiday notes from being sent in answer.
        Header(mail, "Auto-Submitted", "auto-generated");
        foreach (var (name, value) in message.Headers.OrderBy(header => header.Key, StringComparer.Ordinal)) Header(mail, name, value);
        Header(mail, "MIME-Version", "1.0");

        var alternatives = new List<string> { TextPart("text/plain", message.Text), TextPart("text/html", message.Html) };
        // Calendars take an invitation from the alternatives, people save it from the attachments: both are needed.
        alternatives.AddRange(message.Attachments.Where(IsInvitation).Select(invitation => Base64Part(invitation, disposition: null)));
        var alternative = Multipart("alternative", message.Id, alternatives);
        mail.Append(message.Attachments.IsEmpty
            ? alternative
            : Multipart("mixed", message.Id, [alternative, .. message.Attachments.Select(attachment => Base64Part(attachment, $"attachment; filename=\"{attachment.Name}\""))]));
        return Encoding.ASCII.GetBytes(mail.ToString());
    }

    private static bool IsInvitation(MailAttachment attachment) =>
        attachment.ContentType.StartsWith("text/calendar", StringComparison.OrdinalIgnoreCase) && attachment.ContentType.Contains("method=", StringComparison.OrdinalIgnoreCase);

    private static string Multipart(string kind, Guid id, IReadOnlyList<string> parts)
    {
        // Nobody who wrote a part knew the row's id, and = and _ don't stand together in quoted-printable: the boundary is in no part.
        var boundary = $"=_{kind}_{id:N}";
        var whole = new StringBuilder();
        whole.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/{kind};{CrLf} boundary=\"{boundary}\"{CrLf}{CrLf}");
        foreach (var part in parts) whole.Append(CultureInfo.InvariantCulture, $"--{boundary}{CrLf}{part}");
        return whole.Append(CultureInfo.InvariantCulture, $"--{boundary}--{CrLf}").ToString();
    }

    private static string TextPart(string type, string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var plain = Ascii.IsValid(text) && lines.All(line => line.Length <= LongestLine);
        var content = string.Concat(lines.Select(line => (plain ? line : QuotedPrintable(line)) + CrLf));
        return $"Content-Type: {type}; charset=utf-8{CrLf}Content-Transfer-Encoding: {(plain ? "7bit" : "quoted-printable")}{CrLf}{CrLf}{content}";
    }

    private static string Base64Part(MailAttachment attachment, string? disposition)
    {
        var content = new StringBuilder($"Content-Type: {attachment.ContentType}{CrLf}Content-Transfer-Encoding: base64{CrLf}");
        if (disposition is not null) content.Append(CultureInfo.InvariantCulture, $"Content-Disposition: {disposition}{CrLf}");
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(attachment.Text));
        content.Append(CrLf);
        foreach (var line in base64.Chunk(LineLength)) content.Append(line).Append(CrLf);
        return content.ToString();
    }

    // RFC 2045 §6.7, one line of text: soft line breaks keep it within 76 characters, and no line ends in white space.
    private static string QuotedPrintable(string line)
    {
        var written = new StringBuilder();
        var column = 0;
        var bytes = Encoding.UTF8.GetBytes(line);
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            var last = i == bytes.Length - 1;
            var token = b is (>= 33 and <= 126 and not (byte)'=') || (b is (byte)' ' && !last) ? ((char)b).ToString() : $"={b:X2}";
            if (column + token.Length > (last ? LineLength : LineLength - 1))
            {
                written.Append('=').Append(CrLf);
                column = 0;
            }

            written.Append(token);
            column += token.Length;
        }

        return written.ToString();
    }

    private static void Mailbox(StringBuilder mail, string header, string? name, string address)
    {
        if (string.IsNullOrEmpty(name)) Header(mail, header, address);
        else if (IsPlain(name)) Header(mail, header, $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\" <{address}>");
        else Header(mail, header, $"{EncodedWords(name, header)} <{address}>");
    }

    private static void Words(StringBuilder mail, string header, string text) =>
        Header(mail, header, IsPlain(text) ? text : EncodedWords(text, header));

    // Text that looks like an encoded word must be one, or a reader decodes what was never encoded.
    private static bool IsPlain(string text) => text.All(c => c is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal);

    // RFC 2047 §2: each word at most 75 characters and a whole number of characters, parted by white space that a reader drops.
    private static string EncodedWords(string text, string header)
    {
        const string start = "=?utf-8?Q?", end = "?=";
        var words = new StringBuilder(start);
        var room = LineLength - header.Length - 2 - start.Length - end.Length;
        foreach (var rune in text.EnumerateRunes())
        {
            var token = new StringBuilder();
            foreach (var b in Encoding.UTF8.GetBytes(rune.ToString()))
            {
                // §5 (3): what may stand in a display name, so that one form serves every header.
                if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'!' or (byte)'*' or (byte)'+' or (byte)'-' or (byte)'/') token.Append((char)b);
                else if (b is (byte)' ') token.Append('_');
                else token.Append(CultureInfo.InvariantCulture, $"={b:X2}");
            }

            if (token.Length > room)
            {
                words.Append(end).Append(' ').Append(start);
                room = LineLength - 1 - start.Length - end.Length;
            }

            words.Append(token);
            room -= token.Length;
        }

        return words.Append(end).ToString();
    }

    // RFC 5322 §2.2.3: a line is folded where a space stands; what has no space stays whole.
    private static void Header(StringBuilder mail, string name, string value)
    {
        mail.Append(name).Append(':');
        var column = name.Length + 1;
        foreach (var word in value.Split(' '))
        {
            if (column + 1 + word.Length > LineLength + 2 && column > name.Length + 1 && word.Length > 0)
            {
                mail.Append(CrLf);
                column = 0;
            }

            mail.Append(' ').Append(word);
            column += 1 + word.Length;
        }

        mail.Append(CrLf);
    }
}
