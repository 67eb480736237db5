using System.Net;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>An SPF record's result for an address (RFC 7208 §2.6).</summary>
internal enum SpfResult
{
    Pass,
    Fail,
    SoftFail,
    Neutral,

    /// <summary>It depends on the email, or DNS didn't answer.</summary>
    Unknown,
}

/// <summary>
/// Follows an SPF record and all its includes to the end, like a receiver of an email that matches no term. This covers every lookup that a
/// receiver can need.
/// </summary>
internal sealed class SpfWalk
{
    private const int MostLookups = 10;
    private const int MostVoid = 2;
    private const int MostMailHosts = 10;

    /// <summary>Stop at this many lookups: the record is broken by then anyway.</summary>
    private const int Patience = 25;

    private readonly DnsResolver _dns;
    private readonly HashSet<string> _included = new(StringComparer.OrdinalIgnoreCase);
    private Node _root = new();
    private int _void;

    private SpfWalk(DnsResolver dns) => _dns = dns;

    /// <summary>The number of lookups that a receiver may need; ten are allowed.</summary>
    public int Lookups { get; private set; }

    /// <summary>Why receivers treat the record as broken (permerror), in sentences.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>Lookups that failed, as ends of sentences.</summary>
    public List<string> Unknown { get; } = [];

    /// <summary>Whether <paramref name="domain"/>'s record is included, directly or indirectly.</summary>
    public bool Includes(string domain) => _included.Contains(domain);

    public static async Task<SpfWalk> FollowAsync(DnsResolver dns, string domain, SpfRecord record, CancellationToken cancellation)
    {
        var walk = new SpfWalk(dns);
        walk._root = await walk.LoadAsync(domain, record, [domain], cancellation);
        if (walk.Lookups > MostLookups)
            walk.Broken.Add(
                $"It needs {(walk.Lookups < Patience ? $"{walk.Lookups}" : $"{Patience} or more")} lookups in DNS; "
                    + $"receivers stop at {MostLookups} and treat it as broken.");
        if (walk._void > MostVoid) walk.Broken.Add($"{walk._void} of its names have no record; receivers give up after {MostVoid}.");
        return walk;
    }

    /// <summary>The record's result for email from <paramref name="address"/>.</summary>
    public SpfResult Evaluate(IPAddress address) => Evaluate(_root, address);

    private static SpfResult Evaluate(Node node, IPAddress address)
    {
        var unknown = false;
        foreach (var part in node.Parts)
        {
            var matches = part switch
            {
                { Term.Name: "all" } => SpfResult.Pass,
                { Child: { } child } => Evaluate(child, address),
                { Known: false } => SpfResult.Unknown,
                _ => part.Addresses.Any(known => part.Term.Covers(known, address)) ? SpfResult.Pass : SpfResult.Neutral,
            };
            unknown |= matches is SpfResult.Unknown;
            if (matches is SpfResult.Pass) return unknown && part.Term.Qualifier != '+' ? SpfResult.Unknown : ResultOf(part.Term.Qualifier);
        }

        var otherwise = node.Redirect is { } redirect ? Evaluate(redirect, address) : SpfResult.Neutral;
        return unknown && otherwise is not SpfResult.Pass ? SpfResult.Unknown : otherwise;
    }

    private static SpfResult ResultOf(char qualifier) =>
        qualifier switch
        {
            '-' => SpfResult.Fail,
            '~' => SpfResult.SoftFail,
            '?' => SpfResult.Neutral,
            _ => SpfResult.Pass,
        };

