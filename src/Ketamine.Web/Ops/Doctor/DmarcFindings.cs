using System.Collections.Immutable;
using System.Globalization;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>What receivers are told to do with mail that fails, and who hears of it: RFC 9989, in force since 2026 in place of RFC 7489.</summary>
internal static class DmarcFindings
{
    private const string Subject = "DMARC";

    /// <param name="texts">The TXT records of the From address's domain, where a DMARC record has no effect.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(Sender sender, ImmutableArray<string> texts, DnsResolver dns, CancellationToken cancellation)
    {
        var walk = await DmarcWalk.FollowAsync(dns, sender.Domain, cancellation);
        if (walk.Failed is { } why) return [new(Mark.Unknown, Subject, $"The DMARC record could not be looked up: {why}.", "Run this again later.")];
        if (walk.Several is { } several)
            return
            [
                new(Mark.Wrong, Subject, $"_dmarc.{several} has more than one DMARC record; receivers take that for none.", "Delete all but one.")
                {
                    Found = (await dns.AskAsync($"_dmarc.{several}", DnsType.TXT, cancellation)).Values,
                },
            ];
        return walk.Policy is { } policy ? await PolicyAsync(sender, policy, walk, dns, cancellation) : [await NoneAsync(sender, texts, dns, cancellation)];
    }

    private static async Task<Finding> NoneAsync(Sender sender, ImmutableArray<string> texts, DnsResolver dns, CancellationToken cancellation)
    {
        var unread = (await dns.AskAsync($"_dmarc.{sender.Domain}", DnsType.TXT, cancellation)).Values;
        var astray = texts.Where(DmarcRecord.Is).ToImmutableArray();
        var text = (unread.IsEmpty, astray) switch
        {
            (false, _) => $"What stands at _dmarc.{sender.Domain} can't be read as a DMARC record, which begins with v=DMARC1; and says each thing once.",
            (_, [_, ..]) =>
                $"{sender.Domain} has no DMARC record. One stands at {sender.Domain} itself, where nobody looks: its place is _dmarc.{sender.Domain}.",
            _ => $"{sender.Domain} has no DMARC record. Gmail and Yahoo want one of large senders, at least with p=none, and trust small ones more for it.",
        };
        return new(
            Mark.Wrong,
            Subject,
            text,
            unread.IsEmpty
                ? "Add this. It refuses nothing yet, and daily reports go to the address in it; another mailbox of yours will do:"
                : RecordFindings.PutInPlace
        )
        {
            Found = unread.IsEmpty ? astray : unread,
            Records = [sender.ExpectedDmarc],
        };
    }

    private static async Task<IReadOnlyList<Finding>> PolicyAsync(
        Sender sender,
        DmarcRecord policy,
        DmarcWalk walk,
        DnsResolver dns,
        CancellationToken cancellation
    )
    {
        var findings = new RecordFindings(Subject, new("TXT", $"_dmarc.{policy.Domain}", policy.Text));
        var inherited = policy.Domain != sender.Domain;
        var whose = inherited ? $"{sender.Domain} follows the DMARC record of {policy.Domain}" : $"{sender.Domain} has a DMARC record";
        var asked = inherited ? policy.SubdomainPolicy ?? policy.Policy : policy.Policy;
        if (policy.Policy is null)
        {
            findings.Replace(
                Mark.Wrong,
                $"{whose}, but its p= is missing or none of none, quarantine and reject, and older receivers take such a record for none.",
                With(policy, "p", "none")
            );
        }
        else
        {
            findings.Add(Mark.Ok, asked switch
            {
                "none" =>
                    $"{whose}. It asks to refuse nothing (p=none), which is what Gmail and Yahoo want at least of large senders. "
                        + "Once the reports show only your own mail passing, p=quarantine keeps others from using your name.",
                "quarantine" => $"{whose}. Mail that fails is to be taken for spam (quarantine): see that SPF or DKIM above is in order.",
                _ => $"{whose}. Mail that fails is to be refused (reject): see that SPF or DKIM above is in order.",
            }
        );
        }

        if (policy.Tags.GetValueOrDefault("t") == "y")
            findings.Add(Mark.Warning, "It is marked as a test (t=y), so receivers do less than it asks for.", "Take t=y out once the reports look right.");
        if (int.TryParse(policy.Tags.GetValueOrDefault("pct"), NumberStyles.None, CultureInfo.InvariantCulture, out var share) && share < 100)
            findings.Add(Mark.Warning, $"pct={share} in it is no longer heeded (RFC 9989): newer receivers apply the policy to all mail.", "Take pct out.");
        foreach (var (tag, by) in new[] { ("aspf", "SPF"), ("adkim", "DKIM") })
        {
            if (policy.Tags.GetValueOrDefault(tag)?.ToLowerInvariant() == "s")
                findings.Add(
                    Mark.Warning,
                    $"{tag}=s in it lets {by} count only for exactly {sender.Domain}, not for its subdomains, which providers like to use.",
                    $"Take {tag}=s out, unless you know why it is there."
                );
        }

        await ReportsAsync(sender, policy, walk, dns, findings, cancellation);
        return findings.All;
    }

    private static async Task ReportsAsync(
        Sender sender,
        DmarcRecord policy,
        DmarcWalk walk,
        DnsResolver dns,
        RecordFindings findings,
        CancellationToken cancellation
    )
    {
        if (policy.Reports.IsEmpty)
        {
            findings.Replace(
                Mark.Warning,
                "It names nobody for reports (rua=mailto:…), so you don't hear who sends as you, or that your own mail fails.",
                With(policy, "rua", $"mailto:{sender.From}")
            );
            return;
        }

        foreach (var domain in policy.Reports.Select(address => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..].ToLowerInvariant()).Distinct())
        {
            if (domain == walk.Organization || domain.EndsWith($".{walk.Organization}", StringComparison.Ordinal)) continue;
            // RFC 9990 §4: whoever is to get another domain's reports says in DNS that it wants them.
            var consent = $"{policy.Domain}._report._dmarc.{domain}";
            var answer = await dns.AskAsync(consent, DnsType.TXT, cancellation);
            if (answer.Outcome is DnsOutcome.Failed || answer.Values.Any(DmarcRecord.Is)) continue;
            findings.Add(
                Mark.Warning,
                $"Reports are to go to {domain}, which does not say that it wants them: they are not sent.",
                $"Name an address of {walk.Organization} after rua=mailto:, or have this added at {domain}:",
                new("TXT", consent, "v=DMARC1")
            );
        }
    }

    private static string With(DmarcRecord policy, string tag, string value)
    {
        var tags = policy.Tags.Where(known => known.Key != tag && known.Key != "v").Select(known => $"{known.Key}={known.Value}");
        return string.Join("; ", tag == "p" ? ["v=DMARC1", $"{tag}={value}", .. tags] : (string[])["v=DMARC1", .. tags, $"{tag}={value}"]);
    }
}
