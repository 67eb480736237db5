using System.CommandLine;
using System.Text;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Mail;
using Ketamine.Web.Ops;
using Ketamine.Web.Tests.Features.Newsletter;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Ops;

public sealed class NewsletterCommandsTests
{
    /// <summary>Runs a command as typed, with the running site's folder, database, and clock.</summary>
    private static async Task<(int Code, string Said)> RunAsync(ClinicApp app, params string[] line)
    {
        _ = app.Services;
        await using var said = new StringWriter();
        var command = NewsletterCommands.Create(new OpsSite(() =>
        {
            var builder = WebApplication.CreateBuilder([
                $"--Data:Path={app.DataPath}",
                $"--Content:Path={app.Folder.Root}",
                "--Mail:From=clinic@juniper.example",
                "--Mail:PerMinute=60",
            ]);
            builder.Services.AddSingleton<TimeProvider>(app.Clock);
            builder.Services.AddLocalization();
            builder.Services.AddSiteKeys(builder.Configuration);
            builder.Services.AddData(builder.Configuration);
            builder.Services.AddContent(builder.Configuration);
            builder.Services.AddMail(builder.Configuration);
            builder.Services.AddNewsletter(builder.Configuration);
            return builder.Build();
        }));
        var code = await command.Parse(line).InvokeAsync(new InvocationConfiguration { Output = said, Error = said });
        return (code, said.ToString().ReplaceLineEndings("\n"));
    }

    private static ClinicApp Clinic(Action<ClinicFolder>? build = null) => Readers.WithNewsletter(folder =>
    {
        folder
            .Write("people.yml", "team:\n  name: The team\n")
            .Write(
                "articles/a-visit.md",
                "---\ntitle: A visit\nsummary: From door to door.\npublished: 2027-01-01\nauthors: [team]\n---\nWear loose clothes.\n"
            );
        build?.Invoke(folder);
    }).Set("Mail:PerMinute", "60");

