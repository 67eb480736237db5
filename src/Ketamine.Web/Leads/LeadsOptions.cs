namespace Ketamine.Web.Leads;

/// <summary>How long leads are kept: the configuration section <c>Leads</c>.</summary>
public sealed record LeadsOptions
{
    /// <summary>Days after which a lead and the bodies of its mails are deleted, counted from the day it came in; 1 to 3650.</summary>
    public int RetentionDays { get; init; } = 730;

    /// <summary>The same for a lead that staff have seen in quarantine and left there; 1 to 3650.</summary>
    public int QuarantineDays { get; init; } = 90;

    /// <summary>A list of crisis phrases to use instead of the site's own; a YAML file of the same form.</summary>
    public string? CrisisPhrases { get; init; }
}
