using System.CommandLine;
using System.Globalization;
using CsvHelper;
using Ketamine.Web.Content;
using Ketamine.Web.Content.Reading;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Ops;

/// <summary><c>ops newsletter import | export | list | bounces</c>: the list itself.</summary>
internal static class NewsletterListCommands
{
    private static readonly string[] Columns = ["email", "consentDate", "consentSource"];

    public static Command Import(OpsSite site)
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV with the columns email, consentDate and consentSource." };
        var command = new Command("import", "Adds people who agreed elsewhere; a single wrong row, and nobody is added.") { file };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var error = line.InvocationConfiguration.Error;
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            var zone = services.GetRequiredService<ContentStore>().Current.Clinic.TimeZone;
            var people = new List<(EmailAddress, Agreement)>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var wrong = 0;
            try
            {
                using var csv = CsvReader.FromFile(line.GetValue(file)!.FullName, new CsvReaderOptions { TrackLineNumbers = true });
                if (Columns.Except(csv.Headers, StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
                {
                    await error.WriteLineAsync($"The first line names no column {string.Join(", ", missing)}; wanted are {string.Join(", ", Columns)}.");
                    return 1;
                }

                while (await csv.ReadAsync(cancellation))
                {
                    var (email, date, source) = (csv.GetString("email").Trim(), csv.GetString("consentDate").Trim(), csv.GetString("consentSource").Trim());
                    var problem = !EmailAddress.TryParse(email, out var address) ? $"email is \"{email}\"; an address like name@example.com is wanted"
                        : !seen.Add(address.Normalized) ? $"{email} stands in the file before"
                        : !Dates.TryParseMoment(date, out var moment) ? $"consentDate is \"{date}\"; {Dates.Moment} is wanted"
                        : moment.In(zone) > now ? $"consentDate is {date}, which is yet to come"
                        : source.Length is 0 or > Agreement.MaxSourceLength ? $"consentSource has {source.Length} characters; 1 to {Agreement.MaxSourceLength} that say where they agreed are wanted"
                        : null;
                    if (problem is null)
                    {
                        people.Add((EmailAddress.Parse(email), new Agreement("", Dates.TryParseMoment(date, out var agreed) ? agreed.In(zone) : now, source)));
                        continue;
                    }

                    wrong++;
                    await error.WriteLineAsync($"line {csv.LineNumber}: {problem}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
            {
                await error.WriteLineAsync(e.Message);
                wrong++;
            }

            if (wrong > 0)
            {
                await error.WriteLineAsync("Nobody is added.");
                return 1;
            }

            var imported = await services.GetRequiredService<SubscriberList>().ImportAsync(people, cancellation);
            await line.InvocationConfiguration.Output.WriteLineAsync(
                $"{imported.Added} added, {imported.Already} were on the list, {imported.Left} had left and stay away, {imported.Unreachable} are unreachable and stay away.");
            return 0;
        }));
        return command;
    }

    public static Command Export(OpsSite site)
    {
        var command = new Command("export", "Writes who is on the list as CSV, which import reads.");
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            // A spreadsheet runs a cell that begins with =, + or @; what strangers typed must stay text.
            await using var writer = CsvWriter.Create(line.InvocationConfiguration.Output, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true);
            await writer.WriteRecordAsync(Columns, cancellation);
            await foreach (var reader in Subscribed(services).AsAsyncEnumerable().WithCancellation(cancellation))
                await writer.WriteRecordAsync([reader.Email!, reader.ConsentAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), reader.ConsentSource], cancellation);
            return 0;
        }));
        return command;
    }

    public static Command List(OpsSite site)
    {
        var command = new Command("list", "Who is on the list, since when and from where.");
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var output = line.InvocationConfiguration.Output;
            var count = 0;
            await foreach (var reader in Subscribed(services).AsAsyncEnumerable().WithCancellation(cancellation))
            {
                count++;
                await output.WriteLineAsync($"{reader.Email}  agreed {reader.ConsentAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, {reader.ConsentSource}");
            }

            await output.WriteLineAsync($"{count} subscribed");
            return 0;
        }));
        return command;
    }

    public static Command Bounces(OpsSite site)
    {
        var paths = new Argument<string[]>("file") { Description = "Reports as mails (.eml), or folders of them, as of a mailbox.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("bounces", "Reads delivery reports (RFC 3464) and takes off whose mailbox is gone.") { paths };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var (list, output) = (services.GetRequiredService<SubscriberList>(), line.InvocationConfiguration.Output);
            var (taken, passing, none) = (0, 0, 0);
            foreach (var path in line.GetValue(paths)!.SelectMany(IEnumerable<string> (path) => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path]))
            {
                if (!File.Exists(path))
                {
                    await line.InvocationConfiguration.Error.WriteLineAsync($"There is no file {path}.");
                    return 1;
                }

                var reports = BounceReport.Read(await File.ReadAllTextAsync(path, System.Text.Encoding.Latin1, cancellation));
                if (reports.Count == 0) none++;
                foreach (var report in reports)
                {
                    if (!report.Final) passing++;
                    else if (await list.SuppressAsync(report.Receiver, $"reported as {report.Status}", cancellation))
                    {
                        taken++;
                        await output.WriteLineAsync($"{report.Receiver}  {report.Status}");
                    }
                }
            }

            await output.WriteLineAsync($"{taken} taken off; {passing} reports of what may pass (a full mailbox, a delay, a policy) left alone; {none} files were no reports.");
            return 0;
        }));
        return command;
    }

    private static IQueryable<Subscriber> Subscribed(IServiceProvider services) =>
        services.GetRequiredService<ClinicDb>().Set<Subscriber>().AsNoTracking().Where(s => s.State == SubscriberState.Subscribed).OrderBy(s => s.Email);
}
