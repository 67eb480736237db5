using System.CommandLine;
using CsvHelper;
using Ketamine.Content.Editing;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Ops;

/// <summary><c>ops leads …</c>: manages leads from the server's command line.</summary>
public static class LeadsCommands
{
    public static Command Create(OpsSite site) => new("leads", "Requests from prospective patients, and their status.")
    {
        List(site),
        Export(site),
        OnReference(site, "answered", "Marks a lead as answered.", async (run, lead, cancellation) =>
        {
            await run.Get<LeadService>().AnswerAsync(lead, LeadService.OnServer, cancellation);
            // Staff reached them, so the contact details and the call are real.
            var desk = run.Get<BookingService>();
            if (await desk.FindAsync(lead, cancellation) is { HeldUntil: not null } call) await desk.ConfirmAsync(call, lead, token: null, cancellation);
            lead = (await run.Get<LeadService>().FindAsync(lead.Reference, cancellation))!;
            return !lead.RiskIsOpen ? $"{lead.Reference} is marked as answered."
                : $"{lead.Reference} is marked as answered, but it stays on the list until someone has taken over the {Danger(lead)}: "
                    + $"ops leads taken-over {lead.Reference} --by clinician|911|no-risk";
        }),
        TakenOver(site),
        OnReference(site, "missed", "Marks a call as missed and emails the person how to choose another time.", async (run, lead, cancellation) =>
        {
            var desk = run.Get<BookingService>();
            return await desk.FindAsync(lead, cancellation) is { } call && await desk.MarkMissedAsync(call, lead, LeadService.OnServer, cancellation)
                ? $"{lead.Reference}: marked as missed."
                : null;
        }),
        OnReference(site, "release", "Releases a quarantined lead and sends its emails.", async (run, lead, cancellation) =>
            await run.Get<LeadService>().ReleaseAsync(lead, LeadService.OnServer, cancellation) ? $"{lead.Reference} is released." : null),
        Unconfirmed(site),
        Free(site),
        Forget(site),
    };

    private static Command TakenOver(OpsSite site)
    {
        var by = PlainOption.OneOf("--by", "The clinician on duty, 911, or a clinician who read it and found no risk.",
            ("clinician", RiskTaker.Clinician), ("911", RiskTaker.Emergency), ("no-risk", RiskTaker.NoRisk));
        by.Required = true;
        var command = OnReference(site, "taken-over", "Records who has taken over the risk or emergency.", async (run, lead, cancellation) =>
            await run.Get<LeadService>().TakeOverRiskAsync(lead, run.Value(by), LeadService.OnServer, cancellation)
                ? $"{lead.Reference}: recorded who took over the {Danger(lead)}." : null);
        command.Add(by);
        return command;
    }

    private static string Danger(Lead lead) => lead.Emergency ? "emergency" : "risk";

    private static Command List(OpsSite site)
    {
        var quarantined = new Option<bool>("--quarantined")
        {
            Description = "Show the likely spam being held, in full. Leads shown here may be deleted once their retention ends.",
        };
        var all = new Option<bool>("--all") { Description = "Include answered leads." };
        return site.Command("list", "Leads waiting for an answer, most urgent first: emergencies, then danger, then the earliest deadline. "
            + "A lead at risk stays until someone has taken over, even after an answer.", [quarantined, all], async (run, cancellation) =>
        {
            var db = run.Db;
            var zone = run.Clinic.TimeZone;
            var leads = db.Set<Lead>().AsQueryable();
            leads = run.Value(quarantined) ? leads.Where(lead => lead.Status == LeadStatus.Quarantined)
                : run.Value(all) ? leads.Where(lead => lead.Status != LeadStatus.Quarantined)
                : leads.Where(lead => lead.Status == LeadStatus.New
                    || (lead.Status == LeadStatus.Answered && (lead.SuggestsRisk || lead.Emergency) && lead.RiskTakenAt == null));
            var rows = await leads
                .OrderByDescending(lead => lead.Emergency)
                .ThenByDescending(lead => lead.SuggestsRisk)
                .ThenBy(lead => lead.AnswerBy)
                .ToListAsync(cancellation);
            var calls = await db.Set<Consultation>().AsNoTracking().ToDictionaryAsync(call => call.LeadId, cancellation);
            var output = run.Output;
            foreach (var lead in rows)
            {
                await output.WriteLineAsync(Summary(lead, calls.GetValueOrDefault(lead.Id), run.Now, zone));
                if (lead.Status is not LeadStatus.Quarantined) continue;
                await output.WriteLineAsync($"    held because: {lead.Suspicion}");
                if (lead.Message is { } message) await output.WriteLineAsync("    " + message.ReplaceLineEndings("\n    "));
                lead.Seen(run.Now);
            }

            await db.SaveChangesAsync(cancellation);
            var shown = ContentCheck.Count(rows.Count, "lead");
            await run.Get<AuditLog>().WriteAsync(AuditLog.Ops, "lead-list-shown", null, shown, cancellation);
            var held = await db.Set<Lead>().CountAsync(lead => lead.Status == LeadStatus.Quarantined, cancellation);
            var rest = held > 0 && !run.Value(quarantined) ? $"; {held} held as likely spam (--quarantined shows them)" : "";
            await output.WriteLineAsync(shown + rest);
            return 0;
        });
    }

