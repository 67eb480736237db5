using System.CommandLine;
using CsvHelper;
using Ketamine.Content.Reading;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;

namespace Ketamine.Web.Ops;

/// <summary><c>ops newsletter import | export | list | bounces</c>: manages the list.</summary>
internal static class NewsletterListCommands
{
    /// <summary>
    /// Export puts a ' before values that begin with one of these, and import removes it: a spreadsheet runs a cell that begins with =, +, -, or @, and
    /// an address may begin with one of these or with '.
    /// </summary>
    private const string Escaped = "=+-@\t\r'";

    private static readonly string[] Columns = ["email", "consentDate", "consentSource"];

    public static Command Import(OpsSite site)
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV with the columns email, consentDate, and consentSource." };
        return site.Command("import", "Adds people who agreed elsewhere. If any row is wrong, no one is added.", [file], async (run, cancellation) =>
        {
            var now = run.Now;
            var zone = run.Clinic.TimeZone;
            if (await ReadAsync(run.Value(file)!, zone, now, run.Error, cancellation) is not { } people)
                return await run.FailAsync("No one was added.");

            Imported imported;
            try
            {
                imported = await run.Get<SubscriberList>().ImportAsync(people, cancellation);
            }
            catch (DbUpdateException failure) when (ClinicDatabase.IsTaken(failure))
            {
                return await run.FailAsync("Someone in the file subscribed just now. No one was added; run this again.");
            }

            await run.WriteAsync(
                $"{imported.Added} added, {imported.Already} already on the list, "
                    + $"{imported.Left} unsubscribed and {imported.Unreachable} unreachable, not added.");
            return 0;
        }, startsFolder: true);
    }

    /// <summary>The people in a file; null if anything is wrong with it, after reporting every problem.</summary>
    private static async Task<List<(EmailAddress, Agreement)>?> ReadAsync(
        FileInfo file, DateTimeZone zone, DateTimeOffset now, TextWriter error, CancellationToken cancellation)
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
                await error.WriteLineAsync($"The first line lacks the column {string.Join(", ", missing)}; it needs {string.Join(", ", Columns)}.");
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
        if (!EmailAddress.TryParse(email, out var address))
        {
            var wanted = EmailAddress.IsInternationalized(email) ? "only letters from a to z can be before the @" : "use an address like name@example.com";
            return $"email is {Diagnostics.Quote(email)}; {wanted}";
        }

        if (!seen.TryAdd(address.Normalized, csv.LineNumber)) return $"{email} is already in line {seen[address.Normalized]}";
        if (!DateParser.TryParseMoment(date, out var moment)) return $"consentDate is {Diagnostics.Quote(date)}; use {DateParser.Moment}";
        if (moment.In(zone) > now) return $"consentDate is {date}, which is in the future";
        if (source.Length is 0 or > Agreement.MaxSourceLength)
            return $"consentSource has {source.Length} characters; write where they agreed in 1 to {Agreement.MaxSourceLength}";
        if (source.Contains('\uFFFD', StringComparison.Ordinal)) return "consentSource isn't UTF-8; save the file as CSV UTF-8";
        if (source.Any(char.IsControl)) return "consentSource has a line break or another control character; use a single line";
        person = (address, new Agreement("", moment.In(zone), source));
        return null;
    }

    public static Command Export(OpsSite site) => site.Command("export", "Exports the list as CSV, which import can read.", [], async (run, cancellation) =>
    {
        await using var writer = CsvWriter.Create(run.Output, CsvWriterOptions.Default, leaveOpen: true);
        await writer.WriteRecordAsync(Columns, cancellation);
        foreach (var reader in await SubscribedAsync(run.Db, cancellation))
            await writer.WriteRecordAsync(
                [
                    Cell(reader.Email!),
                    reader.ConsentAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                    Cell(reader.ConsentSource),
                ],
                cancellation);
        return 0;
    });

    public static Command List(OpsSite site) => site.Command("list", "Shows who is on the list, since when, and where they agreed.",
        [], async (run, cancellation) =>
    {
        var count = 0;
        foreach (var reader in await SubscribedAsync(run.Db, cancellation))
        {
            count++;
            await run.WriteAsync($"{reader.Email}  agreed {reader.ConsentAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, {reader.ConsentSource}");
        }

        await run.WriteAsync($"{count} subscribed");
        return 0;
    });

    public static Command Bounces(OpsSite site)
    {
        var paths = new Argument<string[]>("file")
        {
            Description = "Reports as email files (.eml), or folders of them, such as a mailbox.",
            Arity = ArgumentArity.OneOrMore,
        };
        return site.Command("bounces", "Reads delivery reports (RFC 3464) and removes readers whose mailbox no longer exists.",
            [paths], async (run, cancellation) =>
        {
            var (list, output) = (run.Get<SubscriberList>(), run.Output);
            var (effects, none) = (new Dictionary<ReportEffect, int>(), 0);
            var files = run.Value(paths)!
                .SelectMany(
                    IEnumerable<string> (path) =>
                        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path]);
            foreach (var path in files)
            {
                if (!File.Exists(path)) return await run.FailAsync($"There is no file {path}.");
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
                            + $"{(outcome.Status.Length > 0 ? outcome.Status + "  " : "")}{Describe(outcome.Effect)}");
                }
            }

            await output.WriteLineAsync(
                $"{Count(ReportEffect.Removed)} removed, {Count(ReportEffect.Complained)} unsubscribed by complaint, "
                    + $"{Count(ReportEffect.AlreadyOff)} already off; ignored: {Count(ReportEffect.Temporary)} temporary, "
                    + $"{Count(ReportEffect.NotOurs)} not about our email; "
                    + (none == 1 ? "1 file wasn't a report." : $"{none} files weren't reports."));
            return 0;

            int Count(ReportEffect effect) => effects.GetValueOrDefault(effect);
        });
    }

    private static string Describe(ReportEffect effect) => effect switch
    {
        ReportEffect.Removed => "taken off",
        ReportEffect.Complained => "complained, now unsubscribed",
        ReportEffect.AlreadyOff => "was already off the list",
        ReportEffect.Temporary => "ignored: may be temporary (a full mailbox, a delay, a policy)",
        _ => "ignored: the report doesn't match any copy that we sent, so anyone could have written it",
    };

    private static string Cell(string text) => text.Length > 0 && Escaped.Contains(text[0], StringComparison.Ordinal) ? $"'{text}" : text;

    private static string Text(CsvReader csv, string column)
    {
        var cell = csv.GetString(column).Trim();
        return cell is ['\'', var first, ..] && Escaped.Contains(first, StringComparison.Ordinal) ? cell[1..] : cell;
    }

    // Addresses are encrypted, so the database can't sort them.
    private static async Task<IEnumerable<Subscriber>> SubscribedAsync(ClinicDb db, CancellationToken cancellation) =>
        (await db.Set<Subscriber>().AsNoTracking().Where(s => s.State == SubscriberState.Subscribed).ToListAsync(cancellation))
            .OrderBy(reader => reader.Email, StringComparer.Ordinal);
}
