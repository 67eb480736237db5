namespace Ketamine.Web.Leads;

/// <summary>A request from a form after validation: every value is parsed and within its limits.</summary>
public sealed record LeadRequest
{
    public required LeadKind Kind { get; init; }
    public required ContactDetails Contact { get; init; }

    /// <summary>At most <see cref="MaxMessageLength"/> characters; null if left empty.</summary>
    public string? Message { get; init; }

    /// <summary>The title of the article or service they came from; null for a general question.</summary>
    public string? About { get; init; }

    /// <summary>Answers to the clinic's own questions, one per line; null if there are none.</summary>
    public string? Answers { get; init; }

    /// <summary>When a call would suit them, at most <see cref="MaxTimesLength"/> characters; null if the request isn't for a call.</summary>
    public string? Times { get; init; }

    public required Consent Consent { get; init; }

    /// <summary>Their answer to the question about danger; null if they skipped it.</summary>
    public DangerAnswer? Danger { get; init; }

    /// <inheritdoc cref="Lead.Network"/>
    public string? Network { get; init; }

    /// <summary>Why it looks like spam; null if it doesn't.</summary>
    public string? Suspicion { get; init; }

    /// <summary>The <see cref="Suspicion"/> when the honeypot field was filled in.</summary>
    public const string FilledTrap = "a field that people can't see was filled in";

    /// <summary>The <see cref="Suspicion"/> when a sender exceeded the daily limit.</summary>
    public const string ManyInADay = "many requests in one day from one sender";

    public const int MaxMessageLength = 4000;
    public const int MaxTimesLength = 500;

    /// <summary>All free text, for the crisis and emergency checks, which run on this server only.</summary>
    public string FreeText => string.Join('\n', new[] { Message, Answers, Times, LongName }.Where(text => !string.IsNullOrWhiteSpace(text)));

    // A name of many words probably isn't a name.
    private string? LongName => Contact.Name.AsSpan().Count(' ') >= 3 ? Contact.Name : null;

    /// <summary>SHA-256 of the sender and everything they sent. A form that is submitted twice has the same fingerprint both times.</summary>
    public byte[] Fingerprint()
    {
        // Includes the answer about danger: someone who changes it and sends the form again has something new to say.
        var parts = string.Join('\u001f', Kind, Contact.Name, Contact.Email?.Normalized, Contact.Phone?.E164, Message, About, Answers, Times, Danger);
        return SHA256.HashData(Encoding.UTF8.GetBytes(parts));
    }
}

/// <param name="Words">The exact wording next to the box they checked.</param>
/// <param name="Version">Changes whenever the meaning of the wording does.</param>
public sealed record Consent(string Words, string Version);
