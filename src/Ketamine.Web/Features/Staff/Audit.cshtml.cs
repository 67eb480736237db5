using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using NodaTime.Text;

namespace Ketamine.Web.Features.Staff;

/// <summary>The audit log: who looked at or changed what, whether the hash chain is intact, and a CSV download. For owners.</summary>
[StaffAccess]
public sealed class AuditModel(DeskContext desk, ClinicDb db, AuditLog audit, AuditWatch watch) : DeskPage(desk)
{
    [BindProperty(SupportsGet = true)]
    public string? Who { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? What { get; set; }

    [BindProperty(SupportsGet = true, Name = "ref")]
    public string? Reference { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Day { get; set; }

    /// <summary>The latest check of the whole log. It runs once a day, and whenever someone asks for it.</summary>
    public AuditCheck Checked { get; private set; } = null!;

    /// <summary>The check of entries added since then, done for this page.</summary>
    public AuditVerdict Since { get; private set; } = null!;

    /// <summary>All problems found; empty if the chain is intact.</summary>
    public IReadOnlyList<string> Faults => [.. Checked.Verdict.Faults, .. Since.Faults];
    public IReadOnlyList<AuditEntry> Entries { get; private set; } = [];
    public IReadOnlyList<string> People { get; private set; } = [];
    public LocalDate Date { get; private set; }

    /// <summary>A filtered list covers all days, newest entries first.</summary>
    public bool IsFiltered => !string.IsNullOrEmpty(Who) || !string.IsNullOrEmpty(What) || !string.IsNullOrEmpty(Reference);

    private const int MostShown = 500;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("Audit", "/staff/audit");
        Checked = watch.Last ?? await watch.CheckAsync(cancellation);
        Since = await audit.VerifyAsync(cancellation, Checked.Verdict.End);
        People = await db.Set<AuditEntry>().Select(entry => entry.Who).Distinct().OrderBy(who => who).ToListAsync(cancellation);
        Entries = await Shown().OrderByDescending(entry => entry.Number).Take(MostShown).ToListAsync(cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostCheckAsync(CancellationToken cancellation)
    {
        await watch.CheckAsync(cancellation);
        return new SeeOther("/staff/audit");
    }

    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellation)
    {
        await audit.WriteAsync(Me.Name, "audit-exported", null, null, cancellation);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = "attachment; filename=\"audit.csv\"";
        await using var text = new StreamWriter(Response.Body, leaveOpen: true);
        await AuditCsv.WriteAsync(text, Shown().OrderBy(entry => entry.Number).AsAsyncEnumerable(), cancellation);
        return new EmptyResult();
    }

    private IQueryable<AuditEntry> Shown()
    {
        var today = Local(Now).Date;
        Date = LocalDatePattern.Iso.Parse(Day ?? "") is { Success: true, Value: var day } ? day : today;
        var entries = db.Set<AuditEntry>().AsNoTracking();
        if (!string.IsNullOrEmpty(Who)) entries = entries.Where(entry => entry.Who == Who);
        if (!string.IsNullOrEmpty(What)) entries = entries.Where(entry => entry.What.StartsWith(What));
        if (!string.IsNullOrEmpty(Reference)) entries = entries.Where(entry => entry.Subject == Reference.Trim().ToUpperInvariant());
        if (IsFiltered) return entries;
        var (from, to) = (Midnight(Date), Midnight(Date.PlusDays(1)));
        return entries.Where(entry => entry.At >= from && entry.At < to);
    }

}
