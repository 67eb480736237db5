using System.CommandLine;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;
using Ketamine.Web.Ops;
using Ketamine.Web.Tests.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ketamine.Web.Tests.Ops;

public sealed class MailCommandsTests
{
    private static async Task<(int Code, string Said)> RunAsync(PostOffice office, params string[] line)
    {
        await using var said = new StringWriter();
        var command = MailCommands.Create(new OpsSite(() =>
        {
            var builder = WebApplication.CreateBuilder([$"--Data:Path={office.Folder}", "--Mail:From=clinic@juniper.example"]);
            builder.Services.AddSingleton<TimeProvider>(office.Clock);
            builder.Services.AddSingleton(office.Keys);
            builder.Services.AddData(builder.Configuration);
            builder.Services.AddMail(builder.Configuration);
            builder.Services.AddSingleton(new ContentStore(
                new SiteContent
                {
                    Version = "0",
                    Clinic = new Clinic
                    {
                        Name = "Juniper House",
                        LegalName = "Juniper House",
                        Url = new Uri("https://juniper.example"),
                        TimeZone = NodaTime.DateTimeZoneProviders.Tzdb["America/Denver"],
                        Crisis = new CrisisLine("988", "Call or text 988", "988", "988", new Uri("https://988lifeline.org")),
                    },
                },
                office.Clock));
            builder.Services.Replace(ServiceDescriptor.Singleton<IMailTransport>(office.Mailbox));
            return builder.Build();
        }));
        var code = await command.Parse(line).InvokeAsync(new InvocationConfiguration { Output = said, Error = said });
        return (code, said.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task failed_emails_are_listed_with_the_reason_and_retried_on_demand()
    {
        await using var office = await PostOffice.OpenAsync();
        office.Mailbox.BeforeTaking = (mail, _) =>
            throw new MailFailedException(mail.Kind == "bad" ? MailFailure.Refused : MailFailure.Later, "mail.example:587 refused");
        var bad = await office.AddAsync(PostOffice.Draft(kind: "bad"));
        await office.AddAsync(PostOffice.Draft(kind: "slow"));
        await office.AddAsync(PostOffice.Draft(kind: "reminder") with { NotBefore = office.Clock.Now.AddDays(1) });
        await office.DeliverAsync();

        var (code, said) = await RunAsync(office, "list");
        code.ShouldBe(1);
        said.ShouldContain($"{bad:N}  Failed  bad to ada@example.com, due Wed 2027-01-13 10:00 MST, tries: 1\n    mail.example:587 refused\n");
        said.ShouldContain("  Waiting  slow to ada@example.com");
        said.ShouldNotContain("reminder");
        said.ShouldEndWith("\n1 failed, 1 waiting\n");

        (await RunAsync(office, "retry", $"{Guid.NewGuid():N}")).Code.ShouldBe(1);
        (await RunAsync(office, "retry", $"{bad:N}")).ShouldBe((0, "Retrying 1 email.\n"));
        office.Mailbox.BeforeTaking = (_, _) => Task.CompletedTask;
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await office.DeliverAsync();
        office.Mailbox.Received.Count.ShouldBe(2);
        (await RunAsync(office, "list")).ShouldBe((0, "0 failed, 0 waiting\n"));
        (await RunAsync(office, "retry")).ShouldBe((0, "Retrying 0 emails.\n"));
    }

    [Fact]
    public async Task a_test_email_is_sent_right_away_and_the_servers_reply_is_shown()
    {
        await using var office = await PostOffice.OpenAsync();
        (await RunAsync(office, "test", "me@example.com")).ShouldBe((0, "Accepted by the tests' mailbox\n"));
        office.Mailbox.To("me@example.com").ShouldHaveSingleItem();
        office.Mailbox.BeforeTaking = (_, _) => throw new MailFailedException(MailFailure.Server, "mail.example:587 refused while signing in: 535 no");
        (await RunAsync(office, "test", "me@example.com")).ShouldBe((1, "mail.example:587 refused while signing in: 535 no\n"));
        (await RunAsync(office, "test", "me@")).ShouldBe((1, "\"me@\" is not an email address.\n"));
    }
}
