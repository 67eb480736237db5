using System.IO.Enumeration;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>Facts about a provider, from its documentation or common knowledge (November 2026), reliable enough to suggest as records.</summary>
/// <param name="Hosts">Its submission servers, as in Mail:Host; a leading * is a wildcard.</param>
/// <param name="Inboxes">The endings of its customers' MX records.</param>
/// <param name="Spf">The name for an SPF include; null if it needs none at the From address's domain.</param>
/// <param name="Selectors">The selectors of its DKIM keys, unless customers choose them.</param>
/// <param name="SelectorsAreFixed">It uses only these selectors: a key that isn't found under them doesn't exist.</param>
/// <param name="Signing">Where its customers turn on DKIM signing for their domain.</param>
internal sealed record MailProvider(
    string Name,
    ImmutableArray<string> Hosts,
    ImmutableArray<string> Inboxes,
    string? Spf,
    ImmutableArray<string> Selectors,
    string Signing,
    bool SelectorsAreFixed = false)
{
    /// <summary>By default it uses its own return address in the envelope, so SPF doesn't cover the From address.</summary>
    public bool OwnEnvelope => Spf is null;

    /// <summary>The providers whose SPF include is known, or known to be unnecessary.</summary>
    public static ImmutableArray<MailProvider> Known { get; } =
    [
        new(
            "Google Workspace",
            ["smtp.gmail.com", "smtp-relay.gmail.com"],
            [".google.com", ".googlemail.com"],
            "_spf.google.com",
            ["google"],
            "in the Google Admin console under Apps > Google Workspace > Gmail > Authenticate email"),
        new(
            "Microsoft 365",
            ["smtp.office365.com", "*.mail.protection.outlook.com"],
            [".mail.protection.outlook.com"],
            "spf.protection.outlook.com",
            ["selector1", "selector2"],
            "in the Microsoft Defender portal under Email authentication settings > DKIM",
            SelectorsAreFixed: true),
        new(
            "Fastmail",
            ["smtp.fastmail.com"],
            [".messagingengine.com"],
            "spf.messagingengine.com",
            ["fm1", "fm2", "fm3"],
            "at Fastmail under Settings > Domains",
            SelectorsAreFixed: true),
        new("Mailgun", ["smtp.mailgun.org"], [], "mailgun.org", [], "at Mailgun among the domain's DNS records"),
        new(
            "Amazon SES",
            ["email-smtp.*.amazonaws.com"],
            [],
            null,
            [],
            "in the Amazon SES console: the domain's identity with Easy DKIM, and a custom MAIL FROM domain"),
        new("SendGrid", ["smtp.sendgrid.net"], [], null, ["s1", "s2"], "at SendGrid under Sender Authentication > Authenticate your domain"),
        new(
            "Brevo",
            ["smtp-relay.brevo.com", "smtp-relay.sendinblue.com"],
            [],
            null,
            ["mail", "brevo1", "brevo2"],
            "at Brevo among the settings of senders and domains: Authenticate"),
        new(
            "Postmark",
            ["smtp.postmarkapp.com"],
            [],
            null,
            [],
            "at Postmark under Sender Signatures > the domain's DNS settings: DKIM, and a custom Return-Path"),
    ];

    /// <summary>The provider with the mail server <paramref name="host"/>; null if unknown.</summary>
    public static MailProvider? OfHost(string? host) =>
        Known.FirstOrDefault(provider => provider.Hosts.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, host)));

    /// <summary>The provider of the inboxes that the MX records name; null if unknown.</summary>
    public static MailProvider? OfInbox(IEnumerable<string> mailHosts) =>
        mailHosts
            .Select(host => Known.FirstOrDefault(provider => provider.Inboxes.Any(end => host.EndsWith(end, StringComparison.OrdinalIgnoreCase))))
            .FirstOrDefault(provider => provider is not null);

    /// <summary>DKIM records that can be predicted: only Fastmail's depend on nothing but the domain.</summary>
    public ImmutableArray<DnsEntry> SigningRecords(string domain) => Name == "Fastmail"
        ? [.. Selectors.Select(selector => new DnsEntry("CNAME", $"{selector}._domainkey.{domain}", $"{selector}.{domain}.dkim.fmhosted.com"))]
        : [];
}

/// <summary>A record as you type it into a DNS panel.</summary>
internal sealed record DnsEntry(string Type, string Name, string Value);
