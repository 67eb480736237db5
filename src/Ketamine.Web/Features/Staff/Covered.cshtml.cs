using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Covers a screen that faces the waiting room: it shows counts and no names. While a session is covered, every page of the desk redirects here.
/// </summary>
[StaffAccess(StaffRole.FrontDesk, Covered = true)]
public sealed class CoveredModel(DeskContext desk, ClinicDb db, LeadQueue queue) : DeskPage(desk)
{
    public int Waiting { get; private set; }
    public int Emergencies { get; private set; }
    public int Risk { get; private set; }
    public int Late { get; private set; }
    public DateTimeOffset? NextCall { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (Desk.Session.CoveredAt is null) return new SeeOther("/staff");
        var ranks = await queue.AnswerNow(Now).Select(row => row.Rank).ToListAsync(cancellation);
        (Waiting, Emergencies) = (ranks.Count, ranks.Count(rank => rank is QueueRank.Emergency));
        (Risk, Late) = (ranks.Count(rank => rank is QueueRank.Risk), ranks.Count(rank => rank is QueueRank.Late));
        NextCall = await queue.CallsAhead(Now).Select(call => (DateTimeOffset?)call.StartsAt).FirstOrDefaultAsync(cancellation);
        Title = $"{Waiting} to answer";
        return Page();
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancellation) => SetAsync(Now, "/staff/covered", cancellation);

    public Task<IActionResult> OnPostUncoverAsync(CancellationToken cancellation) => SetAsync(null, "/staff", cancellation);

    private async Task<IActionResult> SetAsync(DateTimeOffset? since, string to, CancellationToken cancellation)
    {
        var id = Desk.Session.Id;
        await db.Set<StaffSession>().Where(session => session.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.CoveredAt, since), cancellation);
        return new SeeOther(to);
    }
}
