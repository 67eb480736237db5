using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ketamine.Content;
using Ketamine.Language;
using Ketamine.Web.Mail;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace Ketamine.Web.Tests.Mail;

/// <summary>The bytes that are sent, read by MimeKit as a receiver's program would.</summary>
public sealed class MailComposerTests
{
    private static readonly FakeClock Clock = new();
    private static readonly MailOptions Settings = new() { From = EmailAddress.Parse("clinic@juniper.example") };

    private static byte[] Write(Func<MailDraft, MailDraft>? change = null, MailOptions? settings = null)
    {
        using var written = new MemoryStream();
        var row = OutboxMessage.From((change ?? (draft => draft))(PostOffice.Draft()), settings ?? Settings, Clock.Now);
        new MailComposer(Options.Create(settings ?? Settings), Clock).Compose(row).WriteTo(MailComposer.Format, written);
        return written.ToArray();
    }

    private static MimeMessage Read(byte[] mail) => MimeMessage.Load(new MemoryStream(mail));

    private static string[] Lines(byte[] mail)
    {
        mail.ShouldAllBe(b => b < 128);
        var text = Encoding.ASCII.GetString(mail);
        text.Replace("\r\n", "", StringComparison.Ordinal).ShouldNotContain('\n');
        return text.Split("\r\n");
    }

    [Fact]
    public void the_headers_are_those_of_rfc_5322_each_once()
    {
        var mail = Read(Write(draft => draft with { FromName = "Juniper House", ReplyTo = EmailAddress.Parse("ada@example.com") }));
        mail.Date.ShouldBe(Clock.Now);
        mail.From.ToString().ShouldBe("\"Juniper House\" <clinic@juniper.example>");
        (mail.To.ToString(), mail.ReplyTo.ToString(), mail.Subject).ShouldBe(("ada@example.com", "ada@example.com", "We have your message"));
        mail.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        mail.MimeVersion.ShouldBe(new Version(1, 0));
        mail.MessageId.ShouldEndWith("@juniper.example");
        mail.Headers.Select(header => header.Field).ShouldBeUnique();
    }

    [Fact]
    public void both_parts_arrive_as_they_were_written_and_ascii_stays_readable()
    {
        var written = Write(draft => draft with { Body = new MailBody().Paragraph("Change it: a=b.") });
        Lines(written).ShouldContain("Change it: a=b.");
        var body = Read(written).Body.ShouldBeOfType<MultipartAlternative>();
        body.Count.ShouldBe(2);
        body.TextBody!.ReplaceLineEndings("\n").ShouldBe("Change it: a=b.\n");
        body.HtmlBody!.ShouldStartWith("<!DOCTYPE html>");
    }

    [Theory]
    [InlineData("é", 200)]
    [InlineData("x", 1200)]
    [InlineData("予", 400)]
    public void long_and_non_ascii_text_is_sent_in_seven_bits_and_short_lines(string sign, int times)
    {
        var text = string.Concat(Enumerable.Repeat(sign, times));
        var written = Write(draft => draft with { Body = new MailBody().Paragraph("Grüße = " + text + " ende").Quote(".\n..\nFrom here") });
        Lines(written).ShouldAllBe(line => line.Length <= 998);
        Read(written).TextBody!.ReplaceLineEndings("\n").ShouldBe($"Grüße =\n{text}\nende\n\n> .\n> ..\n> From here\n");
    }

    [Theory]
    [InlineData("Ihr Gespräch am Dienstag")]
    [InlineData("=?utf-8?Q?forged?=")]
    [InlineData("Re: =?utf-8?B?Zm9yZ2Vk?= and =?iso-8859-1?Q?=41?= once more, in a subject that needs more than a single line")]
    [InlineData("a_b?c=d é")]
    [InlineData("予約の確認：火曜日の午前十時二十分にお電話いたします。よろしくお願い申し上げます。")]
    [InlineData("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 family")]
    [InlineData("appointment appointment appointment appointment appointment appointment appointment appointment")]
    public void a_subject_and_a_name_arrive_as_typed_even_those_that_look_encoded(string text)
    {
        var written = Write(draft => draft with { Subject = text, FromName = text });
        // RFC 2047 §2 says 75. MimeKit's longest has 76, which every program can read.
        Lines(written)
            .TakeWhile(line => line.Length > 0)
            .SelectMany(line => line.Split(' '))
            .Where(word => word.StartsWith("=?", StringComparison.Ordinal))
            .ShouldAllBe(word => word.Length <= 76);
        var mail = Read(written);
        mail.Subject.ShouldBe(text);
        var from = mail.From.ShouldHaveSingleItem().ShouldBeOfType<MailboxAddress>();
        (from.Name, from.Address).ShouldBe((TypedText.Truncate(text, 100), "clinic@juniper.example"));
    }