    private static string FileOf(ClinicApp app, string name, string text, Encoding? encoding = null)
    {
        var path = Path.Combine(app.DataPath, name);
        Directory.CreateDirectory(app.DataPath);
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    [Fact]
    public async Task obstacles_to_an_issue_are_reported_and_nothing_is_scheduled()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(1);
        foreach (var (line, expected) in new (string[], string)[]
        {
            (["send"], "Give either --article SLUG or --file FILE.md."),
            (["send", "--article", "a-visit", "--file", "x.md"], "Give either"),
            (["send", "--article", "a-vist"], "There is no article a-vist; did you mean a-visit?\nNothing was sent."),
            (["send", "--article", "something-else"], "There is no article something-else.\n"),
            (["send", "--file", "/nowhere/x.md"], "There is no file /nowhere/x.md.\nNothing was sent."),
            (["send", "--file", FileOf(app, "bare.md", "Hello.")], "bare.md:1"),
            (["send", "--file", FileOf(app, "latin.md", "---\ntitle: Té\nsummary: x\n---\nHi\n", Encoding.Latin1)], "latin.md"),
            (["send", "--article", "a-visit", "--to", "you@"], "--to is you@; use an address like name@example.com"),
            (["send", "--article", "a-visit", "--at", "tomorrow"], "--at is tomorrow; "),
            (["send", "--article", "a-visit", "--at", "2027-01-01T09:00-07:00"], "--at is Fri 2027-01-01 09:00 MST, which is in the past."),
            (["stop", "article:a-visit"], "There is no issue article:a-visit"),
            (["resume", "article:a-visit"], "There is no issue article:a-visit"),
            (["import", "/nowhere.csv"], "/nowhere.csv"),
            (["bounces", "/nowhere.eml"], "There is no file /nowhere.eml."),
        })
        {
            var (code, said) = await RunAsync(app, line);
            said.ShouldContain(expected, Case.Sensitive, string.Join(' ', line));
            code.ShouldBe(1, string.Join(' ', line));
        }

        (await RunAsync(app, "status")).ShouldBe(
            (0, "The list: 1 subscribed, 0 unconfirmed, 0 unsubscribed, 0 unreachable\nNo issues yet. To send one: ops newsletter send --article SLUG\n")
        );
        (await app.DeliverMailAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task sending_is_refused_without_an_address_a_newsletter_or_any_readers()
    {
        await using (var app = Clinic())
        {
            (await RunAsync(app, "send", "--article", "a-visit")).ShouldBe(
                (1, "The list is empty, so nothing was sent. With --at, everyone on the list by then gets it.\n")
            );
            (await RunAsync(app, "send", "--article", "a-visit", "--at", "2027-02-01")).Code.ShouldBe(0);
        }

        await using var bare = Clinic(folder => folder.Write("clinic.yml", ClinicFolder.SmallestClinic));
        var (code, said) = await RunAsync(bare, "send", "--article", "a-visit");
        code.ShouldBe(1);
        said.ShouldContain("clinic.yml has no newsletter");
        said.ShouldContain("clinic.yml has no address, and a newsletter must carry one (CAN-SPAM Act");
    }

    [Fact]
    public async Task an_unsigned_article_and_a_forbidden_claim_are_refused_with_the_fix()
    {
        await using var app = ClinicApp.With(folder =>
            folder
                .Sample()
                .Write(
                    "articles/a-visit.md",
                    "---\ntitle: A visit\nsummary: From door to door.\npublished: 2027-01-01\nauthors: [nursing-team]\n---\nWear loose clothes.\n"
                )
        );
        (await RunAsync(app, "send", "--article", "a-visit")).ShouldBe(
            (1, "articles/a-visit.md is not signed by a medical reviewer in its current form: content sign a-visit --by PERSON\nNothing was sent.\n")
        );
        var (code, said) = await RunAsync(
            app,
            "send",
            "--file",
            FileOf(app, "cure.md", "---\ntitle: News\nsummary: x\n---\nKetamine cures depression.\n"),
            "--to",
            "you@example.com"
        );
        code.ShouldBe(1);
        said.ShouldContain("cure.md:5");
        said.ShouldEndWith("Nothing was sent.\n");
        (await app.DeliverMailAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task an_issue_is_previewed_scheduled_once_and_its_progress_shown()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(4);
        (await RunAsync(app, "send", "--article", "a-visit", "--to", "You@example.com", "--subject", "News")).ShouldBe(
            (0, "A preview of \"News\" goes to You@example.com; the running site sends it within seconds.\n")
        );
        (await app.DeliverMailAsync()).ShouldHaveSingleItem().Subject.ShouldBe("News");

        (await RunAsync(app, "send", "--article", "a-visit", "--at", "2027-02-01T09:00-07:00")).ShouldBe(
            (
                0,
                "article:a-visit: \"A visit\" goes at Mon 2027-02-01 09:00 MST to everyone on the list by then (4 today), "
                    + "60 per minute, while the site runs.\nTo see its progress: ops newsletter status\n"
            )
        );
        var again = await RunAsync(app, "send", "--article", "a-visit");
        again.Code.ShouldBe(1);
        again.Said.ShouldContain("article:a-visit was scheduled before");
        (await RunAsync(app, "status")).Said.ShouldContain("article:a-visit  \"A visit\"\n  goes at Mon 2027-02-01 09:00 MST\n");
        (await RunAsync(app, "stop", "article:a-visit")).Code.ShouldBe(0);
        (await RunAsync(app, "status")).ShouldSatisfyAllConditions(
            status => status.Code.ShouldBe(1),
            status => status.Said.ShouldContain("\n  STOPPED before it began (continue with ops newsletter resume)\n")
        );

        (await RunAsync(app, "send", "--article", "a-visit", "--again")).Said.ShouldStartWith("article:a-visit#2: \"A visit\" goes now ");
        app.Mailbox.BeforeTaking = (mail, _) =>
            mail.To == "reader3@reader.example"
                ? throw new MailFailedException(MailFailure.Refused, "mx refused: 550 5.1.1.") { MailboxRefused = true }
                : Task.CompletedTask;
        var bars = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await app.SendBatchAsync();
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            bars.Add((await RunAsync(app, "status")).Said.Split('\n').Single(line => line.Contains(" %", StringComparison.Ordinal)));
        }

        bars[1].ShouldBe("  [###############---------------] 50 % 2 of 4, being sent, about 1 min left at 60 per minute");
        bars[3].ShouldStartWith("  [##############################] 100 % 4 of 4");
        var (code, said) = await RunAsync(app, "status");
        code.ShouldBe(1);
        said.ShouldContain("100 % 4 of 4, ended ");
        said.ShouldContain("3 sent, 0 waiting, 1 refused, 0 not reached, 0 had unsubscribed, 0 unsubscribed from it\n  Refused: 1\n");
        said.ShouldStartWith("The list: 3 subscribed, 0 unconfirmed, 0 unsubscribed, 1 unreachable\n");
        said.ShouldNotContain("reader3@");
    }

    [Fact]
    public async Task before_the_first_copy_the_bar_is_empty()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(3);
        await RunAsync(app, "send", "--article", "a-visit");
        app.Mailbox.BeforeTaking = (_, _) => throw new MailFailedException(MailFailure.Server, "mx can't be reached.");
        await app.SendBatchAsync();
        (await RunAsync(app, "status")).Said.ShouldContain("  [------------------------------] 0 % 0 of 3, being sent, about 1 min left at 60 per minute\n");
    }

    [Fact]
    public async Task each_wrong_row_of_an_import_is_reported_with_its_line_and_no_one_is_added()
    {
        await using var app = Clinic();
        var file = FileOf(app, "readers.csv", """
            email,consentDate,consentSource
            ada@reader.example,2026-03-14,open day
            not an address,2026-03-14,open day
            "ben@reader.example",14.3.2026,open day

            ADA@Reader.example,2026-03-14,"open
            day"
            cleo@reader.example,2026-03-14,
            dan@reader.example,2030-01-01,open day
            eve@reader.example,2026-03-14
            fay@reader.example,2026-03-14,"two
            lines"
            """);
        var (code, said) = await RunAsync(app, "import", file);
        code.ShouldBe(1);
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..Math.Min(line.Length, 34)]).ShouldBe(
        [
            "line 3: email is \"not an address\";",
            "line 4: consentDate is \"14.3.2026\"",
            "line 6: ADA@Reader.example is alre",
            "line 8: consentSource has 0 charac",
            "line 9: consentDate is 2030-01-01,",
            "line 10: 2 fields where the first ",
            "line 11: consentSource has a line ",
            "No one was added.",
        ], said);
        said.ShouldContain("is already in line 2");
        (await app.SubscribersAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("name,email\nAda,ada@reader.example\n", "lacks the column consentDate, consentSource")]
    [InlineData("", "")]
    [InlineData("email,consentDate,consentSource\n\"ada@reader.example,2026-03-14,open day\n", "line 2")]
    public async Task a_file_that_is_not_a_valid_list_adds_no_one(string text, string expected)
    {
        await using var app = Clinic();
        var (code, said) = await RunAsync(app, "import", FileOf(app, "readers.csv", text));
        code.ShouldBe(1, said);
        said.ShouldContain(expected);
        (await app.SubscribersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_consent_source_that_is_not_utf_8_is_reported_and_not_mangled()
    {
        await using var app = Clinic();
        var (code, said) = await RunAsync(
            app,
            "import",
            FileOf(app, "readers.csv", "email;consentDate;consentSource\nada@reader.example;2026-03-14;Café\n", Encoding.Latin1)
        );
        (code, said).ShouldBe((1, "line 2: consentSource isn't UTF-8; save the file as CSV UTF-8\nNo one was added.\n"));
    }

    [Theory]
    [InlineData(",", "utf-8")]
    [InlineData(";", "utf-8")]
    [InlineData("\t", "utf-16")]
    public async Task spreadsheets_separators_byte_order_marks_and_domains_in_other_letters_are_read(string separator, string encoding)
    {
        await using var app = Clinic();
        const string written =
            "consentSource,Email,consentDate\r\nCafé Sol,Ada+news@Bücher.example,2026-03-14\r\n"
            + "\"a, b; c\",ben@reader.example,2026-03-14T09:00-06:00\r\n";
        var text = written.Replace(",", separator, StringComparison.Ordinal).Replace("a" + separator, "a,", StringComparison.Ordinal);
        (await RunAsync(app, "import", FileOf(app, "readers.csv", text, Encoding.GetEncoding(encoding)))).ShouldBe(
            (0, "2 added, 0 already on the list, 0 unsubscribed and 0 unreachable, not added.\n")
        );
        var ada = (await app.SubscribersAsync()).Single(reader => reader.Email!.StartsWith("Ada", StringComparison.Ordinal));
        (ada.Email, ada.ConsentSource, ada.ConsentAt).ShouldBe(
            ("Ada+news@xn--bcher-kva.example", "Café Sol", new DateTimeOffset(2026, 3, 14, 0, 0, 0, TimeSpan.FromHours(-6)))
        );
        // The same mailbox, written differently.
        (
            await RunAsync(app, "import", FileOf(app, "again.csv", "email,consentDate,consentSource\nADA+NEWS@xn--bcher-kva.EXAMPLE,2026-05-01,other\n"))
        ).Said.ShouldStartWith("0 added, 1 already on the list");
    }

    [Fact]
    public async Task an_export_can_be_imported_unchanged_and_no_cell_is_a_formula()
    {
        await using var app = Clinic();
        string[] addresses =
        [
            "=cmd@reader.example", "+ada@reader.example", "-ben@reader.example", "'cleo@reader.example", "'=dan@reader.example",
            "eve@reader.example",
        ];
        await RunAsync(
            app,
            "import",
            FileOf(
                app,
                "in.csv",
                "email,consentDate,consentSource\n"
                    + string.Concat(
                        addresses.Select(address =>
                            (address[0] is '=' or '+' or '-' || address.StartsWith("'=", StringComparison.Ordinal) ? "'" : "")
                            + $"{address},2026-03-14,\"'=HYPERLINK(\"\"x\"\"), \"\n"
                        )
                    )
            )
        );
        (await app.SubscribersAsync()).Select(reader => reader.Email!).Order(StringComparer.Ordinal).ShouldBe(addresses.Order(StringComparer.Ordinal));

        var (code, csv) = await RunAsync(app, "export");
        code.ShouldBe(0);
        csv.ShouldContain("\n''=dan@reader.example,");
        csv.Split('\n').SelectMany(line => line.Split(',')).Select(cell => cell.Trim('"')).ShouldAllBe(cell => cell.Length == 0 || !"=+-@\t".Contains(cell[0]));

        await using var other = Clinic();
        (await RunAsync(other, "import", FileOf(other, "readers.csv", csv))).Said.ShouldStartWith("6 added");
        (await other.SubscribersAsync())
            .Select(reader => (reader.Email, reader.ConsentAt, reader.ConsentSource))
            .OrderBy(reader => reader.Email, StringComparer.Ordinal)
            .ShouldBe(
                (await app.SubscribersAsync())
                    .Select(reader => (reader.Email, reader.ConsentAt, reader.ConsentSource))
                    .OrderBy(reader => reader.Email, StringComparer.Ordinal)
            );
        (await RunAsync(app, "list")).Said.ShouldContain("eve@reader.example  agreed 2026-03-14, =HYPERLINK(\"x\"),\n");
    }

    [Fact]
    public async Task unsubscribed_and_unreachable_people_are_not_imported_or_exported()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(3);
        var readers = await app.SubscribersAsync();
        await app.UseAsync<SubscriptionService>(async desk =>
            await desk.UnsubscribeAsync(
                (await app.KeyAsync()).UnsubscribeToken(readers.Single(reader => reader.Email == "reader0@reader.example").Id, Guid.Empty),
                CancellationToken.None
            )
        );
        await app.UseAsync<ClinicDb>(async db =>
        {
            db.Set<Subscriber>().AsEnumerable().Single(reader => reader.Email == "reader1@reader.example").Suppress("550", app.Clock.Now);
            await db.SaveChangesAsync();
        });
        (
            await RunAsync(
                app,
                "import",
                FileOf(
                    app,
                    "readers.csv",
                    "email,consentDate,consentSource\n"
                        + "reader0@reader.example,2026-03-14,x\nREADER1@reader.example,2026-03-14,x\nreader2@reader.example,2026-03-14,x\n"
                )
            )
        ).Said.ShouldBe("0 added, 1 already on the list, 1 unsubscribed and 1 unreachable, not added.\n");
        (await RunAsync(app, "list")).Said.ShouldBe("reader2@reader.example  agreed 2027-01-13, test\n1 subscribed\n");
        (await RunAsync(app, "export")).Said.ShouldBe("email,consentDate,consentSource\nreader2@reader.example,2027-01-13T17:00:00Z,test\n");
    }

    [Fact]
    public async Task a_folder_of_emails_is_read_and_the_effect_of_each_report_is_shown()
    {
        await using var app = Clinic();
        await app.AddReadersAsync(2);
        await app.ScheduleAsync();
        await app.SendUntilEndedAsync();
        var copy = app.Mailbox.OfKind("newsletter").Single(mail => mail.To == "reader0@reader.example");
        string Report(string to, string status) =>
            "Content-Type: multipart/report; boundary=b\n\n"
                + $"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822;{to}\n"
                + $"Action: failed\nStatus: {status}\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {copy.MessageId}\n\nHello\n--b--\n";
        var folder = Directory.CreateDirectory(Path.Combine(app.DataPath, "box", "new"));
        File.WriteAllText(Path.Combine(folder.FullName, "1"), Report("reader0@reader.example", "5.2.2"));
        File.WriteAllText(Path.Combine(folder.FullName, "2"), Report("reader0@reader.example", "5.1.1"));
        File.WriteAllText(Path.Combine(folder.FullName, "3"), Report("reader1@reader.example", "5.1.1"));
        File.WriteAllText(Path.Combine(folder.FullName, "4"), "Subject: hello\n\nHi.\n");
        (await RunAsync(app, "bounces", folder.Parent!.FullName)).ShouldBe((0, """
            reader0@reader.example  5.2.2  ignored: may be temporary (a full mailbox, a delay, a policy)
            reader0@reader.example  5.1.1  taken off
            reader1@reader.example  5.1.1  ignored: the report doesn't match any copy that we sent, so anyone could have written it
            1 removed, 0 unsubscribed by complaint, 0 already off; ignored: 1 temporary, 1 not about our email; 1 file wasn't a report.

            """.ReplaceLineEndings("\n")));
        (await app.SubscribersAsync()).Single(reader => reader.Email is not null).Email.ShouldBe("reader1@reader.example");
    }
}
