using System.Security.Cryptography;
using System.Text;

namespace Ketamine.Web.Leads;

/// <summary>A request that passed the door: everything in it is parsed and within its limits.</summary>
public sealed record LeadRequest
{
    public required LeadKind Kind { get; init; }
    public required ContactDetails Contact { get; init; }

    /// <summary>At most <see cref="MaxMessageLength"/> characters; null when nothing was written.</summary>
    public string? Message { get; init; }

    /// <summary>The title of the article that it is about.</summary>
    public string? About { get; init; }

    /// <summary>Answers to the clinic's own questions, a line each; null when there are none.</summary>
    public string? Answers { get; init; }

    /// <summary>When a call would suit, at most <see cref="MaxTimesLength"/> characters; null for a request that needs none.</summary>
    public string? Times { get; init; }

    public required Consent Consent { get; init; }

    /// <summary>What they answered when asked about danger; null when they left it open.</summary>
    public DangerAnswer? Danger { get; init; }

    /// <inheritdoc cref="Lead.Network"/>
    public string? Network { get; init; }

    /// <summary>Why it looks like spam; null when it does not.</summary>
    public string? Suspicion { get; init; }

    /// <summary>The suspicion of a form whose field for programs was filled in.</summary>
    public const string FilledTrap = "a field that people do not see was filled in";

    /// <summary>The suspicion of one request too many in a day.</summary>
    public const string ManyInADay = "many requests in a day from one sender";

    public const int MaxMessageLength = 4000;
    public const int MaxTimesLength = 500;

    /// <summary>Everything that was typed freely, for what looks at it on this server alone.</summary>
    public string FreeText => string.Join('\n', Message, Answers, Times);

    /// <summary>SHA-256 over who asks and what: two sendings of one form have the same one.</summary>
    public byte[] Fingerprint()
    {
        // Whoever sends it again with another answer about danger has something new to say.
        var parts = string.Join('\u001f', Kind, Contact.Name, Contact.Email?.Normalized, Contact.Phone?.E164, Message, About, Answers, Times, Danger);
        return SHA256.HashData(Encoding.UTF8.GetBytes(parts));
    }
}

/// <param name="Words">The exact words beside the box that was ticked.</param>
/// <param name="Version">Changes whenever the words' meaning does.</param>
public sealed record Consent(string Words, string Version);
