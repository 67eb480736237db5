using Ketamine.Web.Mail;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Leads;

/// <summary>
/// How much of a lead an email to staff holds now: what <c>Mail:LeadDetail</c> says, and where it says nothing, everything until somebody can sign in
/// at the desk, and as little as possible from then on.
/// </summary>
public sealed class LeadDetailInForce(IOptions<MailOptions> options)
{
    private volatile bool _deskInUse;

    public LeadDetail Value => options.Value.LeadDetail ?? (_deskInUse ? LeadDetail.Minimal : LeadDetail.Full);

    /// <summary>Whether the setting leaves it to the desk.</summary>
    public bool FollowsDesk => options.Value.LeadDetail is null;

    /// <summary>Says whether somebody can sign in. True when that is new.</summary>
    public bool SetDeskInUse(bool inUse)
    {
        var changed = _deskInUse != inUse;
        _deskInUse = inUse;
        return changed;
    }
}
