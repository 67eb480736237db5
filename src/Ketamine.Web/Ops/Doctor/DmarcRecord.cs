using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>A DMARC policy taken apart (RFC 9989 §4.7).</summary>
/// <param name="Domain">Whose policy it is, without the <c>_dmarc.</c> that it stands at.</param>
internal sealed partial record DmarcRecord(string Domain, string Text, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>What receivers are asked to do with mail that fails: none, quarantine or reject; null where that can't be read.</summary>
    public string? Policy => PolicyOf("p");

    /// <summary>The same for subdomains, where it differs.</summary>
    public string? SubdomainPolicy => PolicyOf("sp");

    /// <summary>The mail addresses that daily reports go to.</summary>
    public ImmutableArray<string> Reports =>
        [
            .. (Tags.GetValueOrDefault("rua") ?? "")
                .Split(',')
                .Select(uri => MailTo().Match(uri.Trim()))
                .Where(match => match.Success)
                .Select(match => match.Groups[1].Value),
        ];

    /// <summary>Whether a TXT record is a DMARC record at all; others at the same name are passed over.</summary>
    public static bool Is(string text) => Version().IsMatch(text);

    /// <returns>Null where it breaks off or says a thing twice.</returns>
    public static DmarcRecord? Parse(string domain, string text) => TagList.Read(text) is { } tags ? new DmarcRecord(domain, text, tags) : null;

    private string? PolicyOf(string tag) =>
        Tags.GetValueOrDefault(tag)?.ToLowerInvariant() is "none" or "quarantine" or "reject" ? Tags[tag].ToLowerInvariant() : null;

    [GeneratedRegex(@"^\s*v\s*=\s*DMARC1\s*(;|\z)")]
    private static partial Regex Version();

    [GeneratedRegex(@"^mailto:([^@\s,;!?]+@[^@\s,;!?]+)(\?[^\s]*|![0-9]+[kmgt]?)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex MailTo();
}

/// <summary>Which policy receivers apply to a domain, found as they find it: by walking up the tree (RFC 9989 §4.10).</summary>
/// <param name="Organization">The domain whose subdomains count as one with it, for relaxed alignment.</param>
/// <param name="Policy">Null where there is none.</param>
/// <param name="Several">A name on the way at which more than one record stands, so that none of them counts; null for none.</param>
/// <param name="Failed">Why it could not be found out, as an end of a sentence; null where it could.</param>
internal sealed record DmarcWalk(string Organization, DmarcRecord? Policy, string? Several, string? Failed)
{
    /// <summary>§4.10: a long name is asked for itself, and then from its last seven labels up.</summary>
    private const int MostLabels = 7;

    public static async Task<DmarcWalk> FollowAsync(DnsResolver dns, string domain, CancellationToken cancellation)
    {
        var found = new List<DmarcRecord>();
        string? several = null;
        string? organization = null;
        for (string? at = domain; at is not null && organization is null; at = Up(at))
        {
            var answer = await dns.AskAsync($"_dmarc.{at}", DnsType.TXT, cancellation);
            // Failing above a policy that was found, it costs at most the alignment of subdomains.
            if (answer.Outcome is DnsOutcome.Failed && found.Count == 0) return new DmarcWalk(domain, null, several, answer.Why);
            var records = answer.Values.Where(DmarcRecord.Is).ToList();
            if (records.Count > 1) several ??= at;
            if (records is not [var text] || DmarcRecord.Parse(at, text) is not { } policy) continue;
            var psd = policy.Tags.GetValueOrDefault("psd");
            found.Add(policy);
            if (psd == "n") organization = at;
            // Above it others register domains: the one below is the organization's own.
            if (psd == "y" && at != domain) organization = Below(domain, at);
        }

        organization ??= found.LastOrDefault()?.Domain ?? domain;
        var applies =
            found.Find(policy => policy.Domain == domain)
            ?? found.Find(policy => policy.Domain == organization)
            ?? found.Find(policy => policy.Tags.GetValueOrDefault("psd") == "y");
        return new DmarcWalk(organization, applies, several, null);
    }

    private static string? Up(string domain)
    {
        var labels = domain.Split('.');
        return labels.Length switch
        {
            1 => null,
            > MostLabels => string.Join('.', labels[^MostLabels..]),
            _ => string.Join('.', labels[1..]),
        };
    }

    private static string Below(string domain, string suffix) =>
        string.Join('.', domain.Split('.')[^(suffix.Split('.').Length + 1)..]);
}
