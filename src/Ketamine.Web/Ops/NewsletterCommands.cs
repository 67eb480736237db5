using System.CommandLine;
using Ketamine.Content.Editing;
using Ketamine.Content.Reading;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Ops;

/// <summary><c>ops newsletter …</c>: sends the newsletter and manages the list.</summary>
public static class NewsletterCommands
{
    public static Command Create(OpsSite site) => new("newsletter", "Sends the newsletter and manages the list.")
    {
        Send(site),
        Status(site),
        OnIssue(site, "stop", "Stops an issue that is being sent.", async (desk, issue, cancellation) =>
            await desk.StopAsync(issue, cancellation) ? $"{issue.Name} is stopped. A copy already on its way to the mail server may still go out." : null),
        OnIssue(site, "resume", "Continues a stopped issue, or retries the readers whom a finished one didn't reach.", async (desk, issue, cancellation) =>
            await desk.ResumeAsync(issue, cancellation) is { } waiting
                ? $"{issue.Name} continues: {ContentCheck.Count(waiting, "copy", "copies")} waiting."
                : null),
        NewsletterListCommands.Import(site),
        NewsletterListCommands.Export(site),
        NewsletterListCommands.List(site),
        NewsletterListCommands.Bounces(site),
    };

    private static Command Send(OpsSite site)
    {
        var article = new Option<string?>("--article") { Description = "The slug of the article to send." };
        var file = new Option<FileInfo?>("--file") { Description = "A Markdown file to send, with title (the subject) and summary in its front matter." };
        var subject = new Option<string?>("--subject") { Description = "The subject, instead of the title. Others may see it on a locked screen." };
        var to = new Option<string?>("--to") { Description = "Sends a preview to this address only." };
        var at = new Option<string?>("--at") { Description = "When to send it, with the UTC offset: 2026-12-01T09:00-07:00. Default: now." };
        var whole = new Option<bool>("--whole") { Description = "Send the whole article instead of its first 150 words with a button to the rest." };
        var again = new Option<bool>("--again") { Description = "Send it to everyone again, even though it was sent before." };
        var command = site.Command("send", "Schedules an issue; the running site sends it at Mail:PerMinute.",
            [article, file, subject, to, at, whole, again], (run, cancellation) =>
        {
            var given = new SendOptions(
                run.Value(article), run.Value(file), run.Value(subject), run.Value(to), run.Value(at), run.Value(whole), run.Value(again));
            return SendAsync(given, run, cancellation);
        });
        command.Validators.Add(line =>
        {
            if (line.GetValue(article) is null == line.GetValue(file) is null) line.AddError("Give either --article SLUG or --file FILE.md.");
        });
        return command;
    }

    /// <summary>The options of <c>send</c>, as typed.</summary>
    private sealed record SendOptions(string? Article, FileInfo? File, string? Subject, string? To, string? At, bool Whole, bool Again)
    {
        public string IssueName => File is { } file ? $"file:{file.Name}" : $"article:{Article}";
    }

    private static async Task<int> SendAsync(SendOptions given, OpsRun run, CancellationToken cancellation)
    {
        var now = run.Now;
        var zone = run.Clinic.TimeZone;
        if (!TryReadSendAt(given.At, now, zone, out var sendAt, out var wrong))
            return await run.FailAsync(wrong!);

        EmailAddress? previewTo = null;
        if (given.To is { } text && !EmailAddress.TryParse(text, out previewTo))
            return await run.FailAsync($"--to is {text}; use an address like name@example.com");

        var markdown = given.File is { Exists: true } ? await File.ReadAllBytesAsync(given.File.FullName, cancellation) : null;
        // Composing sets the culture, which an async method would not pass on to its caller.
        var (email, problems) = Compose(given, markdown, previewTo is null ? sendAt : now, run.Get<IssueComposer>());
        if (email is null)
        {
            foreach (var problem in problems) await run.Error.WriteLineAsync(problem);
            return await run.FailAsync("Nothing was sent.");
        }

        if (previewTo is null) return await ScheduleAsync(given, email, sendAt, run, cancellation);
        await run.Get<NewsletterService>().SendPreviewAsync(email, previewTo, cancellation);
        await run.WriteAsync($"A preview of \"{email.Subject}\" goes to {previewTo}; the running site sends it within seconds.");
        return 0;
    }