    private async Task<Node> LoadAsync(string domain, SpfRecord record, ImmutableArray<string> path, CancellationToken cancellation)
    {
        Broken.AddRange(record.Mistakes.Select(mistake => path.Length == 1 ? $"In it, {mistake}." : $"In the record of {domain}, {mistake}."));
        var node = new Node();
        foreach (var term in record.Terms)
        {
            var part = new Part(term);
            node.Parts.Add(part);
            if (term.Name == "all") return node; // §5.1: everything after it is ignored, including redirect=
            if (term.Address is { } address) part.Addresses.Add(address);
            if (!term.AsksDns) continue;
            if (++Lookups >= Patience) return node;
            if (term.HasMacro || term.Name == "ptr")
            {
                part.Known = false;
            }
            else if (term.Name == "include")
            {
                part.Child = await IncludeAsync(term.Domain!, path, term.Text, cancellation);
                part.Known = false;
            }
            else
            {
                part.Known = term.Name == "mx"
                    ? await AddMailHostsAsync(part, term.Domain ?? domain, cancellation)
                    : await AddAddressesAsync(part, term.Domain ?? domain, counts: true, cancellation);
                // exists: any address matches all senders; a missing one matches none.
                if (term.Name == "exists") (part.Known, part.Addresses) = (part.Known && part.Addresses.Count == 0, []);
            }
        }

        if (record.Redirect is { } redirect && ++Lookups < Patience)
        {
            if (redirect.Contains('%')) node.Parts.Add(new Part(new SpfTerm('+', "redirect", redirect, null, 0, 0, "")) { Known = false });
            else node.Redirect = await IncludeAsync(redirect, path, $"redirect={redirect}", cancellation);
        }

        return node;
    }

    private async Task<Node?> IncludeAsync(string domain, ImmutableArray<string> path, string term, CancellationToken cancellation)
    {
        if (path.Contains(domain, StringComparer.OrdinalIgnoreCase))
        {
            Broken.Add($"\"{term}\" is circular: {string.Join(" > ", path)} > {domain}.");
            return null;
        }

        _included.Add(domain);
        var answer = await _dns.AskAsync(domain, DnsType.TXT, cancellation);
        if (answer.Outcome is DnsOutcome.Failed)
        {
            Unknown.Add($"the record of {domain}: {answer.Why}");
            return null;
        }

        if (answer.Records.IsEmpty) _void++;
        var records = answer.Values.Where(SpfRecord.Is).ToList();
        if (records is [var only]) return await LoadAsync(domain, SpfRecord.Parse(only), path.Add(domain), cancellation);
        Broken.Add($"\"{term}\" names {domain}, which has {(records.Count == 0 ? "no SPF record" : "more than one SPF record")}.");
        return null;
    }

    private async Task<bool> AddMailHostsAsync(Part part, string domain, CancellationToken cancellation)
    {
        var answer = await _dns.AskAsync(domain, DnsType.MX, cancellation);
        if (answer.Outcome is DnsOutcome.Failed)
        {
            Unknown.Add($"the MX records of {domain}: {answer.Why}");
            return false;
        }

        if (answer.Records.IsEmpty) _void++;
        if (answer.Records.Length > MostMailHosts) Broken.Add($"\"{part.Term.Text}\" covers more than {MostMailHosts} mail servers.");
        var known = true;
        foreach (var host in answer.Records.Take(MostMailHosts)) known &= await AddAddressesAsync(part, host.Value, counts: false, cancellation);
        return known;
    }

    private async Task<bool> AddAddressesAsync(Part part, string host, bool counts, CancellationToken cancellation)
    {
        var (addresses, why) = await _dns.AddressesAsync(host, cancellation);
        part.Addresses.AddRange(addresses);
        if (why is not null) Unknown.Add($"the addresses of {host}: {why}");
        else if (counts && part.Addresses.Count == 0) _void++;
        return why is null;
    }

    private sealed class Node
    {
        public List<Part> Parts { get; } = [];

        public Node? Redirect { get; set; }
    }

    private sealed class Part(SpfTerm term)
    {
        public SpfTerm Term { get; } = term;

        /// <summary>Whether <see cref="Addresses"/> is everything that the term covers.</summary>
        public bool Known { get; set; } = true;

        public List<IPAddress> Addresses { get; set; } = [];

        public Node? Child { get; set; }
    }
}
