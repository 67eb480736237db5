using System.Net;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>The sender and the mail server.</summary>
internal sealed record Sender(EmailAddress From, MailOptions Options)
{
    // RFC 2606, 6761, 6762, 7686, and ICANN's .internal: names that no one can own.
    private static readonly string[] Reserved = ["example", "test", "invalid", "localhost", "local", "internal", "onion", "alt", "arpa"];

    private static readonly string[] FreeMail =
    [
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "rocketmail.com",
        "aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "pm.me", "gmx.com", "gmx.net", "gmx.de", "web.de",
        "mail.com", "zohomail.com", "fastmail.com", "yandex.com", "comcast.net", "att.net", "verizon.net", "sbcglobal.net", "bellsouth.net",
        "cox.net", "charter.net",
    ];

    public string Domain => From.Domain;

    public string? Host => Options.Host;

    /// <summary>Null if the mail server belongs to no known provider.</summary>
    public MailProvider? Provider { get; } = MailProvider.OfHost(Options.Host ?? "");

    /// <summary>The mail server, for display.</summary>
    public string Server => Provider is { } provider ? $"{provider.Name} ({Host})" : Host ?? "no mail server yet";

    /// <summary>Whether the clinic can manage the domain: it isn't a provider's or a reserved one.</summary>
    public bool OwnsDomain => !IsReserved && !IsFreeMail;

    private bool IsReserved =>
        Array.Exists(Reserved, name => Domain.EndsWith($".{name}", StringComparison.Ordinal))
        || Array.Exists(["example.com", "example.net", "example.org"], IsOrEndsWith);

    private bool IsFreeMail =>
        Array.Exists(FreeMail, domain => Domain == domain)
        || Domain.StartsWith("yahoo.", StringComparison.Ordinal)
        || Domain.StartsWith("hotmail.", StringComparison.Ordinal);

    /// <summary>Findings that need no lookup.</summary>
    public IEnumerable<Finding> Findings()
    {
        const string Own = "Use an address at the clinic's own domain: set Mail:From (as an environment variable, Mail__From).";
        if (From == new MailOptions().From)
        {
            yield return new(Mark.Wrong, "From",
                "Mail:From isn't set, so email has no sender.",
                $"{Own} Or name an address to check: ops mail doctor --from clinic@your-domain");
            yield break;
        }

        if (IsReserved)
        {
            yield return new(Mark.Wrong, "From", $"{Domain} is reserved for examples and private networks. You can't send from it or get replies.", Own);
            yield break;
        }

        if (IsFreeMail)
        {
            yield return Host?.EndsWith($".{Domain}", StringComparison.OrdinalIgnoreCase) ?? false
                ? new(Mark.Warning, "From",
                    $"{Domain} belongs to an email provider. Through its own server, single emails arrive, but newsletters soon get blocked.",
                    Own)
                : new(Mark.Wrong, "From",
                    $"{Domain} belongs to an email provider. "
                        + "Only that provider's servers may send from it; email from other servers is rejected or treated as spam.",
                    Own);
            yield break;
        }

        yield return new(Mark.Ok, "From", $"{Domain} looks like the clinic's own domain, as it should be.");
        yield return Envelope();
        if (Provider is { Name: "Google Workspace" or "Microsoft 365" } && EmailAddress.TryParse(Options.User, out var user) && user.Domain != Domain)
            yield return new(Mark.Warning, "Account",
                $"Mail:User signs in as {user}, an account outside {Domain}.",
                $"{Provider.Name} replaces or rejects a From address that the account may not use: "
                    + $"allow that account to send as {From}, or sign in with an account at {Domain}.");
    }

    private Finding Envelope() => this switch
    {
        { Host: null } => new(Mark.Warning, "Server",
            "Mail:Host isn't set: emails are written to files and not sent.",
            "Set Mail:Host, Mail:User, and Mail:Password for your email provider, then run this again: the records you need depend on it."),
        { Provider.OwnEnvelope: true } => new(Mark.Ok, "Server",
            $"{Server} sends the email, by default with its own return address in the envelope. "
                + $"SPF then covers {Provider.Name}, not {Domain}: DKIM must tie the email to {Domain}."),
        _ => new(Mark.Ok, "Server",
            $"{Server} sends the email. The envelope uses {From} too, so SPF and From match (are aligned), as large receivers require."),
    };

    /// <summary>A sufficient SPF record, for a domain that has none.</summary>
    /// <param name="inbox">The provider that receives the domain's email, and so probably sends its people's email; null if unknown.</param>
    /// <param name="receives">Whether the domain has MX records.</param>
    public DnsEntry ExpectedSpf(MailProvider? inbox, bool receives)
    {
        IEnumerable<string> terms = [.. SpfTerms, .. inbox?.Spf is { } spf ? [$"include:{spf}"] : receives ? (string[])["mx"] : []];
        return new("TXT", Domain, $"v=spf1 {string.Concat(terms.Distinct().Select(term => $"{term} "))}~all");
    }

    /// <summary>The SPF terms that allow the mail server; empty if none are needed or known.</summary>
    public ImmutableArray<string> SpfTerms => this switch
    {
        { Host: null } or { Provider.OwnEnvelope: true } => [],
        { Provider.Spf: { } spf } => [$"include:{spf}"],
        _ when IPAddress.TryParse(Host, out var address) => IsPrivate(address)
            ? []
            : [$"ip{(address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork ? 4 : 6)}:{address}"],
        _ when !DnsResolver.CanAsk(Host) || !Host.Contains('.') => [],
        _ => [$"a:{Host}"],
    };

    /// <summary>A first DMARC record: rejects nothing and turns on reports.</summary>
    public DnsEntry ExpectedDmarc => new("TXT", $"_dmarc.{Domain}", $"v=DMARC1; p=none; rua=mailto:{From}");

    /// <summary>How to turn on signing.</summary>
    public string Signing =>
        Provider is { } provider
            ? $"The site doesn't sign its email; {provider.Name} does. Turn that on {provider.Signing}. "
                + $"{(provider.SigningRecords(Domain).IsEmpty ? "It then lists the records to add." : "The records to add:")}"
            : $"The site doesn't sign its email; the mail server does. Ask your email provider to sign with DKIM for {Domain}, and for the records to add.";

    /// <summary>Whether the address belongs to this machine or a private network, invisible from outside.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IPAddress.IsLoopback(address)
            || address.IsIPv6LinkLocal
            || address.IsIPv6UniqueLocal
            || (address.GetAddressBytes() is [var a, var b, _, _]
                && (a == 10 || (a == 172 && b is >= 16 and < 32) || (a, b) is (192, 168) or (169, 254) || (a == 100 && b is >= 64 and < 128)));
    }

    private bool IsOrEndsWith(string domain) => Domain == domain || Domain.EndsWith($".{domain}", StringComparison.Ordinal);
}
