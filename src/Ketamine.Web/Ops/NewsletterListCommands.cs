using System.CommandLine;
using System.Globalization;
using CsvHelper;
using Ketamine.Content;
using Ketamine.Content.Reading;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Ketamine.Web.Ops;

/// <summary><c>ops newsletter import | export | list | bounces</c>: the list itself.</summary>
internal static class NewsletterListCommands
{
    /// <summary>
    /// What export puts a ' before, and import takes it from: a spreadsheet runs a cell that begins with =, +, - or @, and an address may begin with these,
    /// and with '.
    /// </summary>
    private const string Escaped = "=+-@\t\r'";

    private static readonly string[] Columns = ["email", "consentDate", "consentSource"];

    public static Command Import(OpsSite site)
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV with the columns email, consentDate and consentSource." };
        var command = new Command("import", "Adds people who agreed elsewhere; a single wrong row, and nobody is added.") { file };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            var zone = services.GetRequiredService<ContentStore>().Current.Clinic.TimeZone;
            if (await ReadAsync(line.GetValue(file)!, zone, now, line.InvocationConfiguration.Error, cancellation) is not { } people)
            {
                await line.InvocationConfiguration.Error.WriteLineAsync("Nobody is added.");
                return 1;
            }

            Imported imported;
            try
            {
                imported = await services.GetRequiredService<SubscriberList>().ImportAsync(people, cancellation);
            }
            catch (DbUpdateException failure) when (ClinicDatabase.IsTaken(failure))
            {
                await line.InvocationConfiguration.Error.WriteLineAsync(
                    "Somebody of the file came onto the list at this very moment. Nobody is added; run it again."
                );
                return 1;
            }

