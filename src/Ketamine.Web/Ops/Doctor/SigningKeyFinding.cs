using System.Collections.Immutable;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>Whether the key that the site itself signs with (Mail:Dkim) is the one in DNS.</summary>
internal static class SigningKeyFinding
{
    private const string Subject = "Signing";

    /// <summary>Empty where the site doesn't sign.</summary>
    public static async Task<ImmutableArray<Finding>> ExamineAsync(DkimOptions? key, DnsResolver dns, CancellationToken cancellation)
    {
        if (key is null) return [];
        var name = $"{key.Selector}._domainkey.{key.Domain}";
        return [Judge(key, name, await dns.AskAsync(name, DnsType.TXT, cancellation))];
    }

    private static Finding Judge(DkimOptions key, string name, DnsAnswer answer)
    {
        ImmutableArray<DnsEntry> wanted = [new("TXT", name, $"v=DKIM1; k=rsa; p={key.PublicKey}")];
        const string Until = "Until then receivers see a signature that fails.";
        if (answer.Outcome is DnsOutcome.Failed)
            return new(Mark.Unknown, Subject, $"{name}, the site's own key, could not be looked up: {answer.Why}.", "Run this again later.");
        if (answer.Records.IsEmpty)
            return new(Mark.Wrong, Subject, $"The site signs its mail with the key \"{key.Selector}\", but nothing is at {name}.", $"Add this record. {Until}")
            {
                Records = wanted,
            };
        var published = answer
            .Values.Select(value => TagList.Read(value)?.GetValueOrDefault("p"))
            .Select(p => p is null ? null : string.Concat(p.Where(c => !char.IsWhiteSpace(c))));
        return published.Contains(key.PublicKey, StringComparer.Ordinal)
            ? new(Mark.Ok, Subject, $"The site signs its mail with the key \"{key.Selector}\", and its public half is at {name}.")
            : new(
                Mark.Wrong,
                Subject,
                $"{name} holds another key than the one the site signs with (Mail:Dkim:KeyFile).",
                $"Put this record in place of the one that is there, or set Mail:Dkim:KeyFile to the key that belongs to it. {Until}"
            )
            {
                Records = wanted,
            };
    }
}
