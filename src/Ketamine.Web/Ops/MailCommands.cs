using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Ketamine.Content.Editing;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;
using Ketamine.Web.Ops.Doctor;

namespace Ketamine.Web.Ops;

/// <summary><c>ops mail …</c>: shows waiting and failed email, and tests whether the mail server accepts email and whether it arrives.</summary>
public static class MailCommands
{
    public static Command Create(OpsSite site) => new("mail", "Waiting and failed email, and tests of whether email works.")
    {
        List(site),
        Retry(site),
        Test(site),
        Doctor(site),
    };

    private static Command List(OpsSite site) => site.Command("list", "Failed and overdue emails, oldest first. Exit code 1 if any failed.",
        [], async (run, cancellation) =>
    {
        var db = run.Db;
        var now = run.Now;
        var zone = run.Clinic.TimeZone;
        var output = run.Output;
        var mails = await db.Set<OutboxMessage>()
            .AsNoTracking()
            .Where(mail =>
                mail.State == OutboxState.Failed
                || ((mail.State == OutboxState.Waiting || mail.State == OutboxState.Sending) && mail.NotBefore <= now)
            )
            .OrderBy(mail => mail.NotBefore)
            .ToListAsync(cancellation);
        foreach (var mail in mails)
        {
            var next = mail.State is OutboxState.Waiting ? $", next at {OpsTime.Local(mail.DueAt, zone)}" : "";
            await output.WriteLineAsync(
                $"{mail.Id:N}  {mail.State}  {mail.Kind} to {mail.To}, due {OpsTime.Local(mail.NotBefore, zone)}, tries: {mail.Attempts}{next}");
            if (mail.LastError is { } error) await output.WriteLineAsync($"    {error}");
        }

        var failed = mails.Count(mail => mail.State is OutboxState.Failed);
        await output.WriteLineAsync($"{failed} failed, {mails.Count - failed} waiting");
        return failed == 0 ? 0 : 1;
    });

    private static Command Retry(OpsSite site)
    {
        var id = new Argument<string?>("id")
        {
            Description = "The email's id from `ops mail list`. Default: all failed emails.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return site.Command("retry", "Retries failed emails for another 72 hours; the running site sends them within seconds.",
            [id], async (run, cancellation) =>
        {
            var db = run.Db;
            var failed = db.Set<OutboxMessage>().Where(mail => mail.State == OutboxState.Failed);
            if (run.Value(id) is { } text)
            {
                if (!Guid.TryParse(text, out var one) || !await failed.AnyAsync(mail => mail.Id == one, cancellation))
                    return await run.FailAsync($"There is no failed email {text}; `ops mail list` shows them.");

                failed = failed.Where(mail => mail.Id == one);
            }

            var now = run.Now;
            var mails = await failed.ToListAsync(cancellation);
            foreach (var mail in mails) mail.TryAgain(now);
            await db.SaveChangesAsync(cancellation);
            await run.WriteAsync($"Retrying {ContentCheck.Count(mails.Count, "email")}.");
            return 0;
        });
    }

    private static Command Test(OpsSite site)
    {
        var to = new Argument<string>("address") { Description = "The recipient's address." };
        return site.Command("test", "Sends one email right away, bypassing the outbox, and shows the mail server's reply.", [to], async (run, cancellation) =>
        {
            if (!EmailAddress.TryParse(run.Value(to), out var receiver))
                return await run.FailAsync($"\"{run.Value(to)}\" is not an email address.");

            var options = run.Get<IOptions<MailOptions>>().Value;
            var transport = run.Get<IMailTransport>();
            var clinic = run.Clinic;
            var message = OutboxMessage.From(
                new MailDraft
                {
                    Kind = "test",
                    To = receiver,
                    FromName = clinic.DiscreetName,
                    Subject = "Email from the website works",
                    Body = new MailBody().Paragraph("This is a test. If you can read it, email from the website arrives."),
                },
                options, run.Now, MailLook.Of(clinic));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(options.Timeout);
            try
            {
                await transport.SendAsync(message, patience.Token);
            }
            catch (MailFailedException failure)
            {
                return await run.FailAsync(failure.Message);
            }

            await run.WriteAsync($"{(transport is FileTransport ? "Written to" : "Accepted by")} {transport.Target}");
            return 0;
        });
    }

    private static Command Doctor(OpsSite site)
    {
        var from = new Option<EmailAddress?>("--from")
        {
            Description = "An address to check instead of Mail:From.",
            CustomParser = given =>
                Read(given, EmailAddress.TryParse(given.Tokens[0].Value, out var address) ? address : null, "an address like clinic@example.com"),
        };
        var dns = new Option<IPEndPoint?>("--dns")
        {
            Description = "The DNS server to use instead of this machine's: an IP address, with :port if it isn't 53.",
            CustomParser = given => Read(given, IPEndPoint.TryParse(given.Tokens[0].Value, out var server) ? server : null, "an address like 9.9.9.9"),
        };
        var selectors = new Option<string[]>("--selector")
        {
            Description = "The name of a DKIM key (s= in DKIM-Signature). Can be repeated.",
            DefaultValueFactory = _ => [],
        };
        var command = new Command(
            "doctor",
            "Checks in DNS whether email from Mail:From can arrive (SPF, DKIM, DMARC, MX), and says what to add. "
                + "Exit code 0: nothing is wrong; 1: something is; 2: some checks couldn't be made.")
        {
            from, selectors, dns,
        };
        command.SetAction((line, cancellation) => site.RunWithSettingsAsync(services =>
        {
            var options = services.GetRequiredService<IOptions<MailOptions>>().Value;
            var servers = line.GetValue(dns) is { } server
                ? [new IPEndPoint(server.Address, server.Port == 0 ? 53 : server.Port)]
                : DnsResolver.OfThisMachine();
            var resolver = new DnsResolver(servers, patience: TimeSpan.FromSeconds(1), budget: TimeSpan.FromSeconds(8));
            return MailDoctor.RunAsync(
                new Sender(line.GetValue(from) ?? options.From, options),
                line.GetRequiredValue(selectors),
                resolver,
                line.InvocationConfiguration.Output,
                cancellation);
        }));
        return command;

        static T? Read<T>(ArgumentResult given, T? read, string wanted) where T : class
        {
            if (read is null) given.AddError($"\"{given.Tokens[0].Value}\" can't be read; use {wanted}.");
            return read;
        }
    }
}