            await line.InvocationConfiguration.Output.WriteLineAsync(
                $"{imported.Added} added, {imported.Already} were on the list, "
                    + $"{imported.Left} had left and stay away, {imported.Unreachable} are unreachable and stay away."
            );
            return 0;
        }));
        return command;
    }

    /// <summary>The people of a file; null where anything in it is wrong, all of which is told.</summary>
    private static async Task<List<(EmailAddress, Agreement)>?> ReadAsync(
        FileInfo file,
        DateTimeZone zone,
        DateTimeOffset now,
        TextWriter error,
        CancellationToken cancellation
    )
    {
        var (people, seen, wrong) = (new List<(EmailAddress, Agreement)>(), new Dictionary<string, long>(StringComparer.Ordinal), false);
        try
        {
            using var csv = CsvReader.FromFile(file.FullName, new CsvReaderOptions { TrackLineNumbers = true, MalformedData = CsvMalformedDataHandling.Throw });
            var missing = Columns
                .Where(column => !csv.Headers.Any(header => header.Trim().Equals(column, StringComparison.OrdinalIgnoreCase)))
                .ToList();
            if (missing.Count > 0)
            {
                await error.WriteLineAsync($"The first line names no column {string.Join(", ", missing)}; wanted are {string.Join(", ", Columns)}.");
                return null;
            }

            while (await csv.ReadAsync(cancellation))
            {
                if (Problem(csv, seen, zone, now, out var person) is not { } problem)
                {
                    people.Add(person);
                    continue;
                }

                wrong = true;
                await error.WriteLineAsync($"line {csv.LineNumber}: {problem}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            await error.WriteLineAsync(e.Message);
            return null;
        }

        return wrong ? null : people;
    }

    private static string? Problem(CsvReader csv, Dictionary<string, long> seen, DateTimeZone zone, DateTimeOffset now, out (EmailAddress, Agreement) person)
    {
        person = default;
        if (csv.FieldCount != csv.Headers.Count) return $"{csv.FieldCount} fields where the first line has {csv.Headers.Count}";
        var (email, date, source) = (Text(csv, "email"), Text(csv, "consentDate"), Text(csv, "consentSource"));
        if (!EmailAddress.TryParse(email, out var address)) return $"email is \"{email}\"; an address like name@example.com is wanted";
        if (!seen.TryAdd(address.Normalized, csv.LineNumber)) return $"{email} stands in line {seen[address.Normalized]} before";
        if (!DateParser.TryParseMoment(date, out var moment)) return $"consentDate is \"{date}\"; {DateParser.Moment} is wanted";
        if (moment.In(zone) > now) return $"consentDate is {date}, which is yet to come";
        if (source.Length is 0 or > Agreement.MaxSourceLength)
            return $"consentSource has {source.Length} characters; 1 to {Agreement.MaxSourceLength} that say where they agreed are wanted";
        if (source.Contains('\uFFFD', StringComparison.Ordinal)) return "consentSource is not UTF-8; save the file as CSV UTF-8";
        if (source.Any(char.IsControl)) return "consentSource has a line break or another control character; one line is wanted";
        person = (address, new Agreement("", moment.In(zone), source));
        return null;
    }

    public static Command Export(OpsSite site)
    {
        var command = new Command("export", "Writes who is on the list as CSV, which import reads.");
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            await using var writer = CsvWriter.Create(line.InvocationConfiguration.Output, CsvWriterOptions.Default, leaveOpen: true);
            await writer.WriteRecordAsync(Columns, cancellation);
            foreach (var reader in await SubscribedAsync(services, cancellation))
                await writer.WriteRecordAsync(
                    [
                        Cell(reader.Email!),
                        reader.ConsentAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                        Cell(reader.ConsentSource),
                    ],
                    cancellation
                );
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
            foreach (var reader in await SubscribedAsync(services, cancellation))
            {
                count++;
                await output.WriteLineAsync(
                    $"{reader.Email}  agreed {reader.ConsentAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, {reader.ConsentSource}"
                );
            }

            await output.WriteLineAsync($"{count} subscribed");
            return 0;
        }));
        return command;
    }

    public static Command Bounces(OpsSite site)
    {
        var paths = new Argument<string[]>("file")
        {
            Description = "Reports as mails (.eml), or folders of them, as of a mailbox.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("bounces", "Reads delivery reports (RFC 3464) and takes off whose mailbox is gone.") { paths };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var (list, output) = (services.GetRequiredService<SubscriberList>(), line.InvocationConfiguration.Output);
            var (effects, none) = (new Dictionary<ReportEffect, int>(), 0);
            var files = line.GetValue(paths)!
                .SelectMany(
                    IEnumerable<string> (path) =>
                        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path]
                );
            foreach (var path in files)
            {
                if (!File.Exists(path))
                {
                    await line.InvocationConfiguration.Error.WriteLineAsync($"There is no file {path}.");
                    return 1;
                }

                if (MailReport.Read(await File.ReadAllTextAsync(path, cancellation)) is not { } report)
                {
                    none++;
                    continue;
                }

                foreach (var outcome in await list.TakeAsync(report, cancellation))
                {
                    effects[outcome.Effect] = effects.GetValueOrDefault(outcome.Effect) + 1;
                    await output.WriteLineAsync(
                        $"{(outcome.Reader.Length > 0 ? outcome.Reader : Path.GetFileName(path))}  "
                            + $"{(outcome.Status.Length > 0 ? outcome.Status + "  " : "")}{Told(outcome.Effect)}"
                    );
                }
            }

            await output.WriteLineAsync(
                $"{Count(ReportEffect.TakenOff)} taken off, {Count(ReportEffect.Complained)} left by complaint, "
                    + $"{Count(ReportEffect.WasOff)} off before; left alone: {Count(ReportEffect.MayPass)} that may pass, "
                    + $"{Count(ReportEffect.NotOurs)} about no copy of ours; {none} files were no reports."
            );
            return 0;

            int Count(ReportEffect effect) => effects.GetValueOrDefault(effect);
        }));
        return command;
    }

    private static string Told(ReportEffect effect) => effect switch
    {
        ReportEffect.TakenOff => "taken off",
        ReportEffect.Complained => "complained, and has left",
        ReportEffect.WasOff => "was off the list before",
        ReportEffect.MayPass => "left alone: it may pass (a full mailbox, a delay, a policy)",
        _ => "left alone: the report shows no copy of ours that went there, so that anybody may have written it",
    };

    private static string Cell(string text) => text.Length > 0 && Escaped.Contains(text[0], StringComparison.Ordinal) ? $"'{text}" : text;

    private static string Text(CsvReader csv, string column)
    {
        var cell = csv.GetString(column).Trim();
        return cell is ['\'', var first, ..] && Escaped.Contains(first, StringComparison.Ordinal) ? cell[1..] : cell;
    }

    // Addresses are sealed, so they are put in order here.
    private static async Task<IEnumerable<Subscriber>> SubscribedAsync(IServiceProvider services, CancellationToken cancellation) =>
        (
            await services
                .GetRequiredService<ClinicDb>()
                .Set<Subscriber>()
                .AsNoTracking()
                .Where(s => s.State == SubscriberState.Subscribed)
                .ToListAsync(cancellation)
        ).OrderBy(reader => reader.Email, StringComparer.Ordinal);
}
