using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Mail;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>The newsletter: the number of readers, the progress of each issue, and failed deliveries. Addresses never leave the server.</summary>
[StaffAccess(StaffRole.Editor)]
public sealed class IssuesModel(DeskContext desk, ClinicDb db, NewsletterService newsletter, AuditLog audit, IOptions<MailOptions> mail) : DeskPage(desk)
{
    private const int IssuesShown = 20;
    private const int DaysBack = 30;

    public IReadOnlyDictionary<SubscriberState, int> Readers { get; private set; } = new Dictionary<SubscriberState, int>();

    /// <summary>Addresses that someone entered but whose owner hasn't confirmed yet.</summary>
    public int Unconfirmed { get; private set; }

    /// <summary>How many subscribed and unsubscribed in the last 30 days.</summary>
    public int Came { get; private set; }

    public int Left { get; private set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<IssueView> Issues { get; private set; } = [];

    public string? Refusal { get; private set; }

    public Task OnGetAsync(CancellationToken cancellation) => LoadAsync(cancellation);

    public Task<IActionResult> OnPostStopAsync(Guid id, CancellationToken cancellation) =>
        ChangeAsync(id, "newsletter-stopped", newsletter.StopAsync, "This issue isn’t being sent anymore. You didn’t change anything.", cancellation);

    public Task<IActionResult> OnPostResumeAsync(Guid id, CancellationToken cancellation) =>
        ChangeAsync(id, "newsletter-resumed", async (issue, token) => await newsletter.ResumeAsync(issue, token) is not null,
            "This issue has no copies left to send. You didn’t change anything.", cancellation);

    private async Task<IActionResult> ChangeAsync(
        Guid id, string what, Func<Issue, CancellationToken, Task<bool>> change, string refused, CancellationToken cancellation)
    {
        if (await db.Set<Issue>().FirstOrDefaultAsync(one => one.Id == id, cancellation) is not { } issue) return NotFound();
        try
        {
            if (await change(issue, cancellation))
            {
                await audit.WriteAsync(Me.Name, what, issue.Name, detail: null, cancellation);
                return new SeeOther("/staff/newsletter");
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            // The sender changed the issue at the same moment.
            db.ChangeTracker.Clear();
        }

        await LoadAsync(cancellation);
        Refusal = refused;
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("Newsletter", "/staff/content");
        Readers = await db.Set<Subscriber>().GroupBy(reader => reader.State).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
        Unconfirmed = await db.Set<SignUp>().CountAsync(signUp => signUp.ConfirmedAt == null, cancellation);
        var since = Now.AddDays(-DaysBack);
        Came = await db.Set<Subscriber>().CountAsync(reader => reader.State == SubscriberState.Subscribed && reader.Since >= since, cancellation);
        Left = await db.Set<Subscriber>().CountAsync(reader => reader.State == SubscriberState.Left && reader.Since >= since, cancellation);
        var issues = await db.Set<Issue>().AsNoTracking().OrderByDescending(issue => issue.SendAt).Take(IssuesShown).ToListAsync(cancellation);
        Issues = [.. await ViewsAsync(issues, cancellation)];
    }

    private async Task<List<IssueView>> ViewsAsync(List<Issue> issues, CancellationToken cancellation)
    {
        var ids = issues.Select(issue => issue.Id).ToList();
        var copies = db.Set<Delivery>().Where(copy => ids.Contains(copy.IssueId));
        var states = await copies.GroupBy(copy => new { copy.IssueId, copy.State }).Select(group => new { group.Key, Count = group.Count() })
            .ToListAsync(cancellation);
        var left = await copies.Where(copy => copy.LeftAt != null).GroupBy(copy => copy.IssueId).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
        // The mail servers' error messages, which never contain an address.
        var faults = await copies.Where(copy => copy.State == DeliveryState.Refused || copy.State == DeliveryState.Failed)
            .GroupBy(copy => new { copy.IssueId, copy.LastError }).Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancellation);
        return
        [
            .. issues.Select(issue => new IssueView(
                issue, states.Where(group => group.Key.IssueId == issue.Id).ToDictionary(group => group.Key.State, group => group.Count),
                left.GetValueOrDefault(issue.Id),
                [
                    .. faults.Where(group => group.Key.IssueId == issue.Id).OrderByDescending(group => group.Count)
                        .Select(group => (group.Key.LastError ?? "No reason was given", group.Count)),
                ],
                mail.Value.PerMinute)),
        ];
    }

    /// <summary>An issue and its counts.</summary>
    /// <param name="States">The number of copies in each state.</param>
    /// <param name="Unsubscribed">Readers who unsubscribed through its link.</param>
    /// <param name="Faults">Why copies failed, with the number of copies, most frequent first.</param>
    /// <param name="PerMinute">How many copies are sent per minute.</param>
    public sealed record IssueView(
        Issue Issue, IReadOnlyDictionary<DeliveryState, int> States, int Unsubscribed, IReadOnlyList<(string Reason, int Count)> Faults, int PerMinute)
    {
        public int All => States.Values.Sum();
        public int Sent => States.GetValueOrDefault(DeliveryState.Sent);
        public int Lost => States.GetValueOrDefault(DeliveryState.Refused) + States.GetValueOrDefault(DeliveryState.Failed);
        public int Open => States.GetValueOrDefault(DeliveryState.Waiting) + States.GetValueOrDefault(DeliveryState.InFlight);

        /// <summary>Minutes until every copy has been tried, if all goes well.</summary>
        public int MinutesLeft => (Open + PerMinute - 1) / PerMinute;
    }
}