    [Theory]
    [InlineData("Ada \"the\" \\ Countess")]
    [InlineData("x@y.example>, <evil@example.com")]
    public void a_name_cannot_become_an_address(string name)
    {
        var from = Read(Write(draft => draft with { FromName = name })).From.ShouldHaveSingleItem().ShouldBeOfType<MailboxAddress>();
        (from.Name, from.Address).ShouldBe((name, "clinic@juniper.example"));
    }

    [Fact]
    public void an_invitation_is_among_the_alternatives_and_attached_and_other_files_are_only_attached()
    {
        var mail = Read(Write(draft => draft with
        {
            Attachments =
            [
                new MailAttachment("call.ics", "text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
                new MailAttachment("note.txt", "text/plain; charset=utf-8", "ü"),
            ],
        }
    )
);
        mail.Body!.ContentType.MimeType.ShouldBe("multipart/mixed");
        mail.Attachments.OfType<TextPart>()
            .Select(part => (part.FileName, part.Text.ReplaceLineEndings("\n")))
            .ShouldBe([("call.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"), ("note.txt", "ü")]);
        var alternatives = ((Multipart)mail.Body)[0].ShouldBeOfType<MultipartAlternative>();
        alternatives.Select(part => part.ContentType.MimeType).ShouldBe(["text/plain", "text/html", "text/calendar"]);
        alternatives[2].ContentType.Parameters["method"].ShouldBe("REQUEST");
    }

    [Fact]
    public void headers_of_the_draft_are_kept_in_one_piece()
    {
        var link = $"<https://juniper.example/newsletter/unsubscribe/{new string('x', 80)}>";
        Lines(Write(draft => draft with { Headers = ImmutableDictionary<string, string>.Empty.Add("List-Unsubscribe", link) }))
            .ShouldContain($"List-Unsubscribe: {link}");
    }

    [Fact]
    public async Task a_signed_email_verifies_and_its_signature_covers_the_unsubscribe_link()
    {
        using var key = RSA.Create(2048);
        var settings = Settings with
        {
            Dkim = new DkimOptions
            {
                Domain = "juniper.example",
                Selector = "site2026",
                PrivateKey = key.ExportPkcs8PrivateKeyPem(),
            },
        };
        var written = Write(draft => draft with
        {
            FromName = "Søn",
            Subject = "Grüße =?x?=",
            Body = new MailBody().Paragraph("Grüße, and a line.").Quote("..\n.\ntrailing \n\n"),
            Headers = ImmutableDictionary<string, string>
                .Empty.Add("List-Unsubscribe", "<https://juniper.example/u>")
                .Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            Attachments = [new MailAttachment("note.txt", "text/plain", "note")],
        },
    settings
);
        var dns = new Dns { [$"site2026._domainkey.juniper.example"] = key.ExportSubjectPublicKeyInfo() };
        (await VerifiesAsync(written, dns)).ShouldBeTrue();
        var signature = Read(written).Headers[HeaderId.DkimSignature]!;
        signature.ShouldContain($"t={Clock.Now.ToUnixTimeSeconds()};");
        foreach (var header in new[] { "from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post" })
            signature.Split("h=")[1].Split(';')[0].Split(':', StringSplitOptions.TrimEntries).ShouldContain(header);

        var changed = Encoding.ASCII.GetBytes(
            Encoding.ASCII.GetString(written).Replace("unsubscribe: <https://juniper", "unsubscribe: <https://jupiter", StringComparison.OrdinalIgnoreCase)
        );
        (await VerifiesAsync(changed, dns)).ShouldBeFalse();
    }

    private static async Task<bool> VerifiesAsync(byte[] written, Dns dns)
    {
        var mail = Read(written);
        return await new DkimVerifier(dns).VerifyAsync(mail, mail.Headers[mail.Headers.IndexOf(HeaderId.DkimSignature)]);
    }

    private sealed class Dns : Dictionary<string, byte[]>, IDkimPublicKeyLocator
    {
        public AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            PublicKeyFactory.CreateKey(this[$"{selector}._domainkey.{domain}"]);

        public Task<AsymmetricKeyParameter> LocatePublicKeyAsync(
            string methods,
            string domain,
            string selector,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
