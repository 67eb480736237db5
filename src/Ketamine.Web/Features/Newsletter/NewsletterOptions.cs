namespace Ketamine.Web.Features.Newsletter;

/// <summary>How issues are sent: the configuration section <c>Newsletter</c>. The pace is Mail:PerMinute.</summary>
public sealed record NewsletterOptions
{
    /// <summary>From a copy's first try to its second, where the receiver's server asked to come back; the pause then doubles five times. While the mail server itself takes nothing, the first look is after a thirtieth of it. One millisecond to one hour.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(1);
}
