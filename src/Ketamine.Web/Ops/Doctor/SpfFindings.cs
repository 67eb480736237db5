using System.Net;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>Whether the domain's SPF record allows the mail server (RFC 7208).</summary>
internal static class SpfFindings
{
    private const string Subject = "SPF";

    /// <param name="texts">The TXT records of the From address's domain.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(Sender sender, ImmutableArray<string> texts, DnsResolver dns, CancellationToken cancellation)
    {
        var spf = texts.Where(SpfRecord.Is).ToList();
        return spf switch
        {
            [] => [None(sender, texts, await ExpectedAsync(sender, dns, cancellation))],
            [var one] => await OneAsync(sender, SpfRecord.Parse(one), dns, cancellation),
            _ =>
            [
                new(Mark.Wrong, Subject,
                    $"{sender.Domain} has {spf.Count} SPF records. Only one is allowed; receivers ignore them all.",
                    "Delete them all and add one instead:")
                {
                    Found = [.. spf],
                    Records = [new("TXT", sender.Domain, Together(spf.Select(SpfRecord.Parse), sender.SpfTerms))],
                },
            ],
        };
    }

    private static async Task<DnsEntry> ExpectedAsync(Sender sender, DnsResolver dns, CancellationToken cancellation)
    {
        var mail = (await dns.AskAsync(sender.Domain, DnsType.MX, cancellation)).Values.Where(host => host.Length > 0).ToList();
        return sender.ExpectedSpf(MailProvider.OfInbox(mail), mail.Count > 0);
    }

    private static Finding None(Sender sender, ImmutableArray<string> texts, DnsEntry expected)
    {
        var like = texts
            .Where(text => text.Contains("spf", StringComparison.OrdinalIgnoreCase) && text.Contains("all", StringComparison.OrdinalIgnoreCase))
            .ToImmutableArray();
        var text = like.IsEmpty
            ? $"{sender.Domain} has no SPF record, so receivers can't tell which servers may send for it."
            : $"{sender.Domain} has no SPF record. One TXT record looks like it, but an SPF record begins with v=spf1 and a space, without quotation marks.";
        return (sender.Provider, sender.Host) switch
        {
            ({ OwnEnvelope: true } provider, _) => new(Mark.Warning, Subject,
                $"{text} That is no problem for email from {provider.Name}: receivers check its return address instead.",
                "Add one for the email that you write yourself; if other services send for you, add their terms before ~all:")
            {
                Found = like,
                Records = [expected],
            },
            (_, null) => new(Mark.Wrong, Subject, text,
                "Add one that includes your email provider: it tells you which name to include, such as include:provider.example before ~all.")
            {
                Found = like,
            },
            _ => new(Mark.Wrong, Subject, text, "Add one. If other services send for you (a booking system, a shop), add their terms before ~all:")
            {
                Found = like,
                Records = [expected],
            },
        };
    }

    private static async Task<IReadOnlyList<Finding>> OneAsync(Sender sender, SpfRecord record, DnsResolver dns, CancellationToken cancellation)
    {
        var walk = await SpfWalk.FollowAsync(dns, sender.Domain, record, cancellation);
        var findings = new RecordFindings(Subject, new("TXT", sender.Domain, record.Text));
        if (walk.Broken.Count > 0)
        {
            findings.Add(Mark.Wrong,
                $"The SPF record of {sender.Domain} is broken, so receivers ignore it. {string.Join(" ", walk.Broken)}",
                Fix(walk));
        }
        else if (record.All is { Qualifier: '+' })
        {
            findings.Replace(Mark.Wrong, $"The SPF record of {sender.Domain} allows every server in the world (+all).", Ending(record));
        }
        else if (record.All is { Qualifier: '?' } || (record.All is null && record.Redirect is null))
        {
            findings.Replace(Mark.Warning,
                $"The SPF record of {sender.Domain} doesn't say what to do with servers that it doesn't list: "
                    + $"it ends {(record.All is null ? "without ~all or -all" : "in ?all")}.",
                Ending(record));
        }
        else
        {
            findings.Add(Mark.Ok, $"{sender.Domain} has one valid SPF record ({walk.Lookups} of at most 10 lookups).");
        }

        if (record.Terms.Any(term => term.Name == "ptr"))
            findings.Add(Mark.Warning,
                "The SPF record uses \"ptr\", which is slow and which large receivers ignore (RFC 7208 §5.5).",
                "List the servers instead, or delete \"ptr\".");
        if (walk.Unknown.Count > 0)
            findings.Add(Mark.Unknown, $"Parts of the SPF record couldn't be checked: {string.Join("; ", walk.Unknown)}.", "Run this again later.");
        if (walk.Broken.Count == 0) await CoverageAsync(sender, record, walk, dns, findings, cancellation);
        return findings.All;
    }

