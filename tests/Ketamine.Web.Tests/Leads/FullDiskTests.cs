using Ketamine.Web.Bench;
using Ketamine.Web.Tests.Data;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Web.Data;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests.Leads;

/// <summary>Every request that the site confirms is in the database. While there is no space, everyone else is asked to try again or call.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private static readonly string[] Kinds = ["lead-staff", "lead-confirmation", "consultation-staff", "consultation-confirmation"];

    private readonly SmallDisk _disk = new();
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-full-").FullName;
    private readonly SmtpSink _mailServer = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}"),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _mailServer.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _disk.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task on_a_full_disk_no_request_is_confirmed_and_with_space_again_everything_resumes()
    {
        var clinic = new ClinicFolder(Path.Combine(_home, "content"));
        clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
            newsletter: {heading: News, invitation: Now and then., thanks: Thanks for subscribing!}
            consultation:
              title: Free call
              weekly:
                - {day: mon, from: "09:00", to: "12:00"}
                - {day: thu, from: "09:00", to: "12:00"}
            """);
        await using var site = await SiteProcess.StartAsync(
            _http.BaseAddress!,
            [
                ("Content:Path", clinic.Root),
                ("Data:Path", Data),
                ("Limits:Enabled", "false"),
                ("Mail:From", "clinic@juniper.example"),
                ("Mail:Staff:0", "staff@juniper.example"),
                .. _mailServer.Settings(),
            ]
        );
        var kept = new List<string> { await KeptAsync("/contact", Message(0)) };
        var slot = (await PageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>("input[name=slot]").First().Value;
        var booking = new Dictionary<string, string>(Message(999), StringComparer.Ordinal) { ["slot"] = slot };
        var booked = new Dictionary<string, string>(Message(998), StringComparer.Ordinal) { ["slot"] = slot };
        kept.Add(await KeptAsync("/consultation", booked));
        booking["slot"] = (await PageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>("input[name=slot]").First().Value;
        var (manage, stop) = (await LinkAsync("/consultation/manage/"), await LinkAsync("/contact/stop/"));
        await IsReadyAsync(true);

        _disk.Fill(site);
        // The write-ahead log may still have space for a few.
        var refused = 1;
        for (; ; refused++)
        {
            using var response = await PostAsync("/contact", Message(refused));
            if (response.StatusCode == HttpStatusCode.SeeOther && refused < 300) kept.Add(Message(refused)["message"]);
            else
            {
                await IsRefusedAsync(response, Message(refused));
                break;
            }
        }

        using (var response = await PostAsync("/consultation", booking))
            (await IsRefusedAsync(response, booking)).One("input[name=slot][checked]").GetAttribute("value").ShouldBe(booking["slot"]);
        foreach (var change in new[] { "Keep", "Move", "Cancel" })
        {
            using var response = await PostAsync($"{manage}?handler={change}", new(StringComparer.Ordinal) { ["slot"] = booking["slot"] });
            var page = await response.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
            page.One(".error-summary").Words().ShouldContain("call (303) 555-0142");
            page.One(".booking__lede").Words().ShouldStartWith("We’re holding");
            page.One("input[name=slot][checked]").GetAttribute("value").ShouldBe(booking["slot"]);
        }

        using (var response = await PostAsync(stop, new(StringComparer.Ordinal) { ["channels"] = "Text" }))
        {
            var page = await response.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
            page.One(".field__error").Words().ShouldContain("call (303) 555-0142");
            page.One("input[checked]").GetAttribute("value").ShouldBe("Text");
        }

        using (var response = await PostAsync("/newsletter", new(StringComparer.Ordinal) { ["email"] = "canary@example.com" }))
        {
            var page = await response.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
            page.One(".error-summary").Words().ShouldContain("call (303) 555-0142");
            page.One("#email").GetAttribute("value").ShouldBe("canary@example.com");
        }

        await IsReadyAsync(false);
        await site.WritesAsync("not ready to take leads");
        await PageAsync("/");
        await site.WritesAsync("A request can't be saved", "the disk with the database");

        _disk.Free(site);
        await IsReadyAsync(true);
        kept.Add(await KeptAsync("/contact", Message(refused)));
        kept.Add(await KeptAsync("/consultation", booking));

        using var database = new SiteDatabase(Data);
        await using var db = database.Open();
        for (
            var patience = 0;
            patience < 300 && await db.Set<OutboxMessage>().AnyAsync(mail => Kinds.Contains(mail.Kind) && mail.State != OutboxState.Sent);
            patience++
        )
            await Task.Delay(100);
        var leads = await db.Set<Lead>().AsNoTracking().ToListAsync();
        leads.Select(lead => lead.Message!).Order().ShouldBe(kept.Order());
        var mails = await db.Set<OutboxMessage>().AsNoTracking().Where(mail => Kinds.Contains(mail.Kind)).ToListAsync();
        mails.Count.ShouldBe(2 * kept.Count);
        _mailServer.Received.Select(mail => $"<{mail.MessageId}>").Order()
            .ShouldBe(mails.Select(mail => mail.MessageId).Order(), "each email arrived, once");
        (await db.Database.SqlQueryRaw<string>("PRAGMA integrity_check").ToListAsync()).ShouldHaveSingleItem().ShouldBe("ok");
        site.Output.ShouldAllBe(line => !line.Contains("canary", StringComparison.OrdinalIgnoreCase));
    }

    private string Data => Path.Combine(_disk.Root, "data");

    private static Dictionary<string, string> Message(int number) => new(StringComparer.Ordinal)
    {
        ["name"] = $"Canary {number}",
        ["email"] = $"canary{number}@example.com",
        ["phone"] = $"303555{1000 + number}",
        ["message"] = $"A canary's question {number}",
        ["consent"] = "yes",
    };

    private async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields)
    {
        using var form = new FormUrlEncodedContent(fields);
        return await _http.PostAsync(new Uri(path, UriKind.Relative), form);
    }

    // From an email that has arrived.
    private async Task<string> LinkAsync(string path)
    {
        for (var patience = 0; patience < 300; patience++)
        {
            foreach (var mail in _mailServer.Received)
                if (mail.TextBody?.IndexOf(path, StringComparison.Ordinal) is >= 0 and var at)
                    return mail.TextBody[at..].Split(['\r', '\n', ' ', '>'])[0];
            await Task.Delay(100);
        }

        throw new InvalidOperationException($"No email has a link to {path}.");
    }

    private async Task<string> KeptAsync(string path, Dictionary<string, string> fields)
    {
        using var response = await PostAsync(path, fields);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return fields["message"];
    }

    private static async Task<IHtmlDocument> IsRefusedAsync(HttpResponseMessage response, Dictionary<string, string> typed)
    {
        var page = await response.ReadPageAsync(HttpStatusCode.ServiceUnavailable);
        page.One(".error-summary").Words().ShouldContain("call (303) 555-0142");
        page.One("#name").GetAttribute("value").ShouldBe(typed["name"]);
        page.One("#message").TextContent.Trim().ShouldBe(typed["message"]);
        return page;
    }

    private async Task<IHtmlDocument> PageAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return await response.ReadPageAsync();
    }

    /// <summary>Within the seconds for which an earlier result is reused.</summary>
    private async Task IsReadyAsync(bool ready)
    {
        for (var tries = 0; ; tries++)
        {
            using var response = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            var word = await response.Content.ReadAsStringAsync();
            if (word != (ready ? "ready" : "unready") && tries < 50)
            {
                await Task.Delay(100);
                continue;
            }

            (response.StatusCode, word).ShouldBe(ready ? (HttpStatusCode.OK, "ready") : (HttpStatusCode.ServiceUnavailable, "unready"));
            return;
        }
    }
}
