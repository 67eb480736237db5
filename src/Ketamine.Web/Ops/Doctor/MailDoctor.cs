using System.Net;

namespace Ketamine.Web.Ops.Doctor;

/// <summary><c>ops mail doctor</c>: checks whether DNS lets the site's email arrive, and says what to add.</summary>
internal static class MailDoctor
{
    /// <summary>Nothing wrong was found, but some checks couldn't be made.</summary>
    public const int NotAllKnown = 2;

    /// <summary>Runs all checks and writes a report.</summary>
    /// <param name="selectors">The DKIM selectors that the caller knows.</param>
    /// <returns>The exit code: 0 if nothing is wrong, 1 if something is, <see cref="NotAllKnown"/> if some checks couldn't be made.</returns>
    public static async Task<int> RunAsync(Sender sender, IReadOnlyList<string> selectors, DnsResolver dns, TextWriter output, CancellationToken cancellation)
    {
        await output.WriteLineAsync($"Email from {sender.From}, sent by {sender.Server}.");
        if (sender.OwnsDomain && dns.Servers.Length > 0) await output.WriteLineAsync($"Using the DNS server {dns.Servers}.");
        await output.WriteLineAsync();
        var findings = sender.Findings().ToList();
        if (sender.OwnsDomain) findings.AddRange(await AskAsync(sender, selectors, dns, cancellation));
        foreach (var finding in findings) FindingWriter.Write(output, finding);
        if (findings.Exists(finding => !finding.Records.IsEmpty))
        {
            FindingWriter.WriteText(
                output,
                "Add records where the domain's DNS is managed, usually where you bought it. "
                    + $"If the panel adds .{sender.Domain} automatically, leave it off the name; {sender.Domain} itself is @ there. "
                    + "A change may take a few hours to take effect everywhere; then run this again.");
            await output.WriteLineAsync();
        }

        var counts = findings.GroupBy(finding => finding.Mark).ToDictionary(group => group.Key, group => group.Count());
        await output.WriteLineAsync(string.Join(", ", new[] { Mark.Wrong, Mark.Warning, Mark.Unknown, Mark.Ok }.Where(counts.ContainsKey)
            .Select(mark => $"{counts[mark]} {mark.ToString().ToLowerInvariant()}{(mark is Mark.Warning && counts[mark] > 1 ? "s" : "")}")));
        return counts.ContainsKey(Mark.Wrong) ? 1 : counts.ContainsKey(Mark.Unknown) ? NotAllKnown : 0;
    }

    private static async Task<IReadOnlyList<Finding>> AskAsync(Sender sender, IReadOnlyList<string> selectors, DnsResolver dns, CancellationToken cancellation)
    {
        var own = await dns.AskAsync(sender.Domain, DnsType.TXT, cancellation);
        if (own.Outcome is DnsOutcome.Failed or DnsOutcome.NoName)
        {
            // An internal resolver may know only its own names and deny all others.
            var top = await dns.AskAsync("com", DnsType.NS, cancellation);
            if (top.Outcome is DnsOutcome.Failed) return WithoutDns(sender, $"DNS can't be queried: {(own.Outcome is DnsOutcome.Failed ? own : top).Why}.");
            if (top.Outcome is not DnsOutcome.Found) return WithoutDns(sender, "The DNS server doesn't know the public internet: it denies even .com.");
            if (own.Outcome is DnsOutcome.Failed)
                return WithoutDns(
                    sender,
                    $"The DNS server answers, but not about {sender.Domain}: {own.Why}. Usually the domain's name servers are down or misconfigured.");
            return
            [
                new(Mark.Wrong, "Domain",
                    $"{sender.Domain} isn't in DNS: it isn't registered, has expired, or is misspelled.",
                    "Fix that first; until then, receivers reject email from it."),
            ];
        }

        return
        [
            await RepliesAsync(sender, dns, cancellation),
            .. await SpfFindings.ExamineAsync(sender, own.Values, dns, cancellation),
            .. await DkimFindings.ExamineAsync(sender, selectors, dns, cancellation),
            .. await SigningKeyFinding.ExamineAsync(sender.Options.Dkim, dns, cancellation),
            .. await DmarcFindings.ExamineAsync(sender, own.Values, dns, cancellation),
        ];
    }

