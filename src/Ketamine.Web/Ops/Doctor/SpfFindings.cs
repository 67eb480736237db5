using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>Whether the domain's SPF record lets the mail server send: RFC 7208.</summary>
internal static class SpfFindings
{
    private const string Subject = "SPF";

    /// <param name="texts">The TXT records of the From address's domain.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(Sender sender, IEnumerable<string> texts, StubResolver dns, CancellationToken cancellation)
    {
        var all = texts.ToList();
        var spf = all.Where(SpfRecord.Is).ToList();
        var expected = await ExpectedAsync(sender, dns, cancellation);
        return spf switch
        {
            [] => [None(sender, all, expected)],
            [var one] => await OneAsync(sender, SpfRecord.Parse(one), dns, cancellation),
            _ =>
            [
                new(Mark.Wrong, Subject, $"{sender.Domain} has {spf.Count} SPF records. Only one may be; receivers take more than one for none.", "Delete all of them and add one in their place:")
                {
                    Found = [.. spf],
                    Records = [new("TXT", sender.Domain, Together(spf.Select(SpfRecord.Parse), sender.SpfTerms))],
                },
            ],
        };
    }

    private static async Task<DnsEntry> ExpectedAsync(Sender sender, StubResolver dns, CancellationToken cancellation)
    {
        var mail = (await dns.AskAsync(sender.Domain, DnsType.MX, cancellation)).Records.Where(record => record.Value.Length > 0).Select(record => record.Value).ToList();
        return sender.ExpectedSpf(MailProvider.OfInbox(mail), mail.Count > 0);
    }

    private static Finding None(Sender sender, IReadOnlyList<string> texts, DnsEntry expected)
    {
        var like = texts.Where(text => text.Contains("spf", StringComparison.OrdinalIgnoreCase) && text.Contains("all", StringComparison.OrdinalIgnoreCase)).ToImmutableArray();
        var text = like.IsEmpty
            ? $"{sender.Domain} has no SPF record, so nobody can tell which servers may send as it."
            : $"{sender.Domain} has no SPF record. One TXT record looks like it, but an SPF record begins with v=spf1 and a space, without quotation marks.";
        return (sender.Provider, sender.Host) switch
        {
            ({ OwnEnvelope: true } provider, _) => new(
                Mark.Warning, Subject, $"{text} For mail by {provider.Name} that does no harm: its own return address is checked.",
                "Add one for the mail that you write yourself; if other services send for you, add what they name before ~all:") { Found = like, Records = [expected] },
            (_, null) => new(Mark.Wrong, Subject, text, "Add one that names your mail provider: it tells you the name to include, as in include:provider.example before ~all.") { Found = like },
            _ => new(Mark.Wrong, Subject, text, "Add one. If other services send for you (a booking system, a shop), add what they name before ~all:") { Found = like, Records = [expected] },
        };
    }

    private static async Task<IReadOnlyList<Finding>> OneAsync(Sender sender, SpfRecord record, StubResolver dns, CancellationToken cancellation)
    {
        var walk = await SpfWalk.FollowAsync(dns, sender.Domain, record, cancellation);
        var findings = new List<Finding>();
        void Add(Mark mark, string text, string? todo = null, params IEnumerable<DnsEntry> records) =>
            findings.Add(new(mark, Subject, text, todo) { Found = findings.Count == 0 ? [record.Text] : [], Records = [.. records] });
        DnsEntry Instead(string text) => new("TXT", sender.Domain, text);
        var replace = "Put this record in place of the one that is there:";

        if (walk.Broken.Count > 0)
        {
            Add(Mark.Wrong, $"The SPF record of {sender.Domain} is broken, and receivers take it for none. {string.Join(" ", walk.Broken)}", Mend(walk));
        }
        else if (record.All is { Qualifier: '+' })
        {
            Add(Mark.Wrong, $"The SPF record of {sender.Domain} lets every server in the world send as it (+all).", replace, Instead(Ending(record)));
        }
        else if (record.All is { Qualifier: '?' } || (record.All is null && record.Redirect is null))
        {
            Add(Mark.Warning, $"The SPF record of {sender.Domain} says nothing of servers that it does not name: it ends {(record.All is null ? "without ~all or -all" : "in ?all")}.", replace, Instead(Ending(record)));
        }
        else
        {
            Add(Mark.Ok, string.Create(CultureInfo.InvariantCulture, $"{sender.Domain} has one SPF record, and it can be read ({walk.Lookups} of at most 10 lookups)."));
        }

        if (record.Terms.Any(term => term.Name == "ptr")) Add(Mark.Warning, "The SPF record uses \"ptr\", which is slow and which large receivers pass over (RFC 7208 §5.5).", "Name the servers instead, or delete \"ptr\" from it.");
        if (walk.Unknown.Count > 0) Add(Mark.Unknown, $"Not all of the SPF record could be followed: {string.Join("; ", walk.Unknown)}.", "Run this again later.");
        if (walk.Broken.Count == 0) await CoverageAsync(sender, record, walk, dns, Add, Instead, cancellation);
        return findings;
    }