    /// <param name="at">As typed; null means now.</param>
    private static bool TryReadSendAt(string? at, DateTimeOffset now, DateTimeZone zone, out DateTimeOffset sendAt, out string? wrong)
    {
        (sendAt, wrong) = (now, null);
        if (at is null) return true;
        if (!DateParser.TryParseMoment(at, out var moment))
        {
            wrong = $"--at is {at}; use {DateParser.Moment}";
            return false;
        }

        sendAt = moment.In(zone);
        if (sendAt < now) wrong = $"--at is {OpsTime.Local(sendAt, zone)}, which is in the past.";
        return wrong is null;
    }

    /// <param name="markdown">The file's bytes; null if it doesn't exist or an article is sent.</param>
    private static (NewsletterEmail? Email, IReadOnlyList<string> Problems) Compose(
        SendOptions given, byte[]? markdown, DateTimeOffset at, IssueComposer composer)
    {
        if (given.File is not { } file) return composer.OfArticle(given.Article!, given.Subject, at, given.Whole);
        return markdown is null ? (null, [$"There is no file {file.FullName}."]) : composer.OfFile(file.Name, markdown, given.Subject);
    }

    private static async Task<int> ScheduleAsync(
        SendOptions given, NewsletterEmail email, DateTimeOffset sendAt, OpsRun run, CancellationToken cancellation)
    {
        var now = run.Now;
        var readers = await run.Db.Set<Subscriber>().CountAsync(s => s.State == SubscriberState.Subscribed, cancellation);
        if (readers == 0 && sendAt <= now)
            return await run.FailAsync("The list is empty, so nothing was sent. With --at, everyone on the list by then gets it.");

        var newsletter = run.Get<NewsletterService>();
        if (await newsletter.ScheduleAsync(given.IssueName, email, sendAt, given.Again, cancellation) is not { } issue)
            return await run.FailAsync($"{given.IssueName} was scheduled before; see `ops newsletter status`. To send it to everyone again, add --again.");

        var when = sendAt > now ? "at " + OpsTime.Local(sendAt, run.Clinic.TimeZone) : "now";
        var perMinute = run.Get<IOptions<MailOptions>>().Value.PerMinute;
        await run.WriteAsync(
            $"{issue.Name}: \"{issue.Subject}\" goes {when} to everyone on the list by then ({Number(readers)} today), "
                + $"{Number(perMinute)} per minute, while the site runs.");
        await run.WriteAsync("To see its progress: ops newsletter status");
        return 0;
    }

    private static Command Status(OpsSite site)
    {
        var all = new Option<bool>("--all") { Description = "Show every issue, not only the last five." };
        var names = new Option<bool>("--names")
        {
            Description = "List everyone who was refused, not reached, or may have received it twice, not only the first ten.",
        };
        return site.Command("status", "The list and each issue's progress. Exit code 1 if an issue is stopped or didn't reach someone.",
            [all, names], async (run, cancellation) =>
        {
            var (db, desk, output) = (run.Db, run.Get<NewsletterService>(), run.Output);
            var zone = run.Clinic.TimeZone;
            var perMinute = run.Get<IOptions<MailOptions>>().Value.PerMinute;
            var readers = await db.Set<Subscriber>()
                .GroupBy(s => s.State)
                .Select(group => new { group.Key, Count = group.Count() })
                .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
            var pending = await db.Set<SignUp>().CountAsync(s => s.ConfirmedAt == null, cancellation);
            await output.WriteLineAsync(
                $"The list: {Number(readers.GetValueOrDefault(SubscriberState.Subscribed))} subscribed, {Number(pending)} unconfirmed, "
                    + $"{Number(readers.GetValueOrDefault(SubscriberState.Left))} unsubscribed, "
                    + $"{Number(readers.GetValueOrDefault(SubscriberState.Suppressed))} unreachable");
            var issues = await db.Set<Issue>()
                .AsNoTracking()
                .OrderByDescending(i => i.CreatedAt)
                .Take(run.Value(all) ? int.MaxValue : 5)
                .ToListAsync(cancellation);
            var bad = false;
            foreach (var issue in issues)
            {
                var figures = await desk.FiguresAsync(issue, cancellation);
                await output.WriteLineAsync();
                await output.WriteLineAsync($"{issue.Name}  \"{issue.Subject}\"");
                bad |= await WriteProgressAsync(output, issue, figures, perMinute, zone, run.Value(names) ? int.MaxValue : 10);
            }

            if (issues.Count == 0) await output.WriteLineAsync("No issues yet. To send one: ops newsletter send --article SLUG");
            return bad ? 1 : 0;
        });
    }

