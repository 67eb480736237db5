using System.Collections.Immutable;
using System.Text;
using Ketamine.Content;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Tests.Mail;

public sealed class MimeMessageTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 3, 17, 0, 0, TimeSpan.FromHours(-7));
    private static readonly MailOptions Options = new() { From = EmailAddress.Parse("clinic@juniper.example") };

    private static string Write(Func<MailDraft, MailDraft> change) =>
        Encoding.ASCII.GetString(MimeMessage.Write(OutboxMessage.From(change(PostOffice.Draft()), Options, Now), Options, Now));

    /// <summary>The value of a header, unfolded.</summary>
    private static string Header(string mail, string name)
    {
        var head = mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n ", " ", StringComparison.Ordinal);
        return head.Split("\r\n").Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
    }

    [Fact]
    public void the_headers_are_those_of_rfc_5322_each_once()
    {
        var mail = Write(draft => draft with { FromName = "Juniper House", ReplyTo = EmailAddress.Parse("ada@example.com") });
        Header(mail, "Date").ShouldBe("Mon, 04 Jan 2027 00:00:00 +0000");
        Header(mail, "From").ShouldBe("\"Juniper House\" <clinic@juniper.example>");
        Header(mail, "To").ShouldBe("ada@example.com");
        Header(mail, "Reply-To").ShouldBe("ada@example.com");
        Header(mail, "Subject").ShouldBe("We have your message");
        Header(mail, "MIME-Version").ShouldBe("1.0");
        Header(mail, "Auto-Submitted").ShouldBe("auto-generated");
        Header(mail, "Content-Type").ShouldStartWith("multipart/alternative; boundary=");
    }

    [Fact]
    public void text_in_ascii_stays_readable_as_it_is()
    {
        var mail = Write(draft => draft with { Body = new MailBody().Paragraph("Change it: a=b.") });
        mail.ShouldContain("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nChange it: a=b.\r\n--=_alternative_");
        mail.ShouldContain("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<!DOCTYPE html>\r\n");
    }

    [Fact]
    public void text_beyond_ascii_is_quoted_printable_within_76_characters()
    {
        var mail = Write(draft => draft with { Body = new MailBody().Paragraph("Grüße = " + new string('é', 200) + " ende") });
        var part = mail.Split("quoted-printable\r\n\r\n")[1].Split("\r\n--=_")[0];
        part.ShouldStartWith("Gr=C3=BC=C3=9Fe =3D\r\n=C3=A9=C3=A9");
        part.Split("\r\n").ShouldAllBe(line => line.Length <= 76 && !line.EndsWith(' '));
        Unquote(part).ShouldBe("Grüße =\n" + new string('é', 200) + "\nende");
    }

    [Fact]
    public void a_line_beyond_998_octets_is_quoted_printable_even_in_ascii()
    {
        var mail = Write(draft => draft with { Body = new MailBody().Paragraph(new string('x', 1200)) });
        mail.Split("\r\n").ShouldAllBe(line => line.Length <= 998);
    }

    [Theory]
    [InlineData("Ihr Gespräch am Dienstag")]
    [InlineData("=?utf-8?Q?forged?=")]
    [InlineData("a_b?c=d é")]
    [InlineData("予約の確認：火曜日の午前十時二十分にお電話いたします。よろしくお願い申し上げます。")]
    [InlineData("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 family")]
    public void words_beyond_ascii_are_encoded_words_of_whole_characters(string subject)
    {
        var mail = Write(draft => draft with { Subject = subject, FromName = subject });
        var words = Header(mail, "Subject").Split(' ');
        words.ShouldAllBe(word => word.Length <= 75 && word.StartsWith("=?utf-8?Q?") && word.EndsWith("?="));
        string.Concat(words.Select(word => Unquote(word[10..^2].Replace('_', ' ')))).ShouldBe(subject);
        Header(mail, "From").ShouldEndWith("?= <clinic@juniper.example>");
    }

    [Fact]
    public void a_long_subject_is_folded_where_spaces_stand()
    {
        var subject = string.Join(' ', Enumerable.Repeat("appointment", 15));
        var mail = Write(draft => draft with { Subject = subject });
        mail.Split("\r\n").TakeWhile(line => line.Length > 0).ShouldAllBe(line => line.Length <= 78);
        Header(mail, "Subject").ShouldBe(subject);
    }

    [Theory]
    [InlineData("Ada \"the\" \\ Countess", "\"Ada \\\"the\\\" \\\\ Countess\"")]
    [InlineData("x@y.example>, <evil@example.com", "\"x@y.example>, <evil@example.com\"")]
    public void a_name_can_not_become_an_address(string name, string quoted) =>
        Header(Write(draft => draft with { FromName = name }), "From").ShouldBe($"{quoted} <{Options.From}>");

    [Fact]
    public void an_invitation_stands_among_the_alternatives_and_is_attached_and_other_files_are_attached_alone()
    {
        var mail = Write(draft => draft with
        {
            Attachments = [new MailAttachment("call.ics", "text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), new MailAttachment("note.txt", "text/plain; charset=utf-8", "ü")],
        });
        Header(mail, "Content-Type").ShouldStartWith("multipart/mixed");
        var calendar = Convert.ToBase64String("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"u8);
        mail.Split(calendar).Length.ShouldBe(3);
        mail.ShouldContain("Content-Disposition: attachment; filename=\"call.ics\"\r\n");
        mail.ShouldContain("Content-Disposition: attachment; filename=\"note.txt\"\r\n\r\nw7w=\r\n");
        mail.Split("filename=").Length.ShouldBe(3);
    }

    [Fact]
    public void headers_of_the_drafts_own_stand_as_given()
    {
        var link = $"<https://juniper.example/newsletter/unsubscribe/{new string('x', 80)}>";
        var mail = Write(draft => draft with { Headers = ImmutableDictionary<string, string>.Empty.Add("List-Unsubscribe", link).Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") });
        mail.ShouldContain($"\r\nList-Unsubscribe: {link}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    }

    private static string Unquote(string text)
    {
        var bytes = new List<byte>();
        text = text.Replace("=\r\n", "", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=')
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                bytes.Add((byte)text[i]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
