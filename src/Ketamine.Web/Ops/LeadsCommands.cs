using System.CommandLine;
using System.Globalization;
using CsvHelper;
using Ketamine.Web.Audit;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Ketamine.Web.Ops;

/// <summary><c>ops leads …</c>: what staff do with leads on the server.</summary>
public static class LeadsCommands
{
    public static Command Create(OpsSite site) => new("leads", "What prospects asked, and how far staff got.")
    {
        List(site),
        Export(site),
        OnReference(site, "answered", "Marks a lead as answered.", async (services, lead, cancellation) =>
        {
            await services.GetRequiredService<LeadService>().AnswerAsync(lead, cancellation);
            // They were reached: the contact is real, and so is the call.
            var desk = services.GetRequiredService<BookingService>();
            if (await desk.FindAsync(lead, cancellation) is { HeldUntil: not null } call) await desk.ConfirmAsync(call, lead, token: null, cancellation);
            return $"{lead.Reference} is answered.";
        }),
        OnReference(site, "missed", "Marks a call as missed and tells the prospect how to choose another time.", async (services, lead, cancellation) =>
        {
            var desk = services.GetRequiredService<BookingService>();
            return await desk.FindAsync(lead, cancellation) is { } call && await desk.MissAsync(call, lead, cancellation)
                ? $"{lead.Reference}: marked as missed."
                : null;
        }),
        OnReference(site, "release", "Lets a quarantined lead through; its mails go out.", async (services, lead, cancellation) =>
            await services.GetRequiredService<LeadService>().ReleaseAsync(lead, cancellation) ? $"{lead.Reference} is released." : null),
        Unconfirmed(site),
        Free(site),
        Forget(site),
    };