    private static async Task CoverageAsync(
        Sender sender, SpfRecord record, SpfWalk walk, StubResolver dns, Action<Mark, string, string?, IEnumerable<DnsEntry>> add, Func<string, DnsEntry> instead, CancellationToken cancellation)
    {
        if (sender is { Host: null } or { Provider.OwnEnvelope: true } || record.All is { Qualifier: '+' }) return;
        if (sender.Provider is { Spf: { } spf } provider)
        {
            if (walk.Includes(spf)) add(Mark.Ok, $"It names {provider.Name}, which sends the site's mail (include:{spf}).", null, []);
            else if (walk.Unknown.Count == 0) add(Mark.Wrong, $"It does not name {provider.Name}, which sends the site's mail: receivers see a server that may not send as {sender.Domain}.", "Put this record in place of the one that is there:", [instead(With(record, sender.SpfTerms))]);
            return;
        }

        var addresses = await AddressesAsync(sender.Host, dns, cancellation);
        if (addresses.Count == 0 || addresses.Exists(Sender.IsPrivate))
        {
            var why = addresses.Count == 0 ? $"no public address of {sender.Host} is known" : $"{sender.Host} is this machine or one of its own network";
            add(Mark.Unknown, $"Whether it names the server that sends can't be told: {why}.", "Send a mail with \"ops mail test you@gmail.com\" and open it there with \"Show original\": beside SPF stands PASS, or the address that mail came from and that the record must name, as ip4:ADDRESS or by your provider's include:.", []);
            return;
        }

        var results = addresses.ToLookup(walk.Evaluate);
        var covered = string.Join(", ", results[SpfResult.Pass]);
        if (results[SpfResult.Pass].Count() == addresses.Count)
        {
            add(Mark.Ok, $"It names the addresses of {sender.Host} ({covered}). A provider may send from others than it takes mail on; a mail to yourself shows it (docs/mail.md).", null, []);
        }
        else if (results[SpfResult.Unknown].Any())
        {
            add(Mark.Unknown, $"Whether it names {sender.Host} ({string.Join(", ", addresses)}) can't be told: it depends on the mail, or on what DNS did not tell.", null, []);
        }
        else
        {
            var missing = string.Join(", ", addresses.Except(results[SpfResult.Pass]));
            add(
                Mark.Warning, $"It does not name the server that takes the site's mail, {sender.Host} ({missing}). If mail leaves from there, receivers see a server that may not send as {sender.Domain}.",
                sender.SpfTerms.IsEmpty ? null : "Ask your provider which include: it wants in SPF. If the server is your own, put this record in place of the one that is there:",
                sender.SpfTerms.IsEmpty ? [] : [instead(With(record, sender.SpfTerms))]);
        }
    }

    private static async Task<List<IPAddress>> AddressesAsync(string host, StubResolver dns, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var itself)) return [itself];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return [IPAddress.Loopback];
        var answers = await Task.WhenAll(dns.AskAsync(host, DnsType.A, cancellation), dns.AskAsync(host, DnsType.AAAA, cancellation));
        return [.. answers.SelectMany(answer => answer.Records).Select(address => IPAddress.Parse(address.Value))];
    }

    private static string Mend(SpfWalk walk) =>
        walk.Lookups > 10
            ? "Delete what no longer sends for you. If all of it does, let some services send from a subdomain of their own, e.g. news.your-domain."
            : "Correct or delete that part. A service's own instructions name the right spelling.";

    private static string With(SpfRecord record, IEnumerable<string> terms) => $"v=spf1 {string.Join(' ', terms)} {string.Join(' ', record.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1))}".TrimEnd();

    private static string Ending(SpfRecord record) =>
        string.Join(' ', record.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.TrimStart('+', '?').Equals("all", StringComparison.OrdinalIgnoreCase)).Append("~all"));

    private static string Together(IEnumerable<SpfRecord> records, IEnumerable<string> terms) =>
        string.Join(' ', (string[])["v=spf1", .. terms.Concat(records.SelectMany(record => record.Terms).Where(term => term.Name != "all").Select(term => term.Text)).Distinct(StringComparer.OrdinalIgnoreCase), "~all"]);
}
