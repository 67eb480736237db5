using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Features.Staff;

/// <summary>Problems in the content folder, expiring reviews, drafts, and how the newsletter and email are doing. For editors.</summary>
[StaffAccess(StaffRole.Editor)]
public sealed class ContentModel(DeskContext desk, ContentStore store, LiveCopies copies, ContentFindings findings, PreviewLinks previews, ClinicDb db)
    : DeskPage(desk)
{
    /// <summary>How long a preview link works.</summary>
    public static readonly TimeSpan PreviewLasts = TimeSpan.FromDays(7);

    private const int IssuesShown = 3;

    /// <summary>The problems found in the folder, errors first.</summary>
    public IReadOnlyList<Diagnostic> Problems { get; private set; } = [];

    /// <summary>When the folder was checked.</summary>
    public DateTimeOffset CheckedAt { get; private set; }

    /// <summary>Whether an error keeps the latest content from being served. If so, visitors see the last good version.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>Whether visitors see a published copy instead of the folder.</summary>
    public bool HasPublished { get; private set; }

    /// <summary>Texts without a valid review, then the others by the date their review expires.</summary>
    public IReadOnlyList<(ContentItem Text, MedicalReview? Review, bool IsValid)> Reviews { get; private set; } = [];

    /// <summary>Drafts, each with a link that shows it to anyone who has the link.</summary>
    public IReadOnlyList<(ContentItem Text, string Preview)> Drafts { get; private set; } = [];

    public IReadOnlyDictionary<SubscriberState, int> Subscribers { get; private set; } = new Dictionary<SubscriberState, int>();
    public IReadOnlyList<IssueProgress> Issues { get; private set; } = [];
    public int FailedMails { get; private set; }
    public DateTimeOffset? LastMail { get; private set; }
    public LocalDate Today => Local(Now).Date;

    /// <summary>Whether a valid review expires within two months.</summary>
    public bool LapsesSoon(MedicalReview review) => review.Due <= Today.PlusMonths(2);

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("Newsletter and content", "/staff/content");
        var site = store.Current.Content;
        (Problems, CheckedAt) = findings.Current;
        HasPublished = copies.Current is not null;
        IsHeldBack = store.Health.Errors.Count > 0;
        var reviewed = site.Articles.Where(article => !article.Draft).Select(article => ((ContentItem)article, article.Review))
            .Concat(site.Services.Where(service => !service.Draft).Select(service => ((ContentItem)service, service.Review)));
        Reviews =
        [
            .. reviewed.Select(text => (Text: text.Item1, text.Item2, IsValid: text.Item2?.IsValidOn(Today) == true))
                .OrderBy(text => text.IsValid).ThenBy(text => text.Item2?.Due ?? LocalDate.MinIsoValue),
        ];
        var ends = Now + PreviewLasts;
        Drafts = [.. site.Articles.Cast<ContentItem>().Concat(site.Services).Concat(site.Pages).Where(text => text.Draft)
            .Select(text => (text, previews.PathFor(text, ends)))];
        Subscribers = await db.Set<Subscriber>().GroupBy(subscriber => subscriber.State).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
        Issues = await db.Set<Issue>().AsNoTracking().OrderByDescending(issue => issue.SendAt).Take(IssuesShown).Select(issue => new IssueProgress(
            issue.Subject, issue.State, issue.SendAt, issue.StopReason,
            db.Set<Delivery>().Count(copy => copy.IssueId == issue.Id),
            db.Set<Delivery>().Count(copy => copy.IssueId == issue.Id && copy.State == DeliveryState.Sent),
            db.Set<Delivery>().Count(copy => copy.IssueId == issue.Id && (copy.State == DeliveryState.Refused || copy.State == DeliveryState.Failed))))
                .ToListAsync(cancellation);
        FailedMails = await db.Set<OutboxMessage>().CountAsync(mail => mail.State == OutboxState.Failed, cancellation);
        LastMail = await db.Set<OutboxMessage>().MaxAsync(mail => mail.SentAt, cancellation);
    }

    /// <param name="Copies">One per reader of the issue; 0 before sending starts.</param>
    /// <param name="Lost">Rejected, or not accepted within days.</param>
    public sealed record IssueProgress(string Subject, IssueState State, DateTimeOffset SendAt, string? StopReason, int Copies, int Sent, int Lost);
}
