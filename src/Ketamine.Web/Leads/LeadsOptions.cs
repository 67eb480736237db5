namespace Ketamine.Web.Leads;

/// <summary>The configuration section <c>Leads</c>: how long to keep leads, and which crisis phrases to look for.</summary>
public sealed record LeadsOptions
{
    /// <summary>Days to keep a lead and its emails, counted from the day it arrived; 1 to 3650.</summary>
    public int RetentionDays { get; init; } = 730;

    /// <summary>Days to keep a lead that staff saw in quarantine and left there; 1 to 3650.</summary>
    public int QuarantineDays { get; init; } = 90;

    /// <summary>Path of a YAML file to use instead of the built-in list of crisis phrases, in the same format; null for the built-in list.</summary>
    public string? CrisisPhrases { get; init; }
}
