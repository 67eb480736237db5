namespace Ketamine.Web.Ops.Doctor;

/// <summary>What receivers should do with email that fails, and who gets the reports: RFC 9989, which replaced RFC 7489 in 2026.</summary>
internal static class DmarcFindings
{
    private const string Subject = "DMARC";

    /// <param name="texts">The TXT records of the From address's domain, where a DMARC record has no effect.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(Sender sender, ImmutableArray<string> texts, DnsResolver dns, CancellationToken cancellation)
    {
        var walk = await DmarcWalk.FollowAsync(dns, sender.Domain, cancellation);
        if (walk.Failed is { } why) return [new(Mark.Unknown, Subject, $"The DMARC record couldn't be looked up: {why}.", "Run this again later.")];
        if (walk.Several is { } several)
            return
            [
                new(Mark.Wrong, Subject, $"_dmarc.{several} has more than one DMARC record, so receivers ignore them all.", "Delete all but one.")
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
            (false, _) => $"The record at _dmarc.{sender.Domain} isn't a valid DMARC record, which begins with v=DMARC1; and has each tag once.",
            (_, [_, ..]) =>
                $"{sender.Domain} has no DMARC record. There is one at {sender.Domain} itself, where receivers don't look: move it to _dmarc.{sender.Domain}.",
            _ => $"{sender.Domain} has no DMARC record. Gmail and Yahoo require one of large senders, at least p=none, and trust small senders more with one.",
        };
        return new(Mark.Wrong, Subject,
            text,
            unread.IsEmpty
                ? "Add this. It rejects nothing yet. Daily reports go to the address in it; you can use another of your mailboxes:"
                : RecordFindings.PutInPlace) { Found = unread.IsEmpty ? astray : unread, Records = [sender.ExpectedDmarc] };
    }

    private static async Task<IReadOnlyList<Finding>> PolicyAsync(
        Sender sender, DmarcRecord policy, DmarcWalk walk, DnsResolver dns, CancellationToken cancellation)
    {
        var findings = new RecordFindings(Subject, new("TXT", $"_dmarc.{policy.Domain}", policy.Text));
        var inherited = policy.Domain != sender.Domain;
        var whose = inherited ? $"{sender.Domain} follows the DMARC record of {policy.Domain}" : $"{sender.Domain} has a DMARC record";
        var asked = inherited ? policy.SubdomainPolicy ?? policy.Policy : policy.Policy;
        if (policy.Policy is null)
        {
            findings.Replace(Mark.Wrong,
                $"{whose}, but its p= is missing or isn't none, quarantine, or reject. Older receivers ignore such a record.",
                With(policy, "p", "none"));
        }
        else
        {
            findings.Add(Mark.Ok, asked switch
            {
                "none" =>
                    $"{whose}. It rejects nothing (p=none), the minimum that Gmail and Yahoo require of large senders. "
                        + "Once the reports show that all your own email passes, p=quarantine keeps others from using your domain.",
                "quarantine" => $"{whose}. Email that fails goes to spam (quarantine), so make sure that SPF or DKIM above is OK.",
                _ => $"{whose}. Email that fails is rejected, so make sure that SPF or DKIM above is OK.",
            }
        );
        }

        if (policy.Tags.GetValueOrDefault("t") == "y")
            findings.Add(Mark.Warning, "It is marked as a test (t=y), so receivers apply a milder policy.", "Remove t=y once the reports look right.");
        if (int.TryParse(policy.Tags.GetValueOrDefault("pct"), NumberStyles.None, CultureInfo.InvariantCulture, out var share) && share < 100)
            findings.Add(Mark.Warning, $"It has pct={share}, which RFC 9989 removed: newer receivers apply the policy to all email.", "Remove pct.");
        foreach (var (tag, by) in new[] { ("aspf", "SPF"), ("adkim", "DKIM") })
        {
            if (policy.Tags.GetValueOrDefault(tag)?.ToLowerInvariant() == "s")
                findings.Add(Mark.Warning,
                    $"With {tag}=s, {by} counts only for {sender.Domain} itself, not for its subdomains, which providers often use.",
                    $"Remove {tag}=s unless you know why it is there.");
        }

        await ReportsAsync(sender, policy, walk, dns, findings, cancellation);
        return findings.All;
    }

    private static async Task ReportsAsync(
        Sender sender, DmarcRecord policy, DmarcWalk walk, DnsResolver dns, RecordFindings findings, CancellationToken cancellation)
    {
        if (policy.Reports.IsEmpty)
        {
            findings.Replace(Mark.Warning,
                "It has no address for reports (rua=mailto:…), so you won't learn who sends as you, or that your own email fails.",
                With(policy, "rua", $"mailto:{sender.From}"));
            return;
        }

        foreach (var domain in policy.Reports.Select(address => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..].ToLowerInvariant()).Distinct())
        {
            if (domain == walk.Organization || domain.EndsWith($".{walk.Organization}", StringComparison.Ordinal)) continue;
            // RFC 9990 §4: a domain must state in DNS that it accepts another domain's reports.
            var consent = $"{policy.Domain}._report._dmarc.{domain}";
            var answer = await dns.AskAsync(consent, DnsType.TXT, cancellation);
            if (answer.Outcome is DnsOutcome.Failed || answer.Values.Any(DmarcRecord.Is)) continue;
            findings.Add(Mark.Warning,
                $"Reports would go to {domain}, which hasn't agreed in DNS to receive them, so they aren't sent.",
                $"Use an address at {walk.Organization} after rua=mailto:, or have this added at {domain}:",
                new("TXT", consent, "v=DMARC1"));
        }
    }

    private static string With(DmarcRecord policy, string tag, string value)
    {
        var tags = policy.Tags.Where(known => known.Key != tag && known.Key != "v").Select(known => $"{known.Key}={known.Value}");
        return string.Join("; ", tag == "p" ? ["v=DMARC1", $"{tag}={value}", .. tags] : (string[])["v=DMARC1", .. tags, $"{tag}={value}"]);
    }
}