    private static string Summary(Lead lead, Consultation? call, DateTimeOffset now, DateTimeZone zone)
    {
        var urgency = lead.Emergency ? "(!!) " : lead.SuggestsRisk ? "(!) " : "";
        var late = lead.Status is LeadStatus.New && lead.AnswerBy < now ? "LATE " : "";
        var when = $"answer by {OpsTime.Local(lead.AnswerBy, zone)}";
        if (call is not null)
        {
            when = $"call {OpsTime.Local(call.StartsAt, zone)}";
            if (call.HeldUntil is { } until) when += $" (not confirmed, held until {OpsTime.Local(until, zone)})";
            else if (call.Status is not ConsultationStatus.Booked) when += $" ({call.Status})";
        }

        if (lead is { Status: LeadStatus.Answered, RiskIsOpen: true }) when = $"answered, but no one has taken over the {Danger(lead)}";
        return $"{lead.Reference}  {urgency}{late}{when}  {lead.Name}: {string.Join(", ", LeadMails.Ways(lead))}. {LeadMails.SafeContact(lead)}";
    }

    private static Command Unconfirmed(OpsSite site) => site.Command("unconfirmed", "Unconfirmed calls, grouped by network: many from one network may be fake.",
        [], async (run, cancellation) =>
    {
        var db = run.Db;
        var zone = run.Clinic.TimeZone;
        var held = await db.Set<Consultation>().AsNoTracking().Where(call => call.Seat != null && call.HeldUntil != null)
            .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead }).ToListAsync(cancellation);
        var output = run.Output;
        foreach (var network in held.GroupBy(pair => pair.lead.Network).OrderByDescending(network => network.Count()))
        {
            await output.WriteLineAsync(
                $"{network.Count()} from {network.Key ?? "an unknown network"}; to free them: ops leads free {network.First().lead.Reference}");
            foreach (var pair in network.OrderBy(pair => pair.lead.CreatedAt))
                await output.WriteLineAsync(
                    $"    {pair.lead.Reference}  call {OpsTime.Local(pair.call.StartsAt, zone)}, "
                        + $"booked {OpsTime.Local(pair.lead.CreatedAt, zone)}  {pair.lead.Name}: {string.Join(", ", LeadMails.Ways(pair.lead))}");
        }

