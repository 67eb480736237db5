namespace Ketamine.Web.Ops.Doctor;

/// <summary>A parsed DMARC policy (RFC 9989 §4.7).</summary>
/// <param name="Domain">The policy's domain, without the <c>_dmarc.</c> prefix.</param>
internal sealed partial record DmarcRecord(string Domain, string Text, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>What receivers should do with email that fails: none, quarantine, or reject; null if unreadable.</summary>
    public string? Policy => PolicyOf("p");

    /// <summary>The same for subdomains, if different.</summary>
    public string? SubdomainPolicy => PolicyOf("sp");

    /// <summary>The email addresses that daily reports go to.</summary>
    public ImmutableArray<string> Reports =>
        [
            .. (Tags.GetValueOrDefault("rua") ?? "")
                .Split(',')
                .Select(uri => MailTo().Match(uri.Trim()))
                .Where(match => match.Success)
                .Select(match => match.Groups[1].Value),
        ];

    /// <summary>Whether a TXT record is a DMARC record at all; others at the same name are ignored.</summary>
    public static bool Is(string text) => Version().IsMatch(text);

    /// <returns>Null if it is truncated or repeats a tag.</returns>
    public static DmarcRecord? Parse(string domain, string text) => TagList.Read(text) is { } tags ? new DmarcRecord(domain, text, tags) : null;

    private string? PolicyOf(string tag) =>
        Tags.GetValueOrDefault(tag)?.ToLowerInvariant() is "none" or "quarantine" or "reject" ? Tags[tag].ToLowerInvariant() : null;

    [GeneratedRegex(@"^\s*v\s*=\s*DMARC1\s*(;|\z)")]
    private static partial Regex Version();

    [GeneratedRegex(@"^mailto:([^@\s,;!?]+@[^@\s,;!?]+)(\?[^\s]*|![0-9]+[kmgt]?)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex MailTo();
}

/// <summary>The policy that receivers apply to a domain, found the way they find it: by walking up the tree (RFC 9989 §4.10).</summary>
/// <param name="Organization">The organizational domain, for relaxed alignment.</param>
/// <param name="Policy">Null if there is none.</param>
/// <param name="Several">A name on the way with more than one record, which voids them all; null if there is none.</param>
/// <param name="Failed">Why the lookup failed, as the end of a sentence; null if it succeeded.</param>
internal sealed record DmarcWalk(string Organization, DmarcRecord? Policy, string? Several, string? Failed)
{
    /// <summary>§4.10: for a long name, query the name itself, then its last seven labels and up.</summary>
    private const int MostLabels = 7;

    public static async Task<DmarcWalk> FollowAsync(DnsResolver dns, string domain, CancellationToken cancellation)
    {
        var found = new List<DmarcRecord>();
        string? several = null;
        string? organization = null;
        for (string? at = domain; at is not null && organization is null; at = Up(at))
        {
            var answer = await dns.AskAsync($"_dmarc.{at}", DnsType.TXT, cancellation);
            // A failure above a policy that was found can only affect the alignment of subdomains.
            if (answer.Outcome is DnsOutcome.Failed && found.Count == 0) return new DmarcWalk(domain, null, several, answer.Why);
            var records = answer.Values.Where(DmarcRecord.Is).ToList();
            if (records.Count > 1) several ??= at;
            if (records is not [var text] || DmarcRecord.Parse(at, text) is not { } policy) continue;
            var psd = policy.Tags.GetValueOrDefault("psd");
            found.Add(policy);
            if (psd == "n") organization = at;
            // This is a public suffix: the organization's domain is the one below it.
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