    private static async Task<bool> WriteProgressAsync(TextWriter output, Issue issue, IssueFigures figures, int perMinute, DateTimeZone zone, int most)
    {
        if (issue.State is IssueState.Scheduled)
        {
            await output.WriteLineAsync($"  goes at {OpsTime.Local(issue.SendAt, zone)}");
            return false;
        }

        if (issue.State is IssueState.Stopped && figures.All == 0)
        {
            await output.WriteLineAsync("  STOPPED before it began (continue with ops newsletter resume)");
            return true;
        }

        var open = figures.All - figures.Done;
        var state = issue.State switch
        {
            IssueState.Ended => $"ended {OpsTime.Local(issue.EndedAt!.Value, zone)}",
            IssueState.Stopped => "STOPPED (continue with ops newsletter resume)",
            _ => $"being sent, about {Math.Ceiling(open / (double)perMinute):0} min left at {Number(perMinute)} per minute",
        };
        await output.WriteLineAsync($"  {Bar(figures.Done, figures.All)} {Number(figures.Done)} of {Number(figures.All)}, {state}");
        await output.WriteLineAsync(
            $"  {Number(figures[DeliveryState.Sent])} sent, {Number(open)} waiting, {Number(figures[DeliveryState.Refused])} refused, "
                + $"{Number(figures[DeliveryState.Failed])} not reached, {Number(figures[DeliveryState.Skipped])} had unsubscribed, "
                + $"{Number(figures.Unsubscribed)} unsubscribed from it");
        if (issue.StopReason is { } reason) await output.WriteLineAsync($"  (!) {reason}");
        await WriteNamesAsync(
            "May have received it twice (the connection broke, or the site was killed, during the handover)",
            named => named.PossibleDuplicates > 0);
        await WriteNamesAsync("Refused", named => named.State is DeliveryState.Refused);
        await WriteNamesAsync("Not reached", named => named.State is DeliveryState.Failed);
        return issue.State is IssueState.Stopped || figures[DeliveryState.Refused] + figures[DeliveryState.Failed] > 0;

        async Task WriteNamesAsync(string what, Func<NamedDelivery, bool> which)
        {
            var named = figures.Named.Where(which).ToList();
            if (named.Count == 0) return;
            await output.WriteLineAsync($"  {what}: {Number(named.Count)}");
            foreach (var delivery in named.Take(most))
                await output.WriteLineAsync(
                    $"    {delivery.Reader}{(delivery.State is DeliveryState.Sent || delivery.Error is null ? "" : $"  {delivery.Error}")}");
            if (named.Count > most) await output.WriteLineAsync("    … (--names lists them all)");
        }
    }

    private static Command OnIssue(OpsSite site, string verb, string description, Func<NewsletterService, Issue, CancellationToken, Task<string?>> act)
    {
        var name = new Argument<string>("issue") { Description = "The issue's name from `ops newsletter status`." };
        return site.Command(verb, description, [name], async (run, cancellation) =>
        {
            var wanted = run.Value(name);
            if (await run.Db.Set<Issue>().SingleOrDefaultAsync(i => i.Name == wanted, cancellation) is not { } issue)
                return await run.FailAsync($"There is no issue {wanted}; `ops newsletter status --all` lists them.");
            if (await act(run.Get<NewsletterService>(), issue, cancellation) is not { } reply)
                return await run.FailAsync($"{wanted} is {issue.State}: there is nothing to {verb}.");
            await run.WriteAsync(reply);
            return 0;
        });
    }

    private static string Bar(int done, int all)
    {
        const int width = 30;
        var filled = all == 0 ? width : (int)((long)done * width / all);
        return $"[{new string('#', filled)}{new string('-', width - filled)}] {(all == 0 ? 100 : (int)((long)done * 100 / all))} %";
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