        await output.WriteLineAsync(ContentCheck.Count(held.Count, "unconfirmed call"));
        return 0;
    });

    private static Command Free(OpsSite site)
    {
        var reference = new Argument<string?>("reference")
        {
            Description = "Frees this call's time and all others from the same network.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Free all unconfirmed calls." };
        return site.Command("free",
            "Frees the times of fake bookings and holds their requests as spam. "
                + "Never touches confirmed calls, and keeps anyone who may be in danger in the queue.", [reference, all], async (run, cancellation) =>
        {
            var wanted = run.Value(reference);
            if (wanted is null == !run.Value(all))
                return await run.FailAsync("Give a reference (see ops leads unconfirmed), or --all for all unconfirmed calls.");

            var like = wanted is null ? null : await run.Get<LeadService>().FindAsync(wanted, cancellation);
            if (wanted is not null && like is null)
                return await run.FailAsync($"There is no lead {wanted}; ops leads unconfirmed lists the ones that can be freed.");

            var freed = await run.Get<BookingService>().FreeUnconfirmedAsync(like, cancellation);
            await run.WriteAsync(
                $"Freed {ContentCheck.Count(freed, "time")}. Their requests are held as spam; ops leads list --quarantined shows them.");
            return 0;
        });
    }

    private static Command Export(OpsSite site)
    {
        var csv = new Option<bool>("--csv") { Description = "As CSV (RFC 4180), the only format." };
        return site.Command("export", "Exports all leads for another system.", [csv], async (run, cancellation) =>
        {
            var db = run.Db;
            var calls = await db.Set<Consultation>().AsNoTracking().ToDictionaryAsync(call => call.LeadId, cancellation);
            await run.Get<AuditLog>()
                .WriteAsync(AuditLog.Ops, "lead-exported", null, ContentCheck.Count(await db.Set<Lead>().CountAsync(cancellation), "lead"), cancellation);
            // A spreadsheet runs a cell that begins with =, +, or @; visitors' input must stay text.
            await using var writer = CsvWriter.Create(run.Output, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true);
            await writer.WriteRecordAsync([.. Columns.Select(column => column.Name)], cancellation);
            await foreach (var lead in db.Set<Lead>().AsNoTracking().OrderBy(lead => lead.CreatedAt).AsAsyncEnumerable().WithCancellation(cancellation))
                await writer.WriteRecordAsync([.. Columns.Select(column => column.Read(lead, calls.GetValueOrDefault(lead.Id)))], cancellation);
            return 0;
        });
    }

    /// <summary>The columns of the export, in order.</summary>
    private static readonly (string Name, Func<Lead, Consultation?, string> Read)[] Columns =
    [
        ("reference", (lead, _) => lead.Reference),
        ("kind", (lead, _) => lead.Kind.ToString()),
        ("status", (lead, _) => lead.Status.ToString()),
        ("createdAt", (lead, _) => Iso(lead.CreatedAt)),
        ("answerBy", (lead, _) => Iso(lead.AnswerBy)),
        ("answeredAt", (lead, _) => Iso(lead.AnsweredAt)),
        ("name", (lead, _) => lead.Name),
        ("email", (lead, _) => lead.Email ?? ""),
        ("phone", (lead, _) => lead.Number?.ToString() ?? ""),
        ("reachBy", (lead, _) => lead.ReachBy.ToString()),
        ("voicemail", (lead, _) => YesNo(lead.VoicemailAllowed)),
        ("mayNameClinic", (lead, _) => YesNo(lead.MayNameClinic)),
        ("callAt", (_, call) => Iso(call?.StartsAt)),
        ("callStatus", (_, call) => call?.Status.ToString() ?? ""),
        ("times", (lead, _) => lead.Times ?? ""),
        ("about", (lead, _) => lead.About ?? ""),
        ("message", (lead, _) => lead.Message ?? ""),
        ("answers", (lead, _) => lead.Answers ?? ""),
        ("risk", (lead, _) => YesNo(lead.SuggestsRisk)),
        ("danger", (lead, _) => lead.Danger?.ToString() ?? ""),
        ("emergency", (lead, _) => YesNo(lead.Emergency)),
        ("consentVersion", (lead, _) => lead.ConsentVersion),
        ("consentAt", (lead, _) => Iso(lead.ConsentAt)),
        ("consentWords", (lead, _) => lead.ConsentWords),
    ];

    private static Command Forget(OpsSite site)
    {
        var person = new Argument<string>("person") { Description = "The person's email address or phone number." };
        return site.Command("forget", "Erases a person: their leads, calls, and emails, sent or not, wherever the site stored them.",
            [person], async (run, cancellation) =>
        {
            var (desk, typed) = (run.Get<LeadService>(), run.Value(person));
            (int Leads, int Mails, int Others) gone;
            if (EmailAddress.TryParse(typed, out var address))
                gone = await desk.ForgetAsync(address, cancellation) is var (leads, mails) ? (leads, mails, 0) : default;
            else if (PhoneNumber.TryParse(typed, out var number, run.Clinic.PhoneRegion))
                gone = await desk.ForgetAsync(number, cancellation);
            else
                return await run.FailAsync("That is neither an email address nor a phone number; use one like name@example.com or +13035550142.");

            await run.WriteAsync(gone is (0, 0, _)
                ? "The site has no lead and no email with it, so nothing was removed. Backups and the inboxes of recipients may still hold some."
                : $"Removed {ContentCheck.Count(gone.Leads, "lead")} with all calls, and {ContentCheck.Count(gone.Mails, "email")}, from the database, its "
                + "write-ahead log, and the emails written as files. Backups still hold them until you delete those, and so do the inboxes of recipients.");
            if (gone.Others > 0)
                await run.WriteAsync(
                    $"{ContentCheck.Count(gone.Others, "lead")} with the same number but another extension, or none, stayed. To erase those too, leave out "
                    + "the extension.");
            return 0;
        });
    }

    /// <param name="act">What to say; null if the command doesn't apply to the lead.</param>
    private static Command OnReference(
        OpsSite site, string name, string description, Func<OpsRun, Lead, CancellationToken, Task<string?>> act)
    {
        var reference = new Argument<string>("reference") { Description = "As in the list and the emails, e.g. KQ7M-4XDP." };
        return site.Command(name, description, [reference], async (run, cancellation) =>
        {
            var wanted = run.Value(reference)!;
            if (await run.Get<LeadService>().FindAsync(wanted, cancellation) is not { } lead)
                return await run.FailAsync($"There is no lead {wanted}; ops leads list --all shows all leads.");
            if (await act(run, lead, cancellation) is not { } said)
                return await run.FailAsync($"{lead.Reference} is {lead.Status}, so this command doesn't apply.");
            await run.WriteAsync(said);
            return 0;
        });
    }

    private static string Iso(DateTimeOffset? instant) => instant?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string YesNo(bool value) => value ? "yes" : "no";
}