    private static async Task CoverageAsync(
        Sender sender, SpfRecord record, SpfWalk walk, DnsResolver dns, RecordFindings findings, CancellationToken cancellation)
    {
        if (sender is { Host: null } or { Provider.OwnEnvelope: true } || record.All is { Qualifier: '+' }) return;
        if (sender.Provider is { Spf: { } spf } provider) AddProviderCoverage(sender, record, walk, provider, spf, findings);
        else AddServerCoverage(sender, record, walk, await AddressesAsync(sender.Host, dns, cancellation), findings);
    }

    private static void AddProviderCoverage(Sender sender, SpfRecord record, SpfWalk walk, MailProvider provider, string spf, RecordFindings findings)
    {
        if (walk.Includes(spf)) findings.Add(Mark.Ok, $"It includes {provider.Name}, which sends the site's email (include:{spf}).");
        else if (walk.Unknown.Count == 0)
            findings.Replace(Mark.Wrong,
                $"It doesn't include {provider.Name}, which sends the site's email: receivers see a server that may not send for {sender.Domain}.",
                With(record, sender.SpfTerms));
    }

    /// <param name="addresses">The addresses of the mail server.</param>
    private static void AddServerCoverage(Sender sender, SpfRecord record, SpfWalk walk, ImmutableArray<IPAddress> addresses, RecordFindings findings)
    {
        if (addresses.IsEmpty || addresses.Any(Sender.IsPrivate))
        {
            var why = addresses.IsEmpty ? $"no public address of {sender.Host} is known" : $"{sender.Host} is on this machine or its local network";
            findings.Add(Mark.Unknown,
                $"We can't tell whether it lists the sending server: {why}.",
                "Run \"ops mail test you@gmail.com\" and open the email in Gmail with \"Show original.\" Next to SPF it says PASS, "
                    + "or shows the sending address, which the record must list as ip4:ADDRESS or through your provider's include:.");
            return;
        }

        var results = addresses.ToLookup(walk.Evaluate);
        if (results[SpfResult.Pass].Count() == addresses.Length)
            findings.Add(Mark.Ok,
                $"It lists the addresses of {sender.Host} ({string.Join(", ", addresses)}). "
                    + "A provider may send from other addresses than these; an email to yourself shows which (docs/operators/mail.md).");
        else if (results[SpfResult.Unknown].Any())
            findings.Add(Mark.Unknown,
                $"We can't tell whether it lists {sender.Host} ({string.Join(", ", addresses)}): it depends on the email, or DNS didn't answer.");
        else AddMissingServer(sender, record, addresses.Except(results[SpfResult.Pass]), findings);
    }

    private static void AddMissingServer(Sender sender, SpfRecord record, IEnumerable<IPAddress> missing, RecordFindings findings)
    {
        var text =
            $"It doesn't list the server that takes the site's email, {sender.Host} ({string.Join(", ", missing)}). "
                + $"If email leaves from there, receivers see a server that may not send for {sender.Domain}.";
        if (sender.SpfTerms.IsEmpty) findings.Add(Mark.Warning, text);
        else
            findings.Replace(Mark.Warning,
                text,
                With(record, sender.SpfTerms),
                "Ask your provider for its SPF include:. If the server is your own, replace the existing record with this one:");
    }

    private static async Task<ImmutableArray<IPAddress>> AddressesAsync(string host, DnsResolver dns, CancellationToken cancellation) =>
        IPAddress.TryParse(host, out var itself) ? [itself]
        : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? [IPAddress.Loopback]
        : (await dns.AddressesAsync(host, cancellation)).Addresses;

    private static string Fix(SpfWalk walk) =>
        walk.Lookups > 10
            ? "Delete services that no longer send for you. If all of them do, move some to a subdomain, e.g. news.your-domain."
            : "Correct or delete that part. The service's instructions show the right spelling.";

    private static string With(SpfRecord record, IEnumerable<string> terms) =>
        $"v=spf1 {string.Join(' ', terms)} {string.Join(' ', record.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1))}".TrimEnd();

    private static string Ending(SpfRecord record) =>
        string.Join(
            ' ',
            record
                .Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(word => !word.TrimStart('+', '?').Equals("all", StringComparison.OrdinalIgnoreCase))
                .Append("~all"));

    private static string Together(IEnumerable<SpfRecord> records, IEnumerable<string> terms) =>
        string.Join(
            ' ',
            (string[])
                [
                    "v=spf1",
                    .. terms
                        .Concat(records.SelectMany(record => record.Terms).Where(term => term.Name != "all").Select(term => term.Text))
                        .Distinct(StringComparer.OrdinalIgnoreCase),
                    "~all",
                ]);
}
