using Ketamine.Web.Mail;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>Whether the site's own signing key (Mail:Dkim) matches the one in DNS.</summary>
internal static class SigningKeyFinding
{
    private const string Subject = "Signing";

    /// <summary>Empty if the site doesn't sign.</summary>
    public static async Task<ImmutableArray<Finding>> ExamineAsync(DkimOptions? key, DnsResolver dns, CancellationToken cancellation)
    {
        if (key is null) return [];
        var name = $"{key.Selector}._domainkey.{key.Domain}";
        return [Judge(key, name, await dns.AskAsync(name, DnsType.TXT, cancellation))];
    }

    private static Finding Judge(DkimOptions key, string name, DnsAnswer answer)
    {
        ImmutableArray<DnsEntry> wanted = [new("TXT", name, $"v=DKIM1; k=rsa; p={key.PublicKey}")];
        const string Until = "Until then, receivers see an invalid signature.";
        if (answer.Outcome is DnsOutcome.Failed)
            return new(Mark.Unknown, Subject, $"We couldn't look up the site's own key, {name}: {answer.Why}.", "Run this again later.");
        if (answer.Records.IsEmpty)
            return new(Mark.Wrong, Subject, $"The site signs its email with the key \"{key.Selector}\", but {name} doesn't exist.", $"Add this record. {Until}")
            {
                Records = wanted,
            };
        var published = answer
            .Values.Select(value => TagList.Read(value)?.GetValueOrDefault("p"))
            .Select(p => p is null ? null : string.Concat(p.Where(c => !char.IsWhiteSpace(c))));
        return published.Contains(key.PublicKey, StringComparer.Ordinal)
            ? new(Mark.Ok, Subject, $"The site signs its email with the key \"{key.Selector}\", and its public key is at {name}.")
            : new(Mark.Wrong, Subject,
                $"{name} has a different key than the one that the site signs with (Mail:Dkim:KeyFile).",
                $"Replace the existing record with this one, or set Mail:Dkim:KeyFile to the key that matches it. {Until}") { Records = wanted };
    }
}
