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

    public required Consent Consent { get; init; }

    /// <summary>Why it looks like spam; null when it does not.</summary>
    public string? Suspicion { get; init; }

    public const int MaxMessageLength = 4000;

    /// <summary>SHA-256 over who asks and what: two sendings of one form have the same one.</summary>
    public byte[] Fingerprint()
    {
        var parts = string.Join('\u001f', Kind, Contact.Name, Contact.Email?.Normalized, Contact.Phone?.E164, Message, About);
        return SHA256.HashData(Encoding.UTF8.GetBytes(parts));
    }
}

/// <param name="Words">The exact words beside the box that was ticked.</param>
/// <param name="Version">Changes whenever the words' meaning does.</param>
public sealed record Consent(string Words, string Version);
