using System.CommandLine;
using Ketamine.Content.Editing;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff;

namespace Ketamine.Web.Ops;

/// <summary><c>ops audit …</c>: verifies and exports the audit log.</summary>
public static class AuditCommands
{
    public static Command Create(OpsSite site) => new("audit", "The log of who viewed and changed leads.")
    {
        Verify(site),
        Export(site),
    };

    private static Command Verify(OpsSite site)
    {
        var command = new Command("verify", "Verifies the chain of entries. Exit code 1 if one is missing or was changed.");
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var verdict = await services.GetRequiredService<AuditLog>().VerifyAsync(cancellation);
            var output = line.InvocationConfiguration.Output;
            foreach (var fault in verdict.Faults) await output.WriteLineAsync(fault);
            await output.WriteLineAsync(verdict.IsIntact
                ? $"The chain is intact: {ContentCheck.Count(verdict.Entries, "entry", "entries")}, none missing or changed."
                : "The chain is broken. Keep a copy of this database before you restore a backup; docs/operators/operations.md explains what to compare.");
            return verdict.IsIntact ? 0 : 1;
        }));
        return command;
    }

    private static Command Export(OpsSite site)
    {
        var command = new Command("export", "Exports the entire audit log as CSV.");
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            await services.GetRequiredService<AuditLog>().WriteAsync(AuditLog.Ops, "audit-exported", null, null, cancellation);
            var entries = services.GetRequiredService<ClinicDb>().Set<AuditEntry>().AsNoTracking().OrderBy(entry => entry.Number).AsAsyncEnumerable();
            await AuditCsv.WriteAsync(line.InvocationConfiguration.Output, entries, cancellation);
            return 0;
        }));
        return command;
    }
}
