using System.Collections.Immutable;
using System.Net;

namespace Ketamine.Web.Ops.Doctor;

/// <summary><c>ops mail doctor</c>: whether DNS lets the site's mail arrive, and what to add so that it does.</summary>
internal static class MailDoctor
{
    /// <summary>Nothing wrong was found, but not all could be looked at.</summary>
    public const int NotAllKnown = 2;

    /// <summary>Looks at everything and tells it.</summary>
    /// <param name="selectors">The DKIM selectors that the caller knows.</param>
    /// <returns>The exit code: 0 for nothing wrong, 1 for something wrong, <see cref="NotAllKnown"/> where something could not be found out.</returns>
    public static async Task<int> RunAsync(Sender sender, IReadOnlyList<string> selectors, DnsResolver dns, TextWriter output, CancellationToken cancellation)
    {
        await output.WriteLineAsync($"Mail from {sender.From}, sent by {sender.Server}.");
        if (sender.OwnsDomain && dns.Servers.Length > 0) await output.WriteLineAsync($"DNS is asked at {dns.Servers}.");
        await output.WriteLineAsync();
        var findings = sender.Findings().ToList();
        if (sender.OwnsDomain) findings.AddRange(await AskAsync(sender, selectors, dns, cancellation));
        foreach (var finding in findings) FindingWriter.Write(output, finding);
        if (findings.Exists(finding => !finding.Records.IsEmpty))
        {
            FindingWriter.WriteText(
                output,
                "Records are added where the domain's DNS is managed, most often where it was bought. "
                    + $"In panels that add .{sender.Domain} by themselves, leave it off the name; {sender.Domain} itself is @ there. "
                    + "A change may take some hours to be seen everywhere; then run this again."
            );
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
            // A network's own resolver may know its own names alone, and deny all others.
            var top = await dns.AskAsync("com", DnsType.NS, cancellation);
            if (top.Outcome is DnsOutcome.Failed) return Unasked(sender, $"It can't be asked: {(own.Outcome is DnsOutcome.Failed ? own : top).Why}.");
            if (top.Outcome is not DnsOutcome.Found) return Unasked(sender, "The server does not know the public internet: it denies even .com.");
            if (own.Outcome is DnsOutcome.Failed)
                return Unasked(
                    sender,
                    $"It can be asked, but not about {sender.Domain}: {own.Why}. Most often the domain's own name servers are down or set up wrongly."
                );
            return
            [
                new(
                    Mark.Wrong,
                    "Domain",
                    $"{sender.Domain} is not in DNS: it is not registered, has run out, or is misspelt.",
                    "Mend that first; mail as it is refused until then."
                ),
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

    /// <summary>What is said where nobody can be asked: what should be there.</summary>
    private static IReadOnlyList<Finding> Unasked(Sender sender, string why)
    {
        var spf = sender.ExpectedSpf(inbox: null, receives: sender.Provider is not { Inboxes.IsEmpty: false });
        var records = sender.Provider?.SigningRecords(sender.Domain) ?? [];
        return
        [
            new(
                Mark.Unknown,
                "DNS",
                $"{why} So nothing below has been checked; it is what should be there.",
                "Run this again where DNS can be asked, or name a server that knows the public internet: --dns 9.9.9.9"
            ),
            sender switch
            {
                { Provider.OwnEnvelope: true } => new(
                    Mark.Unknown,
                    "SPF",
                    $"{sender.Provider.Name} wants no SPF record at {sender.Domain} for the site's mail. "
                        + "One for the mail that you write yourself is good to have."
                ),
                { SpfTerms.IsEmpty: true } => new(
                    Mark.Unknown,
                    "SPF",
                    $"{sender.Domain} wants exactly one TXT record that begins with v=spf1, "
                        + "names your mail provider as it tells you (include:…) and ends in ~all."
                ),
                _ => new(
                    Mark.Unknown,
                    "SPF",
                    $"{sender.Domain} wants exactly one TXT record that begins with v=spf1. "
                        + $"If there is one, {string.Join(' ', sender.SpfTerms)} must stand in it; if there is none, add:"
                )
                {
                    Records = [spf],
                },
            },
            new(Mark.Unknown, "DKIM", $"A key for signing must stand below _domainkey.{sender.Domain}.", sender.Signing) { Records = records },
            new(Mark.Unknown, "DMARC", $"A record must stand at _dmarc.{sender.Domain}, at least:") { Records = [sender.ExpectedDmarc] },
        ];
    }

    private static async Task<Finding> RepliesAsync(Sender sender, DnsResolver dns, CancellationToken cancellation)
    {
        const string Subject = "Replies";
        const int Most = 5;
        var mail = await dns.AskAsync(sender.Domain, DnsType.MX, cancellation);
        if (mail.Outcome is DnsOutcome.Failed)
            return new(Mark.Unknown, Subject, $"Whether {sender.Domain} receives mail could not be looked up: {mail.Why}.", "Run this again later.");
        // RFC 7505: a single MX record of the root says that no mail is taken.
        if (mail.Records is [{ Value: "" }])
            return new(
                Mark.Wrong,
                Subject,
                $"{sender.Domain} says that it takes no mail (null MX), so answers bounce, and some receivers refuse mail from such a domain.",
                "Send from a domain that has a mailbox, or add your mail provider's MX records."
            );
        if (mail.Records.IsEmpty)
        {
            return await HasAddressAsync(sender.Domain, dns, cancellation)
                ? new(
                    Mark.Warning,
                    Subject,
                    $"{sender.Domain} has no MX record. Answers go to the server of its website, which most likely takes no mail.",
                    "Add the MX records that your mail provider names."
                )
                : new(
                    Mark.Wrong,
                    Subject,
                    $"{sender.Domain} has no MX record and no address, so answers can't arrive, and many receivers refuse mail from such a domain.",
                    "Add the MX records that your mail provider names."
                );
        }

        var hosts = mail.Records.OrderBy(record => record.Preference).Select(record => record.Value).ToList();
        if (hosts.Find(host => IPAddress.TryParse(host, out _)) is { } number)
            return new(
                Mark.Wrong,
                Subject,
                $"An MX record of {sender.Domain} names an address, {number}; only a server's name may stand there.",
                "Name the server instead."
            );
        foreach (var host in hosts.Take(Most))
        {
            if (!await HasAddressAsync(host, dns, cancellation))
                return new(
                    hosts.Count == 1 ? Mark.Wrong : Mark.Warning,
                    Subject,
                    $"{sender.Domain} receives mail at {host}, which has no address in DNS.",
                    "Correct or delete that MX record."
                )
                {
                    Found = [.. hosts],
                };
        }

        return new(Mark.Ok, Subject, $"{sender.Domain} receives mail, at {string.Join(", ", hosts.Take(Most))}{(hosts.Count > Most ? ", …" : "")}.");
    }

    // What could not be looked up is not held against it.
    private static async Task<bool> HasAddressAsync(string host, DnsResolver dns, CancellationToken cancellation) =>
        await dns.AddressesAsync(host, cancellation) is { Addresses.IsEmpty: false } or { Why: not null };
}
