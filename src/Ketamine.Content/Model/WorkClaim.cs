using System.Diagnostics.CodeAnalysis;

namespace Ketamine.Content.Model;

/// <summary>A claim that a work supports or refutes: <c>efficacy depression: one infusion eased it more than a sedative</c>.</summary>
/// <param name="Topic">A condition, a part of the brain, or what it was compared with.</param>
/// <param name="Words">The finding, for the editor; may be empty.</param>
public sealed record WorkClaim(EvidenceClaim Kind, string Topic, string Words)
{
    /// <summary>Reads <c>KIND TOPIC</c> or <c>KIND TOPIC: words</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WorkClaim? claim)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (head, words) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..].Trim());
        claim =
            head.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var kind, var topic]
            && !kind.Any(char.IsDigit)
            && Enum.TryParse<EvidenceClaim>(kind, ignoreCase: true, out var known)
                ? new WorkClaim(known, topic, words)
                : null;
        return claim is not null;
    }
}
