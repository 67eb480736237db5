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

    private static Command Verify(OpsSite site) => site.Command("verify", "Verifies the chain of entries. Exit code 1 if one is missing or was changed.",
        [], async (run, cancellation) =>
    {
        var verdict = await run.Get<AuditLog>().VerifyAsync(cancellation);
        foreach (var fault in verdict.Faults) await run.WriteAsync(fault);
        await run.WriteAsync(verdict.IsIntact
            ? $"The chain is intact: {ContentCheck.Count(verdict.Entries, "entry", "entries")}, none missing or changed."
            : "The chain is broken. Keep a copy of this database before you restore a backup; docs/operators/operations.md explains what to compare.");
        return verdict.IsIntact ? 0 : 1;
    });

    private static Command Export(OpsSite site) => site.Command("export", "Exports the entire audit log as CSV.", [], async (run, cancellation) =>
    {
        await run.Get<AuditLog>().WriteAsync(AuditLog.Ops, "audit-exported", null, null, cancellation);
        var entries = run.Db.Set<AuditEntry>().AsNoTracking().OrderBy(entry => entry.Number).AsAsyncEnumerable();
        await AuditCsv.WriteAsync(run.Output, entries, cancellation);
        return 0;
    });
}
