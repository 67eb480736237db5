using System.Collections.Immutable;
using System.Net;
using Ketamine.Content;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>Who sends, and through whom.</summary>
internal sealed record Sender(EmailAddress From, MailOptions Options)
{
    // RFC 2606, 6761, 6762, 7686 and ICANN's .internal: names that nobody can own.
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

    /// <summary>Null where the mail server is nobody's that is known here.</summary>
    public MailProvider? Provider { get; } = MailProvider.OfHost(Options.Host ?? "");

    /// <summary>The mail server, for people.</summary>
    public string Server => Provider is { } provider ? $"{provider.Name} ({Host})" : Host ?? "no mail server so far";

    /// <summary>Whether the domain can be looked after at all: it is the clinic's, and not a provider's or nobody's.</summary>
    public bool OwnsDomain => !IsReserved && !IsFreeMail;

    private bool IsReserved =>
        Array.Exists(Reserved, name => Domain.EndsWith($".{name}", StringComparison.Ordinal))
        || Array.Exists(["example.com", "example.net", "example.org"], IsOrEndsWith);

    private bool IsFreeMail =>
        Array.Exists(FreeMail, domain => Domain == domain)
        || Domain.StartsWith("yahoo.", StringComparison.Ordinal)
        || Domain.StartsWith("hotmail.", StringComparison.Ordinal);

    /// <summary>What can be said without asking anybody.</summary>
    public IEnumerable<Finding> Findings()
    {
        const string Own = "Use an address of the clinic's own domain: set Mail:From (as an environment variable Mail__From).";
        if (From == new MailOptions().From)
        {
            yield return new(
                Mark.Wrong,
                "From",
                "Mail:From is not set, so nobody can tell who mail comes from.",
                $"{Own} Or name one to look at: ops mail doctor --from clinic@your-domain"
            );
            yield break;
        }

        if (IsReserved)
        {
            yield return new(Mark.Wrong, "From", $"{Domain} is a name for examples and private networks. Nobody can send as it, and no answer arrives.", Own);
            yield break;
        }

        if (IsFreeMail)
        {
            yield return Host?.EndsWith($".{Domain}", StringComparison.OrdinalIgnoreCase) ?? false
                ? new(
                    Mark.Warning,
                    "From",
                    $"{Domain} belongs to a mail provider. By its own server single mails do arrive; a newsletter from such an address is soon held back.",
                    Own
                )
                : new(
                    Mark.Wrong,
                    "From",
                    $"{Domain} belongs to a mail provider. "
                        + "Only that provider's servers may send as it; mail as it from elsewhere is refused or taken for spam.",
                    Own
                );
            yield break;
        }

        yield return new(Mark.Ok, "From", $"{Domain} looks like a domain of the clinic's own, as it should be.");
        yield return Envelope();
        if (Provider is { Name: "Google Workspace" or "Microsoft 365" } && EmailAddress.TryParse(Options.User, out var user) && user.Domain != Domain)
            yield return new(
                Mark.Warning,
                "Account",
                $"Mail:User signs in as {user}, an account of another domain than {Domain}.",
                $"{Provider.Name} replaces or refuses a From that the account may not use: "
                    + $"allow that account to send as {From}, or sign in with one of {Domain}."
            );
    }

    private Finding Envelope() => this switch
    {
        { Host: null } => new(
            Mark.Warning,
            "Server",
            "Mail:Host is not set: mails are written to files and nobody gets them.",
            "Set Mail:Host, Mail:User and Mail:Password to your mail provider's server, then run this again: which records are needed depends on it."
        ),
        { Provider.OwnEnvelope: true } => new(
            Mark.Ok,
            "Server",
            $"{Server} sends, and by default puts a return address of its own on the envelope. "
                + $"SPF then speaks for {Provider.Name}, not for {Domain}: DKIM must tie the mail to {Domain}."
        ),
        _ => new(
            Mark.Ok,
            "Server",
            $"{Server} sends. The site gives it {From} for the envelope too, so SPF and From are of one domain (aligned), as large receivers want."
        ),
    };

    /// <summary>The SPF record that would do, where there is none yet.</summary>
    /// <param name="inbox">Who receives the domain's mail, and so most likely sends what its people write; null for unknown.</param>
    /// <param name="receives">Whether the domain has MX records.</param>
    public DnsEntry ExpectedSpf(MailProvider? inbox, bool receives)
    {
        IEnumerable<string> terms = [.. SpfTerms, .. inbox?.Spf is { } spf ? [$"include:{spf}"] : receives ? (string[])["mx"] : []];
        return new("TXT", Domain, $"v=spf1 {string.Concat(terms.Distinct().Select(term => $"{term} "))}~all");
    }

    /// <summary>What lets the mail server into the SPF record; empty where nothing of the kind is wanted or known.</summary>
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

    /// <summary>A DMARC record to begin with: nothing is refused by it, and reports come.</summary>
    public DnsEntry ExpectedDmarc => new("TXT", $"_dmarc.{Domain}", $"v=DMARC1; p=none; rua=mailto:{From}");

    /// <summary>How signing is switched on.</summary>
    public string Signing =>
        Provider is { } provider
            ? $"The site does not sign its mail; {provider.Name} does. Switch it on {provider.Signing}. "
                + $"{(provider.SigningRecords(Domain).IsEmpty ? "It then names the records to add." : "The records to add:")}"
            : $"The site does not sign its mail; the mail server does. Ask your mail provider to sign with DKIM for {Domain}, and which records to add.";

    /// <summary>Whether the address is of this machine or a private network, so that nobody outside sees it.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IPAddress.IsLoopback(address)
            || address.IsIPv6LinkLocal
            || address.IsIPv6UniqueLocal
            || (
                address.GetAddressBytes() is [var a, var b, _, _]
                && (a == 10 || (a == 172 && b is >= 16 and < 32) || (a, b) is (192, 168) or (169, 254) || (a == 100 && b is >= 64 and < 128))
            );
    }

    private bool IsOrEndsWith(string domain) => Domain == domain || Domain.EndsWith($".{domain}", StringComparison.Ordinal);
}
