using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// The leads waiting at the desk, in this order: emergencies, then other danger, that no one has taken over; late leads; messages that no one has opened for
/// two open hours, because the site may have missed a sign of danger; leads by due time; changes to note. One expression, evaluated by the database, serves
/// the page, the next lead, and the live updates. A lead's owner never affects the order.
/// </summary>
public sealed class LeadQueue(ClinicDb db, ContentStore content)
{
    /// <summary>A booked call enters the queue this long before it starts.</summary>
    public static readonly TimeSpan CallComesUp = TimeSpan.FromMinutes(60);

    /// <summary>A call without an outcome is late this long after it ends.</summary>
    public static readonly TimeSpan CallIsLate = TimeSpan.FromMinutes(30);

    /// <summary>A message moves up after no one has opened it for this long, in open hours.</summary>
    public static readonly Duration UnreadRises = Duration.FromHours(2);

    /// <summary>The leads that need attention now, in order.</summary>
    public IQueryable<QueueRow> AnswerNow(DateTimeOffset now)
    {
        var (comesUp, late) = (now + CallComesUp, now - CallIsLate);
        var unreadSince = new OpenHours(content.Current.Clinic).Before(now, UnreadRises);
        return
            from row in Rows(now)
            where row.Risk
                || row.Change
                || (row.Lead.Status == LeadStatus.New
                    && (row.Call != null ? row.Call.StartsAt <= comesUp || row.Off : row.Lead.NextAt == null || row.Lead.NextAt <= now))
                || (row.Lead.Status == LeadStatus.Answered && row.Lead.NextAt <= now)
            let open = row.Lead.Status == LeadStatus.New
                && (row.Call != null ? row.Call.StartsAt <= comesUp || row.Off : row.Lead.NextAt == null || row.Lead.NextAt <= now)
            let isLate = open && (row.Call != null ? row.Call.EndsAt <= late : row.Lead.TriedAt == null && row.Lead.AnswerBy < now)
            let isUnread = open && row.Call == null && row.Lead.TriedAt == null && row.Lead.CreatedAt <= unreadSince
                && !db.Set<LeadEvent>().Any(seen => seen.LeadId == row.Lead.Id && seen.Kind == LeadEventKind.Opened)
            let rank = row.Risk ? row.Lead.Emergency ? 0 : 1 : row.Change && !open ? 5 : isLate ? 2 : isUnread ? 3 : 4
            let due = row.Risk ? row.Lead.CreatedAt
                : row.Call != null ? row.Call!.StartsAt
                : row.Lead.TriedAt == null && row.Lead.Status == LeadStatus.New ? row.Lead.AnswerBy
                : row.Lead.NextAt ?? row.Lead.CreatedAt
            orderby rank, due, row.Lead.CreatedAt, row.Lead.Id
            select new QueueRow { Lead = row.Lead, Call = row.Call, Rank = (QueueRank)rank, IsInTimeOff = row.Off };
    }

    /// <summary>Leads that will return to the queue on their own, soonest first. Excludes upcoming calls.</summary>
    public IQueryable<QueueRow> Waiting(DateTimeOffset now) =>
        from row in Rows(now)
        where !row.Risk && !row.Change && row.Call == null && (row.Lead.Status == LeadStatus.New || row.Lead.Status == LeadStatus.Answered)
            && row.Lead.NextAt > now
        orderby row.Lead.NextAt, row.Lead.Id
        select new QueueRow { Lead = row.Lead, Call = row.Call, Rank = QueueRank.Waiting };

    /// <summary>Leads held as likely spam, oldest first, so new ones don't bury them. One with signs of danger is in <see cref="AnswerNow"/>.</summary>
    public IQueryable<QueueRow> Held() =>
        from lead in db.Set<Lead>().AsNoTracking()
        where lead.Status == LeadStatus.Quarantined && !lead.SuggestsRisk && !lead.Emergency
        orderby lead.CreatedAt, lead.Id
        select new QueueRow { Lead = lead, Call = null, Rank = QueueRank.Held };

    /// <summary>Leads completed between two instants, latest first.</summary>
    public IQueryable<QueueRow> Done(DateTimeOffset since, DateTimeOffset until) =>
        from lead in db.Set<Lead>().AsNoTracking()
        where lead.DoneAt >= since && lead.DoneAt < until && lead.NextAt == null && lead.ClosedFor != CloseReason.Spam
            && lead.ChangeToNoteAt == null && lead.MergedIntoId == null
        orderby lead.DoneAt descending, lead.Id
        select new QueueRow { Lead = lead, Call = null, Rank = QueueRank.Done };

    /// <summary>Booked calls that aren't in the queue yet.</summary>
    public IQueryable<Consultation> CallsAhead(DateTimeOffset now)
    {
        var comesUp = now + CallComesUp;
        return db.Set<Consultation>().AsNoTracking().Where(call => call.Status == ConsultationStatus.Booked && call.StartsAt > comesUp)
            .OrderBy(call => call.StartsAt);
    }

    private IQueryable<Row> Rows(DateTimeOffset now) =>
        from lead in db.Set<Lead>().AsNoTracking()
        join booked in db.Set<Consultation>().AsNoTracking().Where(call => call.Status == ConsultationStatus.Booked) on lead.Id equals booked.LeadId into calls
        from call in calls.DefaultIfEmpty()
        where (lead.Status != LeadStatus.Closed || lead.ChangeToNoteAt != null) && lead.MergedIntoId == null
        select new Row
        {
            Lead = lead,
            Call = call,
            Risk = (lead.SuggestsRisk || lead.Emergency) && lead.RiskTakenAt == null && lead.Status != LeadStatus.Closed && lead.Status != LeadStatus.Booked,
            Change = lead.ChangeToNoteAt != null && lead.ChangeToNoteAt <= now,
            Off = call != null && call.EndsAt > now && db.Set<TimeOff>().Any(off => off.StartsAt < call.EndsAt && off.EndsAt > call.StartsAt),
        };

    private sealed class Row
    {
        public required Lead Lead { get; init; }
        public required Consultation? Call { get; init; }
        public required bool Risk { get; init; }
        public required bool Change { get; init; }
        public required bool Off { get; init; }
    }
}

/// <summary>A lead in the queue, with its booked call if there is one.</summary>
public sealed record QueueRow
{
    public required Lead Lead { get; init; }
    public required Consultation? Call { get; init; }
    public required QueueRank Rank { get; init; }

    /// <summary>Whether staff took that time off after the call was booked, so the call has to be moved.</summary>
    public bool IsInTimeOff { get; init; }
}

/// <summary>A lead's rank in the queue. Lower ranks come first.</summary>
public enum QueueRank
{
    /// <summary>A medical emergency may be in progress.</summary>
    Emergency = 0,
    Risk = 1,
    Late = 2,

    /// <summary>No one has opened it for <see cref="LeadQueue.UnreadRises"/>.</summary>
    Unread = 3,
    Due = 4,
    Change = 5,
    Waiting,
    Held,
    Done,
}
