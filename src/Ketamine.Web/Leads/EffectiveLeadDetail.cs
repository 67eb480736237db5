using Ketamine.Web.Mail;

namespace Ketamine.Web.Leads;

/// <summary>
/// How much of a lead an email to staff contains at the moment: what <c>Mail:LeadDetail</c> says or, if it isn't set, everything until someone can sign
/// in at the desk, and as little as possible from then on.
/// </summary>
public sealed class EffectiveLeadDetail(IOptions<MailOptions> options)
{
    private volatile bool _deskInUse;

    public LeadDetail Value => options.Value.LeadDetail ?? (_deskInUse ? LeadDetail.Minimal : LeadDetail.Full);

    /// <summary>Whether it depends on the desk because the setting is absent.</summary>
    public bool FollowsDesk => options.Value.LeadDetail is null;

    /// <summary>Sets whether someone can sign in. Returns true if that changed.</summary>
    public bool SetDeskInUse(bool inUse)
    {
        var changed = _deskInUse != inUse;
        _deskInUse = inUse;
        return changed;
    }
}
