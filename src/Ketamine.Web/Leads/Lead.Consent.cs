namespace Ketamine.Web.Leads;

/// <summary>The consent that a person has withdrawn.</summary>
public sealed partial class Lead
{
    /// <summary>What they stopped; see <see cref="ContactStop"/>.</summary>
    public ContactChannels Stopped { get; private set; }

    /// <summary>The address for the site's emails to them; null if they gave none or no longer want email.</summary>
    public EmailAddress? MailTo => Email is { } email && !Stopped.HasFlag(ContactChannels.Email) ? EmailAddress.Parse(email) : null;

    /// <summary>They no longer want to be contacted this way. Stopping calls also stops voicemail.</summary>
    internal void Stop(ContactChannels channel)
    {
        if (Stopped.HasFlag(channel)) return;
        Stopped |= channel;
        if (channel is ContactChannels.Voicemail or ContactChannels.Call) VoicemailAllowed = false;
        Version++;
    }
}