    /// <summary>The report without DNS: the records that should be there.</summary>
    private static IReadOnlyList<Finding> WithoutDns(Sender sender, string why)
    {
        var spf = sender.ExpectedSpf(inbox: null, receives: sender.Provider is not { Inboxes.IsEmpty: false });
        var records = sender.Provider?.SigningRecords(sender.Domain) ?? [];
        return
        [
            new(Mark.Unknown, "DNS",
                $"{why} So nothing below was checked; it shows what should be there.",
                "Run this again where DNS works, or name a public DNS server: --dns 9.9.9.9"),
            sender switch
            {
                { Provider.OwnEnvelope: true } => new(Mark.Unknown, "SPF",
                    $"{sender.Provider.Name} needs no SPF record at {sender.Domain} for the site's email. "
                        + "One for the email that you write yourself is still a good idea."),
                { SpfTerms.IsEmpty: true } => new(Mark.Unknown, "SPF",
                    $"{sender.Domain} needs exactly one TXT record that begins with v=spf1, "
                        + "includes your email provider as it instructs (include:…), and ends in ~all."),
                _ => new(Mark.Unknown, "SPF",
                    $"{sender.Domain} needs exactly one TXT record that begins with v=spf1. "
                        + $"If there is one, {string.Join(' ', sender.SpfTerms)} must be in it; if there is none, add:") { Records = [spf] },
            },
            new(Mark.Unknown, "DKIM", $"A signing key must be published below _domainkey.{sender.Domain}.", sender.Signing) { Records = records },
            new(Mark.Unknown, "DMARC", $"There must be a record at _dmarc.{sender.Domain}, at least:") { Records = [sender.ExpectedDmarc] },
        ];
    }

    private static async Task<Finding> RepliesAsync(Sender sender, DnsResolver dns, CancellationToken cancellation)
    {
        const string Subject = "Replies";
        const int Most = 5;
        var mail = await dns.AskAsync(sender.Domain, DnsType.MX, cancellation);
        if (mail.Outcome is DnsOutcome.Failed)
            return new(Mark.Unknown, Subject, $"We couldn't look up whether {sender.Domain} receives email: {mail.Why}.", "Run this again later.");
        // RFC 7505: a single MX record with the root name means that the domain accepts no email.
        if (mail.Records is [{ Value: "" }])
            return new(Mark.Wrong, Subject,
                $"{sender.Domain} declares that it accepts no email (null MX), so replies bounce, and some receivers reject email from it.",
                "Send from a domain that has a mailbox, or add your email provider's MX records.");
        if (mail.Records.IsEmpty)
        {
            return await HasAddressAsync(sender.Domain, dns, cancellation)
                ? new(Mark.Warning, Subject,
                    $"{sender.Domain} has no MX record. Replies go to its web server, which probably accepts no email.",
                    "Add your email provider's MX records.")
                : new(Mark.Wrong, Subject,
                    $"{sender.Domain} has no MX record and no address, so replies can't arrive, and many receivers reject email from it.",
                    "Add your email provider's MX records.");
        }

        var hosts = mail.Records.OrderBy(record => record.Preference).Select(record => record.Value).ToList();
        if (hosts.Find(host => IPAddress.TryParse(host, out _)) is { } number)
            return new(Mark.Wrong, Subject,
                $"An MX record of {sender.Domain} contains an IP address, {number}; it must contain a server name.",
                "Use the server's name instead.");
        foreach (var host in hosts.Take(Most))
        {
            if (!await HasAddressAsync(host, dns, cancellation))
                return new(hosts.Count == 1 ? Mark.Wrong : Mark.Warning, Subject,
                    $"{sender.Domain} receives email at {host}, which has no address in DNS.",
                    "Correct or delete that MX record.") { Found = [.. hosts] };
        }

        return new(Mark.Ok, Subject, $"{sender.Domain} receives email at {string.Join(", ", hosts.Take(Most))}{(hosts.Count > Most ? ", …" : "")}.");
    }

    // A failed lookup doesn't count against the host.
    private static async Task<bool> HasAddressAsync(string host, DnsResolver dns, CancellationToken cancellation) =>
        await dns.AddressesAsync(host, cancellation) is { Addresses.IsEmpty: false } or { Why: not null };
}
