namespace Ketamine.Web.Ops.Doctor;

/// <summary>Whether email can be signed for the domain (RFC 6376). Signers choose the names of keys (selectors), and DNS can't list them.</summary>
internal static class DkimFindings
{
    private const string Subject = "DKIM";

    private const string FindSelector =
        "If signing is already on, find the key's name: run \"ops mail test you@gmail.com\", open the email in Gmail with \"Show original,\" "
            + "look for s= next to d= in DKIM-Signature, and run this again with --selector NAME. "
            + "If no DKIM-Signature has your domain after d=, the email isn't signed.";

    /// <summary>Selectors that providers and mail software use.</summary>
    private static readonly string[] Usual =
    [
        "google", "selector1", "selector2", "k1", "k2", "k3", "s1", "s2", "fm1", "fm2", "fm3", "mail", "default", "dkim", "smtp", "mx",
        "pm", "email", "key1", "mailo", "pic", "zoho", "zmail", "protonmail", "sig1", "brevo1", "brevo2", "mandrill",
    ];

    /// <param name="named">Selectors that the caller knows; each must exist.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(Sender sender, IReadOnlyList<string> named, DnsResolver dns, CancellationToken cancellation)
    {
        string[] names = [.. named.Concat(sender.Provider?.Selectors ?? []).Concat(named.Count == 0 ? Usual : []).Distinct(StringComparer.OrdinalIgnoreCase)];
        var parent = dns.AskAsync($"_domainkey.{sender.Domain}", DnsType.TXT, cancellation);
        // If even this random name has an answer, all names below the domain do, and answers prove nothing.
        var nonsense = dns.AskAsync(NameOf($"x{RandomNumberGenerator.GetHexString(12, lowercase: true)}", sender), DnsType.TXT, cancellation);
        var answers = await Task.WhenAll(names.Select(async name => (Name: name, Answer: await dns.AskAsync(NameOf(name, sender), DnsType.TXT, cancellation))));
        var wildcard = (await nonsense) is { Aliases.IsEmpty: false } or { Outcome: DnsOutcome.Found };

        var findings = new List<Finding>();
        var working = 0;
        foreach (var (name, answer) in answers)
        {
            var must = named.Contains(name, StringComparer.OrdinalIgnoreCase);
            if (Judge(name, answer, must, wildcard, sender) is not { } finding) continue;
            findings.Add(finding);
            if (finding.Mark is Mark.Ok or Mark.Warning && !BelongsToOther(name, must, sender)) working++;
        }

        // A broken key next to a working one is an old one.
        if (working > 0)
            findings = [.. findings.Select(finding => finding.Mark is Mark.Wrong && named.Count == 0 ? finding with { Mark = Mark.Warning } : finding)];
        if (working == 0 && !findings.Exists(finding => finding.Mark is Mark.Wrong))
            findings.Add(
                Missing(
                    sender,
                    findings,
                    answers.Select(asked => asked.Answer).FirstOrDefault(answer => answer.Outcome is DnsOutcome.Failed),
                    await parent,
                    names.Length));
        return findings;
    }

    private static string NameOf(string selector, Sender sender) => $"{selector}._domainkey.{sender.Domain}";

    /// <summary>Whether the selector belongs to an inbox provider other than the one that sends the site's email.</summary>
    private static bool BelongsToOther(string name, bool must, Sender sender) =>
        !must
        && sender.Provider is { } provider
        && MailProvider.Known.Any(other => other != provider && !other.Inboxes.IsEmpty && other.Selectors.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static Finding? Judge(string name, DnsAnswer answer, bool must, bool wildcard, Sender sender)
    {
        var keys = answer.Records.Select(record => DkimKey.Read(record.Value)).OfType<DkimKey>().ToList();
        var where = NameOf(name, sender);
        return (answer.Outcome, keys) switch
        {
            (DnsOutcome.Failed, _) when must => new(Mark.Unknown, Subject,
                $"We couldn't look up the key \"{name}\": {answer.Why}.",
                "Run this again later."),
            (DnsOutcome.Failed, _) => null,
            (_, []) when !answer.Aliases.IsEmpty && (must || !wildcard) => new(Mark.Wrong, Subject,
                $"{where} points to {answer.Aliases[^1]}, but no key is there.",
                "Check with the provider that signing is on and that the record is spelled correctly, "
                    + "or delete the record if that provider no longer sends for you."),
            (_, []) when must => new(Mark.Wrong, Subject,
                $"There is no DKIM key at {where}.",
                $"Check that the name is right (s= in the DKIM-Signature of an email that arrived). {sender.Signing}"),
            (_, []) => null,
            (_, { Count: > 1 }) => new(Mark.Wrong, Subject,
                $"{where} has {keys.Count} keys, and receivers may pick either.",
                "Delete the ones that your provider doesn't list.") { Found = [.. answer.Records.Select(record => Short(record.Value))] },
            (_, [var key]) => Judge(name, key, answer, must, sender),
        };
    }

    private static Finding Judge(string name, DkimKey key, DnsAnswer answer, bool must, Sender sender)
    {
        var alias = answer.Aliases.IsEmpty ? "" : $" Your provider hosts it at {answer.Aliases[^1]}.";
        return key switch
        {
            { Revoked: true } => new(Mark.Wrong, Subject,
                $"The key \"{name}\" has been revoked (its p= is empty): email signed with it fails.",
                sender.Signing),
            { Wrong: { } wrong } => new(Mark.Wrong, Subject,
                $"The key \"{name}\" is not accepted: {wrong}.{alias}",
                "Copy the whole record again from your provider, or create a new key there.") { Found = [Short(answer.Records[0].Value)] },
            { Weak: { } weak } => new(Mark.Warning, Subject, $"The key \"{name}\" is published ({key.Kind}), but {weak}.{alias}"),
            _ => new(Mark.Ok, Subject,
                $"The key \"{name}\" is published and valid ({key.Kind}).{alias}"
                    + $"{(BelongsToOther(name, must, sender) ? $" But it isn't {sender.Provider!.Name}'s." : "")}"),
        };
    }

    private static Finding Missing(Sender sender, List<Finding> findings, DnsAnswer? failed, DnsAnswer parent, int tried)
    {
        var records = sender.Provider?.SigningRecords(sender.Domain) ?? [];
        if (failed is not null) return new(Mark.Unknown, Subject, $"Some names couldn't be looked up: {failed.Why}.", "Run this again later.");
        if (findings.Count == 0 && parent is { Outcome: DnsOutcome.NoName, Aliases.IsEmpty: true })
            return new(Mark.Wrong, Subject,
                $"{sender.Domain} has no DKIM key: there is nothing below _domainkey.{sender.Domain}. "
                    + "Your email isn't signed for your domain, which large receivers require.",
                sender.Signing) { Records = records };
        if (sender.Provider is { SelectorsAreFixed: true } provider)
            return new(Mark.Wrong, Subject,
                $"{sender.Domain} has no DKIM key of {provider.Name} ({string.Join(", ", provider.Selectors)}). "
                    + "Your email isn't signed for your domain, which large receivers require.",
                sender.Signing) { Records = records };
        return new(Mark.Unknown, Subject,
            $"No DKIM key of {sender.Provider?.Name ?? "the mail server"} was found under the {tried} usual names. "
                + "It may have a different name; DNS can't list names.",
            $"{sender.Signing} {FindSelector}");
    }

    private static string Short(string record) => record.Length <= 100 ? record : $"{record[..100]}…";
}