    private static Command List(OpsSite site)
    {
        var quarantined = new Option<bool>("--quarantined")
        {
            Description = "What is held as likely spam, whole; what was shown here may be deleted when its time is over.",
        };
        var all = new Option<bool>("--all") { Description = "Answered ones too." };
        var command = new Command("list", "Leads that wait for an answer, the most pressing first: an emergency, then danger, then the earliest promise.")
        {
            quarantined,
            all,
        };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var db = services.GetRequiredService<ClinicDb>();
            var clock = services.GetRequiredService<TimeProvider>();
            var zone = services.GetRequiredService<ContentStore>().Current.Clinic.TimeZone;
            var leads = db.Set<Lead>().AsQueryable();
            leads = line.GetValue(quarantined) ? leads.Where(lead => lead.Status == LeadStatus.Quarantined)
                : line.GetValue(all) ? leads.Where(lead => lead.Status != LeadStatus.Quarantined)
                : leads.Where(lead => lead.Status == LeadStatus.New);
            var rows = await leads
                .OrderByDescending(lead => lead.Emergency)
                .ThenByDescending(lead => lead.SuggestsRisk)
                .ThenBy(lead => lead.AnswerBy)
                .ToListAsync(cancellation);
            var calls = await db.Set<Consultation>().AsNoTracking().ToDictionaryAsync(call => call.LeadId, cancellation);
            var output = line.InvocationConfiguration.Output;
            foreach (var lead in rows)
            {
                var late = lead.Status is LeadStatus.New && lead.AnswerBy < clock.GetUtcNow() ? "LATE " : "";
                var when = $"answer by {Local(lead.AnswerBy, zone)}";
                if (calls.TryGetValue(lead.Id, out var call))
                {
                    when = $"call {Local(call.StartsAt, zone)}";
                    if (call.HeldUntil is { } until) when += $" (not confirmed, held until {Local(until, zone)})";
                    else if (call.Status is not ConsultationStatus.Booked) when += $" ({call.Status})";
                }

                await output.WriteLineAsync(
                    $"{lead.Reference}  {(lead.Emergency ? "(!!) " : lead.SuggestsRisk ? "(!) " : "")}{late}{when}  {lead.Name}: "
                        + $"{string.Join(", ", LeadMails.Ways(lead))}. {LeadMails.SafeContact(lead)}"
                );
                if (lead.Status is not LeadStatus.Quarantined) continue;
                await output.WriteLineAsync($"    held because: {lead.Suspicion}");
                if (lead.Message is { } message) await output.WriteLineAsync("    " + message.ReplaceLineEndings("\n    "));
                lead.Seen(clock.GetUtcNow());
            }

            await db.SaveChangesAsync(cancellation);
            await services.GetRequiredService<AuditLog>().WriteAsync(AuditLog.Ops, "lead-list-shown", null, $"{rows.Count} leads", cancellation);
            var held = await db.Set<Lead>().CountAsync(lead => lead.Status == LeadStatus.Quarantined, cancellation);
            var rest = held > 0 && !line.GetValue(quarantined) ? $"; {held} held as likely spam (--quarantined shows them)" : "";
            await output.WriteLineAsync($"{rows.Count} {(rows.Count == 1 ? "lead" : "leads")}{rest}");
            return 0;
        }));
        return command;
    }

    private static Command Unconfirmed(OpsSite site)
    {
        var command = new Command("unconfirmed", "Calls that nobody has confirmed, grouped by the network they came from: many from one may be made up.");
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var db = services.GetRequiredService<ClinicDb>();
            var zone = services.GetRequiredService<ContentStore>().Current.Clinic.TimeZone;
            var held = await db.Set<Consultation>().AsNoTracking().Where(call => call.Seat != null && call.HeldUntil != null)
                .Join(db.Set<Lead>(), call => call.LeadId, lead => lead.Id, (call, lead) => new { call, lead }).ToListAsync(cancellation);
            var output = line.InvocationConfiguration.Output;
            foreach (var network in held.GroupBy(pair => pair.lead.Network).OrderByDescending(network => network.Count()))
            {
                await output.WriteLineAsync(
                    $"{network.Count()} from {network.Key ?? "no known network"}; to free them: ops leads free {network.First().lead.Reference}"
                );
                foreach (var pair in network.OrderBy(pair => pair.lead.CreatedAt))
                    await output.WriteLineAsync(
                        $"    {pair.lead.Reference}  call {Local(pair.call.StartsAt, zone)}, "
                            + $"booked {Local(pair.lead.CreatedAt, zone)}  {pair.lead.Name}: {string.Join(", ", LeadMails.Ways(pair.lead))}"
                    );
            }

            await output.WriteLineAsync($"{held.Count} unconfirmed {(held.Count == 1 ? "call" : "calls")}");
            return 0;
        }));
        return command;
    }

    private static Command Free(OpsSite site)
    {
        var reference = new Argument<string?>("reference")
        {
            Description = "Frees this one and every other from the same network.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Every unconfirmed call." };
        var command = new Command(
            "free",
            "Gives up the times of made-up bookings and holds their requests as spam. "
                + "Confirmed calls are never touched, and whoever may be in danger stays in the queue."
        )
        {
            reference,
            all,
        };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var wanted = line.GetValue(reference);
            if (wanted is null == !line.GetValue(all))
            {
                await line.InvocationConfiguration.Error.WriteLineAsync(
                    "Name one reference (ops leads unconfirmed shows them), or --all for every unconfirmed call."
                );
                return 1;
            }

            var like = wanted is null ? null : await services.GetRequiredService<LeadService>().FindAsync(wanted, cancellation);
            if (wanted is not null && like is null)
            {
                await line.InvocationConfiguration.Error.WriteLineAsync($"There is no lead {wanted}; ops leads unconfirmed shows those that can be freed.");
                return 1;
            }

            var freed = await services.GetRequiredService<BookingService>().FreeUnconfirmedAsync(like, cancellation);
            await line.InvocationConfiguration.Output.WriteLineAsync(
                $"Freed {freed} {(freed == 1 ? "time" : "times")}. The requests are held as spam: ops leads list --quarantined shows them."
            );
            return 0;
        }));
        return command;
    }

    private static Command Export(OpsSite site)
    {
        var csv = new Option<bool>("--csv") { Description = "As RFC 4180 CSV, which is the one form there is." };
        var command = new Command("export", "Writes all leads, for another system.") { csv };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var db = services.GetRequiredService<ClinicDb>();
            var calls = await db.Set<Consultation>().AsNoTracking().ToDictionaryAsync(call => call.LeadId, cancellation);
            await services
                .GetRequiredService<AuditLog>()
                .WriteAsync(AuditLog.Ops, "lead-exported", null, $"{await db.Set<Lead>().CountAsync(cancellation)} leads", cancellation);
            // A spreadsheet runs a cell that begins with =, + or @; what strangers typed must stay text.
            await using var writer = CsvWriter.Create(
                line.InvocationConfiguration.Output,
                new CsvWriterOptions { Injection = CsvInjection.Escape },
                leaveOpen: true
            );
            await writer.WriteRecordAsync(
                [
                    "reference", "kind", "status", "createdAt", "answerBy", "answeredAt", "name", "email", "phone", "reachBy", "voicemail",
                    "mayNameClinic", "callAt", "callStatus", "times", "about", "message", "answers", "risk", "danger", "emergency",
                    "consentVersion", "consentAt", "consentWords",
                ],
                cancellation
            );
            await foreach (var lead in db.Set<Lead>().AsNoTracking().OrderBy(lead => lead.CreatedAt).AsAsyncEnumerable().WithCancellation(cancellation))
            {
                calls.TryGetValue(lead.Id, out var call);
                await writer.WriteRecordAsync(
                    [
                        lead.Reference,
                        lead.Kind.ToString(),
                        lead.Status.ToString(),
                        Iso(lead.CreatedAt),
                        Iso(lead.AnswerBy),
                        Iso(lead.AnsweredAt),
                        lead.Name,
                        lead.Email ?? "",
                        lead.Number?.ToString() ?? "",
                        lead.ReachBy.ToString(),
                        YesNo(lead.VoicemailAllowed),
                        YesNo(lead.MayNameClinic),
                        Iso(call?.StartsAt),
                        call?.Status.ToString() ?? "",
                        lead.Times ?? "",
                        lead.About ?? "",
                        lead.Message ?? "",
                        lead.Answers ?? "",
                        YesNo(lead.SuggestsRisk),
                        lead.Danger?.ToString() ?? "",
                        YesNo(lead.Emergency),
                        lead.ConsentVersion,
                        Iso(lead.ConsentAt),
                        lead.ConsentWords,
                    ],
                    cancellation
                );
            }

            return 0;
        }));
        return command;
    }

    private static Command Forget(OpsSite site)
    {
        var person = new Argument<string>("person") { Description = "The person's email address or phone number." };
        var command = new Command("forget", "Removes a person: their leads, calls and mails, sent or not, wherever the site wrote them.") { person };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var (desk, typed) = (services.GetRequiredService<LeadService>(), line.GetValue(person));
            var gone = EmailAddress.TryParse(typed, out var address) ? await desk.ForgetAsync(address, cancellation)
                : PhoneNumber.TryParse(typed, out var number) ? await desk.ForgetAsync(number, cancellation)
                : ((int Leads, int Mails)?)null;
            if (gone is not var (leads, mails))
            {
                await line.InvocationConfiguration.Error.WriteLineAsync(
                    "That is neither an email address nor a phone number; one like name@example.com or +13035550142 is wanted."
                );
                return 1;
            }

            await line.InvocationConfiguration.Output.WriteLineAsync(
                $"Removed {leads} leads with their calls, and {mails} mails, from the database, its write-ahead log and the mails written as files. "
                + "A backup keeps them until it is deleted, and so does the inbox of whoever was sent one.");
            return 0;
        }));
        return command;
    }

    private static Command OnReference(OpsSite site, string name, string description, Func<IServiceProvider, Lead, CancellationToken, Task<string?>> act)
    {
        var reference = new Argument<string>("reference") { Description = "As in the list and the mails, e.g. KQ7M-4XDP." };
        var command = new Command(name, description) { reference };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var wanted = line.GetValue(reference)!;
            var lead = await services.GetRequiredService<LeadService>().FindAsync(wanted, cancellation);
            var said = lead is null ? null : await act(services, lead, cancellation);
            if (said is not null) await services.GetRequiredService<AuditLog>().WriteAsync(AuditLog.Ops, $"lead-{name}", lead!.Reference, null, cancellation);
            if (said is null)
                await line.InvocationConfiguration.Error.WriteLineAsync(
                    lead is null
                        ? $"There is no lead {wanted}; ops leads list --all shows them."
                        : $"{lead.Reference} is {lead.Status}; this can't be done with it."
                );
            else
                await line.InvocationConfiguration.Output.WriteLineAsync(said);
            return said is null ? 1 : 0;
        }));
        return command;
    }

    private static string Local(DateTimeOffset instant, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(instant).InZone(zone).ToString("ddd yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset? instant) => instant?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string YesNo(bool value) => value ? "yes" : "no";
}
