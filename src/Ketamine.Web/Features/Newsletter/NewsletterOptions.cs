namespace Ketamine.Web.Features.Newsletter;

/// <summary>How issues are sent: the configuration section <c>Newsletter</c>. The pace is Mail:PerMinute.</summary>
public sealed record NewsletterOptions
{
    /// <summary>
    /// The pause after a copy's first temporary refusal, one millisecond to one hour; it then doubles five times. While the mail server accepts nothing at all,
    /// the first pause is a thirtieth of it.
    /// </summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(1);
}
