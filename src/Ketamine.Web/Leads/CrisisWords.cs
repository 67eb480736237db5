namespace Ketamine.Web.Leads;

/// <summary>Says where to get help right now. Every email and every form uses this wording, with the clinic's own crisis numbers.</summary>
public static class CrisisWords
{
    /// <summary>"We don't read messages around the clock. If anyone is in danger now, call 911. To talk with someone at any hour, call or text 988."</summary>
    public static string HelpNow(this IStringLocalizer<SiteStrings> words, CrisisLine crisis) => crisis.Phone == crisis.TextTo
        ? words["We don’t read messages around the clock. If anyone is in danger now, call 911. To talk with someone at any hour, call or text {0}.",
            crisis.Phone]
        : words["We don’t read messages around the clock. If anyone is in danger now, call 911. To talk with someone at any hour, call {0} or text {1}.",
            crisis.Phone, crisis.TextTo];
}
