using Ketamine.Content;

namespace Ketamine.Web.Leads;

/// <summary>What a person took back of what they agreed to.</summary>
public sealed partial class Lead
{
    /// <summary>What they ended; see <see cref="ContactStop"/>.</summary>
    public ContactChannels Stopped { get; private set; }

    /// <summary>Where the site's own emails to them go; null where they gave no address, or want no email any more.</summary>
    public EmailAddress? MailTo => Email is { } email && !Stopped.HasFlag(ContactChannels.Email) ? EmailAddress.Parse(email) : null;

    /// <summary>They want no more of a way of being contacted. Without calls there is no voicemail.</summary>
    internal void Stop(ContactChannels channel)
    {
        if (Stopped.HasFlag(channel)) return;
        Stopped |= channel;
        if (channel is ContactChannels.Voicemail or ContactChannels.Call) VoicemailAllowed = false;
        Version++;
    }
}
