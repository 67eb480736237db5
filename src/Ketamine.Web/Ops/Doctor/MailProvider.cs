using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>What is known of a provider, from its documentation or generally (November 2026): what stands there may be told as a record to add.</summary>
/// <param name="Hosts">Its submission servers, as Mail:Host has them; a leading * stands for anything.</param>
/// <param name="Inboxes">What its customers' MX records end in.</param>
/// <param name="Spf">The name that an SPF record includes; null where it wants none at the From address's domain.</param>
/// <param name="Selectors">The names of its DKIM keys, as far as they are not the customer's own.</param>
/// <param name="SelectorsAreFixed">No other names are in use there: what is not found under these is not there.</param>
/// <param name="Signing">Where its customers switch on signing in their own domain's name.</param>
internal sealed record MailProvider(
    string Name,
    ImmutableArray<string> Hosts,
    ImmutableArray<string> Inboxes,
    string? Spf,
    ImmutableArray<string> Selectors,
    string Signing,
    bool SelectorsAreFixed = false
)
{
    /// <summary>It puts a return address of its own on the envelope, so that SPF says nothing of the From address, unless that is set up with it.</summary>
    public bool OwnEnvelope => Spf is null;

    /// <summary>Those of which the SPF name is known, or that none is wanted.</summary>
    public static ImmutableArray<MailProvider> Known { get; } =
    [
        new(
            "Google Workspace",
            ["smtp.gmail.com", "smtp-relay.gmail.com"],
            [".google.com", ".googlemail.com"],
            "_spf.google.com",
            ["google"],
            "in the Google Admin console under Apps > Google Workspace > Gmail > Authenticate email"
        ),
        new(
            "Microsoft 365",
            ["smtp.office365.com", "*.mail.protection.outlook.com"],
            [".mail.protection.outlook.com"],
            "spf.protection.outlook.com",
            ["selector1", "selector2"],
            "in the Microsoft Defender portal under Email authentication settings > DKIM",
            SelectorsAreFixed: true
        ),
        new(
            "Fastmail",
            ["smtp.fastmail.com"],
            [".messagingengine.com"],
            "spf.messagingengine.com",
            ["fm1", "fm2", "fm3"],
            "at Fastmail under Settings > Domains",
            SelectorsAreFixed: true
        ),
        new("Mailgun", ["smtp.mailgun.org"], [], "mailgun.org", [], "at Mailgun among the domain's DNS records"),
        new(
            "Amazon SES",
            ["email-smtp.*.amazonaws.com"],
            [],
            null,
            [],
            "in the Amazon SES console: the domain's identity with Easy DKIM, and a custom MAIL FROM domain"
        ),
        new("SendGrid", ["smtp.sendgrid.net"], [], null, ["s1", "s2"], "at SendGrid under Sender Authentication > Authenticate your domain"),
        new(
            "Brevo",
            ["smtp-relay.brevo.com", "smtp-relay.sendinblue.com"],
            [],
            null,
            ["mail", "brevo1", "brevo2"],
            "at Brevo among the settings of senders and domains: Authenticate"
        ),
        new(
            "Postmark",
            ["smtp.postmarkapp.com"],
            [],
            null,
            [],
            "at Postmark under Sender Signatures > the domain's DNS settings: DKIM, and a custom Return-Path"
        ),
    ];

    /// <summary>The provider that takes mail at <paramref name="host"/>; null for one that is not known here.</summary>
    public static MailProvider? OfHost(string? host) =>
        Known.FirstOrDefault(provider => provider.Hosts.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, host)));

    /// <summary>The provider whose inboxes the MX records name; null for one that is not known here.</summary>
    public static MailProvider? OfInbox(IEnumerable<string> mailHosts) =>
        mailHosts
            .Select(host => Known.FirstOrDefault(provider => provider.Inboxes.Any(end => host.EndsWith(end, StringComparison.OrdinalIgnoreCase))))
            .FirstOrDefault(provider => provider is not null);

    /// <summary>What can be said of DKIM records beforehand: Fastmail's alone are the same for every domain but for its name.</summary>
    public ImmutableArray<DnsEntry> SigningRecords(string domain) => Name == "Fastmail"
        ? [.. Selectors.Select(selector => new DnsEntry("CNAME", $"{selector}._domainkey.{domain}", $"{selector}.{domain}.dkim.fmhosted.com"))]
        : [];
}

/// <summary>A record as it is typed into a DNS panel.</summary>
internal sealed record DnsEntry(string Type, string Name, string Value);
